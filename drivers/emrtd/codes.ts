/**
 * Every code that a check, an abort or a missing portrait can carry, with its meaning. Codes are stable: people and
 * records rely on them, a code is never reused for something else. None of them carries content of a document.
 */
export const inspectionCodes = {
  // The conversation ended before the checks did.
  CHIP_LOST: 'the chip stopped answering in mid-session',
  CHIP_TIMEOUT: 'the chip did not answer an APDU before its deadline',
  READER_DISCONNECTED: 'the chip reader was disconnected or stopped while in use',
  READER_ERROR: 'the chip reader reported an error of its own',
  INSPECTION_CANCELLED: 'whoever started the inspection cancelled it',
  INSPECTION_TIMEOUT: 'the inspection as a whole took longer than it may',
  CHIP_ANSWER_ENDLESS: 'the chip kept announcing more of an answer than any answer holds',
  SECURE_MESSAGING_FAILED: 'an answer in the protected phase was unprotected, incomplete, or its checksum was wrong',
  INSPECTION_ERROR: 'a fault of this software ended the inspection',

  // Access to the chip.
  APPLICATION_ABSENT: 'the chip refused to select the eMRTD application',
  ACCESS_PROTOCOL_UNSUPPORTED: 'the chip offers no access protocol that this version speaks, or refused to begin it',
  ACCESS_REFUSED: 'the chip refused the keys derived from the MRZ or the card access number',
  ACCESS_UNPROVEN: 'the chip accepted the keys derived from the document but could not prove that it knows them',
  PACE_MALFORMED: 'a message of the chip in PACE is not as the standard says',
  PACE_INTERRUPTED: 'the chip ended PACE with an error of its own before the password was judged',

  // Reading files.
  FILE_ABSENT: 'the chip does not hold a file that it has to hold',
  FILE_REFUSED: 'the chip refused to give a file',
  FILE_MALFORMED: 'the file does not begin with the tag and length it must have',
  FILE_TOO_LARGE: 'the file announces more bytes than any such file holds',
  FILE_TRUNCATED: 'the file ends before the length it announces',
  FILE_STALLED: 'the chip gave the file in so small pieces that reading was given up',

  // EF.COM.
  COM_MALFORMED: 'EF.COM is not built as the standard says',
  COM_ABSENT: 'the chip has no EF.COM to compare with',
  COM_INCOMPLETE: 'EF.SOD lists a data group that EF.COM does not',

  // Other files.
  ATR_INFO_MALFORMED: 'EF.ATR/INFO is not built as the standard says',
  DG7_MALFORMED: 'DG7 holds no readable image of a signature or usual mark',
  DG11_MALFORMED: 'DG11 (personal details) is not built as the standard says',
  DG12_MALFORMED: 'DG12 (document details) is not built as the standard says',
  DG13_MALFORMED: 'DG13 (optional details) is not built as the standard says',
  DG16_MALFORMED: 'DG16 (persons to notify) is not built as the standard says',

  // EF.SOD.
  SECURITY_OBJECT_MALFORMED: 'EF.SOD is not built as the standard says',
  SECURITY_OBJECT_UNUSABLE: 'there is no EF.SOD with a right signature to check this against',
  CONTENT_TYPE_WRONG: 'the signed content of EF.SOD is not an LDS security object',
  CONTENT_HASH_MISMATCH: 'the content of EF.SOD differs from what was signed',
  ALGORITHM_UNKNOWN: 'a hash or signature algorithm that this version does not know',
  SIGNER_ABSENT: 'EF.SOD does not contain the certificate of its signer',
  SIGNER_MALFORMED: 'the certificate of the signer cannot be parsed',
  SIGNER_NOT_PERMITTED: 'the certificate of the signer is not one for signing documents',
  SIGNATURE_INVALID: 'the signature of EF.SOD is wrong',
  KEY_UNUSABLE: 'a public key that this version cannot use',
  KEY_CURVE_UNKNOWN: 'an elliptic-curve key on a curve that is not a known one',
  KEY_TOO_WEAK: 'a public key under which others than its owner can sign',
  SHA1_USED: 'the check passed, but rests on SHA-1',

  // Issuer.
  ISSUER_UNKNOWN: 'no trusted CSCA certificate of this issuer is at hand',
  ISSUER_SIGNATURE_INVALID: 'the CSCA that the signer names did not sign its certificate',
  ISSUER_COUNTRY_DIFFERS: 'the CSCA that signed the certificate of the signer is of another country, or of none',
  SIGNER_EXPIRED: 'the certificate of the signer is past its validity',
  SIGNER_NOT_YET_VALID: 'the certificate of the signer is not valid yet',
  ISSUER_EXPIRED: 'the CSCA certificate is past its validity',
  ISSUER_NOT_YET_VALID: 'the CSCA certificate is not valid yet',
  REVOCATION_UNKNOWN: 'no revocation information is at hand',

  // Lists about issuers and signers.
  REVOCATION_LIST_STALE:
    'the revocation list at hand is past the date of the next one, or not yet valid: no information',
  SIGNER_REVOKED: 'the certificate of the signer was revoked, by its issuer or by a defect list',
  SIGNER_ON_HOLD: 'a defect list doubts the certificate of the signer without calling it revoked',
  ISSUER_REVOKED: 'the CSCA certificate was revoked',
  SIGNER_REPLACED: 'the check passed with the certificate that a defect list gives in place of a malformed one',
  SIGNER_DEFECT_UNKNOWN: 'a defect list names a defect of this signer that this version does not know',
  DEFECT_EXPLAINS_FAILURE: 'a defect list says that documents of this signer do not meet this check: that says nothing',
  CHIP_AUTHENTICATION_KEYS_COMPROMISED: 'a defect list says that keys for chip authentication are in other hands',
  ACTIVE_AUTHENTICATION_KEYS_COMPROMISED: 'a defect list says that keys for active authentication are in other hands',

  // Data groups.
  DATA_GROUP_NOT_LISTED: 'EF.SOD lists no hash for this data group',
  DATA_GROUP_HASH_MISMATCH: 'the data group differs from what was signed',
  DATA_GROUP_UNVERIFIED: 'the data group this check needs was not verified against EF.SOD',
  DG1_MALFORMED: 'DG1 holds no readable MRZ',
  DG2_MALFORMED: 'DG2 holds no readable facial image',
  DG2_ENCODING_UNSUPPORTED: 'DG2 holds biometric data of a kind or edition that this version does not read',

  // Comparison.
  MRZ_DIFFERS: 'the printed MRZ differs from DG1',
  MRZ_OPTIONAL_DATA_DIFFERS: 'the printed MRZ differs from DG1 in optional data only',
  ISSUING_STATE_DIFFERS: 'the issuing state in DG1 is not the country of the signer',
  ISSUING_STATE_UNMAPPED: 'the issuing state in DG1 is in no table of countries',

  // Chip authenticity.
  CHIP_AUTHENTICATION_NOT_OFFERED: 'the document has no key to prove that its chip is the original',
  CHIP_IS_A_COPY: 'the data are what the issuer signed, but the chip does not hold the key that belongs to them',
  CHIP_AUTHENTICATION_UNPROVEN: 'the chip could not go on under the keys that follow from its chip authentication key',
  CHIP_AUTHENTICITY_UNVERIFIED: 'the file with the key that would prove the chip was not verified',
  CARD_SECURITY_COUNTRY_DIFFERS: 'EF.CardSecurity was signed in another country than EF.SOD',

  // Proof that the chip is the original: chip authentication, active authentication, chip authentication mapping.
  SECURITY_INFOS_MALFORMED: 'the list of protocols that a chip speaks is not built as the standard says',
  CHIP_AUTHENTICATION_UNSUPPORTED: 'the document offers chip authentication in no way that this version knows',
  CHIP_AUTHENTICATION_KEY_UNUSABLE: 'no public key for chip authentication is one that may be used',
  CHIP_AUTHENTICATION_REFUSED: 'the chip offers chip authentication and refused it',
  ACTIVE_AUTHENTICATION_KEY_MALFORMED: 'DG15 holds no readable public key',
  ACTIVE_AUTHENTICATION_REFUSED: 'the chip offers active authentication and refused it',
  ACTIVE_AUTHENTICATION_UNPROVEN: 'the chip did not sign the challenge with the key that belongs to DG15',
  CHIP_MAPPING_KEY_ABSENT: 'EF.CardSecurity holds no usable key on the curve of the chip authentication mapping',
  CHIP_MAPPING_UNPROVEN: 'the chip did not prove that it has the private key of EF.CardSecurity',

  // How access was gained.
  PACE_NOT_OFFERED: 'the chip offers no PACE',
  PACE_UNUSABLE: 'the chip offers PACE only in ways that this version does not know',
  PACE_USED: 'Basic Access Control was not tried: access was gained by PACE',
  BASIC_ACCESS_USED: 'access was gained by Basic Access Control, for the chip offers no PACE that can be used',
  PACE_FAILED_BASIC_ACCESS_USED: 'PACE was offered and failed; access was gained by Basic Access Control',
  ACCESS_SECRET_MISSING: 'neither printed zone nor card access number is at hand',
  CARD_ACCESS_HIDES_PACE: 'EF.CardAccess, which is not signed, hides a way of PACE that the signed DG14 offers',
  PACE_NOT_SIGNED: 'access was gained by a way of PACE that the signed DG14 does not offer',
  PACE_NOT_IN_DG14: 'the document has no signed list of ways of PACE to compare with',

  // What was left out.
  DATA_GROUP_NOT_READ: 'there was no time left for this data group, which no other check needs',
  PRINTED_ZONE_NOT_USED: 'access was gained by the card access number: there is no printed zone to compare with',
  ACCESS_ENDED: 'the chip could not be opened again after it failed to prove its key',
} as const satisfies Record<string, string>;

export type InspectionCode = keyof typeof inspectionCodes;

/** Codes that end the conversation with the chip: no check after it can be made. */
export type ConversationCode = Extract<
  InspectionCode,
  | 'CHIP_LOST'
  | 'CHIP_TIMEOUT'
  | 'READER_DISCONNECTED'
  | 'READER_ERROR'
  | 'INSPECTION_CANCELLED'
  | 'INSPECTION_TIMEOUT'
  | 'CHIP_ANSWER_ENDLESS'
  | 'SECURE_MESSAGING_FAILED'
>;

/** The conversation with the chip is over. Caught by the inspection. `detail` holds lengths and status words only. */
export class ConversationError extends Error {
  readonly code: ConversationCode;
  constructor(code: ConversationCode, detail?: string) {
    super(sentence(code, detail));
    this.name = 'ConversationError';
    this.code = code;
  }
}

/**
 * Something in the document is not as it must be. Thrown by the parsers and steps of this folder, caught by the
 * inspection. `detail` holds tags, lengths and status words, never content.
 */
export class DocumentError extends Error {
  readonly code: InspectionCode;
  constructor(code: InspectionCode, detail?: string) {
    super(sentence(code, detail));
    this.name = 'DocumentError';
    this.code = code;
  }
}

function sentence(code: InspectionCode, detail: string | undefined): string {
  return `${code}: ${inspectionCodes[code]}${detail === undefined ? '' : ` (${detail})`}`;
}
