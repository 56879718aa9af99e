import type { CheckResult, Evidence } from '../../drivers/contracts/evidence.ts';
import { type Check, checkDefinitions, type CheckId } from './checks.ts';
import type { AttackFinding, DocumentFacts, TransactionEvidence } from './evidence.ts';
import type { OperatingPoint } from './operating-points.ts';
import type { Policy } from './policy.ts';

type Verdict = { readonly result: CheckResult; readonly because?: string };

const passedIf = (isProven: boolean, because?: string): Verdict =>
  isProven ? { result: 'passed' } : { result: 'failed', ...(because === undefined ? {} : { because }) };

/** Turns evidence into checks. Evidence that was not gathered yields no check; `decide` refers for what is missing. */
export function weigh(
  evidence: TransactionEvidence,
  policy: Policy,
  point: OperatingPoint,
  at_ms: number,
): readonly Check[] {
  return [
    ...weighMRZ(evidence, policy, at_ms),
    // Only the chip's own checks can come from a chip.
    ...(evidence.chip ?? []).filter(({ id }) => checkDefinitions[id].group === 'chip'),
    ...weighOccupancy(evidence, at_ms),
    ...weighFace(evidence, point, at_ms),
    ...weighRisk(evidence, at_ms),
  ];
}

function weighMRZ({ mrz }: TransactionEvidence, policy: Policy, at_ms: number): readonly Check[] {
  if (mrz === null) return [];
  if (mrz.status === 'unavailable') {
    const result = mrz.because === 'MRZ_CHECK_DIGIT' ? 'failed' : 'undetermined';
    return [{ id: 'mrz-check-digits', result, because: mrz.because, at_ms }];
  }
  const facts = mrz.value;
  return [
    { id: 'mrz-check-digits', result: 'passed', because: null, at_ms: mrz.at_ms },
    check('document-type', weighDocumentType(facts, policy), mrz.at_ms),
    check('document-expiry', weighExpiry(facts), mrz.at_ms),
    check('nationality', weighNationality(facts, policy), mrz.at_ms),
    check('age', weighAge(facts, policy), mrz.at_ms),
    check('document-use', weighUse(facts, policy), mrz.at_ms),
  ];
}

const weighDocumentType = (facts: DocumentFacts, policy: Policy): Verdict =>
  passedIf(policy.eligibility.documentCodes.some((code) => facts.documentCode.startsWith(code)));

/** A document is valid on its last day; ISO dates compare as text. An unknown date is not a valid one. */
const weighExpiry = (facts: DocumentFacts): Verdict =>
  facts.expiresOn === null
    ? { result: 'undetermined', because: 'EXPIRY_UNKNOWN' }
    : passedIf(facts.expiresOn >= facts.today);

const weighNationality = (facts: DocumentFacts, policy: Policy): Verdict =>
  passedIf(policy.eligibility.nationalities === 'any' || policy.eligibility.nationalities.includes(facts.nationality));

const weighAge = (facts: DocumentFacts, policy: Policy): Verdict =>
  facts.age_years === null
    ? { result: 'undetermined', because: 'AGE_UNKNOWN' }
    : passedIf(facts.age_years >= policy.eligibility.age_min_years);

/** One document, one passage: a second one a moment later is another bearer, or a way back in (Frontex, multiple use). */
const weighUse = ({ lastUse_ms }: DocumentFacts, { eligibility }: Policy): Verdict =>
  passedIf(lastUse_ms === null || lastUse_ms >= eligibility.reuse_s * 1_000);

function weighOccupancy({ occupancy }: TransactionEvidence, at_ms: number): readonly Check[] {
  if (occupancy === null) return [];
  return [fromEvidence('single-occupant', occupancy, ({ persons }) => passedIf(persons === 'one'), at_ms)];
}

function weighFace({ face }: TransactionEvidence, point: OperatingPoint, at_ms: number): readonly Check[] {
  if (face === null) return [];
  return [
    fromEvidence('portrait', face.portrait, weighPortrait, at_ms),
    fromEvidence(
      'face-captured',
      face.captured,
      ({ framesCompared }) => passedIf(framesCompared >= 1 && framesCompared <= point.framesCompared_max),
      at_ms,
    ),
    // Written so that NaN refuses. The frame count is part of the operating point's false match rate.
    fromEvidence(
      'face-match',
      face.similarity,
      (similarity) =>
        passedIf(Number.isFinite(similarity) && similarity >= point.similarity_min && similarity <= similarityCeiling),
      at_ms,
    ),
    fromEvidence('presentation-attack', face.attack, weighAttack, at_ms),
    // No detector of this version can make this check: the record says so instead of staying silent.
    { id: 'morph', result: 'not-supported', because: null, at_ms },
  ];
}

/** A remark, such as a portrait without colour, is told and refers nobody. */
function weighPortrait({ interEye_px, remarks }: { interEye_px: number; remarks: readonly string[] }): Verdict {
  const [remark] = remarks;
  return { ...passedIf(interEye_px > 0), ...(remark === undefined ? {} : { because: remark }) };
}

/** Only a face that was found to be live passes; what nobody can say is never live. */
function weighAttack({ verdict, because }: AttackFinding): Verdict {
  if (verdict === 'live') return { result: 'passed' };
  return { result: verdict === 'attack' ? 'failed' : 'undetermined', because };
}

/** Cosine of two unit vectors in single precision; anything above it was not measured by a comparison. */
const similarityCeiling = 1.0001;

function weighRisk({ risk }: TransactionEvidence, at_ms: number): readonly Check[] {
  if (risk === null) return [];
  return [
    fromEvidence(
      'watchlist',
      risk,
      ({ verdict, candidates }) => passedIf(verdict === 'clear' && candidates === 0),
      at_ms,
    ),
  ];
}

function fromEvidence<T>(id: CheckId, evidence: Evidence<T>, judge: (value: T) => Verdict, at_ms: number): Check {
  if (evidence.status === 'unavailable') return { id, result: 'undetermined', because: evidence.because, at_ms };
  return check(id, judge(evidence.value), evidence.at_ms);
}

const check = (id: CheckId, verdict: Verdict, at_ms: number): Check => ({
  id,
  result: verdict.result,
  because: verdict.because ?? null,
  at_ms,
});
