/**
 * Passive authentication (ICAO 9303-11 section 5.1): is the chip's content what an issuer signed, and is that issuer
 * trusted? Pure: bytes, trusted certificates and the time go in, findings come out.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { CheckResult } from '../contracts/evidence.ts';
import { verifySignature } from './algorithms.ts';
import { ASN1Error } from './asn1.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import type { InspectionCode } from './codes.ts';
import type { SecurityObject, SignerIdentifier } from './security-object.ts';
import type { TrustStore } from './trust-store.ts';

/** One answer. A passed check may carry a remark (SHA1_USED); any other result always says why. */
export type Finding = { readonly result: CheckResult; readonly because: InspectionCode | null };

export type PassiveAuthentication = {
  readonly hash: Finding;
  readonly signature: Finding;
  readonly issuer: Finding;
  readonly validity: Finding;
  readonly revocation: Finding;
  /** Country of the authority that issued the signer's certificate, when that certificate verified. */
  readonly issuerCountry: string | null;
};

/**
 * Content types under which issuers sign the LDS security object: that of ICAO 9303-10, its predecessor (BE, FR), one of
 * a Dutch manufacturer, and plain data (CN).
 */
const contentTypes: readonly string[] = [
  '2.23.136.1.1.1',
  '1.3.27.1.1.1',
  '1.2.528.1.1006.1.20.1',
  '1.2.840.113549.1.7.1',
];

export const passed: Finding = { result: 'passed', because: null };
const failed = (because: InspectionCode): Finding => ({ result: 'failed', because });
const undetermined = (because: InspectionCode): Finding => ({ result: 'undetermined', because });

/** All findings about the security object itself; data groups are compared by `checkDataGroupHash`. */
export function authenticatePassively(o: {
  readonly securityObject: SecurityObject;
  readonly trust: TrustStore;
  readonly now_ms: number;
}): PassiveAuthentication {
  const hash = checkContentHash(o.securityObject);
  const signer = findSigner(o.securityObject);
  if (!('certificate' in signer)) {
    const missing = undetermined(signer.because);
    return {
      hash,
      signature: missing,
      issuer: missing,
      validity: missing,
      revocation: missing,
      issuerCountry: null,
    };
  }
  const { certificate } = signer;
  const chain = findIssuer(certificate, o.trust, o.now_ms);
  return {
    hash,
    signature: checkSignature(o.securityObject, certificate),
    issuer: chain.finding,
    validity: checkValidity(certificate, chain.issuer, o.now_ms),
    revocation: undetermined('REVOCATION_UNKNOWN'),
    issuerCountry: chain.issuer === undefined ? null : certificate.issuerCountry,
  };
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

function checkContentHash(object: SecurityObject): Finding {
  if (!contentTypes.includes(object.contentType) || object.signedContentType !== object.contentType) {
    return failed('CONTENT_TYPE_WRONG');
  }
  if (object.digest === undefined) return undetermined('ALGORITHM_UNKNOWN');
  const digest = createHash(object.digest).update(object.content).digest();
  return equalBytes(digest, object.messageDigest) ? remarkOn(object.digest) : failed('CONTENT_HASH_MISMATCH');
}

type Signer = { readonly certificate: Certificate } | { readonly because: InspectionCode };

function findSigner(object: SecurityObject): Signer {
  let because: InspectionCode = 'SIGNER_ABSENT';
  for (const der of object.certificates) {
    try {
      const certificate = parseCertificate(der);
      if (isNamedBy(certificate, object.signer)) return { certificate };
    } catch (error) {
      if (!(error instanceof ASN1Error)) throw error;
      because = 'SIGNER_MALFORMED';
    }
  }
  return { because };
}

function isNamedBy(certificate: Certificate, signer: SignerIdentifier): boolean {
  return signer.by === 'subject-key-id'
    ? certificate.subjectKeyId === signer.subjectKeyId
    : certificate.issuer === signer.issuer && certificate.serialNumber === signer.serialNumber;
}

function checkSignature(object: SecurityObject, signer: Certificate): Finding {
  const algorithm = object.signatureAlgorithm;
  if (!signer.key.ok) {
    return signer.key.because === 'KEY_CURVE_UNKNOWN' ? failed('KEY_CURVE_UNKNOWN') : undetermined('KEY_UNUSABLE');
  }
  if (algorithm === undefined) return undetermined('ALGORITHM_UNKNOWN');
  const isValid = verifySignature(algorithm, signer.key.value, object.signedAttributes, object.signature);
  return isValid ? remarkOn(algorithm.hash) : failed('SIGNATURE_INVALID');
}

type Chain = { readonly finding: Finding; readonly issuer: Certificate | undefined };

/**
 * The CSCA that signed the signer's certificate: first those its authority key identifier names, then all of its issuer
 * name. Issuers re-use names and keys, so every candidate is tried, valid ones first. Only a CSCA that was named by key
 * and did not sign is a failure; a search by name may simply lack the right one (BSI TR-03135-1 section 5.6.4.3.3).
 */
function findIssuer(signer: Certificate, trust: TrustStore, now_ms: number): Chain {
  if (signer.isCA === true || signer.keyUsage?.digitalSignature === false) {
    return { finding: failed('SIGNER_NOT_PERMITTED'), issuer: undefined };
  }
  const named = signer.authorityKeyId === null ? [] : trust.withSubjectKeyId(signer.authorityKeyId);
  const candidates = [...named, ...trust.withSubject(signer.issuer)].filter(
    (candidate) => candidate.subjectCountry === signer.issuerCountry,
  );
  const issuers = candidates.filter(({ key }) => key.ok && signer.wasSignedBy(key.value));
  const issuer = issuers.find((candidate) => isValidAt(candidate, now_ms)) ?? issuers[0];
  if (issuer !== undefined) {
    return { finding: remarkOn(signer.signatureAlgorithm?.hash), issuer };
  }
  const finding = named.length > 0 ? failed('ISSUER_SIGNATURE_INVALID') : undetermined('ISSUER_UNKNOWN');
  return { finding, issuer: undefined };
}

/** Written so that a time or a validity which is no number is never inside. */
function checkValidity(signer: Certificate, issuer: Certificate | undefined, now_ms: number): Finding {
  if (!(now_ms <= signer.validTo_ms)) return failed('SIGNER_EXPIRED');
  if (!(now_ms >= signer.validFrom_ms)) return failed('SIGNER_NOT_YET_VALID');
  if (issuer === undefined) return undetermined('ISSUER_UNKNOWN');
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
