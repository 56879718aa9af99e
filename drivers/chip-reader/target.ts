/** What InListPassiveTarget reports (UM0701-02 section 7.3.5). Pure. */
import type { radioRates_kbps } from './codec.ts';

export type ChipKind = 'type-a' | 'type-b';

/** Parameters of InListPassiveTarget for one target at 106 kbit/s; type B for every application family. */
export const listParameters: Readonly<Record<ChipKind, readonly number[]>> = {
  'type-a': [0x01, 0x00],
  'type-b': [0x01, 0x03, 0x00],
};

/** Bit of SEL_RES: speaks ISO/IEC 14443-4 (ISO/IEC 14443-3 section 6.5.3.4). */
const selResISODEP = 0x20;
/** Bit of the second protocol info byte of ATQB (ISO/IEC 14443-3 section 7.9.4.4). */
const protocolTypeISODEP = 0x01;
const atqbLength = 12;
const atqbProtocolType = 10;

/**
 * True when the response lists a target that speaks ISO/IEC 14443-4 and has been activated; others are no documents.
 */
export function isDocumentChip(kind: ChipKind, response: Uint8Array): boolean {
  if (response[0] !== 1) return false;
  const target = response.subarray(2);
  if (kind === 'type-b') {
    return target.length > atqbLength && ((target[atqbProtocolType] ?? 0) & protocolTypeISODEP) !== 0;
  }
  const ats = answerToSelect(target);
  return ((target[2] ?? 0) & selResISODEP) !== 0 && ats.length > 0 && ats[0] === ats.length;
}

export type RadioRate_kbps = (typeof radioRates_kbps)[number];

/** ISO/IEC 14443-4 section 5.2.3: T0 says that TA(1) follows. */
const hasTA = 0x10;
/** Bits of TA(1) for what the chip receives and sends (ISO/IEC 14443-4 section 5.2.4). */
const rateBits = [
  { rate_kbps: 424, bits: 0x22 },
  { rate_kbps: 212, bits: 0x11 },
] as const;

/**
 * The fastest rate, both ways and not above `most_kbps`, that the chip offers. Type B agrees on its rate in ATTRIB, which
 * the PN532 sends by itself at 106 kbit/s.
 */
export function fastestRate_kbps(kind: ChipKind, response: Uint8Array, most_kbps: RadioRate_kbps): RadioRate_kbps {
  if (kind === 'type-b') return 106;
  const [, t0 = 0, ta = 0] = answerToSelect(response.subarray(2));
  if ((t0 & hasTA) === 0) return 106;
  return rateBits.find(({ rate_kbps, bits }) => rate_kbps <= most_kbps && (ta & bits) === bits)?.rate_kbps ?? 106;
}

/** Behind SENS_RES, SEL_RES and the UID; its first byte is its length. */
const answerToSelect = (target: Uint8Array): Uint8Array => target.subarray(4 + (target[3] ?? 0));
