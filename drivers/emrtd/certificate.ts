/** X.509 certificates of the eMRTD PKI (ICAO 9303-12 section 7.1): CSCA and document signer. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { type KeyProblem, type SignatureAlgorithm, keyProblem, signatureAlgorithmOf } from './algorithms.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1 } from './asn1.ts';

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
  /** Null: no key usage extension, hence no restriction. */
  readonly keyUsage: { readonly digitalSignature: boolean; readonly keyCertSign: boolean } | null;
  /** Null: no basic constraints extension. */
  readonly isCA: boolean | null;
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  readonly key: { readonly ok: true; readonly value: KeyObject } | { readonly ok: false; readonly because: KeyProblem };
  /** True when `issuerKey` signed this certificate. */
  wasSignedBy(issuerKey: KeyObject): boolean;
};

const Extension = {
  SUBJECT_KEY_IDENTIFIER: '2.5.29.14',
  KEY_USAGE: '2.5.29.15',
  BASIC_CONSTRAINTS: '2.5.29.19',
  AUTHORITY_KEY_IDENTIFIER: '2.5.29.35',
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
  const [serial, , issuer, , subject] = fields;
  if (serial === undefined || issuer === undefined || subject === undefined)
    throw new ASN1Error('certificate cut short');
  const extensions = extensionsOf(body);
  return {
    der,
    issuer: normalisedName(issuer),
    subject: normalisedName(subject),
    issuerCountry: countryOf(issuer),
    subjectCountry: countryOf(subject),
    serialNumber: hex(serial.content),
    subjectKeyId: mapped(extensions.get(Extension.SUBJECT_KEY_IDENTIFIER), (element) => hex(element.octets)),
    authorityKeyId: mapped(extensions.get(Extension.AUTHORITY_KEY_IDENTIFIER), authorityKeyIdOf),
    validFrom_ms: x509.validFromDate.getTime(),
    validTo_ms: x509.validToDate.getTime(),
    keyUsage: mapped(extensions.get(Extension.KEY_USAGE), keyUsageOf),
    isCA: mapped(extensions.get(Extension.BASIC_CONSTRAINTS), isCAOf),
    signatureAlgorithm: signatureAlgorithmOf(certificate.child(1), undefined),
    key: keyOf(x509),
    wasSignedBy: (issuerKey) => verifiesUnder(x509, issuerKey),
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

function countryOf(name: ASN1Element): string | null {
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
  try {
    return new X509Certificate(der);
  } catch {
    // OpenSSL's own words may quote content; the position in the chain is all that matters here.
    throw new ASN1Error('not a certificate');
  }
}

function extensionsOf(body: ASN1Element): ReadonlyMap<string, ASN1Element> {
  const extensions = new Map<string, ASN1Element>();
  for (const extension of body.context(3)?.child(0).children ?? []) {
    const value = extension.children.find((child) => child.isUniversal(UniversalTag.OCTET_STRING));
    if (value !== undefined && isWanted(extension.child(0).oid)) {
      extensions.set(extension.child(0).oid, parseASN1(value.octets));
    }
  }
  return extensions;
}

function isWanted(oid: string): boolean {
  return Object.values<string>(Extension).includes(oid);
}

function authorityKeyIdOf(extension: ASN1Element): string | null {
  const keyId = extension.context(0);
  return keyId === undefined ? null : hex(keyId.octets);
}

function keyUsageOf(extension: ASN1Element): NonNullable<Certificate['keyUsage']> {
  const bits = extension.firstBits;
  return { digitalSignature: (bits & 0x80) !== 0, keyCertSign: (bits & 0x04) !== 0 };
}

function isCAOf(extension: ASN1Element): boolean {
  const [first] = extension.children;
  return first !== undefined && !first.isUniversal(UniversalTag.INTEGER) && first.content.some((octet) => octet !== 0);
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

function mapped<T>(element: ASN1Element | undefined, map: (element: ASN1Element) => T): T | null {
  return element === undefined ? null : map(element);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
