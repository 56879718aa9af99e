/** A dialogue recorded with an independent chip: every command of our reader must be the recorded one, byte for byte. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ChipSession } from '../../drivers/emrtd/iso7816/chip-session.ts';
import { EMRTD_APPLICATION } from '../../drivers/emrtd/iso7816/apdu.ts';
import { deriveBasicAccessKeys, performBasicAccessControl } from '../../drivers/emrtd/access/bac.ts';
import { elementaryFiles } from '../../drivers/emrtd/lds/data-groups.ts';
import { parseDG1 } from '../../drivers/emrtd/lds/dg1.ts';
import { imageFormatOf, parseDG2 } from '../../drivers/emrtd/lds/dg2.ts';
import { parseCommonData } from '../../drivers/emrtd/lds/com.ts';
import { parseDG7 } from '../../drivers/emrtd/lds/dg7.ts';
import { parseDG11 } from '../../drivers/emrtd/lds/dg11.ts';
import { parseDG12 } from '../../drivers/emrtd/lds/dg12.ts';
import { readFace39794 } from '../../drivers/emrtd/lds/face-39794.ts';
import { FileReader } from '../../drivers/emrtd/iso7816/file-reader.ts';
import { accessKeySeed } from '../../drivers/emrtd/mrz/mrz.ts';
import { isDataAbsent, recorded } from './recorded-data.ts';

type Recording = {
  readonly meta: {
    readonly mrz: { readonly doc: string; readonly dob: string; readonly doe: string };
    readonly rndIfd: string;
    readonly kIfd: string;
  };
  readonly fileSha256: Readonly<Record<string, string>>;
  readonly apdus: readonly { readonly c: string; readonly r: string }[];
};

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const sha256 = (file: Uint8Array): string => createHash('sha256').update(file).digest('hex');

test.skipIf(isDataAbsent)(
  'an independent chip is opened with BAC and read, command for command as recorded',
  async () => {
    const path = 'transcripts/jmrtdapplet_bac_bsi2008.json';
    const recording = JSON.parse(Buffer.from(recorded(path)).toString('utf8')) as Recording;
    let next = 0;
    const session = new ChipSession({
      transceiver: {
        async transceive(command) {
          const exchange = recording.apdus[next++];
          expect(Buffer.from(command).toString('hex'), `command ${next}`).toBe(exchange?.c);
          return bytes(exchange?.r ?? '');
        },
      },
      signal: new AbortController().signal,
      apduTimeout_ms: 1000,
    });
    const { mrz, rndIfd, kIfd } = recording.meta;
    const random = [bytes(rndIfd), bytes(kIfd)];
    const exchange = session.exchange.bind(session);
    await exchange({ cla: 0, ins: 0xa4, p1: 0x04, p2: 0x0c, data: EMRTD_APPLICATION });
    const seed = accessKeySeed({ documentNumber: mrz.doc, birthDate: mrz.dob, expiryDate: mrz.doe });
    const entropy = (): Uint8Array => random.shift() ?? new Uint8Array(0);
    session.protectWith(await performBasicAccessControl(exchange, deriveBasicAccessKeys(seed), entropy));
    // The recording reader took the header of every file first.
    const files = new FileReader(exchange, { headerBytes: 4 });
    const read = async (name: keyof typeof elementaryFiles): Promise<Uint8Array> =>
      files.read(elementaryFiles[name], () => undefined);

    expect(sha256(await read('COM'))).toBe(recording.fileSha256['COM']);
    const dg1 = await read('DG1');
    const dg2 = await read('DG2');
    const dg15 = await read('DG15');
    expect(sha256(dg1)).toBe(recording.fileSha256['DG1']);
    expect(sha256(dg2)).toBe(recording.fileSha256['DG2']);
    expect(sha256(dg15)).toBe(recording.fileSha256['DG15']);
    expect(sha256(await read('SOD'))).toBe(recording.fileSha256['SOD']);
    expect(parseDG1(dg1).format).toBe('TD3');
    expect(parseDG2(dg2).format).toBe('jpeg2000');
  },
);

test.skipIf(isDataAbsent)('portraits of published documents are cut out whatever wrote them', () => {
  const format = (path: string): string => parseDG2(recorded(path)).format;
  expect(format('lds/loes2006/ef0102.bin')).toBe('jpeg2000');
  expect(format('lds/persosim/persosim_DG2.bin')).toBe('jpeg2000');
  expect(format('sod/gmrtd/document_TestDgHashesMixAndMatchDGs_1.bin')).toBe('jpeg');
});

test.skipIf(isDataAbsent)('a portrait in the successor encoding is the same picture as in the old one', () => {
  const old = parseDG2(recorded('lds/bsi2008/Datagroup2.bin'));
  expect(old).toMatchObject({ encoding: '19794-5', format: 'jpeg2000', width_px: 337, height_px: 449 });
  const published = recorded('lds/iso39794/ICAO_39794_5_AP_DG2_Face.jpg');
  for (const name of ['ICAO_39794_5_AP_DG2_MandFields.dat', 'ICAO_39794_5_AP_DG2_AllFields.dat']) {
    const portrait = parseDG2(recorded(`lds/iso39794/${name}`));
    expect(portrait).toMatchObject({ encoding: '39794-5', format: 'jpeg2000', representations: 1 });
    expect(sha256(portrait.bytes)).toBe(sha256(published));
  }
});

test.skipIf(isDataAbsent)('the sample record of the successor standard gives its picture', () => {
  const [face, ...others] = readFace39794(recorded('lds/iso39794/sample-39794-5-ed-1-v1.der'));
  expect(others).toEqual([]);
  expect(imageFormatOf(face?.image ?? new Uint8Array(0))).toBe('jpeg');
});

test.skipIf(isDataAbsent)('published samples of the optional data groups are read', () => {
  const details = parseDG11(recorded('lds/tsemrtd/EF_DG11.bin'));
  // Its tag list leaves out the numbers of other documents, which are there.
  expect(details).toMatchObject({ birthDate: '19700101', birthPlace: ['TEST', 'TEST'], isTagListConsistent: false });
  expect(details.otherNames).toHaveLength(1);
  expect(parseDG12(recorded('lds/tsemrtd/EF_DG12.bin'))).toMatchObject({
    issueDate: '20240101',
    personalizedAt: '20240101123059',
    // This file has no tag list at all.
    isTagListConsistent: false,
  });
  const [image] = parseDG7(recorded('lds/tsemrtd/EF_DG7.bin')).images;
  expect(imageFormatOf(image ?? new Uint8Array(0))).toBe('jpeg2000');
  expect(parseCommonData(recorded('lds/bsi2008/EF_COM.bin'))).toMatchObject({ dataGroups: [1, 2, 3, 14] });
});
