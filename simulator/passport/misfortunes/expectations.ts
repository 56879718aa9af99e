/** Ends that several misfortunes have in common. */
import type { InspectionCheckId } from '../../../drivers/emrtd/check-sheet.ts';
import type { InspectionCode } from '../../../drivers/emrtd/codes.ts';
import type { Expectation, Outcomes } from './misfortune.ts';

/** As with a genuine document. */
export const unchanged: Expectation = {};

/** What is known when the chip has been opened and nothing of it read. */
const access: readonly InspectionCheckId[] = [
  'access-pace',
  'access-bac',
  'chip-access',
  'pace-chip-authentication-mapping',
];

/** Access was gained, and then the conversation ended. */
export function endedAfterAccess(aborted: InspectionCode): Expectation {
  return { aborted, kept: access };
}

/** PACE ended, and nothing was tried after it. */
export function paceFailed(aborted: InspectionCode): Expectation {
  return { aborted, checks: { 'access-pace': `failed ${aborted}`, 'chip-access': `failed ${aborted}` } };
}

/** Basic Access Control ended, on a chip that offers nothing else. */
export function basicAccessFailed(aborted: InspectionCode): Expectation {
  const checks: Outcomes = { 'access-bac': `failed ${aborted}`, 'chip-access': `failed ${aborted}` };
  return { aborted, checks, kept: ['access-pace'] };
}

/** The chip was opened, but there is no EF.SOD to go by. */
export function withoutSecurityObject(hash: Outcomes['security-object-hash'] & string): Expectation {
  return {
    checks: { 'security-object-hash': hash },
    rest: 'undetermined SECURITY_OBJECT_UNUSABLE',
    kept: access,
  };
}

/** What follows, with the basic profile, when EF.SOD is not signed as it has to be: no data group is used. */
export const unsigned: Outcomes = {
  'data-group-1-hash': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'data-group-2-hash': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'card-access-matches': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'mrz-matches-chip': 'undetermined DATA_GROUP_UNVERIFIED',
  'issuing-state-matches': 'undetermined DATA_GROUP_UNVERIFIED',
  'chip-authentication': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'active-authentication': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'chip-authenticity': 'undetermined SECURITY_OBJECT_UNUSABLE',
};

/** No certificate of the signer can be used. */
export function withoutSigner(because: InspectionCode): Expectation {
  const open = `undetermined ${because}` as const;
  return {
    checks: {
      ...unsigned,
      'security-object-signature': open,
      'issuer-certificate': open,
      'signer-trust': open,
      'signer-validity': open,
      'issuer-validity': open,
      'certificate-validity': open,
      'certificate-revocation': open,
    },
  };
}

/** The signature is right, and no trusted issuer vouches for its signer. */
export function signerNotTrusted(issuer: Outcomes['issuer-certificate'] & string): Expectation {
  const because = issuer.slice(issuer.indexOf(' ') + 1) as InspectionCode;
  const open = `undetermined ${because}` as const;
  return {
    checks: {
      'issuer-certificate': issuer,
      'signer-trust': issuer,
      'signer-validity': open,
      'issuer-validity': open,
      'certificate-validity': open,
      'issuing-state-matches': open,
    },
  };
}

/** DG1 is what was signed, and no MRZ. */
export const unreadableDG1: Expectation = {
  checks: {
    'mrz-matches-chip': 'undetermined DG1_MALFORMED',
    'issuing-state-matches': 'undetermined DATA_GROUP_UNVERIFIED',
  },
};

/** DG1 could not be used. */
export function unusableDG1(finding: Outcomes['data-group-1-hash'] & string): Expectation {
  return {
    checks: {
      'data-group-1-hash': finding,
      'mrz-matches-chip': 'undetermined DATA_GROUP_UNVERIFIED',
      'issuing-state-matches': 'undetermined DATA_GROUP_UNVERIFIED',
    },
  };
}

/** The chip was opened under a signed document, and failed to prove itself. */
export function isCopy(
  proof: 'chip-authentication' | 'active-authentication' | 'pace-chip-authentication-mapping',
  because: InspectionCode,
): Expectation {
  return { checks: { [proof]: `failed ${because}`, 'chip-authenticity': 'failed CHIP_IS_A_COPY' } };
}

/** The proof could not be asked for. */
export function proofOpen(
  proof: 'chip-authentication' | 'active-authentication' | 'pace-chip-authentication-mapping',
  because: InspectionCode,
): Expectation {
  return { checks: { [proof]: `undetermined ${because}`, 'chip-authenticity': `undetermined ${because}` } };
}
