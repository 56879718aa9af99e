/** EF.SOD and EF.CardSecurity: what they are found to be, put onto the sheet, with what the findings rest on. */
import type { InspectionCheckId } from '../check-sheet.ts';
import { DocumentError } from '../codes.ts';
import {
  type CheckEvidence,
  type Finding,
  failed,
  notSupported,
  passed,
  undetermined,
  withEvidence,
} from '../finding.ts';
import { parseCommonData } from '../lds/com.ts';
import type { CertificateEvidence } from '../pki/certificate-evidence.ts';
import { withDefects } from '../pki/defect-effects.ts';
import {
  type PassiveAuthentication,
  authenticatePassively,
  authenticateSignedObject,
} from '../pki/passive-authentication.ts';
import { type SecurityObject, parseCardSecurity, parseSecurityObject } from '../pki/security-object.ts';
import { type Conversation, attempt } from './conversation.ts';

export type SignedObject = { readonly securityObject: SecurityObject; readonly signer: PassiveAuthentication };

/** Undefined, with what was wrong on the sheet, when there is no EF.SOD to go by. */
export async function readSecurityObject(c: Conversation): Promise<SignedObject | undefined> {
  const com = await c.read('COM', 'EF.COM');
  const file = await c.read('SOD', 'EF.SOD');
  const securityObject = file instanceof DocumentError ? file : attempt(() => parseSecurityObject(file));
  if (securityObject instanceof DocumentError) {
    c.sheet.record('security-object-hash', findingOfFile(securityObject));
    return undefined;
  }
  const signer = authenticatePassively({ securityObject, trust: c.o.trust, now_ms: c.o.now_ms() });
  const consistency = checkConsistency(com, securityObject);
  c.sheet.record('files-consistent', withDefects('files-consistent', consistency, signer.defects));
  recordSigner(c, signer);
  return { securityObject, signer };
}

/** True when a signer whose certificate is at hand signed what EF.SOD says, whoever vouches for that signer. */
export function isSigned({ sheet }: Conversation): boolean {
  return sheet.isPassed('security-object-hash') && sheet.isPassed('security-object-signature');
}

/** True when, beside that, a trusted issuer vouches for the signer and nothing is held against it. */
export function isVouchedFor({ sheet }: Conversation): boolean {
  return sheet.isPassed('issuer-certificate') && sheet.isPassed('signer-trust');
}

export type CardSecurity = { readonly content: Uint8Array; readonly signer: PassiveAuthentication };

/**
 * Reads EF.CardSecurity and records its checks. What it says, only when a trusted and valid signer vouches for all of
 * it: whoever may choose the key in it may prove any chip.
 */
export async function readCardSecurity(c: Conversation): Promise<CardSecurity | undefined> {
  c.sheet.expectAlso('card-security-hash', 'card-security-signature', 'card-security-issuer');
  c.sheet.expectAlso('card-security-validity', 'card-security-revocation');
  const file = await c.read('CardSecurity');
  const signed = file instanceof DocumentError ? file : attempt(() => parseCardSecurity(file));
  if (signed instanceof DocumentError) {
    const unusable = undetermined('CHIP_AUTHENTICITY_UNVERIFIED');
    c.sheet.record('card-security-hash', findingOfFile(signed));
    for (const part of ['signature', 'issuer', 'validity', 'revocation'] as const) {
      c.sheet.record(`card-security-${part}`, unusable);
    }
    return undefined;
  }
  const signer = authenticateSignedObject({ signed, trust: c.o.trust, now_ms: c.o.now_ms() });
  const { hash, signature, issuer, validity, revocation, trustStatus } = signer;
  const findings = { hash, signature, issuer, validity, revocation };
  const evidence = evidenceOf(signer);
  for (const part of ['hash', 'signature', 'issuer', 'validity', 'revocation'] as const) {
    c.sheet.record(`card-security-${part}`, withEvidence(findings[part], evidence[part]));
  }
  const isProven = [hash, signature, issuer, validity, trustStatus].every(({ result }) => result === 'passed');
  return isProven ? { content: signed.content, signer } : undefined;
}

function recordSigner({ sheet }: Conversation, signer: PassiveAuthentication): void {
  const evidence = evidenceOf(signer);
  const record = (id: InspectionCheckId, finding: Finding, on: CheckEvidence): void =>
    sheet.record(id, withEvidence(finding, on));
  record('security-object-hash', signer.hash, evidence.hash);
  record('security-object-signature', signer.signature, evidence.signature);
  record('issuer-certificate', signer.issuer, evidence.issuer);
  record('signer-trust', signer.trustStatus, {});
  record('signer-validity', signer.signerValidity, periodOf(signer.evidence.signer));
  record('issuer-validity', signer.issuerValidity, periodOf(signer.evidence.issuer));
  record('certificate-validity', signer.validity, {});
  record('certificate-revocation', signer.revocation, evidence.revocation);
}

type Part = 'hash' | 'signature' | 'issuer' | 'validity' | 'revocation';

/** Certificates are told by country and serial number, algorithms and curves by their names. */
function evidenceOf({ evidence }: PassiveAuthentication): Readonly<Record<Part, CheckEvidence>> {
  const { digest, signature, signer, issuer, revocationListIssued_ms } = evidence;
  return {
    hash: { algorithm: digest ?? 'unknown' },
    signature: { algorithm: signature ?? 'unknown', key: signer?.key ?? 'unknown' },
    issuer: { ...certificateEvidence('signer', signer), ...certificateEvidence('issuer', issuer) },
    validity: periodOf(signer),
    revocation: revocationListIssued_ms === null ? {} : { listIssued: dateOf(revocationListIssued_ms) },
  };
}

/** A country of ICAO 9303-12 section 7.1, and the longest serial number of RFC 5280 section 4.1.2.2 with a leading zero. */
const COUNTRY = /^[A-Z]{2,3}$/;
const SERIAL_DIGITS_MAX = 42;

/** Nobody need vouch for the certificate: what is longer or other than it may be is text of a stranger, and is left out. */
function certificateEvidence(whose: string, certificate: CertificateEvidence | null): CheckEvidence {
  if (certificate === null) return {};
  const { serialNumber, issuerCountry, key, signature, sha256 } = certificate;
  return {
    [`${whose}Country`]: issuerCountry !== null && COUNTRY.test(issuerCountry) ? issuerCountry : 'none',
    [`${whose}Serial`]: serialNumber.length > SERIAL_DIGITS_MAX ? 'too long' : serialNumber,
    [`${whose}Key`]: key ?? 'unusable',
    [`${whose}SignedWith`]: signature ?? 'unknown',
    [`${whose}Fingerprint`]: sha256,
  };
}

function periodOf(certificate: CertificateEvidence | null): CheckEvidence {
  if (certificate === null) return {};
  return { validFrom: dateOf(certificate.validFrom_ms), validTo: dateOf(certificate.validTo_ms) };
}

/** YYYY-MM-DD; a time that is none is said to be so. */
function dateOf(time_ms: number): string {
  const date = new Date(time_ms);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().slice(0, 10);
}

/** Every data group in EF.SOD must be in EF.COM (BSI TR-03135-1 section 5.6.4.4.1). */
function checkConsistency(com: Uint8Array | DocumentError, securityObject: SecurityObject): Finding {
  const parsed = com instanceof DocumentError ? com : attempt(() => parseCommonData(com));
  if (parsed instanceof DocumentError) {
    if (parsed.code === 'FILE_ABSENT') return notSupported('COM_ABSENT');
    return findingOfFile(parsed);
  }
  const missing = [...securityObject.dataGroupHashes.keys()].filter((number) => !parsed.dataGroups.includes(number));
  if (missing.length === 0) return passed;
  return withEvidence(failed('COM_INCOMPLETE'), { missing: missing.map((number) => `DG${number}`) });
}

/** A mandatory file that is missing or broken is a failure; one that could not be had leaves the question open. */
export function findingOfFile(error: DocumentError): Finding {
  const isDefect =
    error.code === 'FILE_ABSENT' || error.code === 'COM_MALFORMED' || error.code === 'SECURITY_OBJECT_MALFORMED';
  return isDefect ? failed(error.code) : undetermined(error.code);
}
