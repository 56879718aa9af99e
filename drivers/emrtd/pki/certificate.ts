/** X.509 certificates of the eMRTD PKI (ICAO 9303-12 section 7.1): CSCA and document signer. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import {
  type KeyProblem,
  type SignatureAlgorithm,
  keyProblem,
  signatureAlgorithmOf,
  verifySignature,
} from './algorithms.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1, parseTime } from './asn1.ts';

export type Certificate = {
  readonly der: Uint8Array;
  /** Names as `normalisedName` writes them. */
  readonly issuer: string;
  readonly subject: string;
  /** Two letters in upper case, or null. */
  readonly issuerCountry: string | null;
  readonly subjectCountry: string | null;
  /** Big-endian bytes as encoded, in hex. */
  readonly serialNumber: string;
  /** Hex, or null when the extension is absent. */
  readonly subjectKeyId: string | null;
  readonly authorityKeyId: string | null;
  readonly validFrom_ms: number;
  readonly validTo_ms: number;
  /** Null: no key usage extension. */
  readonly keyUsage: {
    readonly digitalSignature: boolean;
    readonly keyCertSign: boolean;
    readonly cRLSign: boolean;
  } | null;
  /** Null: no basic constraints extension. */
  readonly isCA: boolean | null;
  /** Uses the certificate lists (RFC 5280 section 4.2.1.12), of which none is signing documents; null: no list. */
  readonly extendedKeyUsage: readonly string[] | null;
  /** Document codes that a document signer may sign, without fillers (ICAO 9303-12 section 7.1); null: not said. */
  readonly documentTypes: readonly string[] | null;
  /** Begin of the period in which the private key is used (RFC 3280 section 4.2.1.4); null: not said. */
  readonly keyUsedFrom_ms: number | null;
  /** True when an extension is critical that this version does not understand. */
  readonly hasUnknownCriticalExtension: boolean;
  /** Undefined: not known to this version. */
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  readonly key: { readonly ok: true; readonly value: KeyObject } | { readonly ok: false; readonly because: KeyProblem };
  /** True when `issuerKey` signed this certificate. */
  wasSignedBy(issuerKey: KeyObject): boolean;
};

const Extension = {
  SUBJECT_KEY_IDENTIFIER: '2.5.29.14',
  KEY_USAGE: '2.5.29.15',
  PRIVATE_KEY_USAGE_PERIOD: '2.5.29.16',
  BASIC_CONSTRAINTS: '2.5.29.19',
  AUTHORITY_KEY_IDENTIFIER: '2.5.29.35',
  EXTENDED_KEY_USAGE: '2.5.29.37',
  DOCUMENT_TYPE_LIST: '2.23.136.1.1.6.2',
} as const;
const COUNTRY_NAME = '2.5.4.6';
const BMP_STRING = 30;

/** Parses one DER certificate. Throws ASN1Error. */
export function parseCertificate(der: Uint8Array): Certificate {
  const x509 = openCertificate(der);
  const certificate = parseASN1(der);
  const body = certificate.child(0);
  // TBSCertificate (RFC 5280 section 4.1): an optional [0] version, then serial, signature, issuer, validity, subject.
  const fields = body.children.filter((child) => !child.isContext(0));
  const [serial, , issuer, validity, subject] = fields;
  if (serial === undefined || issuer === undefined || validity === undefined || subject === undefined) {
    throw new ASN1Error('certificate cut short');
  }
  const { extensions, hasUnknownCriticalExtension } = extensionsOf(body);
  const signatureAlgorithm = signatureAlgorithmOf(certificate.child(1), undefined);
  return {
    der,
    issuer: normalisedName(issuer),
    subject: normalisedName(subject),
    issuerCountry: countryOf(issuer),
    subjectCountry: countryOf(subject),
    serialNumber: hex(serial.content),
    subjectKeyId: mapped(extensions.get(Extension.SUBJECT_KEY_IDENTIFIER), (element) => hex(element.octets)),
    authorityKeyId: mapped(extensions.get(Extension.AUTHORITY_KEY_IDENTIFIER), authorityKeyIdOf),
    // Not those of X509Certificate: for dates that no calendar has they are any number.
    validFrom_ms: validity.child(0).time_ms,
    validTo_ms: validity.child(1).time_ms,
    keyUsage: mapped(extensions.get(Extension.KEY_USAGE), keyUsageOf),
    isCA: mapped(extensions.get(Extension.BASIC_CONSTRAINTS), isCAOf),
    extendedKeyUsage: mapped(extensions.get(Extension.EXTENDED_KEY_USAGE), (list) =>
      list.children.map(({ oid }) => oid),
    ),
    documentTypes: mapped(extensions.get(Extension.DOCUMENT_TYPE_LIST), documentTypesOf),
    keyUsedFrom_ms: mapped(extensions.get(Extension.PRIVATE_KEY_USAGE_PERIOD), keyUsedFromOf),
    hasUnknownCriticalExtension,
    signatureAlgorithm,
    key: keyOf(x509),
    wasSignedBy: (issuerKey) =>
      signatureAlgorithm?.scheme === 'ecdsa-plain'
        ? verifiesPlainly(certificate, signatureAlgorithm, issuerKey)
        : verifiesUnder(x509, issuerKey),
  };
}

/**
 * A distinguished name in a form in which names that mean the same are equal: issuers write one name in different
 * string types, cases, spacings and orders.
 */
export function normalisedName(name: ASN1Element): string {
  return attributesOf(name)
    .map(([type, value]) => `${type}=${value.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')}`)
    .sort()
    .join('\n');
}

/** Two letters in upper case, or null. */
export function countryOf(name: ASN1Element): string | null {
  const country = attributesOf(name).find(([type]) => type === COUNTRY_NAME);
  return country === undefined ? null : country[1].trim().toUpperCase();
}

function attributesOf(name: ASN1Element): readonly (readonly [type: string, value: string])[] {
  return name.children
    .flatMap((relative) => relative.children)
    .map((attribute) => [attribute.child(0).oid, textOf(attribute.child(1))] as const);
}

function textOf(value: ASN1Element): string {
  const bytes = Buffer.from(value.content);
  // BMPString is UTF-16 in big-endian order; the other string types agree with UTF-8 where names use them.
  return value.isUniversal(BMP_STRING) && bytes.length % 2 === 0
    ? bytes.swap16().toString('utf16le')
    : bytes.toString();
}

function openCertificate(der: Uint8Array): X509Certificate {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(der);
  } catch {
    // OpenSSL's own words may quote content; the position in the chain is all that matters here.
    throw new ASN1Error('not a certificate');
  }
  // X509Certificate looks for text ("-----BEGIN CERTIFICATE-----") before it reads DER, also inside a DER certificate:
  // it would verify another certificate than the one whose fields are read here.
  if (Buffer.compare(x509.raw, der) !== 0) throw new ASN1Error('not a certificate in DER');
  return x509;
}

type Extensions = {
  readonly extensions: ReadonlyMap<string, ASN1Element>;
  readonly hasUnknownCriticalExtension: boolean;
};

/** RFC 5280 section 4.1.2.9: type, criticality (false when left out), value; none may come twice. */
function extensionsOf(body: ASN1Element): Extensions {
  const extensions = new Map<string, ASN1Element>();
  const seen = new Set<string>();
  let hasUnknownCriticalExtension = false;
  for (const extension of body.context(3)?.child(0).children ?? []) {
    const { oid } = extension.child(0);
    if (seen.has(oid)) throw new ASN1Error('extension twice');
    seen.add(oid);
    const isCritical = extension.children.length > 2 && extension.child(1).boolean;
    const value = extension.child(extension.children.length > 2 ? 2 : 1);
    if (isUnderstood(oid)) extensions.set(oid, parseASN1(value.octets));
    else if (isCritical) hasUnknownCriticalExtension = true;
  }
  return { extensions, hasUnknownCriticalExtension };
}

function isUnderstood(oid: string): boolean {
  return Object.values<string>(Extension).includes(oid);
}

/** ICAO 9303-12 section 7.1: SEQUENCE { version, SET OF PrintableString }. PH leaves version and set away. */
function documentTypesOf(extension: ASN1Element): readonly string[] {
  return extension.children
    .flatMap((child) => (child.isUniversal(UniversalTag.SET) ? child.children : [child]))
    .filter((child) => !child.isUniversal(UniversalTag.INTEGER))
    .map((type) => withoutFillers(textOf(type)));
}

/** In one pass: a search for fillers at the end begins anew at each of them. */
function withoutFillers(type: string): string {
  let end = type.length;
  while (type[end - 1] === '<') end -= 1;
  return type.slice(0, end);
}

function keyUsedFromOf(extension: ASN1Element): number | null {
  const notBefore = extension.context(0);
  return notBefore === undefined ? null : parseTime(Buffer.from(notBefore.octets).toString('latin1'));
}

function authorityKeyIdOf(extension: ASN1Element): string | null {
  const keyId = extension.context(0);
  return keyId === undefined ? null : hex(keyId.octets);
}

function keyUsageOf(extension: ASN1Element): NonNullable<Certificate['keyUsage']> {
  const bits = extension.firstBits;
  return { digitalSignature: (bits & 0x80) !== 0, keyCertSign: (bits & 0x04) !== 0, cRLSign: (bits & 0x02) !== 0 };
}

function isCAOf(extension: ASN1Element): boolean {
  const [first] = extension.children;
  return first?.isUniversal(UniversalTag.BOOLEAN) === true && first.boolean;
}

function keyOf(x509: X509Certificate): Certificate['key'] {
  try {
    const value = x509.publicKey;
    const problem = keyProblem(value);
    return problem === undefined ? { ok: true, value } : { ok: false, because: problem };
  } catch {
    // OpenSSL refuses to decode the key at all: an algorithm or a curve that it does not know.
    return { ok: false, because: 'KEY_UNUSABLE' };
  }
}

function verifiesUnder(x509: X509Certificate, issuerKey: KeyObject): boolean {
  try {
    return x509.verify(issuerKey);
  } catch {
    // OpenSSL throws instead of answering false when the key is of another kind than the signature.
    return false;
  }
}

/** OpenSSL does not know these algorithms. The one outside what is signed must be the one inside (RFC 5280 4.1.1.2). */
function verifiesPlainly(certificate: ASN1Element, algorithm: SignatureAlgorithm, issuerKey: KeyObject): boolean {
  const body = certificate.child(0);
  const inner = body.children.filter((child) => !child.isContext(0))[1];
  const isSame = inner !== undefined && Buffer.compare(inner.raw, certificate.child(1).raw) === 0;
  return isSame && verifySignature(algorithm, issuerKey, body.raw, certificate.child(2).bits);
}

function mapped<T>(element: ASN1Element | undefined, map: (element: ASN1Element) => T): T | null {
  return element === undefined ? null : map(element);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
