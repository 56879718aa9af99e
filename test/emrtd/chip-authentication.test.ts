/**
 * Chip authentication: the chip goes on under keys that only its static key gives. The chip here does what a test says; its
 * key agreement is that of OpenSSL, apart from the reader's.
 */
import { type KeyObject, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CipherSuite } from '../../drivers/emrtd/access/cipher-suite.ts';
import {
  type ChipAuthentication,
  performChipAuthentication,
  proveChipAuthentication,
} from '../../drivers/emrtd/authenticity/chip-authentication.ts';
import { ConversationError, DocumentError } from '../../drivers/emrtd/codes.ts';
import type { Finding } from '../../drivers/emrtd/finding.ts';
import { type CommandAPDU, decodeCommand } from '../../drivers/emrtd/iso7816/apdu.ts';
import type { Exchange } from '../../drivers/emrtd/iso7816/chip-session.ts';
import { expectTLV, readTLVs, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { type SecurityInfos, parseDG14 } from '../../drivers/emrtd/lds/security-infos.ts';
import { type ChipSecureMessaging, chipSessionFrom } from '../../simulator/passport/chip-secure-messaging.ts';
import { integer, oid, sequence } from '../../simulator/passport/der.ts';
import { seededEntropy } from './simulated-document.ts';

const BSI = '0.4.0.127.0.7.2.2';
const suites: readonly CipherSuite[] = ['3des', 'aes-128', 'aes-192', 'aes-256'];

const dg14 = (...infos: readonly Uint8Array[]): SecurityInfos => parseDG14(writeTLV(0x6e, writeTLV(0x31, ...infos)));
const numbered = (keyId: number | undefined): readonly Uint8Array[] => (keyId === undefined ? [] : [integer(keyId)]);
const infoOf = (suite: CipherSuite, keyId?: number, version = 1): Uint8Array =>
  sequence(oid(`${BSI}.3.2.${suites.indexOf(suite) + 1}`), integer(version), ...numbered(keyId));
const keyInfoOf = ({ spki }: Key, keyId?: number): Uint8Array => sequence(oid(`${BSI}.1.2`), spki, ...numbered(keyId));

type Key = { readonly spki: Uint8Array; readonly privateKey: KeyObject };

function keyOn(namedCurve: string): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve, paramEncoding: 'explicit' });
  return { spki: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })), privateKey };
}

/** The x coordinate that both sides know; throws for a point that is not on the curve. */
function agree({ spki, privateKey }: Key, point: Uint8Array): Uint8Array {
  const key = Buffer.concat([spki.subarray(0, spki.length - point.length), point]);
  return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'der', type: 'spki' }) });
}

/** The status word with which the chip answers this step, 9000 to go on. */
type Answering = (step: 'set-at' | 'general-authenticate' | 'set-kat', reference: number | undefined) => number;

class StaticChip {
  readonly steps: string[] = [];
  readonly ephemeralKeys: string[] = [];
  session: ChipSecureMessaging | undefined;
  readonly #keys: ReadonlyMap<number | undefined, Key>;
  readonly #answering: Answering;
  #selected: { readonly key: Key; readonly suite: CipherSuite } | undefined;

  constructor(keys: readonly (readonly [keyId: number | undefined, key: Key])[], answering: Answering = () => 0x9000) {
    this.#keys = new Map(keys);
    this.#answering = answering;
  }

  /** Before the new keys: commands as they are when the old protection is off. */
  readonly exchange: Exchange = async (command) => {
    const { step, objects } = parts(command);
    const reference = objects.get(0x84);
    const keyId = reference && Number.parseInt(Buffer.from(reference).toString('hex'), 16);
    this.steps.push(reference === undefined ? step : `${step} ${Buffer.from(reference).toString('hex')}`);
    const statusWord = this.#answering(step, keyId);
    const answer = { data: step === 'general-authenticate' ? Uint8Array.of(0x7c, 0) : new Uint8Array(0), statusWord };
    if (statusWord !== 0x9000) return { ...answer, data: new Uint8Array(0) };
    if (step === 'set-at') this.#select(keyId, objects.get(0x80));
    else this.#agree(step === 'set-kat' ? { key: this.#keyOf(keyId), suite: '3des' } : this.#selected, objects);
    return answer;
  };

  /** Under the new keys; the answer to SELECT is this status word. */
  under(messaging: ChipAuthentication['secureMessaging'], statusWord = 0x9000): Exchange {
    return async (command) => {
      const opened = decodeCommand(messaging.protect(command));
      const plain = opened && this.session?.open(opened);
      const isRefused = plain === undefined || 'refusedWith' in plain;
      return messaging.unprotect(
        isRefused ? Uint8Array.of(0x69, 0x88) : (this.session?.seal(plain.ins, statusWord, new Uint8Array(0)) ?? none),
      );
    };
  }

  #keyOf(keyId: number | undefined): Key {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new Error('a key that this chip does not have');
    return key;
  }

  #select(keyId: number | undefined, protocol = none): void {
    const suite = suites[(protocol.at(-1) ?? 0) - 1];
    if (suite === undefined) throw new Error('a protocol that this chip does not have');
    expect(Buffer.from(protocol).toString('hex')).toMatch(/^04007f0007020203020[1-4]$/);
    this.#selected = { key: this.#keyOf(keyId), suite };
  }

  #agree(
    selected: { readonly key: Key; readonly suite: CipherSuite } | undefined,
    objects: ReadonlyMap<number, Uint8Array>,
  ): void {
    const point = objects.get(0x91) ?? objects.get(0x80) ?? none;
    this.ephemeralKeys.push(Buffer.from(point).toString('hex'));
    if (selected === undefined) throw new Error('no key was selected');
    this.session = chipSessionFrom(selected.suite, agree(selected.key, point));
  }
}

const none: Uint8Array = new Uint8Array(0);

function parts(command: CommandAPDU): { step: Parameters<Answering>[0]; objects: ReadonlyMap<number, Uint8Array> } {
  const header = [command.cla, command.ins, command.p1, command.p2].join(' ');
  const steps = { '0 34 65 164': 'set-at', '0 134 0 0': 'general-authenticate', '0 34 65 166': 'set-kat' } as const;
  if (!(header in steps)) throw new Error(`command ${header}`);
  const step = steps[header as keyof typeof steps];
  const { data = none } = command;
  const template = step === 'general-authenticate' ? expectTLV(data, 0x7c).value : data;
  return { step, objects: new Map(readTLVs(template).map(({ tag, value }) => [tag, value])) };
}

async function authenticate(chip: StaticChip, infos: SecurityInfos, seed = 'reader'): Promise<ChipAuthentication> {
  return performChipAuthentication({ exchange: chip.exchange, infos, entropy: seededEntropy(seed) });
}

async function prove(chip: StaticChip, infos: SecurityInfos): Promise<string> {
  const { secureMessaging } = await authenticate(chip, infos);
  return outcome(await proveChipAuthentication(chip.under(secureMessaging)));
}

const outcome = ({ result, because }: Finding): string => (because === null ? result : `${result} ${because}`);

async function codeOf(chip: StaticChip, infos: SecurityInfos): Promise<string> {
  return authenticate(chip, infos).then(
    () => 'no error',
    (error: unknown) => (error instanceof DocumentError ? error.code : Promise.reject(error)),
  );
}

const UNPROVEN = 'failed CHIP_AUTHENTICATION_UNPROVEN';

const curves = [
  'prime192v1',
  'secp224r1',
  'secp384r1',
  'secp521r1',
  'brainpoolP192r1',
  'brainpoolP224r1',
  'brainpoolP256r1',
  'brainpoolP320r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
];

/** Every curve once, and every suite on one of them. */
const offers = [
  ...curves.map((curve, index) => ({ curve, suite: suites[index % suites.length] ?? 'aes-128' })),
  ...suites.map((suite) => ({ curve: 'prime256v1', suite })),
];

for (const { curve, suite } of offers) {
  test(`a chip with the key on ${curve} proves itself under ${suite}; a copy with another key does not`, async () => {
    const [key, other] = [keyOn(curve), keyOn(curve)];
    const infos = dg14(infoOf(suite), keyInfoOf(key));
    const original = new StaticChip([[undefined, key]]);
    const agreed = await authenticate(original, infos);
    expect([agreed.keyId, agreed.suite]).toEqual([null, suite]);
    expect(agreed.evidence).toEqual({
      protocol: `${BSI}.3.2.${suites.indexOf(suite) + 1}`,
      group: curve,
      group_bits: Number(/\d{3}/.exec(curve)?.[0]),
      suite,
      form: 'general-authenticate',
    });
    expect(outcome(await proveChipAuthentication(original.under(agreed.secureMessaging)))).toBe('passed');
    expect(await prove(new StaticChip([[undefined, other]]), infos)).toBe(UNPROVEN);
  });
}

test('an answer that verifies is proof, whatever it says', async () => {
  const key = keyOn('prime256v1');
  const chip = new StaticChip([[undefined, key]]);
  const { secureMessaging } = await authenticate(chip, dg14(infoOf('aes-256'), keyInfoOf(key)));
  expect(outcome(await proveChipAuthentication(chip.under(secureMessaging, 0x6a82)))).toBe('passed');
});

test('a chip that goes on under the old keys has proven nothing', async () => {
  const key = keyOn('prime256v1');
  const chip = new StaticChip([[undefined, key]]);
  const { secureMessaging } = await authenticate(chip, dg14(infoOf('aes-128'), keyInfoOf(key)));
  chip.session = chipSessionFrom('aes-128', Uint8Array.of(1, 2, 3));
  expect(outcome(await proveChipAuthentication(chip.under(secureMessaging)))).toBe(UNPROVEN);
});

test('a conversation that ends otherwise is no finding about the chip', async () => {
  const lost: Exchange = () => Promise.reject(new ConversationError('CHIP_LOST'));
  await expect(proveChipAuthentication(lost)).rejects.toMatchObject({ code: 'CHIP_LOST' });
  const broken: Exchange = () => Promise.reject(new RangeError('a fault of this software'));
  await expect(proveChipAuthentication(broken)).rejects.toThrow(RangeError);
});

const only =
  (...forms: readonly string[]): Answering =>
  (step) =>
    forms.includes(step) ? 0x9000 : 0x6a86;

test('3DES is asked for as DG14 announces it, and in the other form when the chip refuses', async () => {
  const key = keyOn('prime256v1');
  const announced = dg14(infoOf('3des'), keyInfoOf(key));
  const unannounced = dg14(keyInfoOf(key));
  const steps = async (infos: SecurityInfos, answering?: Answering): Promise<readonly string[]> => {
    const chip = new StaticChip([[undefined, key]], answering);
    const { secureMessaging } = await authenticate(chip, infos);
    expect(outcome(await proveChipAuthentication(chip.under(secureMessaging)))).toBe('passed');
    return chip.steps;
  };
  expect(await steps(announced)).toEqual(['set-at', 'general-authenticate']);
  expect(await steps(announced, only('set-kat'))).toEqual(['set-at', 'set-kat']);
  expect(await steps(announced, only('set-at', 'set-kat'))).toEqual(['set-at', 'general-authenticate', 'set-kat']);
  expect(await steps(unannounced)).toEqual(['set-kat']);
  expect(await steps(unannounced, only('set-at', 'general-authenticate'))).toEqual([
    'set-kat',
    'set-at',
    'general-authenticate',
  ]);
});

test('AES is never asked for by MSE:Set KAT', async () => {
  const key = keyOn('prime256v1');
  const chip = new StaticChip([[undefined, key]], only('set-kat'));
  expect(await codeOf(chip, dg14(infoOf('aes-128'), keyInfoOf(key)))).toBe('CHIP_AUTHENTICATION_REFUSED');
  expect(chip.steps).toEqual(['set-at']);
});

test('what DG14 says twice is asked for once', async () => {
  const key = keyOn('prime256v1');
  const chip = new StaticChip([[undefined, key]], () => 0x6a80);
  const infos = dg14(infoOf('aes-128'), infoOf('aes-128'), keyInfoOf(key));
  expect(await codeOf(chip, infos)).toBe('CHIP_AUTHENTICATION_REFUSED');
  expect(chip.steps).toEqual(['set-at']);
});

test('ISO7816_D_03 a key with a number is named by it, in its shortest form', async () => {
  const key = keyOn('prime256v1');
  for (const [keyId, reference] of [
    [0, '00'],
    [5, '05'],
    [0xc3, 'c3'],
    [0x0100, '0100'],
  ] as const) {
    const chip = new StaticChip([[keyId, key]]);
    const agreed = await authenticate(chip, dg14(infoOf('aes-128', keyId), keyInfoOf(key, keyId)));
    expect(agreed.keyId).toBe(BigInt(keyId));
    expect(chip.steps).toEqual([`set-at ${reference}`, 'general-authenticate']);
    expect(outcome(await proveChipAuthentication(chip.under(agreed.secureMessaging)))).toBe('passed');
  }
});

test('ISO7816_D_04 ISO7816_D_05 of several keys the strongest is used, and the next when the chip refuses it', async () => {
  const [weak, middle, strong] = [keyOn('secp224r1'), keyOn('prime256v1'), keyOn('brainpoolP512r1')];
  const keys = [
    [1, weak],
    [2, middle],
    [3, strong],
  ] as const;
  const three = dg14(
    infoOf('aes-256', 1),
    infoOf('3des', 2),
    infoOf('aes-256', 3),
    keyInfoOf(middle, 2),
    keyInfoOf(weak, 1),
    keyInfoOf(strong, 3),
  );
  const chip = new StaticChip(keys);
  expect((await authenticate(chip, three)).keyId).toBe(3n);
  const choosy = new StaticChip(keys, (_step, keyId) => (keyId === 3 ? 0x6a88 : 0x9000));
  const agreed = await authenticate(choosy, three);
  // The weaker part has 112 bits in both others, P-224 and 3DES; the other part decides, AES-256 over P-256.
  expect(agreed.keyId).toBe(1n);
  expect(choosy.steps).toEqual(['set-at 03', 'set-at 01', 'general-authenticate']);
  const two = dg14(infoOf('3des', 1), infoOf('aes-128', 2), keyInfoOf(weak, 1), keyInfoOf(middle, 2));
  expect((await authenticate(new StaticChip(keys), two)).keyId).toBe(2n);
});

test('a key that cannot be used leaves the others', async () => {
  const [key, corrupted] = [keyOn('prime256v1'), corruptedKey()];
  const infos = dg14(infoOf('aes-256', 2), infoOf('aes-128', 1), keyInfoOf(corrupted, 2), keyInfoOf(key, 1));
  expect(await prove(new StaticChip([[1, key]]), infos)).toBe('passed');
});

test('one key may have two suites: the stronger first, the other when the chip refuses it', async () => {
  const key = keyOn('brainpoolP256r1');
  const infos = dg14(infoOf('3des'), infoOf('aes-128'), infoOf('3des'), keyInfoOf(key));
  expect((await authenticate(new StaticChip([[undefined, key]]), infos)).suite).toBe('aes-128');
  let refusals = 0;
  const chip = new StaticChip([[undefined, key]], () => (refusals++ === 0 ? 0x6a80 : 0x9000));
  expect((await authenticate(chip, infos)).suite).toBe('3des');
  expect(chip.steps).toEqual(['set-at', 'set-at', 'general-authenticate']);
});

test('the number may be left out on one side when there is one key', async () => {
  const key = keyOn('prime256v1');
  expect(await prove(new StaticChip([[7, key]]), dg14(infoOf('aes-128'), keyInfoOf(key, 7)))).toBe('passed');
  expect(await prove(new StaticChip([[undefined, key]]), dg14(infoOf('aes-128', 7), keyInfoOf(key)))).toBe('passed');
});

test('ISO7816_D_06 ISO7816_D_15 a chip that knows no key of that number has refused, whatever its status word', async () => {
  const key = keyOn('prime256v1');
  for (const statusWord of [0x6a80, 0x6a88, 0x6a82, 0x6300, 0x6985, 0x6fff, 0x6700]) {
    const chip = new StaticChip([[1, key]], () => statusWord);
    expect(await codeOf(chip, dg14(infoOf('aes-128', 2), keyInfoOf(key, 2)))).toBe('CHIP_AUTHENTICATION_REFUSED');
  }
});

function corruptedKey(): Key {
  const key = keyOn('prime256v1');
  const spki = Uint8Array.from(key.spki);
  spki[spki.length - 1] = (spki.at(-1) ?? 0) ^ 1;
  return { ...key, spki };
}

/** Cases in which nothing may be sent. */
async function silentCode(infos: SecurityInfos): Promise<string> {
  const chip = new StaticChip([]);
  const code = await codeOf(chip, infos);
  expect(chip.steps).toEqual([]);
  return code;
}

test('ISO7816_D_08 ISO7816_D_12 a corrupted key, or one of another kind than announced, is not used', async () => {
  const key = keyOn('prime256v1');
  const koblitz = keyOn('secp256k1');
  const asDH = sequence(oid(`${BSI}.1.1`), key.spki);
  const UNUSABLE = 'CHIP_AUTHENTICATION_KEY_UNUSABLE';
  expect(await silentCode(dg14(infoOf('aes-128'), keyInfoOf(corruptedKey())))).toBe(UNUSABLE);
  expect(await silentCode(dg14(infoOf('aes-128'), keyInfoOf(koblitz)))).toBe(UNUSABLE);
  expect(await silentCode(dg14(infoOf('aes-128'), asDH))).toBe(UNUSABLE);
  expect(await silentCode(dg14(infoOf('aes-128'), keyInfoOf({ ...key, spki: sequence(integer(1)) })))).toBe(UNUSABLE);
});

test('ISO7816_D_13 a key whose number is not that of any info, or whose protocol is unknown, is not used', async () => {
  const [key, other] = [keyOn('prime256v1'), keyOn('prime256v1')];
  const UNSUPPORTED = 'CHIP_AUTHENTICATION_UNSUPPORTED';
  expect(await silentCode(dg14(infoOf('aes-128', 2), keyInfoOf(key, 1)))).toBe(UNSUPPORTED);
  expect(await silentCode(dg14(infoOf('aes-128', 1, 2), keyInfoOf(key, 1)))).toBe(UNSUPPORTED);
  // With two keys a missing number says nothing.
  expect(await silentCode(dg14(infoOf('aes-128'), keyInfoOf(key, 1), keyInfoOf(other, 2)))).toBe(UNSUPPORTED);
});

test('a document without a key offers no chip authentication', async () => {
  expect(await silentCode(dg14())).toBe('CHIP_AUTHENTICATION_NOT_OFFERED');
  expect(await silentCode(dg14(infoOf('aes-128')))).toBe('CHIP_AUTHENTICATION_NOT_OFFERED');
});

test('ISO7816_D_10 an ephemeral key serves one attempt', async () => {
  const key = keyOn('prime256v1');
  const infos = dg14(infoOf('3des'), keyInfoOf(key));
  const refusing = new StaticChip([[undefined, key]]);
  const seen: string[] = [];
  const keyOf = (command: CommandAPDU): string => {
    const { objects, step } = parts(command);
    const point = step === 'set-kat' ? objects.get(0x91) : objects.get(0x80);
    return Buffer.from(point ?? none).toString('hex');
  };
  const exchange: Exchange = async (command) => {
    if (parts(command).step !== 'set-at') seen.push(keyOf(command));
    return parts(command).step === 'set-at' ? refusing.exchange(command) : { data: none, statusWord: 0x6a80 };
  };
  await expect(performChipAuthentication({ exchange, infos, entropy: seededEntropy('reader') })).rejects.toThrow();
  const another = new StaticChip([[undefined, key]]);
  await authenticate(another, infos, 'another reader');
  expect(new Set([...seen, ...another.ephemeralKeys]).size).toBe(3);
});

test('a chip that offers keys without end is asked eight times', async () => {
  const key = keyOn('prime192v1');
  const ids = Array.from({ length: 32 }, (_, index) => index);
  const infos = dg14(...ids.flatMap((id) => [infoOf('3des', id), keyInfoOf(key, id)]));
  const chip = new StaticChip([], () => 0x6a88);
  expect(await codeOf(chip, infos)).toBe('CHIP_AUTHENTICATION_REFUSED');
  expect(chip.steps.length).toBe(8);
});

test('a chip that is lost in between ends the conversation', async () => {
  const key = keyOn('prime256v1');
  const exchange: Exchange = () => Promise.reject(new ConversationError('CHIP_TIMEOUT'));
  const o = { exchange, infos: dg14(infoOf('aes-128'), keyInfoOf(key)), entropy: seededEntropy('reader') };
  await expect(performChipAuthentication(o)).rejects.toMatchObject({ code: 'CHIP_TIMEOUT' });
});
