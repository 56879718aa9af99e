import type { FrameGuidance } from '../../biometrics/index.ts';
import { birthISO, expiryISO, type MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { CaseFile } from '../cases/case-files.ts';
import { type Check, checkDefinitions } from '../decision/checks.ts';
import { isDecisive } from '../decision/policy.ts';
import { exceptionTypes, interruptions, reasons, type ReferralReason } from '../decision/reasons.ts';
import { localDate } from '../kernel/calendar.ts';
import { transactionSnapshot } from '../kernel/lane-parts.ts';
import { transactionConsent } from './four-eyes.ts';
import { outcomeOf, type Passage } from './history.ts';
import type {
  CheckView,
  HolderView,
  OfficerCommandName,
  ReasonView,
  TransactionStep,
  TransactionView,
} from './messages.ts';
import { transactionOffers } from './offers.ts';
import type { ViewSources } from './view-sources.ts';

/** Internal states that an officer need not tell apart. */
const steps: Readonly<Record<string, TransactionStep>> = {
  checkingZone: 'awaitingDocument',
  weighingDocument: 'inspectingDocument',
  closingUnused: 'separating',
  clearingTailgate: 'separating',
  deciding: 'joiningRisk',
  concealing: 'joiningRisk',
  left: 'closingExit',
  handedOver: 'returning',
};

/** One passage as an officer sees it. */
export function transactionView(passage: Passage, sources: ViewSources): TransactionView {
  const { context, transactionId } = passage;
  const file = sources.cases.get(transactionId);
  const picture = (bytes: Uint8Array | null | undefined, name: string): string | null =>
    bytes === null || bytes === undefined ? null : `/api/transactions/${transactionId}/${name}.jpg`;
  return {
    transactionId,
    startedAt_ms: context.startedAt_ms,
    endedAt_ms: passage.endedAt_ms,
    step: steps[passage.step] ?? (passage.step as TransactionStep),
    decision: context.decision,
    outcome: outcomeOf(passage.step),
    reasons: [
      ...context.reasons.map(reasonView),
      ...(context.interruption === null
        ? []
        : [
            {
              code: context.interruption,
              title: interruptions[context.interruption],
              advice: '',
              severity: 'low' as const,
              exception: null,
            },
          ]),
    ],
    checks: gatheredChecks(passage).map((check) => checkView(check, context)),
    holder: file?.mrz == null ? null : holderView(file.mrz, sources.now_ms()),
    images: { portrait: picture(file?.portraitPreview, 'portrait'), live: picture(file?.livePreview, 'live') },
    report: passage.hasReport ? `/api/transactions/${transactionId}/report` : null,
    similarity: similarityView(passage),
    face: faceView(passage, file, passage.step === 'capturing' ? sources.guidance() : 'none'),
    risk: riskView(passage, file),
    chip: file?.chipProgress ?? null,
    timeline: passage.timeline,
    profile: context.profile,
    isAssisted: context.isAssisted,
    companionBy: context.companion?.officer ?? null,
    hasAskedForHelp: context.hasAskedForHelp,
    waitingForSecondOfficer: passage.step === 'held' ? transactionConsent(context, sources.now_ms()) : null,
    commands: commandsFor(passage, sources),
  };
}

/** A passage that is over can only be taken note of. */
function commandsFor(passage: Passage, { kernel, now_ms }: ViewSources): readonly OfficerCommandName[] {
  const running = transactionSnapshot(kernel, passage.transactionId);
  if (running !== undefined) return transactionOffers(running, now_ms());
  return passage.isReferral && !passage.context.isAcknowledged ? ['acknowledge'] : [];
}

/** Checks as decided; before the decision, what the chip inspection has said so far. */
const gatheredChecks = ({ context }: Passage): readonly Check[] =>
  context.checks.length > 0 ? context.checks : (context.evidence.chip ?? []);

/** A reason in words, with the exception that it is. */
export const reasonView = (code: ReferralReason): ReasonView => ({
  code,
  ...reasons[code],
  exception: exceptionTypes[reasons[code].exception],
});

const checkView = (check: Check, { policy, startedAt_ms }: Passage['context']): CheckView => ({
  id: check.id,
  label: checkDefinitions[check.id].label,
  result: check.result,
  because: check.because,
  isRequired: isDecisive(check, policy),
  at_ms: Math.max(0, check.at_ms - startedAt_ms),
});

const holderView = (mrz: MRZ, now_ms: number): HolderView => ({
  surname: mrz.surname,
  givenNames: mrz.givenNames,
  documentNumber: mrz.documentNumber,
  documentCode: mrz.documentCode,
  issuingState: mrz.issuingState,
  nationality: mrz.nationality,
  birthDate: birthISO(mrz, localDate(now_ms)) ?? mrz.birthDate,
  expiryDate: expiryISO(mrz, localDate(now_ms)) ?? mrz.expiryDate,
  sex: mrz.sex,
});

function similarityView({ context }: Passage): TransactionView['similarity'] {
  const similarity = context.evidence.face?.similarity;
  if (similarity?.status !== 'measured') return null;
  const { name, similarity_min } = context.operatingPoint;
  return { value: similarity.value, min: similarity_min, operatingPoint: name };
}

/** Null before anything is known of the live face. */
function faceView({ context }: Passage, file: CaseFile | undefined, guidance: FrameGuidance): TransactionView['face'] {
  const attack = context.evidence.face?.attack;
  const notes = file?.face ?? null;
  const finding = attack?.status === 'measured' ? attack.value : null;
  if (finding === null && notes === null && guidance === 'none') return null;
  const { none: _, ...mended } = notes?.frames ?? {};
  return {
    guidance: guidance === 'none' ? null : guidance,
    hints: Object.entries(mended)
      .map(([hint, frames]) => ({ hint, frames }))
      .toSorted((a, b) => b.frames - a.frames),
    attack:
      finding === null
        ? null
        : {
            verdict: finding.verdict,
            because: finding.because,
            signals: finding.signals.map(({ name, verdict, because }) => ({ name, verdict, because })),
          },
    quality: notes?.quality ?? null,
  };
}

function riskView({ context }: Passage, file: CaseFile | undefined): TransactionView['risk'] {
  const { mrz, risk } = context.evidence;
  if (risk === null) {
    return mrz?.status === 'measured' ? { state: context.isRiskSlow ? 'slow' : 'asked', detail: null } : null;
  }
  if (risk.status === 'unavailable') return { state: 'unknown', detail: risk.because };
  if (risk.value.verdict === 'clear') return { state: 'clear', detail: null };
  const candidate = file?.candidates[0];
  return {
    state: 'hit',
    detail:
      candidate === undefined
        ? null
        : `${candidate.caption}, score ${candidate.score.toFixed(2)} (${candidate.features.join(', ')})`,
  };
}
