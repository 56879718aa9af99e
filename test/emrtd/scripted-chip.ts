/** A chip that knows one dialogue by heart, and random bytes that are given beforehand. */
import { expect } from 'vitest';
import { decodeResponse, encodeCommand } from '../../drivers/emrtd/iso7816/apdu.ts';
import type { Exchange } from '../../drivers/emrtd/iso7816/chip-session.ts';

export const bytes = (hexadecimal: string): Uint8Array => Uint8Array.from(Buffer.from(hexadecimal, 'hex'));
export const text = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();

export type ScriptedChip = { readonly exchange: Exchange; readonly answered: () => number };

/** Expects the commands in this order, byte for byte, and answers as written. Pairs of command and answer, in hex. */
export function scriptedChip(exchanges: readonly (readonly string[])[]): ScriptedChip {
  let next = 0;
  return {
    answered: () => next,
    exchange: async (command) => {
      const [expected, answer] = exchanges[next++] ?? [];
      expect(text(encodeCommand(command)), `command ${next}`).toBe(expected);
      const response = decodeResponse(bytes(answer ?? ''));
      if (response === undefined) throw new Error(`no answer ${next}`);
      return response;
    },
  };
}

/** These bytes in this order; each must be asked for in its full length. */
export function preparedEntropy(...parts: readonly Uint8Array[]): (length: number) => Uint8Array {
  const left = [...parts];
  return (length) => {
    const part = left.shift();
    if (part?.length !== length)
      throw new RangeError(`${length} random bytes asked for, ${part?.length ?? 0} prepared`);
    return part;
  };
}
