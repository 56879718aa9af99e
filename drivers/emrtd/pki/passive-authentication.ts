/**
 * Passive authentication (ICAO 9303-11 section 5.1): is the chip's content what an issuer signed, and is that issuer
 * trusted? Pure: bytes, trusted certificates and the time go in, findings come out.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { verifySignature } from './algorithms.ts';
import { ASN1Error } from './asn1.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import type { InspectionCode } from '../codes.ts';
import { type Finding, failed, passed, undetermined } from '../finding.ts';
import type { SecurityObject, SignerIdentifier } from './security-object.ts';
import type { TrustStore } from './trust-store.ts';

export type PassiveAuthentication = {
  readonly hash: Finding;
  readonly signature: Finding;
  readonly issuer: Finding;
  readonly validity: Finding;
  readonly revocation: Finding;
  /** Country of the authority that issued the signer's certificate, when that certificate verified. */
  readonly issuerCountry: string | null;
  /** Document codes the signer is limited to, when its certificate verified and says so; see `coversDocumentType`. */
  readonly documentTypes: readonly string[] | null;
};

/**
 * Content types under which issuers sign the LDS security object: that of ICAO 9303-10, its predecessor (BE, FR), and
 * one of a Dutch manufacturer.
 */
const contentTypes: readonly string[] = ['2.23.136.1.1.1', '1.3.27.1.1.1', '1.2.528.1.1006.1.20.1'];
/** Says nothing about what is signed: taken only from China, whose documents have it. */
const PLAIN_DATA = { contentType: '1.2.840.113549.1.7.1', country: 'CN' } as const;

/** All findings about the security object itself; data groups are compared by `checkDataGroupHash`. */
export function authenticatePassively(o: {
  readonly securityObject: SecurityObject;
  readonly trust: TrustStore;
  readonly now_ms: number;
}): PassiveAuthentication {
  const { signers, because } = findSigners(o.securityObject);
  const [best] = signers
    .map((signer) => authenticateUnder(signer, o))
    .sort((one, other) => passedOf(other) - passedOf(one));
  if (best !== undefined) return best;
  const missing = undetermined(because);
  return {
    hash: checkContentHash(o.securityObject, null),
    signature: missing,
    issuer: missing,
    validity: missing,
    revocation: missing,
    issuerCountry: null,
    documentTypes: null,
  };
}

function authenticateUnder(
  signer: Certificate,
  o: { readonly securityObject: SecurityObject; readonly trust: TrustStore; readonly now_ms: number },
): PassiveAuthentication {
  const { issuer, finding } = findIssuer(signer, o.trust, o.now_ms);
  const isPermitted = maySignDocuments(signer);
  const isFound = issuer !== undefined && isPermitted;
  return {
    hash: checkContentHash(o.securityObject, signer.issuerCountry),
    signature: checkSignature(o.securityObject, signer),
    // What a certificate says about itself is judged only when a trusted issuer vouches for it.
    issuer: issuer === undefined || isPermitted ? finding : failed('SIGNER_NOT_PERMITTED'),
    validity: issuer === undefined ? { ...finding, result: 'undetermined' } : checkValidity(signer, issuer, o.now_ms),
    revocation: undetermined('REVOCATION_UNKNOWN'),
    issuerCountry: isFound ? signer.issuerCountry : null,
    documentTypes: isFound ? signer.documentTypes : null,
  };
}

function passedOf({ signature, issuer, validity }: PassiveAuthentication): number {
  return [signature, issuer, validity].filter(({ result }) => result === 'passed').length;
}

/**
 * May this document signer sign a document with this code in its MRZ? A type of one letter stands for all codes that
 * begin with it (ICAO 9303-12 section 7.1).
 */
export function coversDocumentType(documentTypes: readonly string[] | null, documentCode: string): boolean {
  if (documentTypes === null) return true;
  return documentTypes.some((type) => type === documentCode || (type.length === 1 && documentCode.startsWith(type)));
}

/** Is this data group, as read from the chip, the one that was signed? */
export function checkDataGroupHash(securityObject: SecurityObject, number: number, file: Uint8Array): Finding {
  const expected = securityObject.dataGroupHashes.get(number);
  if (expected === undefined) return failed('DATA_GROUP_NOT_LISTED');
  const algorithm = securityObject.dataGroupHash;
  if (algorithm === undefined) return undetermined('ALGORITHM_UNKNOWN');
  const isIdentical = equalBytes(createHash(algorithm).update(file).digest(), expected);
  return isIdentical ? remarkOn(algorithm) : failed('DATA_GROUP_HASH_MISMATCH');
}

function checkContentHash(object: SecurityObject, country: string | null): Finding {
  const { contentType } = object;
  const isPlainData = contentType === PLAIN_DATA.contentType && country === PLAIN_DATA.country;
  if (!contentTypes.includes(contentType) && !isPlainData) return failed('CONTENT_TYPE_WRONG');
  if (object.signedContentType !== contentType) return failed('CONTENT_TYPE_WRONG');
  if (object.digest === undefined) return undetermined('ALGORITHM_UNKNOWN');
  const digest = createHash(object.digest).update(object.content).digest();
  return equalBytes(digest, object.messageDigest) ? remarkOn(object.digest) : failed('CONTENT_HASH_MISMATCH');
}

type Signers = { readonly signers: readonly Certificate[]; readonly because: InspectionCode };

/** Every embedded certificate that fits the name of the signer, which is not signed: anybody can put namesakes in. */
function findSigners(object: SecurityObject): Signers {
  const signers: Certificate[] = [];
  let because: InspectionCode = 'SIGNER_ABSENT';
  for (const der of object.certificates) {
    try {
      const certificate = parseCertificate(der);
      if (isNamedBy(certificate, object.signer)) signers.push(certificate);
    } catch (error) {
      if (!(error instanceof ASN1Error)) throw error;
      because = 'SIGNER_MALFORMED';
    }
  }
  return { signers, because };
}

function isNamedBy(certificate: Certificate, signer: SignerIdentifier): boolean {
  return signer.by === 'subject-key-id'
    ? certificate.subjectKeyId === signer.subjectKeyId
    : certificate.issuer === signer.issuer && certificate.serialNumber === signer.serialNumber;
}

function checkSignature(object: SecurityObject, signer: Certificate): Finding {
  const algorithm = object.signatureAlgorithm;
  if (!signer.key.ok) {
    // A key that this version cannot use may be in order; no issuer has one that others than its owner can sign under.
    return signer.key.because === 'KEY_UNUSABLE' ? undetermined('KEY_UNUSABLE') : failed(signer.key.because);
  }
  if (algorithm === undefined) return undetermined('ALGORITHM_UNKNOWN');
  const isValid = verifySignature(algorithm, signer.key.value, object.signedAttributes, object.signature);
  return isValid ? remarkOn(algorithm.hash) : failed('SIGNATURE_INVALID');
}

/** `finding` is what is found about the chain; without an issuer it is never passed. */
type Chain = { readonly finding: Finding; readonly issuer: Certificate | undefined };

/**
 * The CSCA that signed the signer's certificate: first those its authority key identifier names, then all of its issuer
 * name. Issuers re-use names and keys, so every candidate is tried, valid ones first. A search by name may simply lack
 * the right one (BSI TR-03135-1 section 5.6.4.3.3), and key identifiers of different states may be equal: a failure is
 * only a CSCA of the same country that was named by key and did not sign, and one of another country that did.
 */
function findIssuer(signer: Certificate, trust: TrustStore, now_ms: number): Chain {
  const named = signer.authorityKeyId === null ? [] : trust.withSubjectKeyId(signer.authorityKeyId);
  const candidates = [...named, ...trust.withSubject(signer.issuer)];
  const isOfItsCountry = ({ subjectCountry }: Certificate): boolean =>
    subjectCountry !== null && subjectCountry === signer.issuerCountry;
  const without = (finding: Finding): Chain => ({ finding, issuer: undefined });
  // OpenSSL verifies MD5 and others that this version does not accept.
  if (signer.signatureAlgorithm === undefined) {
    return without(undetermined(candidates.some(isOfItsCountry) ? 'ALGORITHM_UNKNOWN' : 'ISSUER_UNKNOWN'));
  }
  const issuers = candidates.filter(({ key }) => key.ok && signer.wasSignedBy(key.value));
  const ownIssuers = issuers.filter(isOfItsCountry);
  const issuer = ownIssuers.find((candidate) => isValidAt(candidate, now_ms)) ?? ownIssuers[0];
  if (issuer !== undefined) return { finding: remarkOn(signer.signatureAlgorithm.hash), issuer };
  if (issuers.length > 0) return without(failed('ISSUER_COUNTRY_DIFFERS'));
  return without(named.some(isOfItsCountry) ? failed('ISSUER_SIGNATURE_INVALID') : undetermined('ISSUER_UNKNOWN'));
}

/**
 * Is this a certificate for signing documents (ICAO 9303-12 section 7.1)? Certificates for master lists, deviation lists
 * and visible seals come from the same CSCA and say so in an extended key usage, which document signers do not have.
 */
function maySignDocuments(signer: Certificate): boolean {
  const isForSigning = signer.keyUsage?.digitalSignature === true && signer.isCA !== true;
  return isForSigning && !signer.hasExtendedKeyUsage && !signer.hasUnknownCriticalExtension;
}

/** Written so that a time or a validity which is no number is never inside. */
function checkValidity(signer: Certificate, issuer: Certificate, now_ms: number): Finding {
  if (!(now_ms <= signer.validTo_ms)) return failed('SIGNER_EXPIRED');
  // The end of the private key's period is not judged: documents signed before it stay valid long after, and the time of
  // signing is nowhere said by anybody but the signer. Its begin is: before it no document can have been signed.
  const begin_ms = Math.max(signer.validFrom_ms, signer.keyUsedFrom_ms ?? signer.validFrom_ms);
  if (!(now_ms >= begin_ms)) return failed('SIGNER_NOT_YET_VALID');
  if (!(now_ms <= issuer.validTo_ms)) return failed('ISSUER_EXPIRED');
  return now_ms >= issuer.validFrom_ms ? passed : failed('ISSUER_NOT_YET_VALID');
}

function isValidAt(certificate: Certificate, now_ms: number): boolean {
  return now_ms >= certificate.validFrom_ms && now_ms <= certificate.validTo_ms;
}

/** SHA-1 is still met in old documents and current ones of some states: it passes, and says so. */
function remarkOn(hash: string | undefined): Finding {
  return hash === 'sha1' ? { result: 'passed', because: 'SHA1_USED' } : passed;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
