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
  SECURE_MESSAGING_FAILED: 'an answer in the protected phase was unprotected, incomplete, or its checksum was wrong',
  INSPECTION_ERROR: 'a fault of this software ended the inspection',

  // Access to the chip.
  APPLICATION_ABSENT: 'the chip refused to select the eMRTD application',
  ACCESS_PROTOCOL_UNSUPPORTED: 'the chip offers no Basic Access Control',
  ACCESS_REFUSED: 'the chip refused the keys derived from the MRZ',
  ACCESS_UNPROVEN: 'the chip accepted the keys derived from the MRZ but could not prove that it knows them',

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

  // Data groups.
  DATA_GROUP_NOT_LISTED: 'EF.SOD lists no hash for this data group',
  DATA_GROUP_HASH_MISMATCH: 'the data group differs from what was signed',
  DATA_GROUP_UNVERIFIED: 'the data group this check needs was not verified against EF.SOD',
  DG1_MALFORMED: 'DG1 holds no readable MRZ',
  DG2_MALFORMED: 'DG2 holds no readable facial image',
  DG2_ENCODING_UNSUPPORTED: 'DG2 uses an encoding that this version does not read (ISO/IEC 39794-5)',

  // Comparison.
  MRZ_DIFFERS: 'the printed MRZ differs from DG1',
  MRZ_OPTIONAL_DATA_DIFFERS: 'the printed MRZ differs from DG1 in optional data only',
  ISSUING_STATE_DIFFERS: 'the issuing state in DG1 is not the country of the signer',
  ISSUING_STATE_UNMAPPED: 'the issuing state in DG1 is in no table of countries',

  // Chip authenticity.
  CHIP_AUTHENTICATION_NOT_OFFERED: 'the document has no key to prove that its chip is the original',
  CHIP_AUTHENTICATION_NOT_PERFORMED:
    'the document offers a proof that its chip is the original; this version does not ask for it',
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
