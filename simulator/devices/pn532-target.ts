/** What a PN532 reports about a chip in its field (UM0701-02 sections 7.3.5 and 7.3.13). */
import type { Chip } from '../passport/chip.ts';

/** T0: TA, TB, TC follow, frames up to 256 bytes. TA: all rates; TB: waiting time; TC: CID (ISO/IEC 14443-4, 5.2). */
const atsInterfaceBytes = [0x78, 0xf7, 0xb1, 0x02] as const;
/** Application data, then bit rates, frames of 256 bytes with ISO/IEC 14443-4, waiting time (14443-3 section 7.9). */
const atqbRest = [0, 0, 0, 0, 0x00, 0x81, 0xe1] as const;
const selResISODEP = 0x20;

/** Answer to select, its length first. */
export function answerToSelect(chip: Chip): Uint8Array {
  return Uint8Array.of(
    1 + atsInterfaceBytes.length + chip.historicalBytes.length,
    ...atsInterfaceBytes,
    ...chip.historicalBytes,
  );
}

/** SENS_RES, SEL_RES and UID; the second bit pair of SENS_RES tells the length of the UID. */
function typeA(chip: Chip): number[] {
  const sensRes = chip.uid.length === 4 ? [0x00, 0x08] : [0x00, 0x48];
  return [...sensRes, selResISODEP, chip.uid.length, ...chip.uid];
}

/** ATQB and the response to ATTRIB. */
function typeB(chip: Chip): number[] {
  return [0x50, ...chip.uid.slice(0, 4), ...atqbRest, 0x01, 0x01];
}

/** Target data as InListPassiveTarget and InAutoPoll give it, without number of targets; Tg first. */
export function targetData(chip: Chip, options: { readonly withATS: boolean }): number[] {
  if (chip.kind === 'type-b') return [0x01, ...typeB(chip)];
  return [0x01, ...typeA(chip), ...(options.withATS ? answerToSelect(chip) : [])];
}
