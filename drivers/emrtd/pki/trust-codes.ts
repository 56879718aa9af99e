/**
 * Why a file about issuers is not taken. Codes are stable: records and people rely on them. The files hold public data
 * of authorities; the codes hold nothing of them.
 */
export const trustCodes = {
  FILE_TOO_LARGE: 'the file is larger than any such file is',
  FILE_KIND_UNKNOWN: 'neither a certificate nor a list of a known kind',
  FILE_ALTERED: 'the file is not the one that was imported',
  FILE_UNREADABLE: 'the file is recorded as imported and cannot be read',
  IMPORT_UNRECORDED: 'the list was put into the folder without being imported',
  IMPORT_RECORD_MALFORMED: 'a line of the import record cannot be read',
  CERTIFICATE_REFUSED: 'the certificate cannot serve for what it was given',
  LIST_MALFORMED: 'the list is not built as the standard says',
  LIST_CONTENT_TYPE_WRONG: 'what was signed is no list of this kind',
  LIST_CONTENT_ALTERED: 'the content of the list differs from what was signed',
  LIST_ALGORITHM_UNKNOWN: 'a hash or signature algorithm that this version does not know',
  LIST_SIGNER_ABSENT: 'the list does not carry the certificate of its signer',
  LIST_SIGNER_NOT_PERMITTED: 'the certificate of the signer is not one for signing such lists',
  LIST_SIGNER_NOT_VALID: 'a certificate of the chain was not valid when the list was imported',
  LIST_SIGNER_UNTRUSTED: 'no pinned root vouches for the signer of the list',
  LIST_SIGNATURE_INVALID: 'the signature of the list is wrong',
  LIST_FROM_THE_FUTURE: 'the list says that it was issued after the time of its import',
  LIST_UNDATED: 'the list does not say when it was issued',
  LIST_OLDER: 'a newer list of this issuer is at hand',
  CRL_UNSUPPORTED: 'a revocation list of a kind that would be misread: partial, indirect, or with unknown conditions',
  CRL_ISSUER_UNKNOWN: 'no trusted CSCA certificate of the issuer of this revocation list is at hand',
} as const satisfies Record<string, string>;

export type TrustCode = keyof typeof trustCodes;

/** A file about issuers is refused. `detail` says what was expected, never content. */
export class TrustError extends Error {
  readonly code: TrustCode;
  constructor(code: TrustCode, detail?: string) {
    super(`${code}: ${trustCodes[code]}${detail === undefined ? '' : ` (${detail})`}`);
    this.name = 'TrustError';
    this.code = code;
  }
}
