/**
 * PACE with chips that others recorded: every command of our reader must be the recorded one. Some recordings are of real
 * holders' documents: they are read where they lie, and nothing of them is ever printed but "equal" or "not equal".
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { choosePACE } from '../../drivers/emrtd/access/pace-choice.ts';
import { type PACEResult, performPACE } from '../../drivers/emrtd/access/pace.ts';
import { createSecureMessaging } from '../../drivers/emrtd/access/secure-messaging.ts';
import { curveNamed, numberFrom } from '../../drivers/emrtd/access/domain-parameters.ts';
import { EMRTD_APPLICATION, type ResponseAPDU } from '../../drivers/emrtd/iso7816/apdu.ts';
import { ChipSession } from '../../drivers/emrtd/iso7816/chip-session.ts';
import { readTLVHeader, concatBytes } from '../../drivers/emrtd/iso7816/tlv.ts';
import { parseCardAccess } from '../../drivers/emrtd/lds/security-infos.ts';
import { accessSecret } from '../../drivers/emrtd/mrz/mrz.ts';
import { isDataAbsent, recorded } from './recorded-data.ts';
import { paceInfo } from './pace-chip.ts';
import { bytes, preparedEntropy } from './scripted-chip.ts';

type APDUs = readonly { readonly c: string; readonly r: string }[];
type Keys = { readonly ksEnc: string; readonly ksMac: string };
type Upstream = {
  readonly apdus: APDUs;
  readonly constants: readonly { readonly context: string; readonly hex: string }[];
  readonly password: readonly (readonly string[])[];
};

const load = <T>(path: string): T => JSON.parse(Buffer.from(recorded(path)).toString('utf8')) as T;
const isEqual = (value: Uint8Array, hexadecimal: string | undefined): boolean =>
  Buffer.from(value).toString('hex') === hexadecimal?.toLowerCase();

/** A session with the recorded chip. A command that is not the recorded one ends it, without saying which bytes. */
function sessionOf(apdus: APDUs): { readonly session: ChipSession; readonly left: () => number } {
  let next = 0;
  const transceiver = {
    transceive: async (command: Uint8Array) => {
      const exchange = apdus[next++];
      if (!isEqual(command, exchange?.c)) throw new Error(`command ${next}: not equal`);
      return bytes(exchange?.r ?? '');
    },
  };
  const session = new ChipSession({ transceiver, signal: new AbortController().signal, apduTimeout_ms: 1000 });
  return { session, left: () => apdus.length - next };
}

async function selectFile(session: ChipSession, id: number): Promise<ResponseAPDU> {
  return session.exchange({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: Uint8Array.of(id >> 8, id & 0xff) });
}

/** Header, then blocks, as the recordings were made. */
async function readFile(session: ChipSession, block: number): Promise<Uint8Array> {
  const read = async (offset: number, le: number): Promise<Uint8Array> =>
    (await session.exchange({ cla: 0, ins: 0xb0, p1: offset >> 8, p2: offset & 0xff, le })).data;
  let file = await read(0, 4);
  const header = readTLVHeader(file);
  const total = header === undefined ? 0 : header.headerLength + header.valueLength;
  while (file.length < total) file = concatBytes(file, await read(file.length, Math.min(block, total - file.length)));
  return file;
}

async function isSessionOf(result: PACEResult, suite: 'aes-128' | '3des', keys: Keys): Promise<boolean> {
  const expected = createSecureMessaging(suite, { encryptionKey: bytes(keys.ksEnc), macKey: bytes(keys.ksMac) });
  const command = { cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: bytes('011E') };
  return Buffer.compare(result.secureMessaging.protect(command), expected.protect(command)) === 0;
}

test.skipIf(isDataAbsent)('an independent simulated chip is opened with PACE and read, as recorded', async () => {
  type Recording = {
    readonly meta: {
      readonly mrz: { readonly doc: string; readonly dob: string; readonly doe: string };
      readonly x1: string;
      readonly x2: string;
    };
    readonly fileSha256: Readonly<Record<string, string>>;
    readonly apdus: APDUs;
  };
  const recording = load<Recording>('transcripts/persosim_pace_gm_aes128_bp256r1_mrz.json');
  const { mrz, x1, x2 } = recording.meta;
  const { session } = sessionOf(recording.apdus);
  const seed = accessSecret({ documentNumber: mrz.doc, birthDate: mrz.dob, expiryDate: mrz.doe });
  const { secureMessaging, mapping } = await performPACE({
    exchange: session.exchange.bind(session),
    info: paceInfo('ecdh generic', 'aes-128', 13),
    sendParameterId: false,
    password: { kind: 'mrz', seed },
    entropy: preparedEntropy(bytes(x1), bytes(x2)),
  });
  expect(mapping).toBeNull();
  session.protectWith(secureMessaging);
  await session.exchange({ cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: EMRTD_APPLICATION });
  const files = { COM: 0x011e, DG1: 0x0101, DG2: 0x0102, DG15: 0x010f, SOD: 0x011d };
  for (const [name, id] of Object.entries(files)) {
    const { statusWord } = await selectFile(session, id);
    if (statusWord === 0x6a82) expect(recording.fileSha256[name]).toMatch(/6a82/);
    else {
      const digest = createHash('sha256')
        .update(await readFile(session, 223))
        .digest('hex');
      expect(digest).toBe(recording.fileSha256[name]);
    }
  }
});

/** The PACEInfo, the password and the secrets of one upstream recording. */
function upstream(name: string): { readonly run: Upstream; readonly constant: (i: number) => Uint8Array } {
  const run = load<Readonly<Record<string, Upstream>>>('transcripts/real-holders/gmrtd_pace.json')[name];
  if (run === undefined) throw new Error('recording missing');
  return { run, constant: (i) => bytes(run.constants[i]?.hex ?? '') };
}

async function runUpstream(name: string): Promise<{ readonly result: PACEResult; readonly session: ChipSession }> {
  const { run, constant } = upstream(name);
  const fields = run.password[0]?.[1]?.split(',').map((field) => field.trim().replaceAll('"', '')) ?? [];
  const [documentNumber = '', birthDate = '', expiryDate = ''] = fields;
  const info = choosePACE(parseCardAccess(constant(4)));
  if (info === undefined) throw new Error('no usable PACEInfo');
  const { session } = sessionOf(run.apdus);
  const result = await performPACE({
    exchange: session.exchange.bind(session),
    info,
    sendParameterId: run.apdus[0]?.c.toLowerCase().includes('8401') ?? false,
    password: { kind: 'mrz', seed: accessSecret({ documentNumber, birthDate, expiryDate }) },
    entropy: preparedEntropy(constant(0), constant(3)),
  });
  return { result, session };
}

const sessionKeys = (name: string): Keys =>
  load<Readonly<Record<string, { readonly after: Keys }>>>('transcripts/real-holders/gmrtd_sm_keys.json')[name]
    ?.after ?? { ksEnc: '', ksMac: '' };

test.skipIf(isDataAbsent)('a real chip with generic mapping and 3DES is opened as recorded', async () => {
  const name = 'TestDoPace_GM_ECDH_TDES_CBC_NZ';
  const { result } = await runUpstream(name);
  expect(await isSessionOf(result, '3des', sessionKeys(name))).toBe(true);
});

test.skipIf(isDataAbsent)('a real chip with chip authentication mapping is opened, and proves itself', async () => {
  const { result, session } = await runUpstream('TestDoPace_CAM_ECDH_DE');
  const { mapping } = result;
  if (mapping === null) throw new Error('no chip authentication data');
  session.protectWith(result.secureMessaging);
  expect((await selectFile(session, 0x011d)).statusWord).toBe(0x9000);
  const cardSecurity = await readFile(session, 256);
  const secret = numberFrom(mapping.decrypted);
  const proofs = pointsIn(cardSecurity).map((point) => point.multiply(secret).toBytes(false));
  expect(proofs.some((proof) => Buffer.compare(proof, mapping.chipMappingKey) === 0)).toBe(true);
  const others = pointsIn(cardSecurity).map((point) => point.multiply(secret + 1n).toBytes(false));
  expect(others.some((proof) => Buffer.compare(proof, mapping.chipMappingKey) === 0)).toBe(false);
});

/** Everything in a file that is a point of the curve: one of them is the chip's static key. */
function pointsIn(file: Uint8Array): ReturnType<ReturnType<typeof curveNamed>['point']['fromBytes']>[] {
  const { point } = curveNamed('brainpoolP256r1');
  return [...file.keys()].flatMap((start) => {
    if (file[start] !== 4 || start + 65 > file.length) return [];
    try {
      return [point.fromBytes(file.subarray(start, start + 65))];
    } catch {
      // Not a point of the curve.
      return [];
    }
  });
}

test.skipIf(isDataAbsent)('a real session with AES-256 is opened as recorded', async () => {
  const name = 'TestNfcSessionSecureMessagingAES';
  const path = 'transcripts/real-holders/';
  const run = load<Readonly<Record<string, Upstream>>>(`${path}gmrtd_iso7816.json`)[name];
  const keys = load<Readonly<Record<string, { readonly before: Keys }>>>(`${path}gmrtd_sm_keys.json`)[name]?.before;
  if (run === undefined || keys === undefined) throw new Error('recording missing');
  const counter = run.constants.find(({ context }) => context.includes('SetSSC'))?.hex ?? '';
  const { session } = sessionOf(run.apdus);
  session.protectWith(
    createSecureMessaging('aes-256', {
      encryptionKey: bytes(keys.ksEnc),
      macKey: bytes(keys.ksMac),
      sendSequenceCounter: bytes(counter),
    }),
  );
  expect((await selectFile(session, 0x011e)).statusWord).toBe(0x9000);
  expect(isEqual(await readFile(session, 223), run.constants[0]?.hex)).toBe(true);
});
