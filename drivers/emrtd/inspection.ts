/**
 * The inspection procedure for an eMRTD (ICAO 9303-11 section 4, BSI TR-03135-1 section 5.6.2): one step after the
 * other, every step ends as a check on the sheet. Nothing a chip or a line does makes it throw.
 */
import type { Transceiver } from '../contracts/chip-reader.ts';
import { type InspectionCheck, type ReadableDataGroup, readableDataGroups } from './check-sheet.ts';
import { ConversationError, DocumentError, type InspectionCode } from './codes.ts';
import { undetermined } from './finding.ts';
import {
  AccessEnded,
  checkCardAccess,
  checkMappingGiven,
  checkSameIssuer,
  judgeChipAuthenticity,
  judgeFailedProof,
  proveByActiveAuthentication,
  proveByChipAuthentication,
  proveByMapping,
} from './inspection/chip-proof.ts';
import { Conversation, attempt } from './inspection/conversation.ts';
import { portraitIn, readDataGroup, readFurtherDataGroups, useDG1 } from './inspection/data-groups.ts';
import { type Opening, enterApplication, openChip } from './inspection/opening.ts';
import {
  type CardSecurity,
  type SignedObject,
  isSigned,
  isVouchedFor,
  readSecurityObject,
} from './inspection/signed-objects.ts';
import type { PortraitImage } from './lds/dg2.ts';
import { type SecurityInfos, parseDG14 } from './lds/security-infos.ts';
import type { MRZ } from './mrz/mrz.ts';
import type { TrustStore } from './pki/trust-store.ts';

export type InspectionStep = 'chip-access' | 'EF.COM' | 'EF.SOD' | `DG${ReadableDataGroup}`;

export type InspectionProgress = {
  readonly step: InspectionStep;
  /** Of the file in this step; null before its header was read. */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
};

/** What happens when a chip offers PACE and PACE fails; `pace-required-when-offered` unless said otherwise. */
export type AccessPolicy = 'pace-required-when-offered' | 'basic-when-pace-fails';

/** Document number, date of birth and date of expiry as printed; a date is YYMMDD. */
export type AccessFields = Pick<MRZ, 'documentNumber' | 'birthDate' | 'expiryDate'>;

export type InspectionOptions = {
  readonly transceiver: Transceiver;
  /** As printed on the document; null: only the card access number is at hand. */
  readonly mrz: MRZ | null;
  /** The fields that open the chip, where the printed zone as a whole is not at hand. */
  readonly accessFields?: AccessFields;
  /** Card access number, six digits: the password of PACE in place of the MRZ. */
  readonly can?: string;
  readonly trust: TrustStore;
  /** Wall clock, ms since the epoch. */
  now_ms(): number;
  /** Random bytes of cryptographic quality. */
  entropy(bytes: number): Uint8Array;
  readonly signal: AbortSignal;
  onProgress?(progress: InspectionProgress): void;
  /**
   * Called once, as soon as DG2 is proven and before anything else is read; the same portrait as in the result. Not called
   * for a signer that nobody trusts: no decoder gets to see what a stranger wrote.
   */
  onPortrait?(portrait: PortraitImage): void;
  /** Every data group whose hash agrees, whole; it is not kept here. */
  onDataGroup?(number: ReadableDataGroup, file: Uint8Array): void;
  /** Brings the chip fresh into the field: some fall silent when asked for what they lack. Rejects when none comes. */
  reconnect?(): Promise<Transceiver>;
  readonly accessPolicy?: AccessPolicy;
  /** Which data groups are read when EF.SOD lists them; default all. DG1, DG2, DG14 and DG15 are read in any case. */
  readonly dataGroups?: readonly ReadableDataGroup[];
  /** Longest answer that the line carries, bytes; default 65,536. */
  readonly responseBytes_max?: number;
  /** Deadline of one APDU; default 3000. */
  readonly apduTimeout_ms?: number;
  /** No data group that other checks do not need is read beyond this time from the begin; default 7000. */
  readonly further_ms?: number;
  /** Deadline of the whole inspection; default 14,000 (BSI TR-03135-1 section 4.1.4 asks for 10 to 15 s). */
  readonly total_ms?: number;
};

export type DocumentInspection = {
  /** Every check that applies to the document once, in the order of `inspectionCheckIds`; see `coreCheckIds`. */
  readonly checks: readonly InspectionCheck[];
  /** Data groups that EF.SOD lists; null when there is no EF.SOD to go by. */
  readonly listedDataGroups: readonly number[] | null;
  /** Null unless DG1 agrees with hashes whose signature is right. */
  readonly dg1: MRZ | null;
  /** Null unless DG2 agrees with hashes whose signature is right. */
  readonly portrait: PortraitImage | null;
  /** Why a DG2 that agrees gave no portrait; null otherwise. */
  readonly portraitUnavailable: InspectionCode | null;
  /** Why the inspection ended before all checks were made, or null. */
  readonly aborted: InspectionCode | null;
  readonly reading: { readonly apdus: number; readonly bytesRead: number; readonly duration_ms: number };
};

const TOTAL_MS = 14_000;
/** BSI TR-03135-1 section 4.1.4: what a gate needs of a chip is read in 7 s. */
const FURTHER_MS = 7000;

/** Opens the chip, reads what EF.SOD lists and is wanted, and checks it. Never rejects. */
export async function inspectDocument(o: InspectionOptions): Promise<DocumentInspection> {
  const late = new AbortController();
  const deadline = setTimeout(() => late.abort(new ConversationError('INSPECTION_TIMEOUT')), o.total_ms ?? TOTAL_MS);
  const conversation = new Conversation(o, AbortSignal.any([o.signal, late.signal]));
  const inspection = new Inspection(conversation);
  const aborted = await inspection.run().finally(() => clearTimeout(deadline));
  return {
    checks: conversation.sheet.checks(),
    listedDataGroups: inspection.listedDataGroups,
    dg1: inspection.dg1,
    portrait: inspection.portrait,
    portraitUnavailable: inspection.portraitUnavailable,
    aborted,
    reading: {
      apdus: conversation.apdus,
      bytesRead: conversation.bytesRead,
      duration_ms: o.now_ms() - conversation.begun_ms,
    },
  };
}

class Inspection {
  listedDataGroups: readonly number[] | null = null;
  dg1: MRZ | null = null;
  portrait: PortraitImage | null = null;
  portraitUnavailable: InspectionCode | null = null;
  readonly #c: Conversation;

  constructor(conversation: Conversation) {
    this.#c = conversation;
  }

  /** Runs every step; the code of what ended it early, or null. */
  async run(): Promise<InspectionCode | null> {
    const aborted = await this.#steps().catch(codeOfAbort);
    if (aborted === null) return null;
    judgeFailedProof(this.#c);
    this.#c.sheet.recordRest({ result: 'aborted', because: aborted });
    return aborted;
  }

  async #steps(): Promise<InspectionCode | null> {
    const c = this.#c;
    const opening = await openChip(c);
    if (typeof opening === 'string') return opening;
    const cardSecurity = await proveByMapping(c, opening);
    const refusal = await enterApplication(c, opening);
    if (refusal !== null) return refusal;
    const signed = await readSecurityObject(c);
    if (signed === undefined) {
      // Without signed hashes no data group may be used, and nothing says which ones to ask for.
      c.sheet.recordRest(undetermined('SECURITY_OBJECT_UNUSABLE'));
      return null;
    }
    this.listedDataGroups = [...signed.securityObject.dataGroupHashes.keys()].sort((a, b) => a - b);
    checkSameIssuer(c, cardSecurity, signed);
    const dg14 = await this.#secure(opening, signed, cardSecurity);
    await this.#readHolder(signed);
    await this.#proveActively(opening, signed, dg14);
    judgeChipAuthenticity(c);
    const wanted = (c.o.dataGroups ?? readableDataGroups).filter((number) => !requiredDataGroups.includes(number));
    await readFurtherDataGroups(c, signed, wanted, c.begun_ms + (c.o.further_ms ?? FURTHER_MS));
    return null;
  }

  /** DG14 and what follows from it; null when it is not there or not to be used. */
  async #secure(
    opening: Opening,
    signed: SignedObject,
    cardSecurity: CardSecurity | undefined,
  ): Promise<SecurityInfos | null> {
    const c = this.#c;
    if (isSigned(c) && !this.#isListed(14)) {
      checkCardAccess(c, opening, null, cardSecurity);
      c.sheet.record('chip-authentication', { result: 'not-supported', because: 'CHIP_AUTHENTICATION_NOT_OFFERED' });
      return null;
    }
    const file = this.#isListed(14) ? await readDataGroup(c, signed, 14) : undefined;
    const infos =
      file === undefined ? new DocumentError('CHIP_AUTHENTICITY_UNVERIFIED') : attempt(() => parseDG14(file));
    if (infos instanceof DocumentError) {
      const open = undetermined(isSigned(c) ? infos.code : 'SECURITY_OBJECT_UNUSABLE');
      c.sheet.record('card-access-matches', open);
      c.sheet.record('chip-authentication', open);
      return null;
    }
    checkCardAccess(c, opening, infos, cardSecurity);
    checkMappingGiven(c, infos);
    await proveByChipAuthentication(c, opening, infos, signed);
    // A proof that was given stands, whatever becomes of the rest.
    if (c.sheet.isPassed('chip-authentication')) judgeChipAuthenticity(c);
    return infos;
  }

  async #readHolder(signed: SignedObject): Promise<void> {
    const c = this.#c;
    this.dg1 = useDG1(c, await readDataGroup(c, signed, 1), signed);
    const dg2 = await readDataGroup(c, signed, 2);
    const portrait = dg2 === undefined ? null : portraitIn(dg2);
    if (portrait instanceof DocumentError) {
      this.portraitUnavailable = portrait.code;
      c.sheet.annotate('data-group-2-hash', { portrait: portrait.code });
    } else if (portrait !== null) {
      this.portrait = portrait;
      c.sheet.annotate('data-group-2-hash', { encoding: portrait.encoding, image: portrait.format });
      if (isVouchedFor(c)) c.o.onPortrait?.(portrait);
    }
  }

  async #proveActively(opening: Opening, signed: SignedObject, dg14: SecurityInfos | null): Promise<void> {
    const c = this.#c;
    if (isSigned(c) && !this.#isListed(15)) {
      c.sheet.record('active-authentication', { result: 'not-supported', because: 'CHIP_AUTHENTICATION_NOT_OFFERED' });
      return;
    }
    const dg15 = this.#isListed(15) ? await readDataGroup(c, signed, 15) : undefined;
    if (dg15 !== undefined) await proveByActiveAuthentication(c, opening, { dg15, dg14 }, signed);
    else {
      const because = isSigned(c) ? 'CHIP_AUTHENTICITY_UNVERIFIED' : 'SECURITY_OBJECT_UNUSABLE';
      c.sheet.record('active-authentication', undetermined(because));
    }
  }

  #isListed(number: ReadableDataGroup): boolean {
    return this.listedDataGroups?.includes(number) ?? false;
  }
}

/** Read in any case, and not among those for which only spare time is used. */
const requiredDataGroups: readonly ReadableDataGroup[] = [1, 2, 14, 15];

function codeOfAbort(error: unknown): InspectionCode {
  return error instanceof ConversationError || error instanceof AccessEnded ? error.code : 'INSPECTION_ERROR';
}
