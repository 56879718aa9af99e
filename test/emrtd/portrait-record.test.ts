/** DG2 records whose lengths do not agree, and pictures of other kinds. */
import { expect, test } from 'vitest';
import { imageFormatOf, parseDG2 } from '../../drivers/emrtd/lds/dg2.ts';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { writeDG2 } from '../../simulator/passport/logical-data-structure.ts';
import { portraitOf } from './simulated-document.ts';

const portrait = portraitOf(300);
const file = writeDG2(portrait);
/** The face record stands at the end of the file; its image begins after 46 bytes. */
const record = file.slice(-(portrait.bytes.length + 46));

function fileWith(changed: Uint8Array): Uint8Array {
  return writeTLV(
    0x75,
    writeTLV(0x7f61, writeTLV(0x02, Uint8Array.of(1)), writeTLV(0x7f60, writeTLV(0x5f2e, changed))),
  );
}

function changed(offset: number, ...octets: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(record);
  copy.set(octets, offset);
  return copy;
}

test('feature points before the picture are skipped', () => {
  const points = new Uint8Array(3 * 8).fill(0xff);
  const withPoints = concatBytes(changed(18, 0, 3).subarray(0, 34), points, record.subarray(34));
  new DataView(withPoints.buffer).setUint32(14, withPoints.length - 14);
  expect(parseDG2(fileWith(withPoints)).bytes).toEqual(portrait.bytes);
});

test.each([
  ['a face block longer than the record', changed(14, 0, 0, 0x7f, 0)],
  ['a face block that ends before its picture', changed(14, 0, 0, 0, 20)],
  ['more feature points than bytes', changed(18, 0xff, 0xff)],
  ['no face', changed(12, 0, 0)],
  ['another kind of record', changed(0, 0x46, 0x49, 0x52)],
  ['a picture of no known format', changed(46, 0x89, 0x50, 0x4e, 0x47)],
  ['nothing but a header', record.slice(0, 20)],
])('a record with %s gives no picture', (_, content) => {
  expect(() => parseDG2(fileWith(content))).toThrowError(/DG2_MALFORMED/);
});

test('the format of a picture is told by its first bytes', () => {
  const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
  expect(imageFormatOf(bytes('ffd8ffe0'))).toBe('jpeg');
  expect(imageFormatOf(bytes('0000000c6a5020200d0a870a'))).toBe('jpeg2000');
  expect(imageFormatOf(bytes('ff4fff51'))).toBe('jpeg2000');
  expect(imageFormatOf(bytes('ffd8'))).toBeUndefined();
  expect(imageFormatOf(bytes(''))).toBeUndefined();
});
