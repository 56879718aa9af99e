/** DG13 (ICAO 9303-10 section 4.7.13): details of the issuer's own choice. What they mean, only the issuer knows. */
import { DocumentError } from '../codes.ts';
import { TLVError, expectTLV } from '../iso7816/tlv.ts';

/** The content as it stands, not looked into. Throws DocumentError DG13_MALFORMED. */
export function parseDG13(file: Uint8Array): Uint8Array {
  try {
    return Uint8Array.from(expectTLV(file, 0x6d).value);
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('DG13_MALFORMED', error.message);
    throw error;
  }
}
