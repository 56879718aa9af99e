/**
 * Is the chip the original (BSI TR-03135-1 section 5.6.4.1)? Chip authentication, active authentication and the chip
 * authentication mapping of PACE each have their own result; one success is enough.
 */
import { performActiveAuthentication } from '../authenticity/active-authentication.ts';
import { verifyChipAuthenticationMapping } from '../authenticity/chip-authentication-mapping.ts';
import { performChipAuthentication, proveChipAuthentication } from '../authenticity/chip-authentication.ts';
import type { InspectionCheckId } from '../check-sheet.ts';
import { ConversationError, DocumentError } from '../codes.ts';
import { type Finding, failed, notSupported, passed, undetermined, withEvidence } from '../finding.ts';
import { type PACEInfo, type SecurityInfos, parseSecurityInfos } from '../lds/security-infos.ts';
import { withDefects } from '../pki/defect-effects.ts';
import { provenByOne } from '../report/results.ts';
import { type Conversation, attempt, attemptAsync } from './conversation.ts';
import { type Opening, paceEvidence, reopenChip } from './opening.ts';
import { type CardSecurity, type SignedObject, isSigned, readCardSecurity } from './signed-objects.ts';

/** The chip answers but lets nobody in again: no check after this one can be made. */
export class AccessEnded extends Error {
  readonly code = 'ACCESS_ENDED';
}

const proofs = ['pace-chip-authentication-mapping', 'chip-authentication', 'active-authentication'] as const;

/** Call under PACE, before the application is selected. The verified EF.CardSecurity, if there is one. */
export async function proveByMapping(c: Conversation, { mapping }: Opening): Promise<CardSecurity | undefined> {
  if (mapping === null) {
    c.sheet.record('pace-chip-authentication-mapping', notSupported('CHIP_AUTHENTICATION_NOT_OFFERED'));
    return undefined;
  }
  const cardSecurity = await readCardSecurity(c);
  const infos = cardSecurity === undefined ? undefined : attempt(() => parseSecurityInfos(cardSecurity.content));
  const finding =
    infos === undefined
      ? undetermined('CHIP_AUTHENTICITY_UNVERIFIED')
      : infos instanceof DocumentError
        ? undetermined(infos.code)
        : verifyChipAuthenticationMapping(mapping, infos);
  const defects = cardSecurity?.signer.defects ?? [];
  const id = 'pace-chip-authentication-mapping';
  c.sheet.record(id, withDefects(id, finding, defects));
  return cardSecurity;
}

/**
 * A mapping that DG14 offers and that the chip was opened without is not given, whoever chose the way of access: that is
 * not the same as not offered. `infos`: of the verified DG14.
 */
export function checkMappingGiven({ sheet }: Conversation, infos: SecurityInfos): void {
  const isOffered = infos.pace.some(({ mapping }) => mapping === 'chip-authentication');
  if (!isOffered || sheet.get('pace-chip-authentication-mapping')?.result !== 'not-supported') return;
  sheet.record('pace-chip-authentication-mapping', undetermined('CHIP_AUTHENTICITY_UNVERIFIED'));
}

/**
 * What EF.CardSecurity proves, it proves of the document of EF.SOD: one state issues both, and what is known of its keys
 * is known of both.
 */
export function checkSameIssuer(
  c: Conversation,
  cardSecurity: CardSecurity | undefined,
  { signer }: SignedObject,
): void {
  const id = 'pace-chip-authentication-mapping';
  if (cardSecurity === undefined || !c.sheet.isPassed(id)) return;
  const isSame = signer.issuerCountry === null || signer.issuerCountry === cardSecurity.signer.issuerCountry;
  const finding = isSame ? withDefects(id, passed, signer.defects) : failed('CARD_SECURITY_COUNTRY_DIFFERS');
  if (finding !== passed) c.sheet.record(id, finding);
}

/**
 * EF.CardAccess is not signed; DG14 and EF.CardSecurity repeat what it says (ICAO 9303-11 sections 4.2 and 9.2.11), and
 * neither may contradict it. A way of PACE that is signed and not offered was taken away, one that is used and not
 * signed was put in.
 */
export function checkCardAccess(
  c: Conversation,
  { cardAccess, pace }: Opening,
  dg14: SecurityInfos | null,
  cardSecurity: CardSecurity | undefined,
): void {
  const inCardSecurity = cardSecurity && attempt(() => parseSecurityInfos(cardSecurity.content));
  const signed = [dg14, inCardSecurity].flatMap((infos) =>
    infos === null || infos === undefined || infos instanceof DocumentError || infos.pace.length === 0
      ? []
      : [infos.pace],
  );
  const findings = signed.map((infos) => compareCardAccess(cardAccess?.pace ?? [], pace, infos));
  const finding = findings.find(({ result }) => result !== 'passed') ?? findings[0];
  c.sheet.record('card-access-matches', finding ?? notSupported('PACE_NOT_IN_DG14'));
}

function compareCardAccess(offered: readonly PACEInfo[], used: PACEInfo | null, signed: readonly PACEInfo[]): Finding {
  // All that decides whether and how a way is taken: of another version than was signed, a chip offers it to nobody.
  const isIn = (infos: readonly PACEInfo[], { protocol, version, parameterId }: PACEInfo): boolean =>
    infos.some((info) => info.protocol === protocol && info.version === version && info.parameterId === parameterId);
  const hidden = signed.filter((info) => !isIn(offered, info));
  if (hidden.length > 0) {
    return withEvidence(failed('CARD_ACCESS_HIDES_PACE'), { hidden: hidden.map(({ protocol }) => protocol) });
  }
  return used === null || isIn(signed, used) ? passed : withEvidence(failed('PACE_NOT_SIGNED'), paceEvidence(used));
}

/** `infos`: of the verified DG14. */
export async function proveByChipAuthentication(
  c: Conversation,
  opening: Opening,
  infos: SecurityInfos,
  { signer }: SignedObject,
): Promise<void> {
  const tryOnce = async (): Promise<Finding> => {
    const { exchange, entropy } = c;
    const agreed = await attemptAsync(() => performChipAuthentication({ exchange, infos, entropy }));
    if (agreed instanceof DocumentError) return withoutAgreement(agreed);
    c.session.protectWith(agreed.secureMessaging);
    return withEvidence(await proveChipAuthentication(exchange), agreed.evidence);
  };
  await provedTwice(c, opening, {
    id: 'chip-authentication',
    lost: 'CHIP_AUTHENTICATION_UNPROVEN',
    tryOnce,
    judged: (finding) => withDefects('chip-authentication', finding, signer.defects),
  });
}

export async function proveByActiveAuthentication(
  c: Conversation,
  opening: Opening,
  o: { readonly dg15: Uint8Array; readonly dg14: SecurityInfos | null },
  { signer }: SignedObject,
): Promise<void> {
  const { exchange, entropy } = c;
  const info = o.dg14?.activeAuthentication ?? null;
  await provedTwice(c, opening, {
    id: 'active-authentication',
    lost: 'ACTIVE_AUTHENTICATION_REFUSED',
    tryOnce: () => performActiveAuthentication({ exchange, dg15: o.dg15, info, entropy }),
    judged: (finding) => withDefects('active-authentication', finding, signer.defects),
  });
}

/**
 * The inspection ended early. A proof that failed before that has failed: a copy that falls silent once it was found out
 * is a copy all the same.
 */
export function judgeFailedProof(c: Conversation): void {
  const isJudged = c.sheet.get('chip-authenticity') !== undefined;
  if (!isJudged && proofs.some((id) => c.sheet.get(id)?.result === 'failed')) judgeChipAuthenticity(c);
}

/** The combined result, from what has been recorded so far; a success stands whatever comes after it. */
export function judgeChipAuthenticity(c: Conversation): void {
  const { sheet } = c;
  const made = proofs.flatMap((id) => sheet.get(id) ?? []);
  const result = provenByOne(made.map((check) => check.result));
  if (result === 'not-supported') {
    sheet.record('chip-authenticity', notSupported('CHIP_AUTHENTICATION_NOT_OFFERED'));
    return;
  }
  const by = made.filter((check) => check.result === result);
  const evidence = { by: by.map(({ id }) => id) };
  if (result === 'passed') {
    sheet.record('chip-authenticity', withEvidence(passed, evidence));
    return;
  }
  const because = by[0]?.because ?? 'CHIP_AUTHENTICITY_UNVERIFIED';
  const isCopy = result === 'failed' && isSigned(c) && sheet.isPassed('issuer-certificate') && !isCompromised(because);
  sheet.record('chip-authenticity', { result, because: isCopy ? 'CHIP_IS_A_COPY' : because, evidence });
}

const isCompromised = (code: string): boolean =>
  code === 'CHIP_AUTHENTICATION_KEYS_COMPROMISED' || code === 'ACTIVE_AUTHENTICATION_KEYS_COMPROMISED';

/** An offer that this version cannot take up is not the same as none: it leaves the question open. */
function withoutAgreement({ code }: DocumentError): Finding {
  if (code === 'CHIP_AUTHENTICATION_NOT_OFFERED') return notSupported(code);
  return code === 'CHIP_AUTHENTICATION_REFUSED' ? failed(code) : undetermined(code);
}

type Proof = {
  readonly id: InspectionCheckId;
  /** Code when the session broke instead of an answer. */
  readonly lost: 'CHIP_AUTHENTICATION_UNPROVEN' | 'ACTIVE_AUTHENTICATION_REFUSED';
  tryOnce(): Promise<Finding>;
  judged(finding: Finding): Finding;
};

/**
 * A disturbed answer looks like that of a copy, so a proof that broke the session is asked for once more on the chip
 * opened anew; after a second time it stands as failed, and the chip is opened again for the rest.
 */
async function provedTwice(c: Conversation, opening: Opening, proof: Proof): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { finding, isSessionLost } = await tried(proof);
    if (!isSessionLost || tries === 2) c.sheet.record(proof.id, proof.judged(finding));
    if (!isSessionLost) return;
    const refusal = await attemptAsync(() => reopenChip(c, opening));
    if (refusal instanceof DocumentError) {
      c.sheet.record(proof.id, proof.judged(finding));
      throw new AccessEnded();
    }
    if (tries === 2) return;
  }
}

async function tried(proof: Proof): Promise<{ readonly finding: Finding; readonly isSessionLost: boolean }> {
  try {
    const finding = await proof.tryOnce();
    return { finding, isSessionLost: finding.because === 'CHIP_AUTHENTICATION_UNPROVEN' };
  } catch (error) {
    if (!(error instanceof ConversationError) || error.code !== 'SECURE_MESSAGING_FAILED') throw error;
    return { finding: failed(proof.lost), isSessionLost: true };
  }
}
