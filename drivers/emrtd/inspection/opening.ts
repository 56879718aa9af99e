/**
 * Access to the chip (BSI TR-03135-1 sections 5.6.2 and 5.6.3): what it says in its master file, PACE where it offers it,
 * the eMRTD application, and Basic Access Control where PACE is not offered.
 */
import { deriveBasicAccessKeys, performBasicAccessControl } from '../access/bac.ts';
import { choosePACE } from '../access/pace-choice.ts';
import { type ChipMapping, type PACEPassword, performPACE } from '../access/pace.ts';
import { ConversationError, DocumentError, type InspectionCode } from '../codes.ts';
import { type CheckEvidence, type Finding, failed, notSupported, passed, withEvidence } from '../finding.ts';
import { EMRTD_APPLICATION, Instruction, StatusWord } from '../iso7816/apdu.ts';
import { parseATRInfo } from '../lds/atr-info.ts';
import { type PACEInfo, type SecurityInfos, parseCardAccess } from '../lds/security-infos.ts';
import { accessKeySeed, accessSecret } from '../mrz/mrz.ts';
import { type Conversation, attempt, attemptAsync } from './conversation.ts';

/** How the chip was opened; what it takes to open it once more the same way. */
export type Opening = {
  /** What EF.CardAccess says; null: there is none, or none that can be read. */
  readonly cardAccess: SecurityInfos | null;
  /** Null: Basic Access Control. */
  readonly pace: PACEInfo | null;
  readonly mapping: ChipMapping | null;
};

const MASTER_FILE = Uint8Array.of(0x3f, 0x00);

/** Records the checks of access. The code of what ended it, when the chip stays closed. */
export async function openChip(c: Conversation): Promise<Opening | InspectionCode> {
  c.progress('chip-access', 0, null);
  const cardAccess = await readMasterFile(c);
  const pace = cardAccess === null ? undefined : choosePACE(cardAccess);
  if (cardAccess === null || pace === undefined) {
    c.sheet.record(
      'access-pace',
      notSupported((cardAccess?.pace.length ?? 0) > 0 ? 'PACE_UNUSABLE' : 'PACE_NOT_OFFERED'),
    );
    return openBasically(c, cardAccess, 'BASIC_ACCESS_USED');
  }
  const refusal = await attemptAsync(() => enterByPACE(c, cardAccess, pace));
  if (!(refusal instanceof DocumentError)) {
    c.sheet.record('access-pace', withEvidence(passed, paceEvidence(pace)));
    c.sheet.record('access-bac', notSupported('PACE_USED'));
    return { cardAccess, pace, mapping: refusal };
  }
  c.sheet.record('access-pace', withEvidence(failed(refusal.code), paceEvidence(pace)));
  if (c.o.accessPolicy === 'basic-when-pace-fails') {
    await c.restart();
    return openBasically(c, cardAccess, 'PACE_FAILED_BASIC_ACCESS_USED');
  }
  // A chip that offers PACE and fails in it may be made to do so: what is weaker is not tried (ICAO 9303-11 section 4.2).
  return closed(c, refusal, 'failed');
}

/** Selects the application when that is still to do, and records access as gained. Call once after `openChip`. */
export async function enterApplication(c: Conversation, { pace }: Opening): Promise<InspectionCode | null> {
  if (pace === null) return null;
  const refusal = await attemptAsync(() => selectApplication(c));
  if (refusal instanceof DocumentError) return closed(c, refusal, 'failed');
  c.sheet.record('chip-access', withEvidence(passed, { by: 'PACE' }));
  return null;
}

/** Opens the chip again after its session was lost. Throws DocumentError and ConversationError. */
export async function reopenChip(c: Conversation, { cardAccess, pace }: Opening): Promise<void> {
  await c.restart();
  if (cardAccess === null || pace === null) {
    await selectApplication(c);
    await enterByBAC(c);
    return;
  }
  // Without a reader that can switch the field, the application may still be selected, and PACE begins in the master
  // file. Chips know this command in several forms or not at all: what they answer does not matter.
  const data = MASTER_FILE;
  if (c.o.reconnect === undefined) await c.exchange({ cla: 0, ins: Instruction.SELECT, p1: 0, p2: 0x0c, data });
  await enterByPACE(c, cardAccess, pace);
  await selectApplication(c);
}

/**
 * EF.ATR/INFO and EF.CardAccess, which older chips lack. Some refuse to look for them and some fall silent: neither says
 * anything about the document, and DG14 tells later whether PACE was hidden.
 */
async function readMasterFile(c: Conversation): Promise<SecurityInfos | null> {
  try {
    const atrInfo = await c.read('ATRInfo');
    const limits = atrInfo instanceof DocumentError ? null : attempt(() => parseATRInfo(atrInfo));
    if (limits !== null && !(limits instanceof DocumentError)) c.files.useExtendedLength(limits.responseBytes_max);
    const file = await c.read('CardAccess');
    const infos = file instanceof DocumentError ? file : attempt(() => parseCardAccess(file));
    return infos instanceof DocumentError ? null : infos;
  } catch (error) {
    if (!isChipSilent(error) || c.o.reconnect === undefined) throw error;
    await c.restart();
    return null;
  }
}

const isChipSilent = (error: unknown): boolean =>
  error instanceof ConversationError && (error.code === 'CHIP_LOST' || error.code === 'CHIP_TIMEOUT');

async function openBasically(
  c: Conversation,
  cardAccess: SecurityInfos | null,
  remark: InspectionCode,
): Promise<Opening | InspectionCode> {
  const selected = await attemptAsync(() => selectApplication(c));
  if (selected instanceof DocumentError) return closed(c, selected, 'failed');
  const refusal = await attemptAsync(() => enterByBAC(c));
  if (refusal instanceof DocumentError) {
    const result = refusal.code === 'ACCESS_PROTOCOL_UNSUPPORTED' ? 'not-supported' : 'failed';
    c.sheet.record('access-bac', { result, because: refusal.code });
    return closed(c, refusal, result);
  }
  c.sheet.record('access-bac', withEvidence(passed, { suite: '3des' }));
  c.sheet.record('chip-access', withEvidence({ result: 'passed', because: remark }, { by: 'BAC' }));
  return { cardAccess, pace: null, mapping: null };
}

function closed(c: Conversation, refusal: DocumentError, result: Finding['result']): InspectionCode {
  c.sheet.record('chip-access', { result, because: refusal.code });
  return refusal.code;
}

async function enterByPACE(c: Conversation, infos: SecurityInfos, info: PACEInfo): Promise<ChipMapping | null> {
  const { exchange, entropy } = c;
  const sendParameterId = infos.pace.length > 1;
  const { secureMessaging, mapping } = await performPACE({
    exchange,
    info,
    sendParameterId,
    password: passwordOf(c),
    entropy,
  });
  c.session.protectWith(secureMessaging);
  return mapping;
}

async function enterByBAC(c: Conversation): Promise<void> {
  const fields = c.o.mrz ?? c.o.accessFields;
  if (fields === undefined) throw new DocumentError('ACCESS_SECRET_MISSING');
  const keys = deriveBasicAccessKeys(accessKeySeed(fields));
  c.session.protectWith(await performBasicAccessControl(c.exchange, keys, c.entropy));
}

function passwordOf({ o: { can, mrz, accessFields } }: Conversation): PACEPassword {
  if (can !== undefined) return { kind: 'can', digits: can };
  const fields = mrz ?? accessFields;
  if (fields === undefined) throw new DocumentError('ACCESS_SECRET_MISSING');
  return { kind: 'mrz', seed: accessSecret(fields) };
}

async function selectApplication(c: Conversation): Promise<void> {
  const command = { cla: 0, ins: Instruction.SELECT, p1: 0x04, p2: 0x0c, data: EMRTD_APPLICATION };
  const { statusWord } = await c.exchange(command);
  if (statusWord !== StatusWord.OK) throw new DocumentError('APPLICATION_ABSENT', `status ${statusWord.toString(16)}`);
}

/** BSI TR-03135-1 section 5.6.3: version, mapping, algorithms and domain parameters. */
export function paceEvidence({
  protocol,
  mapping,
  keyAgreement,
  suite,
  version,
  parameterId,
}: PACEInfo): CheckEvidence {
  return { protocol, mapping, keyAgreement, suite, version, parameterId: parameterId ?? 'none' };
}
