import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMessage, longestMessage_bytes, VpcdParser } from '../../drivers/virtual-reader/codec.ts';

const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { maxLength: 6 });

test('messages come out as they went in, however the bytes were cut', () => {
  fc.assert(
    fc.property(payloads, fc.infiniteStream(fc.integer({ min: 1, max: 300 })), (sent, sizes) => {
      const bytes = Uint8Array.from(Buffer.concat(sent.map(encodeMessage)));
      const parser = new VpcdParser();
      const received: Uint8Array[] = [];
      for (let offset = 0; offset < bytes.length; ) {
        const size = sizes.next().value;
        received.push(...parser.push(bytes.subarray(offset, offset + size)));
        offset += size;
      }
      expect(received).toEqual(sent);
      expect(parser.isInMessage).toBe(false);
    }),
    { seed: 7816 },
  );
});

test('any bytes at all give payloads, and no more of them than came in', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (chunks) => {
      const parser = new VpcdParser();
      const out = chunks.flatMap((chunk) => parser.push(chunk));
      const bytesIn = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      expect(out.reduce((sum, payload) => sum + payload.length + 2, 0)).toBeLessThanOrEqual(bytesIn);
    }),
    { seed: 7816 },
  );
});

test('a message of no bytes, or of more than two bytes of length can say, is not made', () => {
  expect(() => encodeMessage(new Uint8Array(0))).toThrowError(RangeError);
  expect(() => encodeMessage(new Uint8Array(longestMessage_bytes + 1))).toThrowError(RangeError);
  expect(encodeMessage(new Uint8Array(longestMessage_bytes))).toHaveLength(longestMessage_bytes + 2);
});
