/**
 * The inspection procedure for an eMRTD (ICAO 9303-11 section 4, BSI TR-03135-1 section 5.6.2): one step after the
 * other, every step ends as a check on the sheet. Nothing a chip or a line does makes it throw.
 */
import type { Transceiver } from '../contracts/chip-reader.ts';
import { EMRTD_APPLICATION, Instruction, StatusWord } from './iso7816/apdu.ts';
import { deriveBasicAccessKeys, performBasicAccessControl } from './access/bac.ts';
import { CheckSheet, type InspectionCheck } from './check-sheet.ts';
import { ChipSession } from './iso7816/chip-session.ts';
import { type Finding, failed, notSupported, passed, undetermined } from './finding.ts';
import { ConversationError, DocumentError, type InspectionCode } from './codes.ts';
import { parseCommonData } from './lds/com.ts';
import { type FileName, elementaryFiles } from './lds/data-groups.ts';
import { parseDG1 } from './lds/dg1.ts';
import { type PortraitImage, parseDG2 } from './lds/dg2.ts';
import { FileReader } from './iso7816/file-reader.ts';
import { countryOfIssuingState } from './mrz/issuing-states.ts';
import { compareMRZ } from './mrz/mrz-comparison.ts';
import { type MRZ, accessKeySeed } from './mrz/mrz.ts';
import {
  type PassiveAuthentication,
  authenticatePassively,
  checkDataGroupHash,
  coversDocumentType,
} from './pki/passive-authentication.ts';
import { type SecurityObject, parseSecurityObject } from './pki/security-object.ts';
import type { TrustStore } from './pki/trust-store.ts';

export type InspectionStep = 'chip-access' | 'EF.COM' | 'EF.SOD' | 'DG1' | 'DG2';

export type InspectionProgress = {
  readonly step: InspectionStep;
  /** Of the file in this step; null before its header was read. */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
};

export type InspectionOptions = {
  readonly transceiver: Transceiver;
  /** As printed on the document. */
  readonly mrz: MRZ;
  readonly trust: TrustStore;
  /** Wall clock, ms since the epoch. */
  now_ms(): number;
  /** Random bytes of cryptographic quality. */
  entropy(bytes: number): Uint8Array;
  readonly signal: AbortSignal;
  onProgress?(progress: InspectionProgress): void;
  /** Deadline of one APDU; default 3000. */
  readonly apduTimeout_ms?: number;
  /** Deadline of the whole inspection; default 14,000 (BSI TR-03135-1 section 4.1.4 asks for 10 to 15 s). */
  readonly total_ms?: number;
};

export type DocumentInspection = {
  /** Every check exactly once, in the order of `inspectionCheckIds`. */
  readonly checks: readonly InspectionCheck[];
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

const APDU_TIMEOUT_MS = 3000;
const TOTAL_MS = 14_000;

/** Opens the chip with the printed MRZ, reads EF.COM, EF.SOD, DG1 and DG2, and checks them. Never rejects. */
export async function inspectDocument(o: InspectionOptions): Promise<DocumentInspection> {
  const begun_ms = o.now_ms();
  const late = new AbortController();
  const deadline = setTimeout(() => late.abort(new ConversationError('INSPECTION_TIMEOUT')), o.total_ms ?? TOTAL_MS);
  const inspection = new Inspection(o, AbortSignal.any([o.signal, late.signal]));
  const aborted = await inspection.run().finally(() => clearTimeout(deadline));
  return {
    checks: inspection.sheet.checks(),
    dg1: inspection.dg1,
    portrait: inspection.portrait,
    portraitUnavailable: inspection.portraitUnavailable,
    aborted,
    reading: {
      apdus: inspection.session.apdus,
      bytesRead: inspection.bytesRead,
      duration_ms: o.now_ms() - begun_ms,
    },
  };
}

class Inspection {
  readonly sheet: CheckSheet;
  readonly session: ChipSession;
  dg1: MRZ | null = null;
  portrait: PortraitImage | null = null;
  portraitUnavailable: InspectionCode | null = null;
  bytesRead = 0;
  readonly #o: InspectionOptions;
  readonly #files: FileReader;
  #signer: PassiveAuthentication | undefined;

  constructor(o: InspectionOptions, signal: AbortSignal) {
    this.#o = o;
    this.sheet = new CheckSheet(() => o.now_ms());
    this.session = new ChipSession({
      transceiver: o.transceiver,
      signal,
      apduTimeout_ms: o.apduTimeout_ms ?? APDU_TIMEOUT_MS,
    });
    this.#files = new FileReader((command) => this.session.exchange(command));
  }

  /** Runs every step; the code of what ended it early, or null. */
  async run(): Promise<InspectionCode | null> {
    const aborted = await this.#steps().catch(codeOfAbort);
    if (aborted !== null) this.sheet.recordRest({ result: 'aborted', because: aborted });
    return aborted;
  }

  async #steps(): Promise<InspectionCode | null> {
    const refusal = await this.#openChip();
    if (refusal !== null) return refusal;
    const com = await this.#readFile('COM');
    const securityObject = await this.#readSecurityObject();
    if (securityObject === undefined) {
      // Without signed hashes no data group may be used, and nothing says which ones to ask for.
      this.sheet.recordRest(undetermined('SECURITY_OBJECT_UNUSABLE'));
      return null;
    }
    this.sheet.record('files-consistent', checkConsistency(com, securityObject));
    this.#authenticate(securityObject);
    const dg1 = await this.#readDataGroup(1, securityObject);
    const dg2 = await this.#readDataGroup(2, securityObject);
    if (dg1 !== undefined) this.#useDG1(dg1);
    else this.sheet.record('mrz-matches-chip', undetermined('DATA_GROUP_UNVERIFIED'));
    if (dg2 !== undefined) this.#useDG2(dg2);
    this.sheet.record('issuing-state-matches', this.#checkIssuingState());
    const isProven = this.#isSigned();
    const authenticity = isProven ? checkChipAuthenticity(securityObject) : undetermined('SECURITY_OBJECT_UNUSABLE');
    this.sheet.record('chip-authenticity', authenticity);
    return null;
  }

  async #openChip(): Promise<InspectionCode | null> {
    this.#progress('chip-access', 0, null);
    try {
      await this.#selectApplication();
      const keys = deriveBasicAccessKeys(accessKeySeed(this.#o.mrz));
      const exchange = this.session.exchange.bind(this.session);
      this.session.protectWith(await performBasicAccessControl(exchange, keys, (bytes) => this.#o.entropy(bytes)));
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      const result = error.code === 'ACCESS_PROTOCOL_UNSUPPORTED' ? 'not-supported' : 'failed';
      this.sheet.record('chip-access', { result, because: error.code });
      return error.code;
    }
    this.sheet.record('chip-access', passed);
    return null;
  }

  async #selectApplication(): Promise<void> {
    const command = { cla: 0, ins: Instruction.SELECT, p1: 0x04, p2: 0x0c, data: EMRTD_APPLICATION };
    const { statusWord } = await this.session.exchange(command);
    if (statusWord !== StatusWord.OK)
      throw new DocumentError('APPLICATION_ABSENT', `status ${statusWord.toString(16)}`);
  }

  /** Records the hash of the security object when the file itself is at fault. */
  async #readSecurityObject(): Promise<SecurityObject | undefined> {
    const file = await this.#readFile('SOD');
    const parsed = file instanceof DocumentError ? file : attempt(() => parseSecurityObject(file));
    if (!(parsed instanceof DocumentError)) return parsed;
    this.sheet.record('security-object-hash', findingOfFile(parsed));
    return undefined;
  }

  #authenticate(securityObject: SecurityObject): void {
    const findings = authenticatePassively({ securityObject, trust: this.#o.trust, now_ms: this.#o.now_ms() });
    this.sheet.record('security-object-hash', findings.hash);
    this.sheet.record('security-object-signature', findings.signature);
    this.sheet.record('issuer-certificate', findings.issuer);
    this.sheet.record('certificate-validity', findings.validity);
    this.sheet.record('certificate-revocation', findings.revocation);
    this.#signer = findings;
  }

  /** True when a signer whose certificate is at hand signed what EF.SOD says, whoever vouches for that signer. */
  #isSigned(): boolean {
    return this.sheet.isPassed('security-object-hash') && this.sheet.isPassed('security-object-signature');
  }

  /** The file of a data group, only when it may be used: its hash, and what the hash rests on, are in order. */
  async #readDataGroup(number: 1 | 2, securityObject: SecurityObject): Promise<Uint8Array | undefined> {
    const id = `data-group-${number}-hash` as const;
    if (!this.#isSigned()) {
      this.sheet.record(id, undetermined('SECURITY_OBJECT_UNUSABLE'));
      return undefined;
    }
    if (!securityObject.dataGroupHashes.has(number)) {
      this.sheet.record(id, failed('DATA_GROUP_NOT_LISTED'));
      return undefined;
    }
    const file = await this.#readFile(`DG${number}`);
    const isFile = !(file instanceof DocumentError);
    this.sheet.record(id, isFile ? checkDataGroupHash(securityObject, number, file) : findingOfFile(file));
    return isFile && this.sheet.isPassed(id) ? file : undefined;
  }

  #useDG1(file: Uint8Array): void {
    const dg1 = attempt(() => parseDG1(file));
    if (dg1 instanceof DocumentError) {
      this.sheet.record('mrz-matches-chip', undetermined(dg1.code));
      return;
    }
    this.dg1 = dg1;
    this.sheet.record('mrz-matches-chip', compareMRZ(this.#o.mrz, dg1));
    // Only DG1 says what kind of document this signer signed.
    if (!coversDocumentType(this.#signer?.documentTypes ?? null, dg1.documentCode)) {
      this.sheet.record('issuer-certificate', failed('SIGNER_NOT_PERMITTED'));
    }
  }

  #useDG2(file: Uint8Array): void {
    const portrait = attempt(() => parseDG2(file));
    if (portrait instanceof DocumentError) this.portraitUnavailable = portrait.code;
    else this.portrait = portrait;
  }

  #checkIssuingState(): Finding {
    if (this.dg1 === null) return undetermined('DATA_GROUP_UNVERIFIED');
    const { issuerCountry = null, issuer } = this.#signer ?? {};
    if (issuerCountry === null) return undetermined(issuer?.because ?? 'ISSUER_UNKNOWN');
    const country = countryOfIssuingState(this.dg1.issuingState);
    if (country === undefined) return undetermined('ISSUING_STATE_UNMAPPED');
    return country === issuerCountry ? passed : failed('ISSUING_STATE_DIFFERS');
  }

  /** The file, or what is wrong with it. Throws only when the conversation is over. */
  async #readFile(name: FileName): Promise<Uint8Array | DocumentError> {
    const step = name === 'COM' || name === 'SOD' ? (`EF.${name}` as const) : name;
    let bytesRead = 0;
    try {
      return await this.#files.read(elementaryFiles[name], (progress) => {
        this.bytesRead += progress.bytesRead - bytesRead;
        bytesRead = progress.bytesRead;
        this.#progress(step, progress.bytesRead, progress.bytesTotal);
      });
    } catch (error) {
      if (error instanceof DocumentError) return error;
      throw error;
    }
  }

  #progress(step: InspectionStep, bytesRead: number, bytesTotal: number | null): void {
    this.#o.onProgress?.({ step, bytesRead, bytesTotal });
  }
}

/** Every data group in EF.SOD must be in EF.COM (BSI TR-03135-1 section 5.6.4.4.1). */
function checkConsistency(com: Uint8Array | DocumentError, securityObject: SecurityObject): Finding {
  const parsed = com instanceof DocumentError ? com : attempt(() => parseCommonData(com));
  if (parsed instanceof DocumentError) {
    if (parsed.code === 'FILE_ABSENT') return notSupported('COM_ABSENT');
    return findingOfFile(parsed);
  }
  const listed = [...securityObject.dataGroupHashes.keys()];
  return listed.every((number) => parsed.dataGroups.includes(number)) ? passed : failed('COM_INCOMPLETE');
}

/** DG14 and DG15 hold the keys of chip and active authentication. */
function checkChipAuthenticity(securityObject: SecurityObject): Finding {
  return securityObject.dataGroupHashes.has(14) || securityObject.dataGroupHashes.has(15)
    ? undetermined('CHIP_AUTHENTICATION_NOT_PERFORMED')
    : notSupported('CHIP_AUTHENTICATION_NOT_OFFERED');
}

/** A mandatory file that is missing or broken is a failure; one that could not be had leaves the question open. */
function findingOfFile(error: DocumentError): Finding {
  const isDefect =
    error.code === 'FILE_ABSENT' || error.code === 'COM_MALFORMED' || error.code === 'SECURITY_OBJECT_MALFORMED';
  return isDefect ? failed(error.code) : undetermined(error.code);
}

function attempt<T>(parse: () => T): T | DocumentError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}

function codeOfAbort(error: unknown): InspectionCode {
  return error instanceof ConversationError ? error.code : 'INSPECTION_ERROR';
}
