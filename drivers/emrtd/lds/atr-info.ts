/** EF.ATR/INFO (ICAO 9303-10 section 3.11; ISO/IEC 7816-4 section 12.2.2): what the chip as a card can do. */
import { DocumentError } from '../codes.ts';
import { type TLV, TLVError, readTLVs } from '../iso7816/tlv.ts';

const Tag = { CARD_CAPABILITIES: 0x47, EXTENDED_LENGTH: 0x7f66, INTEGER: 0x02 } as const;
/** Third byte of the card capabilities (ISO/IEC 7816-4 section 12.2.2.9): extended Lc and Le fields. */
const EXTENDED_FIELDS = 0x40;
/** Below this no limit makes sense: a short APDU is longer. Above it no APDU goes. */
const APDU_BYTES_MIN = 256;
const APDU_BYTES_MAX = 0x10000;

/** Longest APDUs the chip takes and gives, in bytes, from class byte to status word. */
export type ExtendedLengthLimits = { readonly commandBytes_max: number; readonly responseBytes_max: number };

/**
 * Null when the chip names no such limits, or says in its capabilities that it knows no extended length. Throws
 * DocumentError ATR_INFO_MALFORMED.
 */
export function parseATRInfo(file: Uint8Array): ExtendedLengthLimits | null {
  try {
    const elements = readTLVs(file);
    const capabilities = find(elements, Tag.CARD_CAPABILITIES);
    const third = capabilities?.[2];
    if (third !== undefined && (third & EXTENDED_FIELDS) === 0) return null;
    const limits = find(elements, Tag.EXTENDED_LENGTH);
    if (limits === undefined) return null;
    const [command, response] = readTLVs(limits).filter(({ tag }) => tag === Tag.INTEGER);
    return { commandBytes_max: limitOf(command), responseBytes_max: limitOf(response) };
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('ATR_INFO_MALFORMED', error.message);
    throw error;
  }
}

function find(elements: readonly TLV[], tag: number): Uint8Array | undefined {
  return elements.find((element) => element.tag === tag)?.value;
}

function limitOf(element: TLV | undefined): number {
  if (element === undefined || element.value.length === 0 || element.value.length > 4) {
    throw new DocumentError('ATR_INFO_MALFORMED', 'no limit');
  }
  const limit = element.value.reduce((value, octet) => value * 256 + octet, 0);
  if (limit < APDU_BYTES_MIN) throw new DocumentError('ATR_INFO_MALFORMED', `${limit} bytes`);
  return Math.min(limit, APDU_BYTES_MAX);
}
