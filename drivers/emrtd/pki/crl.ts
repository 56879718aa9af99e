/**
 * Revocation lists of a CSCA (ICAO 9303-12 section 7.1.4: X.509 version 2, RFC 5280 section 5), whole ones only: a list
 * that speaks for others or for some certificates would clear signers it says nothing about.
 */
import { type SignatureAlgorithm, signatureAlgorithmOf, verifySignature } from './algorithms.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1 } from './asn1.ts';
import { type Certificate, countryOf, normalisedName } from './certificate.ts';
import { fingerprint } from './certificate-evidence.ts';
import { TrustError } from './trust-codes.ts';

export type RevokedCertificate = {
  readonly revokedAt_ms: number;
  /** CRLReason (RFC 5280 section 5.3.1); null: not said. */
  readonly reason: number | null;
};

export type RevocationList = {
  /** As `normalisedName` writes it. */
  readonly issuer: string;
  readonly issuerCountry: string | null;
  /** Hex, or null when the extension is absent. */
  readonly authorityKeyId: string | null;
  readonly thisUpdate_ms: number;
  readonly nextUpdate_ms: number;
  /** By serial number as `bareSerialNumber` writes it. */
  readonly entries: ReadonlyMap<string, RevokedCertificate>;
  /** Undefined: not known to this version. */
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  /** Of the file, hex. */
  readonly sha256: string;
  wasSignedBy(issuer: Certificate): boolean;
};

const Extension = {
  REASON_CODE: '2.5.29.21',
  AUTHORITY_KEY_IDENTIFIER: '2.5.29.35',
} as const;
/** Delta CRL indicator, issuing distribution point, certificate issuer: each limits or widens what the list speaks for. */
const limiting: readonly string[] = ['2.5.29.27', '2.5.29.28', '2.5.29.29'];
/** Nine elements an entry: room for 50,000 revoked certificates. */
const NODES_MAX = 500_000;

/** Throws TrustError LIST_MALFORMED or CRL_UNSUPPORTED. */
export function parseRevocationList(der: Uint8Array): RevocationList {
  try {
    return parseCertificateList(der);
  } catch (error) {
    if (error instanceof ASN1Error) throw new TrustError('LIST_MALFORMED', error.message);
    throw error;
  }
}

function parseCertificateList(der: Uint8Array): RevocationList {
  const list = parseASN1(der, NODES_MAX);
  if (list.raw.length !== der.length) throw new ASN1Error('bytes after the list');
  const [body, outerAlgorithm, signature] = list.children;
  if (body === undefined || outerAlgorithm === undefined || signature === undefined) throw new ASN1Error('cut short');
  const fields = fieldsOf(body);
  // RFC 5280 section 5.1.1.2: said twice, once of it under the signature.
  if (Buffer.compare(fields.algorithm.raw, outerAlgorithm.raw) !== 0) throw new ASN1Error('two algorithms');
  const signatureAlgorithm = signatureAlgorithmOf(outerAlgorithm, undefined);
  const { bits } = signature;
  return {
    issuer: normalisedName(fields.issuer),
    issuerCountry: countryOf(fields.issuer),
    authorityKeyId: authorityKeyIdOf(body),
    thisUpdate_ms: fields.thisUpdate.time_ms,
    nextUpdate_ms: fields.nextUpdate.time_ms,
    entries: entriesOf(fields.revoked),
    signatureAlgorithm,
    sha256: fingerprint(der),
    wasSignedBy: ({ key }) =>
      signatureAlgorithm !== undefined && key.ok && verifySignature(signatureAlgorithm, key.value, body.raw, bits),
  };
}

type Fields = {
  readonly algorithm: ASN1Element;
  readonly issuer: ASN1Element;
  readonly thisUpdate: ASN1Element;
  readonly nextUpdate: ASN1Element;
  readonly revoked: readonly ASN1Element[];
};

/** RFC 5280 section 5.1.2: version 2, signature, issuer, thisUpdate, nextUpdate, revoked certificates, [0] extensions. */
function fieldsOf(body: ASN1Element): Fields {
  const [version, algorithm, issuer, thisUpdate, nextUpdate, ...rest] = body.children;
  if (algorithm === undefined || issuer === undefined || thisUpdate === undefined) throw new ASN1Error('cut short');
  if (version?.integer !== 1) throw new ASN1Error('not version 2');
  // ICAO 9303-12 table 10: nextUpdate must be there. Without it a list would clear its signers for ever.
  if (nextUpdate === undefined || !isTime(nextUpdate)) throw new ASN1Error('no next update');
  const [first] = rest;
  const revoked = first?.isUniversal(UniversalTag.SEQUENCE) === true ? first.children : [];
  return { algorithm, issuer, thisUpdate, nextUpdate, revoked };
}

function isTime(element: ASN1Element): boolean {
  return element.isUniversal(UniversalTag.UTC_TIME) || element.isUniversal(UniversalTag.GENERALIZED_TIME);
}

function entriesOf(revoked: readonly ASN1Element[]): ReadonlyMap<string, RevokedCertificate> {
  const entries = new Map<string, RevokedCertificate>();
  for (const entry of revoked) {
    const serial = entry.child(0);
    if (!serial.isUniversal(UniversalTag.INTEGER)) throw new ASN1Error('serial number expected');
    const extensions = extensionsOf(entry.children[2]);
    const reason = extensions.get(Extension.REASON_CODE);
    entries.set(bareSerialNumber(Buffer.from(serial.content).toString('hex')), {
      revokedAt_ms: entry.child(1).time_ms,
      reason: reason === undefined ? null : reason.enumerated,
    });
  }
  return entries;
}

/** Hex without leading zero bytes: lists write numbers with more or fewer of them than the certificates have. */
export function bareSerialNumber(encoded: string): string {
  return encoded.replace(/^(?:00)+/, '');
}

function authorityKeyIdOf(body: ASN1Element): string | null {
  const extensions = extensionsOf(body.context(0)?.child(0));
  const keyId = extensions.get(Extension.AUTHORITY_KEY_IDENTIFIER)?.context(0);
  return keyId === undefined ? null : Buffer.from(keyId.octets).toString('hex');
}

/**
 * Those that are understood. RFC 5280 section 5.2: a list with a critical extension that is not must not be used to
 * find out the status of certificates. Those that change what the list speaks for are refused even without the mark.
 */
function extensionsOf(sequence: ASN1Element | undefined): ReadonlyMap<string, ASN1Element> {
  const understood: readonly string[] = [Extension.REASON_CODE, Extension.AUTHORITY_KEY_IDENTIFIER];
  const extensions = new Map<string, ASN1Element>();
  for (const extension of sequence?.children ?? []) {
    const { oid } = extension.child(0);
    const isCritical = extension.children.length > 2 && extension.child(1).boolean;
    if (understood.includes(oid)) {
      if (extensions.has(oid)) throw new ASN1Error('extension twice');
      extensions.set(oid, parseASN1(extension.child(extension.children.length > 2 ? 2 : 1).octets));
    } else if (isCritical || limiting.includes(oid)) {
      throw new TrustError('CRL_UNSUPPORTED', `extension ${oid}`);
    }
  }
  return extensions;
}

/**
 * The CSCA certificate that signed this list, among the trusted ones of its issuer name: first those its authority key
 * identifier names, then all. Throws TrustError CRL_ISSUER_UNKNOWN, LIST_SIGNATURE_INVALID, LIST_ALGORITHM_UNKNOWN.
 */
export function authenticateRevocationList(list: RevocationList, anchors: readonly Certificate[]): Certificate {
  const candidates = anchors.filter((anchor) => anchor.subject === list.issuer && maySignLists(anchor));
  const isNamed = ({ subjectKeyId }: Certificate): boolean =>
    subjectKeyId !== null && subjectKeyId === list.authorityKeyId;
  if (candidates.length === 0) throw new TrustError('CRL_ISSUER_UNKNOWN');
  if (list.signatureAlgorithm === undefined) throw new TrustError('LIST_ALGORITHM_UNKNOWN');
  const inOrder = [...candidates.filter(isNamed), ...candidates.filter((candidate) => !isNamed(candidate))];
  const issuer = inOrder.find((candidate) => list.wasSignedBy(candidate));
  if (issuer === undefined) throw new TrustError('LIST_SIGNATURE_INVALID');
  return issuer;
}

/** Several published CSCA certificates have no key usage; one that has it must name this use (RFC 5280 4.2.1.3). */
function maySignLists({ keyUsage }: Certificate): boolean {
  return keyUsage === null || keyUsage.cRLSign;
}
