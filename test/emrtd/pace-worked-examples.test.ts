/** ICAO Doc 9303-11 appendices G, H and I: the public worked examples of PACE, value for value and APDU for APDU. */
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { authenticationToken } from '../../drivers/emrtd/access/authentication-token.ts';
import { decryptChipAuthenticationData } from '../../drivers/emrtd/access/chip-authentication-data.ts';
import { decryptBlocks, deriveKey, encryptBlocks, zeroVector } from '../../drivers/emrtd/access/cipher-suite.ts';
import {
  type Group,
  bytesFrom,
  curveNamed,
  encodePublicKey,
  numberFrom,
  orderOf,
  parsePublicKey,
  publicKeyBytes,
  sharedSecretBytes,
  standardizedGroup,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import { mapGenerically } from '../../drivers/emrtd/access/mapping-generic.ts';
import { mapIntegrated, pseudoRandom } from '../../drivers/emrtd/access/mapping-integrated.ts';
import { performPACE } from '../../drivers/emrtd/access/pace.ts';
import type { PACEInfo } from '../../drivers/emrtd/lds/security-infos.ts';
import { createSecureMessaging } from '../../drivers/emrtd/access/secure-messaging.ts';
import { bytes, preparedEntropy, scriptedChip, text } from './scripted-chip.ts';

const suite = 'aes-128';

type Example = Readonly<Record<string, string>> & {
  readonly mapping: PACEInfo['mapping'];
  readonly keyAgreement: PACEInfo['keyAgreement'];
  readonly parameterId: number;
  readonly exchanges?: readonly (readonly string[])[];
};

const path = new URL('fixtures/pace-worked-examples.json', import.meta.url);
const { examples } = JSON.parse(readFileSync(path, 'utf8')) as { readonly examples: Readonly<Record<string, Example>> };

function exampleOf(name: string): { readonly value: (key: string) => Uint8Array; readonly example: Example } {
  const example = examples[name];
  if (example === undefined) throw new Error(`no example ${name}`);
  return {
    example,
    value: (key) => {
      const hexadecimal = example[key];
      if (hexadecimal === undefined) throw new Error(`no ${key} in ${name}`);
      return bytes(hexadecimal);
    },
  };
}

function groupOf(example: Example): Group {
  const group = standardizedGroup(example.parameterId);
  if (group === undefined) throw new Error('no group');
  return group;
}

function publicKeyOf(group: Group, key: Uint8Array): NonNullable<ReturnType<typeof parsePublicKey>> {
  const parsed = parsePublicKey(group, key);
  if (parsed === undefined) throw new Error('no public key');
  return parsed;
}

function generatorOf(group: Group | undefined): string {
  if (group === undefined) return 'none';
  return text(
    group.kind === 'ec'
      ? encodePublicKey(group, { kind: 'ec', point: group.generator })
      : bytesFrom(group.g, group.p_bytes),
  );
}

const infoOf = ({ protocol = '', mapping, keyAgreement, parameterId }: Example): PACEInfo => ({
  protocol,
  mapping,
  keyAgreement,
  suite,
  version: 2,
  parameterId,
});

test.each(['G.1', 'G.2', 'I.1'])('the key for the nonce of example %s follows from the printed zone', (name) => {
  const { example, value } = exampleOf(name);
  const seed = createHash('sha1')
    .update(example['mrzInformation'] ?? '')
    .digest();
  expect(text(seed)).toBe(example['passwordSeed']);
  expect(text(deriveKey(suite, value('passwordSeed'), 3))).toBe(example['passwordKey']);
});

test.each(['G.1', 'G.2', 'H.1', 'H.2', 'I.1'])('the nonce of example %s is decrypted', (name) => {
  const { example, value } = exampleOf(name);
  const nonce = decryptBlocks(suite, value('passwordKey'), zeroVector(suite), value('encryptedNonce'));
  expect(text(nonce)).toBe(example['nonce']);
});

test.each(['G.1', 'G.2', 'I.1'])('the nonce of example %s is mapped generically, by either side', (name) => {
  const { example, value } = exampleOf(name);
  const group = groupOf(example);
  for (const [own, other] of [
    ['reader', 'chip'],
    ['chip', 'reader'],
  ] as const) {
    const secret = numberFrom(value(`${own}MappingSecret`));
    expect(text(publicKeyBytes(group, secret))).toBe(example[`${own}MappingKey`]);
    const mapped = mapGenerically(group, value('nonce'), secret, publicKeyOf(group, value(`${other}MappingKey`)));
    expect(generatorOf(mapped)).toBe(example['mappedGenerator']);
  }
});

test.each(['H.1', 'H.2'])('the nonces of example %s are mapped by the integrated mapping', (name) => {
  const { example, value } = exampleOf(name);
  const group = groupOf(example);
  const p = group.kind === 'ec' ? group.point.CURVE().p : group.p;
  const number = pseudoRandom(suite, value('nonce'), value('readerNonce'), p);
  expect(text(bytesFrom(number, value('pseudoRandom').length))).toBe(example['pseudoRandom']);
  expect(generatorOf(mapIntegrated(suite, group, value('nonce'), value('readerNonce')))).toBe(
    example['mappedGenerator'],
  );
});

test.each(['G.1', 'G.2', 'H.1', 'H.2', 'I.1'])('keys and tokens of example %s follow from the generator', (name) => {
  const { example, value } = exampleOf(name);
  const base = groupOf(example);
  const group =
    example.mapping === 'integrated'
      ? mapIntegrated(suite, base, value('nonce'), value('readerNonce'))
      : mapGenerically(
          base,
          value('nonce'),
          numberFrom(value('readerMappingSecret')),
          publicKeyOf(base, value('chipMappingKey')),
        );
  if (group === undefined) throw new Error('no group');
  for (const [own, other] of [
    ['reader', 'chip'],
    ['chip', 'reader'],
  ] as const) {
    // The chip's secret of I.1 is printed larger than the order, the reader's of H.2 as a number modulo p.
    const secret = numberFrom(value(`${own}Secret`)) % orderOf(group);
    expect(text(publicKeyBytes(group, secret))).toBe(example[`${own}Key`]);
    const shared = sharedSecretBytes(group, secret, publicKeyOf(group, value(`${other}Key`)));
    expect(text(shared)).toBe(example['sharedSecret']);
    expect(text(deriveKey(suite, shared, 1))).toBe(example['encryptionKey']);
    const macKey = deriveKey(suite, shared, 2);
    expect(text(macKey)).toBe(example['macKey']);
    const about = { protocol: example['protocol'] ?? '', kind: group.kind, publicKey: value(`${other}Key`) };
    expect(text(authenticationToken(suite, macKey, about))).toBe(example[`${own}Token`]);
  }
});

test('the chip authentication data of example I.1 are decrypted, and prove the chip by its static key', () => {
  const { example, value } = exampleOf('I.1');
  const encrypted = value('encryptedChipAuthenticationData');
  const data = decryptChipAuthenticationData(suite, value('encryptionKey'), encrypted);
  expect(data && text(data)).toBe(example['chipAuthenticationData']);
  const { point } = curveNamed('brainpoolP256r1');
  const proof = point.fromBytes(value('staticChipKey')).multiply(numberFrom(value('chipAuthenticationData')));
  expect(text(proof.toBytes(false))).toBe(example['chipMappingKey']);
});

test.each(['G.1', 'G.2', 'I.1'])('the reader runs example %s as it is printed, APDU for APDU', async (name) => {
  const { example, value } = exampleOf(name);
  const chip = scriptedChip(example.exchanges ?? []);
  const { secureMessaging, mapping } = await performPACE({
    exchange: chip.exchange,
    info: infoOf(example),
    sendParameterId: false,
    password: { kind: 'mrz', seed: value('passwordSeed') },
    entropy: preparedEntropy(value('readerMappingSecret'), value('readerSecret')),
  });
  expect(chip.answered()).toBe(5);
  const expected = createSecureMessaging(suite, { encryptionKey: value('encryptionKey'), macKey: value('macKey') });
  const command = { cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: bytes('011E') };
  expect(text(secureMessaging.protect(command))).toBe(text(expected.protect(command)));
  expect(mapping === null ? undefined : text(mapping.decrypted)).toBe(example['chipAuthenticationData']);
  expect(mapping === null ? undefined : text(mapping.encryptedData)).toBe(example['encryptedChipAuthenticationData']);
  if (mapping !== null) expect(text(mapping.chipMappingKey)).toBe(example['chipMappingKey']);
});

test.each([
  ['H.1', '04007F00070202040402', 'ec'],
  ['H.2', '04007F00070202040302', 'dh'],
])('the reader runs example %s with its nonces, keys and tokens', async (name, identifier, kind) => {
  const { example, value } = exampleOf(name);
  // The example does not print the password that its key comes from.
  const seed = bytes('7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD');
  const z = text(encryptBlocks(suite, deriveKey(suite, seed, 3), zeroVector(suite), value('nonce')));
  const header = (tag: string): string => (kind === 'ec' ? `7C43${tag}41` : `7C8183${tag}8180`);
  const length = kind === 'ec' ? '45' : '86';
  const chip = scriptedChip([
    [`0022C1A40F800A${identifier}830101`, '9000'],
    ['10860000027C0000', `7C128010${z}9000`],
    [`10860000147C128110${example['readerNonce']}00`, '7C0282009000'],
    [`10860000${length}${header('83')}${example['readerKey']}00`, `${header('84')}${example['chipKey']}9000`],
    [`008600000C7C0A8508${example['readerToken']}00`, `7C0A8608${example['chipToken']}9000`],
  ]);
  const group = groupOf(example);
  const secret = numberFrom(value('readerSecret')) % orderOf(group);
  const { mapping } = await performPACE({
    exchange: chip.exchange,
    info: infoOf(example),
    sendParameterId: false,
    password: { kind: 'mrz', seed },
    entropy: preparedEntropy(value('readerNonce'), bytesFrom(secret, kind === 'ec' ? 32 : 20)),
  });
  expect(chip.answered()).toBe(5);
  expect(mapping).toBeNull();
});
