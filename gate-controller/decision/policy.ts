import { type Check, type CheckId, checkIds } from './checks.ts';
import type { ReferralReason } from './reasons.ts';

/** Who may use the gate, and what has to be proven. Versioned: the version is part of every record. */
export type Policy = {
  readonly version: string;
  /** A traveller is admitted only when each of these has passed. */
  readonly required: readonly CheckId[];
  /**
   * Documents whose chip offers no proof that it is the original: of several states all documents in use. `when-offered`
   * lets them pass, `required` refers them. A proof that is offered and not given refers always.
   */
  readonly chipAuthenticity: 'required' | 'when-offered';
  /**
   * Signers of whom no current list says whether they were revoked: many issuers publish none. `when-known` lets their
   * documents pass, `required` refers them. A signer that was revoked, or is in doubt, refers always.
   */
  readonly revocation: 'required' | 'when-known';
  readonly eligibility: {
    /** First letters of the MRZ document code (ICAO 9303-3): `P` covers P, PP, PD … */
    readonly documentCodes: readonly string[];
    /** MRZ nationality codes, or `any`. */
    readonly nationalities: 'any' | readonly string[];
    /** Completed years. */
    readonly age_min_years: number;
    /** A document that let somebody out of this lane is referred when it comes again within so long, s; 0 = never. */
    readonly reuse_s: number;
  };
  /** Reasons after which two officers have to release a traveller together. */
  readonly fourEyes: readonly ReferralReason[];
  /** Name of an entry of operating-points.json; never a bare number. */
  readonly operatingPoint: string;
};

/** Releases that a single officer should not give alone: the document or the person is in grave doubt. */
export const defaultFourEyes: readonly ReferralReason[] = [
  'WATCHLIST_HIT',
  'DOCUMENT_ALTERED',
  'DOCUMENT_SIGNATURE_INVALID',
  'CHIP_NOT_GENUINE',
  'SIGNER_REVOKED',
  'DOCUMENT_USED_AGAIN',
  'PRESENTATION_ATTACK_SUSPECTED',
  'REVERSE_ENTRY',
];

/** Checks that must pass before the entry door opens: they need the document only. */
export const documentStageChecks: readonly CheckId[] = [
  'mrz-check-digits',
  'document-type',
  'document-expiry',
  'nationality',
  'age',
  'document-use',
  'chip-access',
  'files-consistent',
  'security-object-hash',
  'security-object-signature',
  'issuer-certificate',
  'certificate-validity',
  'certificate-revocation',
  'signer-trust',
  'data-group-1-hash',
  'data-group-2-hash',
  'mrz-matches-chip',
  'issuing-state-matches',
  'chip-authenticity',
];

/** Judged under every policy, by rules of their own: what they may leave open is said by the policy. */
export const conditionalChecks: readonly CheckId[] = ['certificate-revocation', 'chip-authenticity'];

/** Made where the document gives rise to them. That they were not made is nobody's fault; a failure refers. */
export const furtherChecks: readonly CheckId[] = [
  'data-group-7-hash',
  'data-group-11-hash',
  'data-group-12-hash',
  'data-group-13-hash',
  'data-group-14-hash',
  'data-group-15-hash',
  'data-group-16-hash',
  'card-access-matches',
];

/** Checks that nothing in this version can make: recorded as not supported, and required by nobody who wants to admit. */
export const unsupportedChecks: readonly CheckId[] = ['morph'];

/** Checks that no policy may leave out: without them a passage would be document-only, face-only or blind. */
export const indispensableChecks: readonly CheckId[] = checkIds.filter(
  (id) => ![...conditionalChecks, ...furtherChecks, ...unsupportedChecks].includes(id),
);

/** True when the policy lets this result of a conditional check pass. An unknown word of the policy lets nothing pass. */
export function isTolerated({ id, result, because }: Check, policy: Policy): boolean {
  if (policy.required.includes(id)) return false;
  if (id === 'chip-authenticity') return policy.chipAuthenticity === 'when-offered' && result === 'not-supported';
  if (id !== 'certificate-revocation') return false;
  return policy.revocation === 'when-known' && result === 'undetermined' && because !== 'SIGNER_ON_HOLD';
}

/** True when a result of this check other than passed would refer, or does. */
export const isDecisive = (check: Check, policy: Policy): boolean =>
  policy.required.includes(check.id) ||
  check.result === 'failed' ||
  (conditionalChecks.includes(check.id) && !isTolerated(check, policy));
