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

/** A face record of the 2011 edition around a picture, with this many quality blocks and landmark points. */
function record2011(image: Uint8Array, quality = 0, points = 0): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, image.length);
  const representation = concatBytes(
    new Uint8Array(14),
    Uint8Array.of(quality),
    new Uint8Array(quality * 5),
    Uint8Array.of(0, points),
    new Uint8Array(15),
    new Uint8Array(points * 8),
    Uint8Array.of(1, 0, 1, 0x9d, 2, 0x13, 0, 0, 0, 0, 0),
    size,
    image,
  );
  const header = Uint8Array.from([...Buffer.from('FAC\x00030\x00', 'latin1'), 0, 0, 0, 0, 0, 1, 0, 0, 0]);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, representation.length + 4);
  return concatBytes(header, length, representation);
}

test('a record of the 2011 edition gives its picture and size', () => {
  for (const [quality, points] of [
    [0, 0],
    [2, 3],
  ]) {
    const file = fileWith(record2011(portrait.bytes, quality, points));
    const { bytes, ...rest } = parseDG2(file);
    expect(bytes).toEqual(portrait.bytes);
    expect(rest).toMatchObject({ encoding: '19794-5', format: 'jpeg', width_px: 413, height_px: 531 });
  }
});

test('a picture of the 2011 edition that is longer than its face is malformed', () => {
  const content = record2011(portrait.bytes);
  const lengthAt = content.length - portrait.bytes.length - 4;
  for (const length of [0, portrait.bytes.length + 1, 0xffffffff]) {
    const wrong = Uint8Array.from(content);
    new DataView(wrong.buffer).setUint32(lengthAt, length);
    expect(() => parseDG2(fileWith(wrong))).toThrowError(/DG2_MALFORMED/);
  }
});

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

test('of several pictures the first that can be decoded is taken, in a record and over several templates', () => {
  const face = record.subarray(14);
  const odd = concatBytes(face.subarray(0, 32), png);
  new DataView(odd.buffer).setUint32(0, odd.length);
  const two = concatBytes(changed(12, 0, 2).subarray(0, 14), odd, face);
  expect(parseDG2(fileWith(two))).toMatchObject({ format: 'jpeg', bytes: portrait.bytes, representations: 2 });

  const template = (content: Uint8Array): Uint8Array => writeTLV(0x7f60, writeTLV(0x5f2e, content));
  const count = writeTLV(0x02, Uint8Array.of(2));
  const single = concatBytes(changed(12, 0, 1).subarray(0, 14), odd);
  const several = writeTLV(0x75, writeTLV(0x7f61, count, template(single), template(record)));
  expect(parseDG2(several)).toMatchObject({ format: 'jpeg', bytes: portrait.bytes, representations: 2 });
});

test('a record that announces more faces than it holds is malformed', () => {
  expect(() => parseDG2(fileWith(changed(12, 0, 2)))).toThrowError(/DG2_MALFORMED/);
});

test('a portrait in the successor standard is cut out of its record', () => {
  for (const format of ['jpeg', 'jpeg2000'] as const) {
    const image = portraitOf(300, format);
    const { bytes, ...rest } = parseDG2(writeDG2(image, '39794-5'));
    expect(bytes).toEqual(image.bytes);
    expect(rest).toMatchObject({ encoding: '39794-5', format });
  }
});

/** A record of ISO/IEC 39794-5 with these representation blocks. */
function record39794(...representations: readonly Uint8Array[]): Uint8Array {
  const version = writeTLV(0xa0, writeTLV(0x80, Uint8Array.of(3)), writeTLV(0x81, Uint8Array.of(7, 0xe3)));
  const blocks = representations.map((block, i) => writeTLV(0x30, writeTLV(0x80, Uint8Array.of(i)), block));
  return writeTLV(0x65, version, writeTLV(0xa1, ...blocks));
}
const image39794 = (image: Uint8Array): Uint8Array =>
  writeTLV(0xa1, writeTLV(0xa0, writeTLV(0xa0, writeTLV(0x80, image))));
const file39794 = (data: Uint8Array): Uint8Array =>
  writeTLV(0x75, writeTLV(0x7f61, writeTLV(0x02, Uint8Array.of(1)), writeTLV(0x7f60, writeTLV(0x7f2e, data))));

test('of several representations in the successor standard the first that can be decoded is taken', () => {
  const threeDimensional = writeTLV(0xa1, writeTLV(0xa1, Uint8Array.of(0x80, 0)));
  const content = record39794(threeDimensional, image39794(png), image39794(portrait.bytes));
  for (const data of [writeTLV(0xa1, content), content]) {
    expect(parseDG2(file39794(data))).toMatchObject({
      bytes: portrait.bytes,
      representations: 2,
      width_px: null,
      height_px: null,
    });
  }
});

test('an old record in the new template is read as what it is', () => {
  expect(parseDG2(file39794(writeTLV(0x81, record)))).toMatchObject({ encoding: '19794-5', bytes: portrait.bytes });
});

test('only biometric data of a kind or edition that nobody here reads is unsupported', () => {
  const unsupported = [
    file39794(writeTLV(0xa1, writeTLV(0x64, Uint8Array.of(0x80, 0)))),
    file39794(writeTLV(0xa2, record39794(image39794(portrait.bytes)))),
    file39794(writeTLV(0xa1, record39794(writeTLV(0xa1, writeTLV(0xa1, Uint8Array.of(0x80, 0)))))),
    fileWith(changed(4, 0x30, 0x34, 0x30)),
  ];
  for (const file of unsupported) expect(() => parseDG2(file)).toThrowError(/DG2_ENCODING_UNSUPPORTED/);
  const broken = [
    file39794(new Uint8Array(0)),
    file39794(writeTLV(0xa1, Uint8Array.of(0x65, 0x7f))),
    file39794(writeTLV(0xa1, record39794(image39794(png)))),
    writeTLV(0x75, writeTLV(0x7f61, writeTLV(0x02, Uint8Array.of(0)))),
    writeTLV(0x75, writeTLV(0x7f61, writeTLV(0x7f60, writeTLV(0xa1)))),
  ];
  for (const file of broken) expect(() => parseDG2(file)).toThrowError(/DG2_MALFORMED/);
});

test('the format of a picture is told by its first bytes', () => {
  const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
  expect(imageFormatOf(bytes('ffd8ffe0'))).toBe('jpeg');
  expect(imageFormatOf(bytes('0000000c6a5020200d0a870a'))).toBe('jpeg2000');
  expect(imageFormatOf(bytes('ff4fff51'))).toBe('jpeg2000');
  expect(imageFormatOf(bytes('ffd8'))).toBeUndefined();
  expect(imageFormatOf(bytes(''))).toBeUndefined();
});
