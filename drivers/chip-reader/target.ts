/** What InListPassiveTarget reports (UM0701-02 section 7.3.5). Pure. */

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
  const [, , selRes = 0, uidLength = 0] = target;
  const ats = target.subarray(4 + uidLength);
  return (selRes & selResISODEP) !== 0 && ats.length > 0 && ats[0] === ats.length;
}
