/** Data groups: read as EF.SOD lists them, used only when their hashes agree (ICAO 9303-11 section 5.1). */
import { type ReadableDataGroup, dataGroupCheck } from '../check-sheet.ts';
import { DocumentError, type InspectionCode } from '../codes.ts';
import { type Finding, failed, notSupported, passed, undetermined, withEvidence } from '../finding.ts';
import { parseDG1 } from '../lds/dg1.ts';
import { parseDG11 } from '../lds/dg11.ts';
import { parseDG12 } from '../lds/dg12.ts';
import { parseDG13 } from '../lds/dg13.ts';
import { parseDG16 } from '../lds/dg16.ts';
import { type FacePortrait, parseDG2 } from '../lds/dg2.ts';
import { parseDG7 } from '../lds/dg7.ts';
import { countryOfIssuingState } from '../mrz/issuing-states.ts';
import { compareZones } from '../mrz/mrz-comparison.ts';
import type { MRZ } from '../mrz/mrz.ts';
import { checkDataGroupHash, coversDocumentType } from '../pki/passive-authentication.ts';
import { type Conversation, attempt } from './conversation.ts';
import { type SignedObject, findingOfFile, isSigned } from './signed-objects.ts';

/** The file of a data group, only when it may be used: its hash, and what the hash rests on, are in order. */
export async function readDataGroup(
  c: Conversation,
  { securityObject }: SignedObject,
  number: ReadableDataGroup,
): Promise<Uint8Array | undefined> {
  const id = dataGroupCheck(number);
  c.sheet.expectAlso(id);
  if (!isSigned(c)) {
    c.sheet.record(id, undetermined('SECURITY_OBJECT_UNUSABLE'));
    return undefined;
  }
  if (!securityObject.dataGroupHashes.has(number)) {
    c.sheet.record(id, failed('DATA_GROUP_NOT_LISTED'));
    return undefined;
  }
  const file = await c.read(`DG${number}`, `DG${number}`);
  return judgeFile(c, securityObject, number, file);
}

/** Groups that no other check needs: read while time is left, in their order. */
export async function readFurtherDataGroups(
  c: Conversation,
  signed: SignedObject,
  numbers: readonly ReadableDataGroup[],
  until_ms: number,
): Promise<void> {
  const { securityObject } = signed;
  const listed = numbers.filter((number) => securityObject.dataGroupHashes.has(number));
  if (!isSigned(c)) return;
  c.sheet.expectAlso(...listed.map(dataGroupCheck));
  const isTimeOver = (): boolean => !(c.o.now_ms() < until_ms);
  for (const number of listed) {
    const file = await c.readWhile(`DG${number}`, `DG${number}`, isTimeOver);
    if (file === 'stopped') c.sheet.record(dataGroupCheck(number), undetermined('DATA_GROUP_NOT_READ'));
    else judgeFile(c, securityObject, number, file);
  }
}

function judgeFile(
  c: Conversation,
  securityObject: SignedObject['securityObject'],
  number: ReadableDataGroup,
  file: Uint8Array | DocumentError,
): Uint8Array | undefined {
  const id = dataGroupCheck(number);
  if (file instanceof DocumentError) {
    c.sheet.record(id, findingOfFile(file));
    return undefined;
  }
  const finding = checkDataGroupHash(securityObject, number, file);
  const algorithm = securityObject.dataGroupHash ?? 'unknown';
  const remark = finding.result === 'passed' && finding.because === null ? contentProblem(number, file) : null;
  c.sheet.record(id, withEvidence(remark === null ? finding : { ...finding, because: remark }, { algorithm }));
  if (finding.result !== 'passed') return undefined;
  c.o.onDataGroup?.(number, file);
  return file;
}

/** Content that obeys no standard is no forgery when it was signed so: a remark. DG1, DG2, DG14, DG15 tell elsewhere. */
function contentProblem(number: ReadableDataGroup, file: Uint8Array): InspectionCode | null {
  const parse = parsers[number];
  const parsed = parse === undefined ? null : attempt(() => parse(file));
  return parsed instanceof DocumentError ? parsed.code : null;
}

const parsers: { readonly [N in ReadableDataGroup]?: (file: Uint8Array) => unknown } = {
  7: parseDG7,
  11: parseDG11,
  12: parseDG12,
  13: parseDG13,
  16: parseDG16,
};

/** Compares a verified DG1 with what is printed and with its signer; null when it holds no MRZ. */
export function useDG1(c: Conversation, file: Uint8Array | undefined, { signer }: SignedObject): MRZ | null {
  const dg1 = file === undefined ? new DocumentError('DATA_GROUP_UNVERIFIED') : attempt(() => parseDG1(file));
  if (dg1 instanceof DocumentError) {
    c.sheet.record('mrz-matches-chip', undetermined(dg1.code));
    c.sheet.record('issuing-state-matches', undetermined('DATA_GROUP_UNVERIFIED'));
    return null;
  }
  const { mrz } = c.o;
  const comparison = mrz === null ? notSupported('PRINTED_ZONE_NOT_USED') : compare(mrz, dg1);
  c.sheet.record('mrz-matches-chip', comparison);
  c.sheet.record('issuing-state-matches', checkIssuingState(dg1, signer));
  // Only DG1 says what kind of document this signer signed.
  if (!coversDocumentType(signer.documentTypes, dg1.documentCode)) {
    const { evidence } = c.sheet.get('issuer-certificate') ?? {};
    c.sheet.record('issuer-certificate', withEvidence(failed('SIGNER_NOT_PERMITTED'), evidence ?? {}));
  }
  return dg1;
}

/** The evidence names the fields that differ, never what stands in them. */
function compare(printed: MRZ, chip: MRZ): Finding {
  const { finding, differingFields } = compareZones(printed, chip);
  return finding.result === 'passed' ? finding : withEvidence(finding, { differing: differingFields });
}

/** BSI TR-03135-1 section 5.6.4.5. */
function checkIssuingState(dg1: MRZ, { issuerCountry, issuer }: SignedObject['signer']): Finding {
  if (issuerCountry === null) return undetermined(issuer.because ?? 'ISSUER_UNKNOWN');
  const country = countryOfIssuingState(dg1.issuingState);
  if (country === undefined) return undetermined('ISSUING_STATE_UNMAPPED');
  return country === issuerCountry ? passed : withEvidence(failed('ISSUING_STATE_DIFFERS'), { signer: issuerCountry });
}

/** The portrait of a verified DG2, or why there is none. */
export function portraitIn(file: Uint8Array): FacePortrait | DocumentError {
  return attempt(() => parseDG2(file));
}
