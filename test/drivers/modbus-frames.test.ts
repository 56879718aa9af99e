import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  answerLength,
  crc16,
  decodeRequest,
  encodeAnswer,
  encodeException,
  encodeRequest,
  findAnswer,
  isSealed,
  type ModbusRequest,
  requestLength,
} from '../../drivers/gate-io/codec.ts';
import { bytes, hex, seeded } from './harness.ts';

/**
 * Requests and answers of the Modbus application protocol V1.1b3, section 6, with CRC as mbpoll and pymodbus send
 * them.
 */
const golden: readonly [request: ModbusRequest, onLine: string, answer: string][] = [
  [{ function: 3, address: 0x6b, quantity: 3 }, '1103006b00037687', '110306ae415652434049ad'],
  [{ function: 4, address: 8, quantity: 1 }, '110400080001b298', '110402000af8f4'],
  [{ function: 2, address: 0xc4, quantity: 0x16 }, '110200c40016baa9', '110203acdb352018'],
  [{ function: 6, address: 1, value: 3 }, '1106000100039a9b', '1106000100039a9b'],
  [{ function: 5, address: 0xac, value: true }, '110500acff004e8b', '110500acff004e8b'],
  [{ function: 16, address: 1, values: [10, 0x102] }, '11100001000204000a0102c6f0', '1110000100021298'],
  [
    { function: 15, address: 0x13, values: [1, 0, 1, 1, 0, 0, 1, 1, 1, 0].map((bit) => bit === 1) },
    '110f0013000a02cd01bf0b',
    '110f0013000a2699',
  ],
];

test('the CRC of 02 07 goes over the line as 41 12, the example of the standard', () => {
  // Serial line V1.02, appendix B.
  expect(crc16(bytes('0207'))).toBe(0x1241);
});

test.each(golden)('request %# goes over the line as the standard shows it', (request, onLine) => {
  expect(hex(encodeRequest(0x11, request))).toBe(onLine);
  expect(requestLength(bytes(onLine))).toBe(onLine.length / 2);
  expect(decodeRequest(bytes(onLine))).toEqual(request);
});

test.each(golden)('answer %# is found, after noise too, and not before it is complete', (request, _, onLine) => {
  const answer = bytes(onLine);
  expect(answerLength(request)).toBe(answer.length);
  for (let cut = 0; cut < answer.length; cut++)
    expect(findAnswer(answer.subarray(0, cut), 0x11, request)).toBeUndefined();
  const found = findAnswer(answer, 0x11, request);
  expect(found?.noise_bytes).toBe(0);
  expect(found && hex(encodeAnswer(0x11, request, found.answer))).toBe(onLine);
  for (const noise of ['00', 'ff01', '111111', '1103', '0102030405']) {
    expect(findAnswer(bytes(noise + onLine), 0x11, request)).toEqual({ ...found, noise_bytes: noise.length / 2 });
  }
});

test('a refusal is an answer', () => {
  const request: ModbusRequest = { function: 4, address: 200, quantity: 1 };
  const refusal = encodeException(0x11, 4, 2);
  expect(hex(refusal.subarray(0, 3))).toBe('118402');
  expect(findAnswer(refusal, 0x11, request)?.answer).toEqual({ kind: 'exception', code: 2 });
});

test('an answer to another request is no answer', () => {
  const request: ModbusRequest = { function: 4, address: 0, quantity: 2 };
  const registers = { kind: 'registers', registers: [1, 2] } as const;
  const right = encodeAnswer(1, request, registers);
  expect(findAnswer(right, 1, request)).toBeDefined();
  expect(findAnswer(right, 2, request), 'other unit').toBeUndefined();
  expect(findAnswer(right, 1, { ...request, function: 3 }), 'other function').toBeUndefined();
  expect(findAnswer(right, 1, { ...request, quantity: 3 }), 'other quantity').toBeUndefined();
  const write: ModbusRequest = { function: 16, address: 0, values: [1, 2] };
  const written = encodeAnswer(1, write, { kind: 'written' });
  expect(findAnswer(written, 1, write)).toBeDefined();
  expect(findAnswer(written, 1, { ...write, address: 1 }), 'other address').toBeUndefined();
  expect(findAnswer(written, 1, { ...write, values: [1] }), 'other quantity').toBeUndefined();
});

test('an answer with any one bit wrong is no answer', () => {
  for (const [request, , onLine] of golden) {
    const answer = bytes(onLine);
    for (let bit = 0; bit < answer.length * 8; bit++) {
      const damaged = answer.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(findAnswer(damaged, 0x11, request), `bit ${bit}`).toBeUndefined();
    }
  }
});

test('a quantity that the byte count does not fit, or out of range, is refused', () => {
  const reseal = (body: string): Uint8Array => {
    const frame = bytes(`${body}0000`);
    const crc = crc16(frame.subarray(0, -2));
    frame.set([crc & 0xff, crc >> 8], frame.length - 2);
    return frame;
  };
  for (const body of [
    '0110000000030400010002', // three registers in four bytes
    '01100000000000', // none
    '010f0000000901ff', // nine bits in one byte
    '010400000000', // nothing to read
    '01040000007e', // 126 registers
    '0102000007d1', // 2001 bits
    '010500000001', // neither on nor off
  ]) {
    expect(decodeRequest(reseal(body)), body).toBe('illegal-value');
  }
  expect(decodeRequest(reseal('012b0e0100'))).toBe('illegal-function');
});

test('random bytes are not taken for an answer', () => {
  const entropy = seeded(7);
  let found = 0;
  for (let run = 0; run < 2000; run++) {
    const noise = Uint8Array.from({ length: 64 }, () => Math.floor(entropy() * 256));
    if (findAnswer(noise, 1, { function: 4, address: 0, quantity: 12 })) found++;
  }
  expect(found).toBe(0);
});

test('any request survives its own encoding', () => {
  const request = fc.oneof(
    fc.record({
      function: fc.constantFrom(1, 2, 3, 4),
      address: fc.nat(0xffff),
      quantity: fc.integer({ min: 1, max: 125 }),
    }),
    fc.record({ function: fc.constant(6), address: fc.nat(0xffff), value: fc.nat(0xffff) }),
    fc.record({
      function: fc.constant(16),
      address: fc.nat(0xffff),
      values: fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 123 }),
    }),
    fc.record({
      function: fc.constant(15),
      address: fc.nat(0xffff),
      values: fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }),
    }),
  ) as fc.Arbitrary<ModbusRequest>;
  fc.assert(
    fc.property(request, (asked) => {
      const frame = encodeRequest(1, asked);
      expect(isSealed(frame)).toBe(true);
      expect(decodeRequest(frame)).toEqual(asked);
    }),
    { seed: 20260102 },
  );
});
