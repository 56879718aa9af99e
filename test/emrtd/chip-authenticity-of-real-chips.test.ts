/**
 * Dialogues that others recorded with real chips: the reader must send the recorded commands byte for byte and believe the
 * recorded answers. They are of real documents: read where they lie, skipped when absent, and a failing comparison says
 * no more than "not equal".
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CipherSuite } from '../../drivers/emrtd/access/cipher-suite.ts';
import { performPACE } from '../../drivers/emrtd/access/pace.ts';
import { createSecureMessaging } from '../../drivers/emrtd/access/secure-messaging.ts';
import { performActiveAuthentication } from '../../drivers/emrtd/authenticity/active-authentication.ts';
import {
  performChipAuthentication,
  proveChipAuthentication,
} from '../../drivers/emrtd/authenticity/chip-authentication.ts';
import { verifyChipAuthenticationMapping } from '../../drivers/emrtd/authenticity/chip-authentication-mapping.ts';
import { decodeResponse, encodeCommand } from '../../drivers/emrtd/iso7816/apdu.ts';
import type { Exchange, SecureMessaging } from '../../drivers/emrtd/iso7816/chip-session.ts';
import { concatBytes } from '../../drivers/emrtd/iso7816/tlv.ts';
import { parseCardAccess, parseDG14, parseSecurityInfos } from '../../drivers/emrtd/lds/security-infos.ts';
import { parseSignedData } from '../../drivers/emrtd/pki/cms.ts';
import { recorded } from './recorded-data.ts';

const folder = 'transcripts/real-holders/';
const isAbsent = !existsSync(fileURLToPath(new URL(`../../../shared/data/emrtd/${folder}README.md`, import.meta.url)));
if (isAbsent) console.warn('recordings of real chips not found beside the repository: their tests are skipped');

type Dialogue = {
  readonly apdus: readonly { readonly c: string; readonly r: string }[];
  readonly constants: readonly { readonly context: string; readonly hex: string }[];
};
type SessionKeys = { readonly alg: keyof typeof suites; readonly ksEnc: string; readonly ksMac: string };

const suites = { '3des': '3des', aes128: 'aes-128', aes192: 'aes-192', aes256: 'aes-256' } as const satisfies Record<
  string,
  CipherSuite
>;

function fileOf<T>(name: string): Readonly<Record<string, T>> {
  return JSON.parse(Buffer.from(recorded(`${folder}${name}`)).toString());
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the recording lacks something');
  return value;
}

function constant(dialogue: Dialogue, context: string): Uint8Array {
  return bytes(known(dialogue.constants.find((entry) => entry.context.includes(context))).hex);
}

/** Gives the recorded answers in turn; `isEqual` is false from the first command that is not the recorded one. */
class Replay {
  readonly #apdus: Dialogue['apdus'];
  #next = 0;
  isEqual = true;
  secureMessaging: SecureMessaging | undefined;

  constructor(dialogue: Dialogue, secureMessaging?: SecureMessaging) {
    this.#apdus = dialogue.apdus;
    this.secureMessaging = secureMessaging;
  }

  get isOver(): boolean {
    return this.#next === this.#apdus.length;
  }

  readonly exchange: Exchange = async (command) => {
    const sent = this.secureMessaging?.protect(command) ?? encodeCommand(command);
    const { c = '', r = '' } = this.#apdus[this.#next++] ?? {};
    this.isEqual &&= Buffer.from(sent).toString('hex') === c.toLowerCase();
    return this.secureMessaging?.unprotect(bytes(r)) ?? known(decodeResponse(bytes(r)));
  };
}

function sessionOf(test: string, counter: Uint8Array): SecureMessaging {
  const keys = known(fileOf<{ readonly before: SessionKeys }>('gmrtd_sm_keys.json')[test]).before;
  return createSecureMessaging(suites[keys.alg], {
    encryptionKey: bytes(keys.ksEnc),
    macKey: bytes(keys.ksMac),
    sendSequenceCounter: counter,
  });
}

/** Random numbers that were drawn when the dialogue was recorded. */
function drawing(...draws: readonly Uint8Array[]): () => Uint8Array {
  const left = [...draws];
  return () => known(left.shift());
}

const OID = '0.4.0.127.0.7.2.2.3.2';
const [set, setKAT] = [{ form: 'general-authenticate' }, { form: 'set-kat' }] as const;
const brainpool = { group: 'brainpoolP256r1', group_bits: 256 } as const;

const chips = {
  AT: { keyId: null, evidence: { protocol: `${OID}.2`, ...brainpool, suite: 'aes-128', ...set } },
  DE: { keyId: 0xc3n, evidence: { protocol: `${OID}.2`, ...brainpool, suite: 'aes-128', ...set } },
  MY: { keyId: null, evidence: { protocol: `${OID}.1`, ...brainpool, suite: '3des', ...set } },
  FR: {
    keyId: null,
    evidence: { protocol: `${OID}.1`, group: 'prime256v1', group_bits: 256, suite: '3des', ...setKAT },
  },
} as const;

for (const [country, expected] of Object.entries(chips)) {
  test.skipIf(isAbsent)(`a chip of ${country} proves itself by chip authentication as recorded`, async () => {
    const name = `TestChipAuth${country}`;
    const dialogue = known(fileOf<Dialogue>('gmrtd_chipauth.json')[name]);
    const replay = new Replay(dialogue, sessionOf(name, constant(dialogue, 'sm.SetSSC')));
    const agreed = await performChipAuthentication({
      exchange: replay.exchange,
      infos: parseDG14(constant(dialogue, 'dg14bytes')),
      entropy: drawing(constant(dialogue, 'TermPri:')),
    });
    expect({ keyId: agreed.keyId, evidence: agreed.evidence }).toEqual(expected);
    replay.secureMessaging = agreed.secureMessaging;
    expect((await proveChipAuthentication(replay.exchange)).result).toBe('passed');
    expect(replay.isEqual).toBe(true);
    expect(replay.isOver).toBe(true);
  });

  test.skipIf(isAbsent)(`the recorded answers of a chip of ${country} prove nothing to another reader`, async () => {
    const name = `TestChipAuth${country}`;
    const dialogue = known(fileOf<Dialogue>('gmrtd_chipauth.json')[name]);
    const replay = new Replay(dialogue, sessionOf(name, constant(dialogue, 'sm.SetSSC')));
    const agreed = await performChipAuthentication({
      exchange: replay.exchange,
      infos: parseDG14(constant(dialogue, 'dg14bytes')),
      entropy: () => new Uint8Array(32).fill(7),
    });
    replay.secureMessaging = agreed.secureMessaging;
    const proof = await proveChipAuthentication(replay.exchange);
    expect([proof.result, proof.because]).toEqual(['failed', 'CHIP_AUTHENTICATION_UNPROVEN']);
  });
}

test.skipIf(isAbsent)(
  'a real chip proves itself by active authentication as recorded, to its challenge only',
  async () => {
    const dialogue = known(fileOf<Dialogue>('gmrtd_activeauth.json').TestDoActiveAuth);
    const authenticate = async (challenge: Uint8Array): Promise<readonly unknown[]> => {
      const replay = new Replay(dialogue, sessionOf('TestDoActiveAuth', constant(dialogue, 'sm.SetSSC')));
      const dg15 = constant(dialogue, 'dg15bytes');
      const o = { exchange: replay.exchange, dg15, info: null, suite: '3des', entropy: () => challenge } as const;
      const { result, because, evidence } = await performActiveAuthentication(o);
      return [replay.isEqual, result, because, evidence?.key_bits, evidence?.hash];
    };
    const challenge = constant(dialogue, 'out =');
    expect(await authenticate(challenge)).toEqual([true, 'passed', null, 1792, 'sha256']);
    const other = challenge.map((octet) => octet ^ 1);
    const unproven = [false, 'failed', 'ACTIVE_AUTHENTICATION_UNPROVEN', 1792, undefined];
    expect(await authenticate(other)).toEqual(unproven);
  },
);

type Recording = Dialogue & { readonly password: readonly (readonly string[])[] };

test.skipIf(isAbsent)('a chip of DE proves itself by chip authentication mapping as recorded', async () => {
  const dialogue = known(fileOf<Recording>('gmrtd_pace.json').TestDoPace_CAM_ECDH_DE);
  const replay = new Replay(dialogue);
  const { pace } = parseCardAccess(constant(dialogue, 'NewCardAccess('));
  const info = known(pace.find(({ mapping }) => mapping === 'chip-authentication'));
  const [reader1, , , reader2] = dialogue.constants;
  const { secureMessaging, mapping } = await performPACE({
    exchange: replay.exchange,
    info,
    sendParameterId: true,
    password: { kind: 'mrz', seed: seedOf(known(dialogue.password[0]?.[1])) },
    entropy: drawing(bytes(known(reader1).hex), bytes(known(reader2).hex)),
  });
  expect(replay.isEqual).toBe(true);
  replay.secureMessaging = secureMessaging;
  const cardSecurity = parseSecurityInfos(parseSignedData(await readOn(replay, dialogue)).content);
  const { result, evidence } = verifyChipAuthenticationMapping(known(mapping ?? undefined), cardSecurity);
  expect([result, evidence]).toEqual(['passed', { curve: 'brainpoolP256r1' }]);
});

/** EF.CardSecurity, block for block as it was read in the recording after the five commands of PACE. */
async function readOn(replay: Replay, dialogue: Dialogue): Promise<Uint8Array> {
  const [select, ...reads] = dialogue.apdus.slice(5);
  await replay.exchange({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: Uint8Array.of(0x01, 0x1d) });
  expect([select !== undefined, replay.isEqual]).toEqual([true, true]);
  const pieces: Uint8Array[] = [];
  for (const { c } of reads) {
    const [, , p1 = 0, p2 = 0] = bytes(c);
    const { data } = await replay.exchange({ cla: 0, ins: 0xb0, p1, p2, le: 256 });
    pieces.push(p1 * 256 + p2 === 0 ? data.subarray(0, 4) : data);
  }
  return concatBytes(...pieces);
}

/** Document number, date of birth and date of expiry, each with its check digit (ICAO 9303-3 section 4.9), hashed. */
function seedOf(fields: string): Uint8Array {
  const [number = '', ...dates] = fields.split(',').map((field) => field.trim().replaceAll('"', ''));
  const digits = [number.padEnd(9, '<'), ...dates].map((field) => `${field}${checkDigit(field)}`).join('');
  return Uint8Array.from(createHash('sha1').update(digits).digest());
}

function checkDigit(field: string): number {
  const values = Array.from(field, (character) => (character === '<' ? 0 : Number.parseInt(character, 36)));
  return values.reduce((sum, value, index) => sum + value * ([7, 3, 1][index % 3] ?? 0), 0) % 10;
}
