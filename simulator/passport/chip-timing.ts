/** How long a chip works on a command. */
import { type CommandAPDU, Instruction } from '../../drivers/emrtd/iso7816/apdu.ts';

/** Milliseconds for a command as it came over the air; only its header is to be trusted. */
export type ChipTiming = (command: Pick<CommandAPDU, 'cla' | 'ins' | 'p1' | 'p2' | 'data'>) => number;

/** Public-key operations on the chip's coprocessor; everything else is symmetric ciphers and memory. */
const asymmetric_ms: ReadonlyMap<number, number> = new Map([
  [Instruction.GENERAL_AUTHENTICATE, 120],
  [Instruction.INTERNAL_AUTHENTICATE, 250],
  [Instruction.EXTERNAL_AUTHENTICATE, 40],
]);
const SYMMETRIC_MS = 10;

/**
 * A plausible chip: no measurement, but the order of magnitude that the read budget of BSI TR-03135-1 section 4.1.4 (seven
 * seconds for a whole document) leaves. The time on the air is not in it.
 */
export const plausibleTiming: ChipTiming = ({ ins, p1, p2 }) => {
  // MSE:Set KAT agrees on keys; the other forms of the command only choose them.
  if (ins === Instruction.MANAGE_SECURITY_ENVIRONMENT && p1 === 0x41 && p2 === 0xa6) return 120;
  return asymmetric_ms.get(ins) ?? SYMMETRIC_MS;
};
