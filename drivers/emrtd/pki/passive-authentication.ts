/**
 * Passive authentication (ICAO 9303-11 section 5.1): is the chip's content what an issuer signed, and is that issuer
 * trusted? Pure: bytes, trusted certificates and the time go in, findings come out.
 */
import { createHash } from 'node:crypto';
import { type HashAlgorithm, describeSignature } from './algorithms.ts';
import { type CertificateEvidence, evidenceOf } from './certificate-evidence.ts';
import type { Certificate } from './certificate.ts';
import { type SignedData, contentProblem, embeddedCertificates, equalBytes, isNamedBy, wasSignedBy } from './cms.ts';
import type { InspectionCode } from '../codes.ts';
import { type DefectKind, type SignerDefect, replacementIn } from './defect-list.ts';
import { type Finding, failed, passed, undetermined } from '../finding.ts';
import { type Chain, findIssuer } from './issuer-search.ts';
import type { Revocation } from './revocation.ts';
import type { SecurityObject } from './security-object.ts';
import type { TrustStore } from './trust-store.ts';

export type PassiveAuthentication = {
  readonly hash: Finding;
  readonly signature: Finding;
  readonly issuer: Finding;
  /** Of the signer's certificate at the time of checking; of the CSCA certificate; the first of both that is wrong. */
  readonly signerValidity: Finding;
  readonly issuerValidity: Finding;
  readonly validity: Finding;
  readonly revocation: Finding;
  /** BSI TR-03135-1 section 5.6.4.3.6: passed is trusted, failed is not trusted. */
  readonly trustStatus: Finding;
  /** Country of the authority that issued the signer's certificate, when that certificate verified. */
  readonly issuerCountry: string | null;
  /** Document codes the signer is limited to, when its certificate verified and says so; see `coversDocumentType`. */
  readonly documentTypes: readonly string[] | null;
  /** What verified defect lists say about documents of this signer; see `withDefects` for checks beside these. */
  readonly defects: readonly SignerDefect[];
  readonly evidence: SignerEvidence;
};

/** What the findings rest on, for the record: nothing of it is personal. */
export type SignerEvidence = {
  readonly digest: HashAlgorithm | null;
  /** 'ecdsa sha256'; null: not known to this version. */
  readonly signature: string | null;
  /** Null: no certificate of the signer was found. */
  readonly signer: CertificateEvidence | null;
  /** The CSCA certificate whose key verified that of the signer. */
  readonly issuer: CertificateEvidence | null;
  /** Date of the list that `revocation` rests on. */
  readonly revocationListIssued_ms: number | null;
};

/**
 * Content types under which issuers sign the LDS security object: that of ICAO 9303-10, its predecessor (BE, FR), and
 * one of a Dutch manufacturer.
 */
const ldsContentTypes: readonly string[] = ['2.23.136.1.1.1', '1.3.27.1.1.1', '1.2.528.1.1006.1.20.1'];
/** Says nothing about what is signed: taken only from China, whose documents have it. */
const PLAIN_DATA = { contentType: '1.2.840.113549.1.7.1', country: 'CN' } as const;
/** id-SecurityObject, the content type of EF.CardSecurity (ICAO 9303-11 section 9.2.11, BSI TR-03110-3 A.1.2.5). */
const cardSecurityContentTypes: readonly string[] = ['0.4.0.127.0.7.3.2.1'];

type Question = {
  readonly signed: SignedData;
  readonly contentTypesOf: (country: string | null) => readonly string[];
  /** The defect that explains a wrong signature over such an object. */
  readonly malformedBy: DefectKind;
  readonly trust: TrustStore;
  readonly now_ms: number;
};

/** All findings about the security object itself; data groups are compared by `checkDataGroupHash`. */
export function authenticatePassively(o: {
  readonly securityObject: SecurityObject;
  readonly trust: TrustStore;
  readonly now_ms: number;
}): PassiveAuthentication {
  const contentTypesOf = (country: string | null): readonly string[] =>
    country === PLAIN_DATA.country ? [...ldsContentTypes, PLAIN_DATA.contentType] : ldsContentTypes;
  return authenticate({ ...o, signed: o.securityObject, contentTypesOf, malformedBy: 'security-object-malformed' });
}

/** The same findings about EF.CardSecurity, see `parseCardSecurity`. Its content may be used when all of them pass. */
export function authenticateSignedObject(o: {
  readonly signed: SignedData;
  readonly trust: TrustStore;
  readonly now_ms: number;
}): PassiveAuthentication {
  return authenticate({ ...o, contentTypesOf: () => cardSecurityContentTypes, malformedBy: 'card-security-malformed' });
}

function authenticate(o: Question): PassiveAuthentication {
  const { signers, because } = findSigners(o.signed, o.trust);
  const [best] = signers
    .map((signer) => authenticateUnder(signer, o))
    .sort((one, other) => passedOf(other) - passedOf(one));
  if (best !== undefined) return best;
  const missing = undetermined(because);
  return {
    hash: checkContentHash(o, null),
    signature: missing,
    issuer: missing,
    signerValidity: missing,
    issuerValidity: missing,
    validity: missing,
    revocation: missing,
    trustStatus: missing,
    issuerCountry: null,
    documentTypes: null,
    defects: o.trust.defectsOf(o.signed.signer),
    evidence: { ...algorithmsOf(o.signed), signer: null, issuer: null, revocationListIssued_ms: null },
  };
}

function authenticateUnder(
  { certificate: signer, isReplacement, defects }: Signer,
  o: Question,
): PassiveAuthentication {
  const chain = findIssuer(signer, o.trust, o.now_ms);
  const isPermitted = maySignDocuments(signer);
  const isFound = chain.issuer !== undefined && isPermitted;
  // What a certificate says about itself is judged only when a trusted issuer vouches for it.
  const issuer = chain.issuer === undefined || isPermitted ? chain.finding : failed('SIGNER_NOT_PERMITTED');
  const { issuer: found = null, sameKey } = chain;
  const judged = o.trust.revocationOf({ signer, issuer: found, sameKey, now_ms: o.now_ms, defects });
  const revocation = findingOf(judged);
  return {
    hash: checkContentHash(o, signer.issuerCountry),
    signature: checkSignature(o, signer, defects),
    issuer,
    ...checkValidity(signer, chain, o.now_ms),
    revocation,
    trustStatus: checkTrust({ issuer, revocation, defects, isReplacement }),
    issuerCountry: isFound ? signer.issuerCountry : null,
    documentTypes: isFound ? signer.documentTypes : null,
    defects,
    evidence: {
      ...algorithmsOf(o.signed),
      signer: evidenceOf(signer),
      issuer: chain.issuer === undefined ? null : evidenceOf(chain.issuer),
      revocationListIssued_ms: judged.listIssued_ms,
    },
  };
}

function passedOf({ signature, issuer, validity }: PassiveAuthentication): number {
  return [signature, issuer, validity].filter(({ result }) => result === 'passed').length;
}

function algorithmsOf(signed: SignedData): Pick<SignerEvidence, 'digest' | 'signature'> {
  return { digest: signed.digest ?? null, signature: describeSignature(signed.signatureAlgorithm) };
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

function checkContentHash(o: Question, country: string | null): Finding {
  const problem = contentProblem(o.signed, o.contentTypesOf(country));
  if (problem === undefined) return remarkOn(o.signed.digest);
  return problem === 'ALGORITHM_UNKNOWN' ? undetermined(problem) : failed(problem);
}

type Signer = {
  readonly certificate: Certificate;
  readonly isReplacement: boolean;
  /** Of a replacement also those of the certificate in whose place it stands: the documents are the same. */
  readonly defects: readonly SignerDefect[];
};
type Signers = { readonly signers: readonly Signer[]; readonly because: InspectionCode };

/**
 * Every embedded certificate that fits the name of the signer, which is not signed: anybody can put namesakes in. Where a
 * defect list replaces a certificate, what it gives is used instead (BSI TR-03135-1 section 5.8.2). Without any, one that
 * was put beside the trusted ones (5.6.4.3.1: a Document Signer List).
 */
function findSigners(signed: SignedData, trust: TrustStore): Signers {
  const { certificates, malformed } = embeddedCertificates(signed);
  const embedded = certificates
    .filter((certificate) => isNamedBy(certificate, signed.signer))
    .map((certificate) => withReplacement(certificate, trust));
  const because = malformed ? 'SIGNER_MALFORMED' : 'SIGNER_ABSENT';
  if (embedded.length > 0) return { signers: embedded, because };
  const defects = trust.defectsOf(signed.signer);
  const replacement = replacementIn(defects);
  if (replacement !== undefined) return { signers: [replaced(replacement, defects, trust)], because };
  const listed = trust.signersNamed(signed.signer).map((certificate) => withReplacement(certificate, trust));
  return { signers: listed, because };
}

function withReplacement(certificate: Certificate, trust: TrustStore): Signer {
  const defects = trust.defectsOf(certificate);
  const replacement = replacementIn(defects);
  return replacement === undefined
    ? { certificate, isReplacement: false, defects }
    : replaced(replacement, defects, trust);
}

function replaced(replacement: Certificate, defects: readonly SignerDefect[], trust: TrustStore): Signer {
  // One entry may speak of both certificates.
  const all = new Set([...defects, ...trust.defectsOf(replacement)]);
  return { certificate: replacement, isReplacement: true, defects: [...all] };
}

function checkSignature(
  { signed, malformedBy }: Question,
  signer: Certificate,
  defects: readonly SignerDefect[],
): Finding {
  const algorithm = signed.signatureAlgorithm;
  if (!signer.key.ok) {
    // A key that this version cannot use may be in order; no issuer has one that others than its owner can sign under.
    return signer.key.because === 'KEY_UNUSABLE' ? undetermined('KEY_UNUSABLE') : failed(signer.key.because);
  }
  if (algorithm === undefined) return undetermined('ALGORITHM_UNKNOWN');
  if (wasSignedBy(signed, signer)) return remarkOn(algorithm.hash);
  const isKnownDefect = defects.some(({ kind }) => kind === malformedBy);
  return isKnownDefect ? undetermined('DEFECT_EXPLAINS_FAILURE') : failed('SIGNATURE_INVALID');
}

/**
 * Is this a certificate for signing documents (ICAO 9303-12 section 7.1)? Certificates for master lists, deviation lists
 * and visible seals come from the same CSCA and say so in an extended key usage, which document signers do not have.
 */
function maySignDocuments(signer: Certificate): boolean {
  const isForSigning = signer.keyUsage?.digitalSignature === true && signer.isCA !== true;
  return isForSigning && signer.extendedKeyUsage === null && !signer.hasUnknownCriticalExtension;
}

type Validity = Pick<PassiveAuthentication, 'signerValidity' | 'issuerValidity' | 'validity'>;

function checkValidity(signer: Certificate, { issuer, finding }: Chain, now_ms: number): Validity {
  if (issuer === undefined) {
    const unknown: Finding = { ...finding, result: 'undetermined' };
    return { signerValidity: unknown, issuerValidity: unknown, validity: unknown };
  }
  const signerValidity = checkSignerValidity(signer, now_ms);
  const issuerValidity = checkIssuerValidity(issuer, now_ms);
  return {
    signerValidity,
    issuerValidity,
    validity: signerValidity.result === 'passed' ? issuerValidity : signerValidity,
  };
}

/** Written so that a time or a validity which is no number is never inside. */
function checkSignerValidity(signer: Certificate, now_ms: number): Finding {
  if (!(now_ms <= signer.validTo_ms)) return failed('SIGNER_EXPIRED');
  // The end of the private key's period is not judged: documents signed before it stay valid long after, and the time of
  // signing is nowhere said by anybody but the signer. Its begin is: before it no document can have been signed.
  const begin_ms = Math.max(signer.validFrom_ms, signer.keyUsedFrom_ms ?? signer.validFrom_ms);
  return now_ms >= begin_ms ? passed : failed('SIGNER_NOT_YET_VALID');
}

function checkIssuerValidity(issuer: Certificate, now_ms: number): Finding {
  if (!(now_ms <= issuer.validTo_ms)) return failed('ISSUER_EXPIRED');
  return now_ms >= issuer.validFrom_ms ? passed : failed('ISSUER_NOT_YET_VALID');
}

function findingOf({ status, because }: Revocation): Finding {
  if (status === 'good') return passed;
  return { result: status === 'revoked' ? 'failed' : 'undetermined', because };
}

/** Without revocation information the trust stays what the chain says: that question has its own check. */
function checkTrust(o: {
  readonly issuer: Finding;
  readonly revocation: Finding;
  readonly defects: readonly SignerDefect[];
  readonly isReplacement: boolean;
}): Finding {
  if (o.issuer.result === 'failed') return o.issuer;
  if (o.revocation.result === 'failed' || isDoubt(o.revocation)) return o.revocation;
  if (o.issuer.result !== 'passed') return o.issuer;
  if (o.defects.some(({ kind }) => kind === 'unknown')) return undetermined('SIGNER_DEFECT_UNKNOWN');
  return o.isReplacement ? { result: 'passed', because: 'SIGNER_REPLACED' } : o.issuer;
}

/** Somebody named the signer, or a certificate of the key above it: not the same as knowing nothing. */
function isDoubt({ because }: Finding): boolean {
  return because === 'SIGNER_ON_HOLD' || because === 'ISSUER_REVOKED';
}

/** SHA-1 is still met in old documents and current ones of some states: it passes, and says so. */
function remarkOn(hash: string | undefined): Finding {
  return hash === 'sha1' ? { result: 'passed', because: 'SHA1_USED' } : passed;
}
