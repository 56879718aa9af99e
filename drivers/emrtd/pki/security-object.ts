/**
 * EF.SOD (ICAO 9303-10 section 4.6.2): hashes of the data groups, signed by a document signer. CMS SignedData (RFC 5652)
 * in DER, or in BER as some issuers write it. Parsed here, verified in passive-authentication.ts.
 */
import { type HashAlgorithm, type SignatureAlgorithm, hashAlgorithmOf, signatureAlgorithmOf } from './algorithms.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1 } from './asn1.ts';
import { normalisedName } from './certificate.ts';
import { DocumentError } from '../codes.ts';
import { TLVError, expectTLV } from '../iso7816/tlv.ts';

/** How the signer's certificate is named. Names normalised, identifiers in hex. */
export type SignerIdentifier =
  | { readonly by: 'issuer-and-serial'; readonly issuer: string; readonly serialNumber: string }
  | { readonly by: 'subject-key-id'; readonly subjectKeyId: string };

export type SecurityObject = {
  /** LDS security object as it was signed. */
  readonly content: Uint8Array;
  readonly contentType: string;
  /** Algorithm and hashes of the data groups; undefined algorithm: not known to this version. */
  readonly dataGroupHash: HashAlgorithm | undefined;
  readonly dataGroupHashes: ReadonlyMap<number, Uint8Array>;
  readonly signer: SignerIdentifier;
  readonly digest: HashAlgorithm | undefined;
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  /** Signed attributes as a SET, the form over which the signature is made (RFC 5652 section 5.4). */
  readonly signedAttributes: Uint8Array;
  readonly signedContentType: string;
  readonly messageDigest: Uint8Array;
  readonly signature: Uint8Array;
  /** DER certificates embedded in EF.SOD, at most 8. */
  readonly certificates: readonly Uint8Array[];
};

const Oid = {
  SIGNED_DATA: '1.2.840.113549.1.7.2',
  CONTENT_TYPE: '1.2.840.113549.1.9.3',
  MESSAGE_DIGEST: '1.2.840.113549.1.9.4',
} as const;
const SET_TAG = 0x31;
const CERTIFICATES_MAX = 8;
const DATA_GROUPS_MAX = 16;

/** Throws DocumentError SECURITY_OBJECT_MALFORMED. */
export function parseSecurityObject(file: Uint8Array): SecurityObject {
  try {
    return parseSignedData(parseASN1(expectTLV(file, 0x77).value));
  } catch (error) {
    if (error instanceof ASN1Error || error instanceof TLVError) {
      throw new DocumentError('SECURITY_OBJECT_MALFORMED', error.message);
    }
    throw error;
  }
}

function parseSignedData(contentInfo: ASN1Element): SecurityObject {
  if (contentInfo.child(0).oid !== Oid.SIGNED_DATA) throw new ASN1Error('not SignedData');
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
    ...parseLDSSecurityObject(content),
    ...parseSignerInfo(signerInfos.child(0)),
    certificates: embedded.map((certificate) => certificate.raw),
  };
}

function parseLDSSecurityObject(content: Uint8Array): Pick<SecurityObject, 'dataGroupHash' | 'dataGroupHashes'> {
  const [, algorithm, hashes] = parseASN1(content).children;
  if (algorithm === undefined || hashes === undefined) throw new ASN1Error('LDS security object cut short');
  const dataGroupHashes = new Map<number, Uint8Array>();
  for (const entry of hashes.children) {
    const number = entry.child(0).integer;
    if (number < 1 || number > DATA_GROUPS_MAX || dataGroupHashes.has(number)) throw new ASN1Error('data group number');
    dataGroupHashes.set(number, entry.child(1).octets);
  }
  return { dataGroupHash: hashAlgorithmOf(algorithm), dataGroupHashes };
}

function parseSignerInfo(
  info: ASN1Element,
): Omit<SecurityObject, 'content' | 'contentType' | 'dataGroupHash' | 'dataGroupHashes' | 'certificates'> {
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
    signature: signature.octets,
  };
}

function parseSignerIdentifier(identifier: ASN1Element): SignerIdentifier {
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
