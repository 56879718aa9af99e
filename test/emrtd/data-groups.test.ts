/**
 * Files of the eMRTD application beside DG1 and DG2: what they say, and what is made of files that are not as they
 * should.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { parseATRInfo } from '../../drivers/emrtd/lds/atr-info.ts';
import { parseCommonData } from '../../drivers/emrtd/lds/com.ts';
import { parseDG1 } from '../../drivers/emrtd/lds/dg1.ts';
import { parseDG2 } from '../../drivers/emrtd/lds/dg2.ts';
import { parseDG7 } from '../../drivers/emrtd/lds/dg7.ts';
import { parseDG11 } from '../../drivers/emrtd/lds/dg11.ts';
import { parseDG12 } from '../../drivers/emrtd/lds/dg12.ts';
import { parseDG13 } from '../../drivers/emrtd/lds/dg13.ts';
import { parseDG16 } from '../../drivers/emrtd/lds/dg16.ts';
import { writeDG1, writeDG2 } from '../../simulator/passport/logical-data-structure.ts';
import { writeMRZ, writeTD3 } from '../../simulator/passport/mrz-writer.ts';
import { writeDG7, writeDG11, writeDG12, writeDG13, writeDG16 } from '../../simulator/passport/optional-data-groups.ts';
import { holder, portraitOf } from './simulated-document.ts';

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'));
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const field = (tag: number, value: string): Uint8Array => writeTLV(tag, text(value));

function codeOf(parse: () => unknown): string {
  try {
    parse();
    return 'none';
  } catch (error) {
    if (error instanceof DocumentError) return error.code;
    throw error;
  }
}

const personalDetails = {
  fullName: { primary: 'Ødegård', secondary: 'Åse Marie' },
  otherNames: ['Lysholm Åse', 'Solberg'],
  personalNumber: '123456',
  birthDate: '1991-04-17',
  birthPlace: ['Tannwald', 'Nordmark', 'UTO'],
  address: ['Waldweg', 'Tannwald'],
  telephone: '+999 123',
  profession: 'Geologist',
  title: 'Dr',
  summary: 'none',
  otherDocumentNumbers: ['X1', 'X2'],
  custody: 'none',
};

test('personal details are read back as the issuer wrote them', () => {
  expect(parseDG11(writeDG11(personalDetails))).toEqual({
    fullName: { primary: 'Ødegård', secondary: 'Åse Marie' },
    otherNames: [
      { primary: 'Lysholm Åse', secondary: '' },
      { primary: 'Solberg', secondary: '' },
    ],
    personalNumber: '123456',
    birthDate: '19910417',
    birthPlace: ['Tannwald', 'Nordmark', 'UTO'],
    address: ['Waldweg', 'Tannwald'],
    telephone: '+999 123',
    profession: 'Geologist',
    title: 'Dr',
    summary: 'none',
    proofOfCitizenship: null,
    otherDocuments: ['X1', 'X2'],
    custody: 'none',
    isTagListConsistent: true,
  });
});

test('any names and texts of personal and document details come back as they went in', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => /^[^<\s]+$/.test(value));
  const words = fc.array(word, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(word, words, words, (primary, others, parts) => {
      const [secondary = ''] = parts;
      const { fullName, otherNames, birthPlace } = parseDG11(
        writeDG11({ fullName: { primary, secondary }, otherNames: others, birthPlace: parts }),
      );
      expect(fullName).toEqual({ primary, secondary });
      expect(otherNames.map((name) => name.primary)).toEqual(others);
      expect(birthPlace).toEqual(parts);
      expect(parseDG12(writeDG12({ otherPersons: others })).otherPersons.map((name) => name.primary)).toEqual(others);
    }),
    { numRuns: 300, seed: 11 },
  );
});

test('a file of personal details that says nothing is no error', () => {
  expect(parseDG11(writeTLV(0x6b))).toMatchObject({ fullName: null, otherNames: [], birthDate: null, birthPlace: [] });
});

test('other names beside their template, as some issuers put them, are names too', () => {
  const name = (value: string): Uint8Array => field(0x5f0f, value);
  const file = writeTLV(0x6b, writeTLV(0x5c, bytes('5f0f')), name('Berg<<Ida'), name('Fjell<<Ida'));
  expect(parseDG11(file)).toMatchObject({
    otherNames: [
      { primary: 'Berg', secondary: 'Ida' },
      { primary: 'Fjell', secondary: 'Ida' },
    ],
    isTagListConsistent: true,
  });
});

test.each([
  ['as characters', '3139393130343137', '19910417'],
  ['in binary coded decimal', '19910417', '19910417'],
  ['with an unknown day as zeros', '3139393130343030', '19910400'],
  ['with unknown parts as fillers', '313939313c3c3c3c', '19910000'],
])('a date of birth %s is read', (_, hex, date) => {
  expect(parseDG11(writeTLV(0x6b, writeTLV(0x5f2b, bytes(hex)))).birthDate).toBe(date);
});

test.each(['', '31', '313939312d30342d3137', '199104ff', '1991041719910417'])('%s is no date of birth', (hex) => {
  expect(codeOf(() => parseDG11(writeTLV(0x6b, writeTLV(0x5f2b, bytes(hex)))))).toBe('DG11_MALFORMED');
});

test('names in other scripts are kept, and text that is no UTF-8 is taken for Latin-1', () => {
  const nameIn = (value: Uint8Array): unknown => parseDG11(writeTLV(0x6b, writeTLV(0x5f0e, value))).fullName;
  expect(nameIn(text('Еловая<<Мира'))).toEqual({ primary: 'Еловая', secondary: 'Мира' });
  expect(nameIn(text('تنوب<<ميرا'))).toEqual({ primary: 'تنوب', secondary: 'ميرا' });
  expect(nameIn(bytes('c5736b'))).toEqual({ primary: 'Åsk', secondary: '' });
});

test('a tag list that names what is not there, or leaves out what is, is told and the content still read', () => {
  const details = (list: string): unknown =>
    parseDG11(writeTLV(0x6b, writeTLV(0x5c, bytes(list)), field(0x5f10, '1'), field(0x5f12, '2')));
  expect(details('5f10 5f12')).toMatchObject({ isTagListConsistent: true });
  for (const list of ['5f10', '5f10 5f12 5f13', '5f10 5f', '']) {
    expect(details(list)).toMatchObject({ isTagListConsistent: false, personalNumber: '1', telephone: '2' });
  }
});

test('document details are read back as the issuer wrote them', () => {
  const written = {
    authority: 'Utopia',
    issueDate: '2021-08-03',
    otherPersons: ['Solberg', 'Ask'],
    observations: 'none',
    exitRequirements: 'none',
    personalisedAt: '20210803101112',
    personalisationSystem: 'P1',
  };
  expect(parseDG12(writeDG12(written))).toEqual({
    issuingAuthority: 'Utopia',
    issueDate: '20210803',
    otherPersons: [
      { primary: 'Solberg', secondary: '' },
      { primary: 'Ask', secondary: '' },
    ],
    endorsements: 'none',
    taxExitRequirements: 'none',
    front: null,
    rear: null,
    personalizedAt: '20210803101112',
    personalizedBy: 'P1',
    isTagListConsistent: true,
  });
});

test('the time of personalization is read as characters and in binary coded decimal', () => {
  const time = (hex: string): unknown => parseDG12(writeTLV(0x6c, writeTLV(0x5f55, bytes(hex)))).personalizedAt;
  expect(time('3230323130383033313031313132')).toBe('20210803101112');
  expect(time('20210803101112')).toBe('20210803101112');
  expect(parseDG12(writeTLV(0x6c, writeTLV(0x5f26, bytes('20210803')))).issueDate).toBe('20210803');
});

test('images of signature and document are copied out, not looked into', () => {
  const image = bytes('ffd8ffe000');
  expect(parseDG7(writeDG7(image)).images).toEqual([image]);
  expect(
    parseDG7(writeTLV(0x67, writeTLV(0x02, bytes('02')), writeTLV(0x5f43, image), writeTLV(0x5f43, image))).images,
  ).toHaveLength(2);
  expect(parseDG12(writeTLV(0x6c, writeTLV(0x5f1d, image), writeTLV(0x5f1e, image)))).toMatchObject({
    front: image,
    rear: image,
  });
  expect(codeOf(() => parseDG7(writeTLV(0x67, writeTLV(0x02, bytes('00')))))).toBe('DG7_MALFORMED');
});

test('the details of the issuer own choice are handed on as they are', () => {
  expect(parseDG13(writeDG13(bytes('0102ff')))).toEqual(bytes('0102ff'));
  expect(codeOf(() => parseDG13(writeTLV(0x6e, bytes('01'))))).toBe('DG13_MALFORMED');
});

test('persons to notify are read one by one', () => {
  const contact = { recordedOn: '2021-08-03', name: 'Ask', telephone: '+999 1', address: ['Waldweg', 'Tannwald'] };
  expect(parseDG16(writeDG16([contact, { ...contact, name: 'Gran', telephone: '+999 2' }]))).toEqual([
    {
      recordedOn: '20210803',
      name: { primary: 'Ask', secondary: '' },
      telephone: '+999 1',
      address: ['Waldweg', 'Tannwald'],
    },
    {
      recordedOn: '20210803',
      name: { primary: 'Gran', secondary: '' },
      telephone: '+999 2',
      address: ['Waldweg', 'Tannwald'],
    },
  ]);
  const twice = writeTLV(0x70, writeTLV(0xa1, field(0x5f51, 'A')), writeTLV(0xa1, field(0x5f51, 'B')));
  expect(codeOf(() => parseDG16(twice))).toBe('DG16_MALFORMED');
});

test('a chip that holds the zone of a visa holds no zone of a travel document', () => {
  for (const format of ['MRV-A', 'MRV-B'] as const) {
    expect(codeOf(() => parseDG1(writeDG1(writeMRZ(format, holder, 'UTO'))))).toBe('DG1_MALFORMED');
  }
  for (const format of ['TD1', 'TD2', 'TD3'] as const) {
    expect(parseDG1(writeDG1(writeMRZ(format, holder, 'UTO'))).format).toBe(format);
  }
});

test('a list of data groups with odd versions or none, doubles and unknown tags is read', () => {
  const com = (...elements: readonly Uint8Array[]): unknown => parseCommonData(writeTLV(0x60, ...elements));
  const list = writeTLV(0x5c, bytes('61 75 75 42 6e'));
  expect(com(list)).toEqual({ ldsVersion: null, unicodeVersion: null, dataGroups: [1, 2, 14] });
  expect(com(field(0x5f01, '1.7'), field(0x5f36, ''), list)).toMatchObject({ ldsVersion: '1.7', unicodeVersion: '' });
  expect(codeOf(() => com(field(0x5f01, '0107')))).toBe('COM_MALFORMED');
});

test('the card says how long its commands and answers may be', () => {
  const limits = writeTLV(0x7f66, bytes('02 02 0400 02 02 03e8'));
  const capabilities = (third: number): Uint8Array => writeTLV(0x47, Uint8Array.of(0x94, 0x01, third));
  const expected = { commandBytes_max: 1024, responseBytes_max: 1000 };
  expect(parseATRInfo(concatBytes(writeTLV(0x43, bytes('b8')), capabilities(0xc0), limits))).toEqual(expected);
  expect(parseATRInfo(limits)).toEqual(expected);
  expect(parseATRInfo(writeTLV(0x7f66, bytes('02 04 00010000 02 04 ffffffff')))).toEqual({
    commandBytes_max: 65_536,
    responseBytes_max: 65_536,
  });
});

test('a card that says nothing of extended length, or that it knows none, has none', () => {
  const limits = writeTLV(0x7f66, bytes('02 02 0400 02 02 03e8'));
  expect(parseATRInfo(new Uint8Array(0))).toBeNull();
  expect(parseATRInfo(writeTLV(0x47, bytes('94 01 c0')))).toBeNull();
  expect(parseATRInfo(concatBytes(writeTLV(0x47, bytes('94 01 80')), limits))).toBeNull();
});

test.each(['7f66 00', '7f66 04 02 02 03e8', '7f66 06 02 01 10 02 01 10', '7f66 7f 02', '43'])(
  'limits that cannot be, %s, are an error',
  (hex) => {
    expect(codeOf(() => parseATRInfo(bytes(hex)))).toBe('ATR_INFO_MALFORMED');
  },
);

/** One of: bytes changed, cut off, doubled, or filled in; positions spread over the whole file. */
const change = fc.record({
  kind: fc.constantFrom('change', 'cut', 'repeat', 'insert'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
});
type Change = { readonly kind: string; readonly at: number; readonly bytes: Uint8Array };

function changed(file: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.reduce<Uint8Array>((content, { kind, at, bytes: put }) => {
    const position = Math.floor(at * content.length);
    const [head, tail] = [content.subarray(0, position), content.subarray(position)];
    if (kind === 'cut') return head;
    if (kind === 'repeat') return Uint8Array.from([...head, ...tail.subarray(0, 200), ...tail]);
    return Uint8Array.from([...head, ...put, ...(kind === 'insert' ? tail : tail.subarray(put.length))]);
  }, file);
}

const parsers = {
  'EF.ATR/INFO': [parseATRInfo, bytes('4301b8 470394 01c0 7f66080202040002 0203e8')],
  'EF.COM': [parseCommonData, writeTLV(0x60, field(0x5f01, '0107'), writeTLV(0x5c, bytes('6175')))],
  DG1: [parseDG1, writeDG1(writeTD3(holder, 'UTO'))],
  'DG2 of 19794-5': [parseDG2, writeDG2(portraitOf(200))],
  'DG2 of 39794-5': [parseDG2, writeDG2(portraitOf(200), '39794-5')],
  DG7: [parseDG7, writeDG7(bytes('ffd8ffe000'))],
  DG11: [parseDG11, writeDG11(personalDetails)],
  DG12: [parseDG12, writeDG12({ authority: 'U', otherPersons: ['A', 'B'], personalisedAt: '20210803101112' })],
  DG13: [parseDG13, writeDG13(bytes('0102'))],
  DG16: [parseDG16, writeDG16([{ recordedOn: '2021-08-03', name: 'A', telephone: '1', address: ['W', 'T'] }])],
} as const satisfies Record<string, readonly [(file: Uint8Array) => unknown, Uint8Array]>;

test.each(Object.entries(parsers))('%s with any changes is parsed or refused with a code', (_, [parse, file]) => {
  expect(codeOf(() => parse(file))).toBe('none');
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      codeOf(() => parse(changed(file, changes)));
    }),
    { numRuns: 2000, seed: 7 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (content) => {
      codeOf(() => parse(content));
      codeOf(() => parse(concatBytes(file.subarray(0, 2), content)));
    }),
    { numRuns: 1000, seed: 8 },
  );
});
