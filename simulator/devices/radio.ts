/**
 * Time that APDUs spend on the air between a reader and a chip (ISO/IEC 14443-3 and -4). Pure. What the chip takes to
 * think is not in it, nor what the reader's firmware takes.
 */

/** Rates that a PN532 has (UM0701-02 section 7.3.7), in kbit/s. */
export type RadioRate_kbps = 106 | 212 | 424;

/** Carrier (ISO/IEC 14443-2 section 6.1). */
const carrier_Hz = 13_560_000;
/** Carrier periods of one bit (ISO/IEC 14443-2 section 8.1.1). */
const periodsPerBit: Readonly<Record<RadioRate_kbps, number>> = { 106: 128, 212: 64, 424: 32 };
/** Eight bits and parity (ISO/IEC 14443-3 section 6.2.3.2); type B has start and stop bits instead of parity, ten in all. */
const bitsPerByte = { 'type-a': 9, 'type-b': 10 } as const;
/** Control byte and CRC of a block (ISO/IEC 14443-4 section 7.1). */
const blockOverhead_bytes = 3;
/**
 * Frames that the PN532 asks for when it activates a chip by itself: FSDI 5 (as libnfc does too), the size of its buffer;
 * it sends no longer ones either.
 */
const frame_bytes = 64;
/** Silence between two frames: 1236 carrier periods (ISO/IEC 14443-3 section 6.2.1.1). */
const betweenFrames_ms = (1236 / carrier_Hz) * 1000;

/** Blocks of a chain, each answered, the last by the other side's own chain. */
function chain_ms(bytes: number, byte_ms: number): number {
  const blocks = Math.max(1, Math.ceil(bytes / (frame_bytes - blockOverhead_bytes)));
  const acknowledgements = blocks - 1;
  const onAir_bytes = bytes + (blocks + acknowledgements) * blockOverhead_bytes;
  return onAir_bytes * byte_ms + (blocks + acknowledgements) * betweenFrames_ms;
}

/** Milliseconds for a command APDU out and its response APDU back. */
export function radio_ms(
  o: { readonly kind: 'type-a' | 'type-b'; readonly rate_kbps: RadioRate_kbps },
  command_bytes: number,
  response_bytes: number,
): number {
  const bit_ms = (periodsPerBit[o.rate_kbps] / carrier_Hz) * 1000;
  const byte_ms = bitsPerByte[o.kind] * bit_ms;
  return chain_ms(command_bytes, byte_ms) + chain_ms(response_bytes, byte_ms);
}
