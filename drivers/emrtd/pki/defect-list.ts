/**
 * Defect lists (BSI TR-03129-2 section 7): production errors that touch many documents, told by their document signer.
 *
 *   DefectList  ::= SEQUENCE { version INTEGER (0), hashAlg OBJECT IDENTIFIER, defects SET OF Defect }
 *   Defect      ::= SEQUENCE { SignerIdentifier, certificateHash OCTET STRING OPTIONAL, knownDefects SET OF KnownDefect }
 *   KnownDefect ::= SEQUENCE { defectType OBJECT IDENTIFIER, parameters ANY OPTIONAL }
 *
 * Structure, object identifiers and status codes are those other readers of these lists use; no published list was at
 * hand to compare with. The numbers of four newer defects (protocol failure, validity period, wrong signer identifier,
 * issuing country) could not be found: such entries are met as unknown ones, which leave the signer's trust open.
 */
import { createHash } from 'node:crypto';
import { type HashAlgorithm, hashAlgorithmNamed } from './algorithms.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1 } from './asn1.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { fingerprint } from './certificate-evidence.ts';
import { type SignerIdentifier, equalBytes, isNamedBy, parseSignerIdentifier } from './cms.ts';
import { type ListTrust, openSignedList } from './signed-list.ts';
import { TrustError } from './trust-codes.ts';

const defectKinds = {
  '0.4.0.127.0.7.3.1.5.1.1': 'signer-revoked',
  '0.4.0.127.0.7.3.1.5.1.2': 'signer-replaced',
  '0.4.0.127.0.7.3.1.5.1.3': 'chip-authentication-keys-compromised',
  '0.4.0.127.0.7.3.1.5.1.4': 'active-authentication-keys-compromised',
  '0.4.0.127.0.7.3.1.5.2.1': 'data-group-malformed',
  '0.4.0.127.0.7.3.1.5.2.2': 'security-object-malformed',
  '0.4.0.127.0.7.3.1.5.2.3': 'com-differs',
  '0.4.0.127.0.7.3.1.5.4.1': 'card-security-malformed',
  '0.4.0.127.0.7.3.1.5.4.2': 'chip-security-malformed',
} as const;
/** Defects of the eID application and of its terminals, which no inspection here uses. */
const EID_DEFECTS = '0.4.0.127.0.7.3.1.5.3.';
const POWER_DOWN_REQUIRED = '0.4.0.127.0.7.3.1.5.4.3';

export type DefectKind = (typeof defectKinds)[keyof typeof defectKinds] | 'unknown';

export type SignerDefect = {
  readonly kind: DefectKind;
  /** Object identifier as listed. */
  readonly type: string;
  /** With `signer-revoked`: BSI TR-03135-1 section 5.8.2. Null otherwise. */
  readonly status: 'revoked' | 'doubted' | null;
  /** With `data-group-malformed`; empty otherwise. */
  readonly dataGroups: readonly number[];
  /** With `signer-replaced`: what to use in place of the signer's certificate. Null otherwise. */
  readonly replacement: Certificate | null;
  readonly listIssued_ms: number;
};

export type DefectList = {
  readonly issuerCountry: string | null;
  readonly issued_ms: number;
  /** Signers in the list. */
  readonly entries: number;
  /** Of the file, hex. */
  readonly sha256: string;
  /** An entry with the hash of a certificate speaks only of that certificate, never of a mere name. */
  defectsOf(signer: Certificate | SignerIdentifier): readonly SignerDefect[];
};

export const DEFECT_LIST = '0.4.0.127.0.7.3.1.5';
/** Under this arc stands the extended key usage of defect list signers; its number could not be found. */
const BSI_ARC = '0.4.0.127.0.7.';
/** 0 no indication, 2 testing, 3 revoked by the issuer, 4 revoked by the list's signer; 1 is on hold, others are nobody's. */
const revokedCodes: readonly number[] = [0, 2, 3, 4];
const NODES_MAX = 200_000;

/** Throws TrustError LIST_… */
export function openDefectList(file: Uint8Array, trust: ListTrust): DefectList {
  const { signed, signer, issued_ms } = openSignedList(file, { ...trust, contentType: DEFECT_LIST, maySign });
  try {
    const entries = parseDefects(signed.content, issued_ms);
    return {
      issuerCountry: signer.issuerCountry,
      issued_ms,
      entries: entries.length,
      sha256: fingerprint(file),
      defectsOf: (asked) => entries.filter((entry) => speaksOf(entry, asked)).flatMap(({ defects }) => defects),
    };
  } catch (error) {
    if (error instanceof ASN1Error) throw new TrustError('LIST_MALFORMED', error.message);
    throw error;
  }
}

/** Document signers come from the same CSCA: a list of theirs must not count. */
function maySign(signer: Certificate): boolean {
  const isForLists = signer.extendedKeyUsage?.some((usage) => usage.startsWith(BSI_ARC)) === true;
  return isForLists && signer.keyUsage?.digitalSignature === true && !signer.hasUnknownCriticalExtension;
}

type Entry = {
  readonly signer: SignerIdentifier;
  readonly certificateHash: { readonly algorithm: HashAlgorithm; readonly value: Uint8Array } | null;
  readonly defects: readonly SignerDefect[];
};

function parseDefects(content: Uint8Array, listIssued_ms: number): readonly Entry[] {
  const list = parseASN1(content, NODES_MAX);
  if (list.child(0).integer !== 0) throw new ASN1Error('version');
  const algorithm = hashAlgorithmNamed(list.child(1).oid);
  if (!list.child(2).isUniversal(UniversalTag.SET)) throw new ASN1Error('set expected');
  return list.child(2).children.map((defect) => parseEntry(defect, algorithm, listIssued_ms));
}

function parseEntry(defect: ASN1Element, algorithm: HashAlgorithm | undefined, listIssued_ms: number): Entry {
  const [signer, ...rest] = defect.children;
  const known = rest.at(-1);
  if (signer === undefined || known?.isUniversal(UniversalTag.SET) !== true) throw new ASN1Error('defect cut short');
  const hash = rest.length > 1 ? rest[0] : undefined;
  if (hash !== undefined && algorithm === undefined) throw new ASN1Error('hash algorithm not known');
  return {
    signer: parseSignerIdentifier(signer),
    certificateHash: hash === undefined || algorithm === undefined ? null : { algorithm, value: hash.octets },
    defects: known.children.filter(concernsTravelDocuments).map((one) => parseKnownDefect(one, listIssued_ms)),
  };
}

function concernsTravelDocuments(defect: ASN1Element): boolean {
  const { oid } = defect.child(0);
  return !oid.startsWith(EID_DEFECTS) && oid !== POWER_DOWN_REQUIRED;
}

function parseKnownDefect(defect: ASN1Element, listIssued_ms: number): SignerDefect {
  const { oid } = defect.child(0);
  const kind = Object.hasOwn(defectKinds, oid) ? defectKinds[oid as keyof typeof defectKinds] : 'unknown';
  const parameters = defect.children[1];
  return {
    kind,
    type: oid,
    status: kind === 'signer-revoked' ? statusOf(parameters) : null,
    dataGroups: kind === 'data-group-malformed' ? (parameters?.children ?? []).map(({ integer }) => integer) : [],
    replacement: kind === 'signer-replaced' ? replacementOf(parameters) : null,
    listIssued_ms,
  };
}

/** Without a code: no indication, which is revoked. */
function statusOf(parameters: ASN1Element | undefined): 'revoked' | 'doubted' {
  return parameters === undefined || revokedCodes.includes(parameters.enumerated) ? 'revoked' : 'doubted';
}

function replacementOf(parameters: ASN1Element | undefined): Certificate {
  if (parameters === undefined) throw new ASN1Error('no replacement');
  return parseCertificate(Uint8Array.from(parameters.raw));
}

function speaksOf({ signer, certificateHash }: Entry, asked: Certificate | SignerIdentifier): boolean {
  if ('by' in asked) return certificateHash === null && isSameName(signer, asked);
  if (!isNamedBy(asked, signer)) return false;
  if (certificateHash === null) return true;
  const { algorithm, value } = certificateHash;
  return equalBytes(createHash(algorithm).update(asked.der).digest(), value);
}

function isSameName(one: SignerIdentifier, other: SignerIdentifier): boolean {
  if (one.by === 'subject-key-id') return other.by === one.by && other.subjectKeyId === one.subjectKeyId;
  return other.by === one.by && other.issuer === one.issuer && other.serialNumber === one.serialNumber;
}

/** The certificate that one of these defects gives in place of the signer's. */
export function replacementIn(defects: readonly SignerDefect[]): Certificate | undefined {
  return defects.find(({ replacement }) => replacement !== null)?.replacement ?? undefined;
}
