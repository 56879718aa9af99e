/** What one part of the chip answers to a command, before secure messaging. */
import { StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { type TLV, TLVError, readTLVs } from '../../drivers/emrtd/iso7816/tlv.ts';

export type Answer = { readonly statusWord: number; readonly data?: Uint8Array };

export const done: Answer = { statusWord: StatusWord.OK };

/** The data objects of a command's data field by tag, the first of each; undefined when they are malformed. */
export function objectsByTag(data: Uint8Array | undefined): ReadonlyMap<number, Uint8Array> | undefined {
  const objects = objectsIn(data);
  return objects && new Map(objects.toReversed().map(({ tag, value }) => [tag, value]));
}

/** The data objects in `data` in their order; undefined when they are malformed. */
export function objectsIn(data: Uint8Array | undefined): readonly TLV[] | undefined {
  try {
    return readTLVs(data ?? new Uint8Array(0));
  } catch (error) {
    if (error instanceof TLVError) return undefined;
    throw error;
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
