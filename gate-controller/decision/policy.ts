import { type CheckId, checkIds } from './checks.ts';

/** Who may use the gate, and what has to be proven. Versioned: the version is part of every record. */
export type Policy = {
  readonly version: string;
  /** A traveller is admitted only when each of these has passed. */
  readonly required: readonly CheckId[];
  readonly eligibility: {
    /** First letters of the MRZ document code (ICAO 9303-3): `P` covers P, PP, PD … */
    readonly documentCodes: readonly string[];
    /** MRZ nationality codes, or `any`. */
    readonly nationalities: 'any' | readonly string[];
    /** Completed years. */
    readonly age_min_years: number;
  };
  /** Name of an entry of operating-points.json; never a bare number. */
  readonly operatingPoint: string;
};

/** Checks that must pass before the entry door opens: they need the document only. */
export const documentStageChecks: readonly CheckId[] = [
  'mrz-check-digits',
  'document-type',
  'document-expiry',
  'nationality',
  'age',
  'chip-access',
  'files-consistent',
  'security-object-hash',
  'security-object-signature',
  'issuer-certificate',
  'certificate-validity',
  'certificate-revocation',
  'data-group-1-hash',
  'data-group-2-hash',
  'mrz-matches-chip',
  'issuing-state-matches',
  'chip-authenticity',
];

/** Checks that a policy may leave out, because no part of this version can prove them. They are recorded all the same. */
const optionalChecks: readonly CheckId[] = ['certificate-revocation', 'chip-authenticity'];

/** Checks that no policy may leave out: without them a passage would be document-only, face-only or blind. */
export const indispensableChecks: readonly CheckId[] = checkIds.filter((id) => !optionalChecks.includes(id));
