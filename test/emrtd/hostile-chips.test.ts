/** Chips and documents made to hurt the reader: whatever they do, an inspection ends, bounded, with every check told. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeviceError, type DeviceErrorCode } from '../../drivers/contracts/device.ts';
import { EMRTD_APPLICATION } from '../../drivers/emrtd/iso7816/apdu.ts';
import { ASN1Error, parseASN1 } from '../../drivers/emrtd/pki/asn1.ts';
import { coreCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { parseCommonData } from '../../drivers/emrtd/lds/com.ts';
import { FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import { parseDG1 } from '../../drivers/emrtd/lds/dg1.ts';
import { parseDG2 } from '../../drivers/emrtd/lds/dg2.ts';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import { authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { TLVError, readTLVs, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import type { Passport } from '../../simulator/passport/passport.ts';
import { NOW_MS, chipOf, inspect, lineTo, outcomeOf, passportOf, trusting, utopia } from './simulated-document.ts';

const passport = passportOf();

function withFile(fileId: number, content: Uint8Array | undefined): Passport {
  const files = new Map(passport.files);
  if (content === undefined) files.delete(fileId);
  else files.set(fileId, content);
  return { ...passport, files };
}

/** Complete, and not the fault of our own code. */
function expectComplete(inspection: DocumentInspection): void {
  expect(inspection.checks.map(({ id }) => id)).toEqual([...coreCheckIds]);
  expect(inspection.aborted).not.toBe('INSPECTION_ERROR');
  for (const { result, because } of inspection.checks) expect(result === 'passed' || because !== null).toBe(true);
}

test('a document without EF.SOD, or with garbage in it, proves nothing and gives nothing', async () => {
  const garbage = withFile(FileId.SOD, writeTLV(0x77, new Uint8Array(300).fill(0x30)));
  for (const [document, code] of [
    [withFile(FileId.SOD, undefined), 'FILE_ABSENT'],
    [garbage, 'SECURITY_OBJECT_MALFORMED'],
    [withFile(FileId.SOD, writeTLV(0x77)), 'SECURITY_OBJECT_MALFORMED'],
  ] as const) {
    const inspection = await inspect(document);
    expectComplete(inspection);
    expect(outcomeOf(inspection, 'security-object-hash')).toBe(`failed ${code}`);
    expect(outcomeOf(inspection, 'data-group-2-hash')).toBe('undetermined SECURITY_OBJECT_UNUSABLE');
    expect([inspection.dg1, inspection.portrait]).toEqual([null, null]);
  }
});

test('a data group that EF.SOD lists and the chip lacks fails', async () => {
  const inspection = await inspect(withFile(FileId.DG2, undefined));
  expectComplete(inspection);
  expect(outcomeOf(inspection, 'data-group-2-hash')).toBe('failed FILE_ABSENT');
  expect(outcomeOf(inspection, 'data-group-1-hash')).toBe('passed');
});

test('a missing EF.COM is not supported, one that hides a data group fails', async () => {
  const absent = await inspect(withFile(FileId.COM, undefined));
  expect(outcomeOf(absent, 'files-consistent')).toBe('not-supported COM_ABSENT');
  const hiding = writeTLV(0x60, writeTLV(0x5c, Uint8Array.of(0x61)));
  expect(outcomeOf(await inspect(withFile(FileId.COM, hiding)), 'files-consistent')).toBe('failed COM_INCOMPLETE');
  const broken = writeTLV(0x60, Uint8Array.of(0x5c, 0x7f));
  expect(outcomeOf(await inspect(withFile(FileId.COM, broken)), 'files-consistent')).toBe('failed COM_MALFORMED');
});

test('a file that announces four gigabytes is not read on', async () => {
  const huge = Uint8Array.of(0x75, 0x84, 0xff, 0xff, 0xff, 0xff, 0, 0, 0);
  const inspection = await inspect(withFile(FileId.DG2, huge));
  expectComplete(inspection);
  expect(outcomeOf(inspection, 'data-group-2-hash')).toBe('undetermined FILE_TOO_LARGE');
  expect(inspection.reading.bytesRead).toBeLessThan(3000);
});

test('EF.SOD nested a thousand deep, or with ten thousand certificates, is refused', () => {
  let nested = new Uint8Array(0);
  for (let depth = 0; depth < 1000; depth++) nested = Uint8Array.from(writeTLV(0x30, nested));
  const wide = writeTLV(0x30, ...Array.from({ length: 11_000 }, () => Uint8Array.of(0x05, 0x00)));
  for (const content of [nested, wide]) {
    expect(() => parseASN1(content)).toThrowError(ASN1Error);
    expect(() => parseSecurityObject(writeTLV(0x77, content))).toThrowError(/SECURITY_OBJECT_MALFORMED/);
  }
});

test('EF.SOD that names a data group or a signed attribute twice is refused', () => {
  const file = Buffer.from(passport.files.get(FileId.SOD) ?? []);
  const replaced = (from: string, to: string): Uint8Array => {
    const copy = Uint8Array.from(file);
    const at = file.indexOf(from, 0, 'hex');
    expect(at).toBeGreaterThan(0);
    copy.set(Buffer.from(to, 'hex'), at);
    return copy;
  };
  // SEQUENCE { INTEGER 2, OCTET STRING of 32 }, then the OID of the signing time.
  for (const twice of [replaced('3025020102', '3025020101'), replaced('2a864886f70d010905', '2a864886f70d010904')]) {
    expect(() => parseSecurityObject(twice)).toThrowError(/SECURITY_OBJECT_MALFORMED/);
  }
});

test('a reader that neither answers nor keeps its own deadline is not waited for', async () => {
  const transceive = async (): Promise<Uint8Array> => new Promise(() => undefined);
  const inspection = await inspect(passport, { transceiver: { transceive }, apduTimeout_ms: 1 });
  expectComplete(inspection);
  expect(inspection.aborted).toBe('CHIP_TIMEOUT');
});

test('an answer that is longer or shorter than any answer can be is an error of the reader', async () => {
  for (const length of [0, 1, 259, 100_000]) {
    const transceive = async (): Promise<Uint8Array> => new Uint8Array(length);
    const inspection = await inspect(passport, { transceiver: { transceive } });
    expect(inspection.aborted, `${length} bytes`).toBe('READER_ERROR');
  }
});

test.each<[DeviceErrorCode, string]>([
  ['CHIP_LOST', 'CHIP_LOST'],
  ['DEVICE_TIMEOUT', 'CHIP_TIMEOUT'],
  ['DEVICE_DISCONNECTED', 'READER_DISCONNECTED'],
  ['DEVICE_STOPPED', 'READER_DISCONNECTED'],
  ['DEVICE_BUSY', 'READER_ERROR'],
])('a reader that reports %s in mid-reading aborts the rest with %s', async (code, aborted) => {
  const chip = chipOf(passport);
  let left = 8;
  const transceiver = {
    transceive: async (command: Uint8Array): Promise<Uint8Array> => {
      if (left-- === 0) throw new DeviceError(code);
      return (await chip.transceive(command)) ?? new Uint8Array(0);
    },
  };
  const inspection = await inspect(passport, { transceiver });
  expectComplete(inspection);
  expect(inspection.aborted).toBe(aborted);
});

test('a chip without the eMRTD application, and one without BAC, are told apart', async () => {
  const answering = (select: number, other: number): ReturnType<typeof inspect> =>
    inspect(passport, {
      transceiver: lineTo({
        transceive: async (command) => {
          const isSelect = Buffer.from(command).includes(Buffer.from(EMRTD_APPLICATION));
          return Uint8Array.of((isSelect ? select : other) >> 8, (isSelect ? select : other) & 0xff);
        },
      }),
    });
  expect(outcomeOf(await answering(0x6a82, 0x6d00), 'chip-access')).toBe('failed APPLICATION_ABSENT');
  expect(outcomeOf(await answering(0x9000, 0x6d00), 'chip-access')).toBe('not-supported ACCESS_PROTOCOL_UNSUPPORTED');
});

test('a chip that accepts any key but cannot prove its own is not believed', async () => {
  const chip = chipOf(passport);
  const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> =>
    command[1] === 0x82 ? Uint8Array.from([...new Uint8Array(40), 0x90, 0]) : chip.transceive(command);
  const inspection = await inspect(passport, { transceiver: lineTo({ transceive }) });
  expect(outcomeOf(inspection, 'chip-access')).toBe('failed ACCESS_UNPROVEN');
  expect(inspection.aborted).toBe('ACCESS_UNPROVEN');
});

test('answers that are damaged anywhere on the line never lead to a wrong result', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.nat(300), fc.integer({ min: 1, max: 255 }), async (at, position, mask) => {
      const chip = chipOf(passport);
      let count = 0;
      const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> => {
        const answer = await chip.transceive(command);
        if (answer === undefined || count++ !== at) return answer;
        const damaged = Uint8Array.from(answer);
        const index = position % damaged.length;
        damaged[index] = (damaged[index] ?? 0) ^ mask;
        return damaged;
      };
      const inspection = await inspect(passport, { transceiver: lineTo({ transceive }) });
      expectComplete(inspection);
      if (inspection.portrait !== null) expect(inspection.aborted).toBeNull();
      const beyondAccess = inspection.checks.filter(({ id }) => !/access-|-access/.test(id));
      expect(beyondAccess.some(({ result }) => result === 'failed')).toBe(false);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('answers of any length and content never lead to an error of our own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), async (answers) => {
      const chip = chipOf(passport);
      let count = 0;
      const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> => {
        const answer = await chip.transceive(command);
        const replacement = answers[(count++ - 1) % 7];
        return replacement ?? answer;
      };
      expectComplete(await inspect(passport, { transceiver: lineTo({ transceive }) }));
    }),
    { numRuns: 500, seed: 2 },
  );
});

/** One of: bytes changed, cut off, doubled, or filled in; positions spread over the whole file. */
const mutation = fc.record({
  kind: fc.constantFrom('change', 'cut', 'repeat', 'insert'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
});

function mutated(file: Uint8Array, changes: readonly { kind: string; at: number; bytes: Uint8Array }[]): Uint8Array {
  return changes.reduce<Uint8Array>((content, { kind, at, bytes }) => {
    const position = Math.floor(at * content.length);
    const [head, tail] = [content.subarray(0, position), content.subarray(position)];
    if (kind === 'cut') return head;
    if (kind === 'repeat') return Uint8Array.from([...head, ...tail.subarray(0, 200), ...tail]);
    return Uint8Array.from([...head, ...bytes, ...(kind === 'insert' ? tail : tail.subarray(bytes.length))]);
  }, file);
}

test.each([
  ['EF.COM', FileId.COM, parseCommonData],
  ['DG1', FileId.DG1, parseDG1],
  ['DG2', FileId.DG2, parseDG2],
] as const)('%s with any changes is parsed or refused with a code', (_, fileId, parse) => {
  const file = passport.files.get(fileId) ?? new Uint8Array(0);
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (changes) => {
      try {
        parse(mutated(file, changes));
      } catch (error) {
        expect(error).toBeInstanceOf(DocumentError);
      }
    }),
    { numRuns: 3000, seed: 3 },
  );
});

test('EF.SOD with any changes is parsed or refused with a code, and never accepted with other hashes', () => {
  const file = passport.files.get(FileId.SOD) ?? new Uint8Array(0);
  const genuine = parseSecurityObject(file);
  const trust = trusting(utopia);
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (changes) => {
      try {
        const securityObject = parseSecurityObject(mutated(file, changes));
        const { hash, signature, issuer } = authenticatePassively({ securityObject, trust, now_ms: NOW_MS });
        const isAccepted = [hash, signature, issuer].every(({ result }) => result === 'passed');
        if (isAccepted) expect(securityObject.dataGroupHashes).toEqual(genuine.dataGroupHashes);
      } catch (error) {
        expect(error).toBeInstanceOf(DocumentError);
      }
    }),
    { numRuns: 3000, seed: 4 },
  );
});

test('any bytes are TLV or refused as such', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        const whole = readTLVs(bytes).reduce((sum, { raw }) => sum + raw.length, 0);
        expect(whole).toBe(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(TLVError);
      }
    }),
    { numRuns: 5000, seed: 5 },
  );
});

test('whatever is written as TLV is read back', () => {
  const tag = fc.constantFrom(0x5c, 0x61, 0x5f1f, 0x7f61, 0x5f2e);
  fc.assert(
    fc.property(tag, fc.integer({ min: 0, max: 70_000 }), (tag, length) => {
      const [element] = readTLVs(writeTLV(tag, new Uint8Array(length)));
      expect([element?.tag, element?.value.length]).toEqual([tag, length]);
    }),
    { numRuns: 200, seed: 6 },
  );
});
