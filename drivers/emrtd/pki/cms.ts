/**
 * CMS SignedData (RFC 5652 section 5) with one signer and signed attributes, in DER or BER: the form of EF.SOD,
 * EF.CardSecurity, master lists and defect lists. Parsed and verified here, and nowhere else.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type HashAlgorithm,
  type SignatureAlgorithm,
  hashAlgorithmOf,
  signatureAlgorithmOf,
  verifySignature,
} from './algorithms.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1 } from './asn1.ts';
import { type Certificate, normalisedName, parseCertificate } from './certificate.ts';

/** How the signer's certificate is named. Names normalised, identifiers in hex. */
export type SignerIdentifier =
  | { readonly by: 'issuer-and-serial'; readonly issuer: string; readonly serialNumber: string }
  | { readonly by: 'subject-key-id'; readonly subjectKeyId: string };

export type SignedData = {
  /** Content as it was signed. */
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly signer: SignerIdentifier;
  readonly digest: HashAlgorithm | undefined;
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  /** Signed attributes as a SET, the form over which the signature is made (RFC 5652 section 5.4). */
  readonly signedAttributes: Uint8Array;
  readonly signedContentType: string;
  readonly messageDigest: Uint8Array;
  /** What the signer says about the time of signing (RFC 5652 section 11.3); null: nothing. */
  readonly signedAt_ms: number | null;
  readonly signature: Uint8Array;
  /** DER certificates embedded beside the content. */
  readonly certificates: readonly Uint8Array[];
};

const Oid = {
  SIGNED_DATA: '1.2.840.113549.1.7.2',
  CONTENT_TYPE: '1.2.840.113549.1.9.3',
  MESSAGE_DIGEST: '1.2.840.113549.1.9.4',
  SIGNING_TIME: '1.2.840.113549.1.9.5',
} as const;
const SET_TAG = 0x31;
const CERTIFICATES_MAX = 8;

/** At most 8 embedded certificates. Throws ASN1Error. */
export function parseSignedData(bytes: Uint8Array): SignedData {
  const contentInfo = parseASN1(bytes);
  if (!isSignedData(contentInfo)) throw new ASN1Error('not SignedData');
  const signedData = contentInfo.child(1).child(0);
  const encapsulated = signedData.child(2);
  const content = encapsulated.child(1).child(0).octets;
  // RFC 5652 section 5.1: version, algorithms, content, [0] certificates, [1] CRLs, signer infos last.
  const signerInfos = signedData.children.at(-1);
  if (signerInfos === undefined || !signerInfos.isUniversal(UniversalTag.SET)) throw new ASN1Error('no signer infos');
  // ICAO 9303-10 section 4.6.2: one signer. With several, which of them counts would be anybody's choice.
  if (signerInfos.children.length !== 1) throw new ASN1Error('not exactly one signer');
  const embedded = signedData.context(0)?.children.filter((child) => child.isUniversal(UniversalTag.SEQUENCE)) ?? [];
  if (embedded.length > CERTIFICATES_MAX) throw new ASN1Error('too many certificates');
  return {
    content,
    contentType: encapsulated.child(0).oid,
    ...parseSignerInfo(signerInfos.child(0)),
    certificates: embedded.map((certificate) => certificate.raw),
  };
}

/** Is this ContentInfo one around SignedData? */
export function isSignedData(contentInfo: ASN1Element): boolean {
  const type = contentInfo.child(0);
  return type.isUniversal(UniversalTag.OBJECT_IDENTIFIER) && type.oid === Oid.SIGNED_DATA;
}

function parseSignerInfo(info: ASN1Element): Omit<SignedData, 'content' | 'contentType' | 'certificates'> {
  const attributes = info.children.find((child, index) => index >= 3 && child.isContext(0));
  // ICAO 9303-12 table 38: signed attributes are mandatory.
  if (attributes === undefined) throw new ASN1Error('no signed attributes');
  const after = info.children.slice(info.children.indexOf(attributes) + 1);
  const [signatureIdentifier, signature] = after;
  if (signatureIdentifier === undefined || signature === undefined) throw new ASN1Error('signer info cut short');
  const digest = hashAlgorithmOf(info.child(2));
  return {
    signer: parseSignerIdentifier(info.child(1)),
    digest,
    signatureAlgorithm: signatureAlgorithmOf(signatureIdentifier, digest),
    signedAttributes: attributes.retagged(SET_TAG),
    signedContentType: attributeValue(attributes, Oid.CONTENT_TYPE).oid,
    messageDigest: attributeValue(attributes, Oid.MESSAGE_DIGEST).octets,
    signedAt_ms: signingTimeOf(attributes),
    signature: signature.octets,
  };
}

export function parseSignerIdentifier(identifier: ASN1Element): SignerIdentifier {
  if (identifier.isContext(0)) {
    return { by: 'subject-key-id', subjectKeyId: Buffer.from(identifier.octets).toString('hex') };
  }
  return {
    by: 'issuer-and-serial',
    issuer: normalisedName(identifier.child(0)),
    serialNumber: Buffer.from(identifier.child(1).content).toString('hex'),
  };
}

function attributeValue(attributes: ASN1Element, oid: string): ASN1Element {
  const matching = attributes.children.filter((attribute) => attribute.child(0).oid === oid);
  const [attribute] = matching;
  // RFC 5652 section 11: exactly one attribute of each of these kinds, with exactly one value.
  if (matching.length !== 1 || attribute === undefined || attribute.child(1).children.length !== 1) {
    throw new ASN1Error('signed attribute missing or doubled');
  }
  return attribute.child(1).child(0);
}

/** Nothing about a document rests on it, so one that cannot be read is as good as none. */
function signingTimeOf(attributes: ASN1Element): number | null {
  try {
    return attributeValue(attributes, Oid.SIGNING_TIME).time_ms;
  } catch (error) {
    if (error instanceof ASN1Error) return null;
    throw error;
  }
}

export type ContentProblem = 'CONTENT_TYPE_WRONG' | 'CONTENT_HASH_MISMATCH' | 'ALGORITHM_UNKNOWN';

/** Do the signed attributes speak of this content? Undefined when they do. Says nothing about who signed them. */
export function contentProblem(signed: SignedData, contentTypes: readonly string[]): ContentProblem | undefined {
  if (!contentTypes.includes(signed.contentType)) return 'CONTENT_TYPE_WRONG';
  if (signed.signedContentType !== signed.contentType) return 'CONTENT_TYPE_WRONG';
  if (signed.digest === undefined) return 'ALGORITHM_UNKNOWN';
  const digest = createHash(signed.digest).update(signed.content).digest();
  return equalBytes(digest, signed.messageDigest) ? undefined : 'CONTENT_HASH_MISMATCH';
}

/** Did the holder of this certificate sign the attributes? False also for an algorithm or a key that is not known. */
export function wasSignedBy(signed: SignedData, { key }: Certificate): boolean {
  const algorithm = signed.signatureAlgorithm;
  if (algorithm === undefined || !key.ok) return false;
  return verifySignature(algorithm, key.value, signed.signedAttributes, signed.signature);
}

export function isNamedBy(certificate: Certificate, signer: SignerIdentifier): boolean {
  return signer.by === 'subject-key-id'
    ? certificate.subjectKeyId === signer.subjectKeyId
    : certificate.issuer === signer.issuer && certificate.serialNumber === signer.serialNumber;
}

/** The embedded certificates; `malformed` is true when there are some that cannot be parsed. */
export function embeddedCertificates(signed: SignedData): {
  readonly certificates: readonly Certificate[];
  readonly malformed: boolean;
} {
  const certificates: Certificate[] = [];
  let malformed = false;
  for (const der of signed.certificates) {
    try {
      certificates.push(parseCertificate(der));
    } catch (error) {
      if (!(error instanceof ASN1Error)) throw error;
      malformed = true;
    }
  }
  return { certificates, malformed };
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
