/** Data groups as simulated issuers write them, read back by the reader and compared with published specimens. */
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { parseCommonData } from '../../../drivers/emrtd/lds/com.ts';
import { parseDG2 } from '../../../drivers/emrtd/lds/dg2.ts';
import { parseDG7 } from '../../../drivers/emrtd/lds/dg7.ts';
import { parseDG11 } from '../../../drivers/emrtd/lds/dg11.ts';
import { parseDG12 } from '../../../drivers/emrtd/lds/dg12.ts';
import { parseDG16 } from '../../../drivers/emrtd/lds/dg16.ts';
import { readTLV, readTLVs } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { inventedDetails } from '../../../simulator/passport/invented-details.ts';
import { writeCOM, writeDG2 } from '../../../simulator/passport/logical-data-structure.ts';
import {
  writeDG7,
  writeDG11,
  writeDG12,
  writeDG13,
  writeDG16,
} from '../../../simulator/passport/optional-data-groups.ts';
import { isDataAbsent, recorded } from '../../emrtd/recorded-data.ts';
import { NOW_MS, holder, portraitOf } from '../../emrtd/simulated-document.ts';

const details = inventedDetails(holder, NOW_MS);

test.each(['19794-5', '39794-5'] as const)(
  'a portrait of any size comes back whole from a record of %s',
  (encoding) => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 70_000 }), fc.constantFrom('jpeg', 'jpeg2000'), (bytes, format) => {
        const portrait = portraitOf(bytes, format);
        const found = parseDG2(writeDG2(portrait, encoding));
        expect(found).toMatchObject({ format, encoding, width_px: 413, height_px: 531, representations: 1 });
        expect(Buffer.compare(found.bytes, portrait.bytes)).toBe(0);
      }),
      { numRuns: 30 },
    );
  },
);

/** Tags of an element and of all that stands in it, with the place of each. */
function placesIn(bytes: Uint8Array, path = ''): readonly string[] {
  return readTLVs(bytes).flatMap(({ tag, value }) => {
    const place = `${path}/${tag.toString(16)}`;
    const first = tag > 0xffff ? tag >> 16 : tag > 0xff ? tag >> 8 : tag;
    return (first & 0x20) === 0 ? [place] : [place, ...placesIn(value, place)];
  });
}

test.skipIf(isDataAbsent)('the 39794-5 record is laid out as in the specimen with mandatory fields', () => {
  const specimen = recorded('lds/iso39794/ICAO_39794_5_AP_DG2_MandFields.dat');
  const { bytes } = parseDG2(specimen);
  const written = writeDG2({ format: 'jpeg2000', bytes, width_px: 413, height_px: 531 }, '39794-5');
  /** Places in the record; the size of the image is more than the standard demands. */
  const record = (file: Uint8Array): readonly string[] =>
    placesIn(file).filter((place) => place.includes('/7f2e') && !place.includes('/a7'));
  expect(record(written)).toEqual(record(specimen));
  expect(record(written).length).toBeGreaterThan(10);
  /** Values of the header (A1) that say whose format the record has, and which. */
  const format = (file: Uint8Array): readonly (string | undefined)[] => {
    const template = readTLVs(readTLV(readTLV(file).value).value).find(({ tag }) => tag === 0x7f60);
    const header = readTLVs(readTLVs(template?.value ?? new Uint8Array(0))[0]?.value ?? new Uint8Array(0));
    return [0x87, 0x88].map((tag) => {
      const element = header.find((candidate) => candidate.tag === tag);
      return element && Buffer.from(element.value).toString('hex');
    });
  };
  expect(format(written)).toEqual(['0101', '002a']);
  expect(format(written)).toEqual(format(specimen));
});

const words = fc
  .array(fc.string({ unit: fc.constantFrom(...Array.from('aåÄéłñøžßЖяΘω王')), minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(' '));
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

/** Without what is undefined, which optional properties do not take. */
function present<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never;
}

test('whatever personal details are written into DG11, in any script, the reader finds', () => {
  const personal = fc.record({
    fullName: maybe(fc.record({ primary: words, secondary: words })),
    otherNames: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
    personalNumber: maybe(fc.constant('UTO123')),
    birthDate: maybe(day),
    birthPlace: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
    address: maybe(fc.array(words, { minLength: 1, maxLength: 4 })),
    profession: maybe(words),
    title: maybe(words),
  });
  fc.assert(
    fc.property(personal, (written) => {
      const found = parseDG11(writeDG11(present(written)));
      expect(found.isTagListConsistent).toBe(true);
      expect(found.fullName).toEqual(written.fullName ?? null);
      expect(found.otherNames.map(({ primary }) => primary)).toEqual(written.otherNames ?? []);
      expect(found.personalNumber).toBe(written.personalNumber ?? null);
      expect(found.birthDate).toBe(written.birthDate?.replaceAll('-', '') ?? null);
      expect([found.profession, found.title]).toEqual([written.profession ?? null, written.title ?? null]);
      const spelt = (parts: readonly string[] | undefined): string => (parts ?? []).join(' ');
      expect([found.birthPlace, found.address].map(spelt)).toEqual([written.birthPlace, written.address].map(spelt));
    }),
  );
});

test('whatever DG12 says of the document, the reader finds', () => {
  const issue = fc.record({
    authority: maybe(words),
    issueDate: maybe(day),
    otherPersons: maybe(fc.array(words, { minLength: 1, maxLength: 2 })),
    observations: maybe(words),
    exitRequirements: maybe(words),
    personalisedAt: maybe(day.map((date) => `${date.replaceAll('-', '')}123456`)),
    personalisationSystem: maybe(fc.constant('SIM-1')),
  });
  fc.assert(
    fc.property(issue, (written) => {
      const found = parseDG12(writeDG12(present(written)));
      expect(found).toMatchObject({
        issuingAuthority: written.authority ?? null,
        issueDate: written.issueDate?.replaceAll('-', '') ?? null,
        endorsements: written.observations ?? null,
        taxExitRequirements: written.exitRequirements ?? null,
        personalizedAt: written.personalisedAt ?? null,
        personalizedBy: written.personalisationSystem ?? null,
        isTagListConsistent: true,
      });
      expect(found.otherPersons.map(({ primary }) => primary)).toEqual(written.otherPersons ?? []);
    }),
  );
});

describe('invented details', () => {
  test('carry a name in the letters of its holder', () => {
    expect(parseDG11(writeDG11(details.personal)).fullName).toEqual({
      primary: holder.surname,
      secondary: holder.givenNames,
    });
  });

  test('have a drawn line for a signature, which an image library decodes', async () => {
    const [image] = parseDG7(writeDG7(details.signature)).images;
    if (image === undefined) throw new Error('no image');
    expect(Buffer.compare(image, details.signature)).toBe(0);
    const { data, info } = await sharp(image).greyscale().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([280, 90]);
    const inked = data.filter((brightness) => brightness < 128).length / data.length;
    expect(inked).toBeGreaterThan(0.01);
    expect(inked).toBeLessThan(0.2);
  });

  test('name a person to notify', () => {
    expect(parseDG16(writeDG16(details.contacts))).toMatchObject([
      { recordedOn: '20261122', name: { primary: 'Jemand Niemand' }, telephone: '+000 000 001' },
    ]);
  });
});

test('DG13 is the bytes that the state gave, in its tag', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (content) => {
      expect(readTLV(writeDG13(content))).toMatchObject({ tag: 0x6d, value: content });
    }),
  );
});

test('EF.COM lists any groups, and a number that is no group is refused', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 16 })), (groups) => {
      expect(parseCommonData(writeCOM(groups)).dataGroups).toEqual(groups);
    }),
  );
  expect(() => writeCOM([17])).toThrow(RangeError);
});

test('more persons to notify than there are tags for are refused', () => {
  const [contact] = details.contacts;
  if (contact === undefined) throw new Error('no contact');
  expect(parseDG16(writeDG16(Array(15).fill(contact)))).toHaveLength(15);
  expect(() => writeDG16(Array(16).fill(contact))).toThrow(RangeError);
});
