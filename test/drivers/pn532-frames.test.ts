import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ackFrame,
  encodeToChip,
  encodeToHost,
  errorFrame,
  longestContent_bytes,
  longestFrame_bytes,
  nackFrame,
  PN532Parser,
  wakeUp,
} from '../../drivers/chip-reader/codec.ts';
import { isDocumentChip } from '../../drivers/chip-reader/target.ts';
import { bytes, hex } from './harness.ts';

/** Frames as libnfc and nfcpy put them on the wire (UM0701-02 section 6.2.1). */
const golden = {
  ack: bytes('0000ff00ff00'),
  nack: bytes('0000ffff0000'),
  error: bytes('0000ff01ff7f8100'),
  samConfiguration: bytes('0000ff03fdd414011700'),
  samConfigured: bytes('0000ff02fed5151600'),
  selected: bytes('0000ff05fbd5410090005a00'),
  listed: bytes('0000ff16ead54b010100082004 08a1b2c3 0a78f7b1024a434f503309 00'),
};

function kinds(parser: PN532Parser, chunks: readonly Uint8Array[]): string[] {
  return chunks
    .flatMap((chunk) => parser.push(chunk))
    .map((frame) => ('bytes' in frame ? `${frame.kind} ${hex(frame.bytes)}` : frame.kind));
}

const expected: readonly [name: string, frame: Uint8Array, kind: string][] = [
  ['ACK', golden.ack, 'ack'],
  ['NACK', golden.nack, 'nack'],
  ['error frame', golden.error, 'error'],
  ['SAMConfiguration', golden.samConfiguration, 'toChip 1401'],
  ['response to SAMConfiguration', golden.samConfigured, 'toHost 15'],
  ['response to SELECT', golden.selected, 'toHost 41009000'],
  ['listed target', golden.listed, 'toHost 4b01010008200408a1b2c30a78f7b1024a434f5033'],
  ['extended frame', encodeToHost(new Uint8Array(258).fill(0x41)), `toHost ${'41'.repeat(258)}`],
];

test('frames are built byte for byte as the manual shows them', () => {
  expect(ackFrame).toEqual(golden.ack);
  expect(nackFrame).toEqual(golden.nack);
  expect(errorFrame).toEqual(golden.error);
  expect(encodeToChip(bytes('1401'))).toEqual(golden.samConfiguration);
  expect(encodeToHost(bytes('15'))).toEqual(golden.samConfigured);
  expect(encodeToHost(bytes('41009000'))).toEqual(golden.selected);
  expect(hex(wakeUp)).toBe(`5555${'00'.repeat(14)}`);
});

test('a response too long for a normal frame goes as an extended one', () => {
  const frame = encodeToHost(Uint8Array.of(0x41, 0x00, 0x75, 0x82, ...new Uint8Array(256)));
  expect(hex(frame.subarray(0, 13))).toBe('0000ffffff0105fad541007582');
  expect(() => encodeToHost(new Uint8Array(longestContent_bytes))).toThrow(RangeError);
});

test.each(expected)('%s is understood when it comes in two pieces, cut anywhere', (_, frame, kind) => {
  for (let cut = 0; cut <= frame.length; cut++) {
    expect(kinds(new PN532Parser(), [frame.subarray(0, cut), frame.subarray(cut)]), `cut at ${cut}`).toEqual([kind]);
  }
  expect(
    kinds(
      new PN532Parser(),
      Array.from(frame, (byte) => Uint8Array.of(byte)),
    ),
  ).toEqual([kind]);
});

test.each(expected)('%s is understood after noise, and the noise is counted', (_, frame, kind) => {
  for (const noise of ['ff', '00', '0055aa', 'ffff', '00ff12', '0000ff0502', 'd5d4d5', '00ffff00ff']) {
    const parser = new PN532Parser();
    const frames = kinds(parser, [bytes(noise), frame]);
    expect(frames.at(-1), noise).toBe(kind);
  }
  const parser = new PN532Parser();
  parser.push(bytes('a1b2c3'));
  expect(parser.takeDiscarded_bytes()).toBe(3);
});

test('a frame behind a false beginning comes out when the line falls silent', () => {
  const parser = new PN532Parser();
  // A length with a right checksum promises 200 bytes that never come.
  expect(kinds(parser, [bytes('00ffc838'), golden.selected])).toEqual([]);
  expect(parser.isInFrame).toBe(true);
  expect(parser.idle().map((frame) => frame.kind)).toEqual(['toHost']);
  expect(parser.isInFrame).toBe(false);
});

test('a frame with one wrong byte is never taken for a good one', () => {
  for (let position = 3; position < golden.listed.length - 1; position++) {
    const damaged = golden.listed.map((byte, i) => (i === position ? byte ^ 0x10 : byte));
    const parser = new PN532Parser();
    const frames = [...parser.push(damaged), ...parser.idle()];
    expect(
      frames.filter((frame) => frame.kind === 'toHost' || frame.kind === 'toChip'),
      `byte ${position}`,
    ).toEqual([]);
  }
});

test('whatever comes, the parser holds at most one frame and finds the frame that follows', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 }), (chunks) => {
      const parser = new PN532Parser();
      for (const chunk of chunks) parser.push(chunk);
      parser.idle();
      const frames = kinds(parser, [golden.selected]);
      const late = parser.idle().map((frame) => frame.kind);
      expect([...frames, ...late].some((kind) => kind.startsWith('toHost'))).toBe(true);
    }),
    { seed: 20260101, numRuns: 400 },
  );
});

test('an endless stream of noise does not grow the parser', () => {
  const parser = new PN532Parser();
  const noise = new Uint8Array(64);
  for (let round = 0; round < 3000; round++) {
    for (let i = 0; i < noise.length; i++) noise[i] = (round * 31 + i * i * 7) & 0xff;
    if (round % 5 === 0) noise.set([0x00, 0xff, 0xff, 0xff, 0x01, 0x00, 0xff]);
    parser.push(noise);
    expect(parser.held_bytes).toBeLessThanOrEqual(longestFrame_bytes + noise.length);
  }
});

test('only a chip that speaks ISO/IEC 14443-4 counts as a document', () => {
  expect(isDocumentChip('type-a', bytes('01010008200408a1b2c30a78f7b1024a434f5033'))).toBe(true);
  // Same chip without the protocol bit, and with it but never activated.
  expect(isDocumentChip('type-a', bytes('01010008080408a1b2c3'))).toBe(false);
  expect(isDocumentChip('type-a', bytes('01010008200408a1b2c3'))).toBe(false);
  expect(isDocumentChip('type-b', bytes('0101 50a1b2c3d4000000000081e1 0101'))).toBe(true);
  expect(isDocumentChip('type-b', bytes('0101 50a1b2c3d4000000000080e1 0101'))).toBe(false);
  expect(isDocumentChip('type-a', bytes('00'))).toBe(false);
  expect(isDocumentChip('type-a', new Uint8Array(0))).toBe(false);
});
