/** The numbers in signatures of chips, some of which leave leading zeros out or send too many. */
import { concatBytes } from '../iso7816/tlv.ts';

/** The same unsigned number, big endian, in `length` bytes; undefined when it does not fit. */
export function fixedLength(bytes: Uint8Array, length: number): Uint8Array | undefined {
  const first = bytes.findIndex((octet) => octet !== 0);
  const digits = first === -1 ? new Uint8Array(0) : bytes.subarray(first);
  return digits.length > length ? undefined : concatBytes(new Uint8Array(length - digits.length), digits);
}
