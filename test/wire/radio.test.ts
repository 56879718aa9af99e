import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fastestRate_kbps } from '../../drivers/chip-reader/target.ts';
import { radio_ms } from '../../simulator/devices/radio.ts';
import { bytes } from '../drivers/harness.ts';

const slow = { kind: 'type-a', rate_kbps: 106 } as const;
const fast = { kind: 'type-a', rate_kbps: 424 } as const;

test('one block each way takes its bits and one silence after each', () => {
  // 10 and 5 bytes, 3 more each, 9 bits a byte at 128 carrier periods, and 1236 periods of silence, of 13.56 MHz.
  const expected_ms = ((10 + 3 + 5 + 3) * 9 * 128 + 2 * 1236) / 13_560;
  expect(radio_ms(slow, 10, 5)).toBeCloseTo(expected_ms, 9);
});

test('fifteen kilobytes take about one and a half seconds at 106 kbit/s and 0.4 at 424', () => {
  expect(radio_ms(slow, 14, 15_000) / 1000).toBeCloseTo(1.42, 1);
  expect(radio_ms(fast, 14, 15_000) / 1000).toBeCloseTo(0.4, 1);
});

test('more bytes never take less time, and a faster rate never more', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(5000), fc.nat(300), (up, down, more) => {
      expect(radio_ms(slow, up + more, down)).toBeGreaterThanOrEqual(radio_ms(slow, up, down));
      expect(radio_ms(slow, up, down + more)).toBeGreaterThanOrEqual(radio_ms(slow, up, down));
      expect(radio_ms(fast, up, down)).toBeLessThanOrEqual(radio_ms(slow, up, down));
    }),
    { seed: 14443 },
  );
});

/** InListPassiveTarget with one chip of type A and this answer to select. */
const listed = (ats: string): Uint8Array => bytes(`01 01 0008 20 04 08a1b2c3 ${ats}`);

test.each([
  ['06 78 f7 b1 02 80', 424, 424],
  ['06 78 f7 b1 02 80', 212, 212],
  ['06 78 f7 b1 02 80', 106, 106],
  // Both ways 212 only; 424 to the chip and 212 back; none; no TA(1) at all.
  ['06 78 11 b1 02 80', 424, 212],
  ['06 78 13 b1 02 80', 424, 212],
  ['06 78 03 b1 02 80', 424, 106],
  ['05 68 b1 02 80', 424, 106],
  ['01', 424, 106],
] as const)('a chip with the answer to select %s, asked for %i, is spoken to at %i kbit/s', (ats, most, rate) => {
  expect(fastestRate_kbps('type-a', listed(ats), most)).toBe(rate);
  expect(fastestRate_kbps('type-b', listed(ats), most)).toBe(106);
});
