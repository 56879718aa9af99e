import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMessage, encodeZoneText, MRZReaderParser, parseZoneText } from '../../drivers/mrz-reader/codec.ts';
import { bytes, hex } from './harness.ts';

/** The specimen of ICAO 9303-4, appendix B; nobody's document. */
const specimen = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];
const zone = Buffer.from(`${specimen.join('\r')}\r\r`, 'latin1');
/** A read of a TD3 document: letter I, 91 bytes, lines ended by CR, the last by two. */
const read = Uint8Array.of(0x49, 0x00, 0x5b, ...zone);
const versionReply = Uint8Array.of(0x56, 0x00, 0x05, ...Buffer.from('V1.07', 'latin1'));
const echo = bytes('43000101');

const named = (parser: MRZReaderParser, chunks: readonly Uint8Array[]): string[] =>
  chunks.flatMap((chunk) => parser.push(chunk)).map((message) => String.fromCharCode(message.command));

const messages: readonly [name: string, frame: Uint8Array, letter: string][] = [
  ['a read', read, 'I'],
  ['a version', versionReply, 'V'],
  ['an echo', echo, 'C'],
  ['an empty read', bytes('490000'), 'I'],
];

test('commands go out as the command set shows them', () => {
  expect(hex(encodeMessage(0x56))).toBe('560000');
  expect(hex(encodeMessage(0x43, [1]))).toBe('43000101');
  expect(hex(encodeMessage(0x49, encodeZoneText(specimen)))).toBe(hex(read));
});

test.each(messages)('%s is understood when it comes in two pieces, cut anywhere', (_, frame, letter) => {
  for (let cut = 0; cut <= frame.length; cut++) {
    expect(named(new MRZReaderParser(), [frame.subarray(0, cut), frame.subarray(cut)]), `cut at ${cut}`).toEqual([
      letter,
    ]);
  }
});

test.each(messages)('%s is understood after noise', (_, frame, letter) => {
  for (const noise of ['00', 'ff', '494900', '490080ff', '560010aa', '4300', '005b5049', '43000107']) {
    const parser = new MRZReaderParser();
    const found = named(parser, [bytes(noise), frame]);
    const late = parser.idle().map((message) => String.fromCharCode(message.command));
    expect([...found, ...late].at(-1), noise).toBe(letter);
  }
});

test('a read in the middle of a reply is understood, the reply is lost', () => {
  const inside = Uint8Array.of(...versionReply.subarray(0, 5), ...read, ...versionReply.subarray(5));
  const parser = new MRZReaderParser();
  const found = parser.push(inside);
  expect(found.map((message) => hex(message.data))).toEqual([hex(zone)]);
});

test('two reads glued together are two reads', () => {
  expect(named(new MRZReaderParser(), [Uint8Array.of(...read, ...read)])).toEqual(['I', 'I']);
});

test('half a read and silence is told as a read that failed, once', () => {
  const parser = new MRZReaderParser();
  expect(parser.push(read.subarray(0, 40))).toEqual([]);
  expect(parser.idle()).toEqual([]);
  expect(parser.takeBrokenReads()).toBe(1);
  expect(parser.idle()).toEqual([]);
  expect(parser.takeBrokenReads()).toBe(0);
  expect(named(parser, [read])).toEqual(['I']);
});

test('half a read and a reply behind it is told as a read that failed, and the reply is understood', () => {
  const parser = new MRZReaderParser();
  expect(named(parser, [read.subarray(0, 40), versionReply])).toEqual(['V']);
  expect(parser.takeBrokenReads()).toBe(1);
});

test('whatever comes, the parser holds at most one message and finds the one that follows', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 10 }), (chunks) => {
      const parser = new MRZReaderParser();
      for (const chunk of chunks) {
        parser.push(chunk);
        expect(parser.held_bytes).toBeLessThanOrEqual(3 + 256);
      }
      parser.idle();
      expect(named(parser, [read]).at(-1)).toBe('I');
    }),
    { seed: 20260105, numRuns: 400 },
  );
});

test.each([
  ['TD1', 3, 30],
  ['TD2', 2, 36],
  ['TD3', 2, 44],
])('the zone of %s is taken as it is', (_, lines, characters) => {
  const text = Array.from({ length: lines }, () => '<'.repeat(characters));
  expect(parseZoneText(encodeZoneText(text))).toEqual({ lines: text });
});

test.each([
  ['nothing', '', 'no-text'],
  ['separators only', '\r\r', 'no-text'],
  ['a line too short', `${'<'.repeat(43)}\r${'<'.repeat(44)}\r\r`, 'bad-shape'],
  ['a line too many', `${'<'.repeat(44)}\r${'<'.repeat(44)}\r${'<'.repeat(44)}\r\r`, 'bad-shape'],
  ['one line', `${'<'.repeat(44)}\r\r`, 'bad-shape'],
  ['a rejected character', `${'<'.repeat(43)}?\r${'<'.repeat(44)}\r\r`, 'reject-characters'],
  ['a small letter', `${'<'.repeat(43)}a\r${'<'.repeat(44)}\r\r`, 'reject-characters'],
])('a zone with %s is unreadable', (_, text, because) => {
  expect(parseZoneText(Buffer.from(text, 'latin1'))).toEqual({ because });
});
