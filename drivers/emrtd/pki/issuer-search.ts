/** The CSCA certificate behind a document signer (ICAO 9303-12, BSI TR-03135-1 section 5.6.4.3.3). Pure. */
import type { Certificate } from './certificate.ts';
import { type Finding, failed, passed, undetermined } from '../finding.ts';
import type { TrustStore } from './trust-store.ts';

/** `finding` is what is found about the chain; without an issuer it is never passed. */
export type Chain = {
  readonly finding: Finding;
  readonly issuer: Certificate | undefined;
  /** Other trusted certificates of the issuer's key: published lists have two and more of every third key. */
  readonly sameKey: readonly Certificate[];
};

/**
 * The CSCA that signed the signer's certificate: first those its authority key identifier names, then all of its issuer
 * name. Issuers re-use names and keys, so every candidate is tried, valid ones first. A search by name may simply lack
 * the right one (BSI TR-03135-1 section 5.6.4.3.3), and key identifiers of different states may be equal: a failure is
 * only a CSCA of the same country that was named by key and did not sign, and one of another country that did. The path
 * has always two certificates, so that any path length constraint of a CSCA is kept.
 */
export function findIssuer(signer: Certificate, trust: TrustStore, now_ms: number): Chain {
  const named = signer.authorityKeyId === null ? [] : trust.withSubjectKeyId(signer.authorityKeyId);
  const candidates = [...named, ...trust.withSubject(signer.issuer)];
  const isOfItsCountry = ({ subjectCountry }: Certificate): boolean =>
    subjectCountry !== null && subjectCountry === signer.issuerCountry;
  const without = (finding: Finding): Chain => ({ finding, issuer: undefined, sameKey: [] });
  // OpenSSL verifies MD5 and others that this version does not accept.
  if (signer.signatureAlgorithm === undefined) {
    return without(undetermined(candidates.some(isOfItsCountry) ? 'ALGORITHM_UNKNOWN' : 'ISSUER_UNKNOWN'));
  }
  const issuers = candidates.filter(({ key }) => key.ok && signer.wasSignedBy(key.value));
  const ownIssuers = issuers.filter(isOfItsCountry);
  const issuer = ownIssuers.find((candidate) => isValidAt(candidate, now_ms)) ?? ownIssuers[0];
  if (issuer !== undefined) {
    const isSHA1 = signer.signatureAlgorithm.hash === 'sha1';
    const sameKey = ownIssuers.filter((other) => other !== issuer);
    return { finding: isSHA1 ? { result: 'passed', because: 'SHA1_USED' } : passed, issuer, sameKey };
  }
  if (issuers.length > 0) return without(failed('ISSUER_COUNTRY_DIFFERS'));
  return without(named.some(isOfItsCountry) ? failed('ISSUER_SIGNATURE_INVALID') : undetermined('ISSUER_UNKNOWN'));
}

/** Written so that a time which is no number is never inside. */
export function isValidAt(certificate: Certificate, now_ms: number): boolean {
  return now_ms >= certificate.validFrom_ms && now_ms <= certificate.validTo_ms;
}
