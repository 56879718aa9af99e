/** Active authentication: only the chip with the private key of DG15 signs the challenge. */
import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCurveName } from '../../drivers/emrtd/access/domain-parameters.ts';
import { performActiveAuthentication } from '../../drivers/emrtd/authenticity/active-authentication.ts';
import type { Finding } from '../../drivers/emrtd/finding.ts';
import type { CommandAPDU, ResponseAPDU } from '../../drivers/emrtd/iso7816/apdu.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import type { ActiveAuthenticationInfo } from '../../drivers/emrtd/lds/security-infos.ts';
import { integer, sequence } from '../../simulator/passport/der.ts';
import { type Recipe, messageToSign, otherRoot, signMessage, trailerHashes } from './message-recovery-signer.ts';
import type { Trailer } from './message-recovery-signer.ts';
import { isDataAbsent, recorded } from './recorded-data.ts';
import { seededEntropy } from './simulated-document.ts';

type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
type Chip = (command: CommandAPDU) => Promise<ResponseAPDU>;

const dg15Of = (key: KeyObject): Uint8Array => writeTLV(0x6f, key.export({ type: 'spki', format: 'der' }));
const plainSHA = (suffix: number): string => `0.4.0.127.0.7.1.1.4.1.${suffix}`;
const infoOf = (signatureAlgorithm: string): ActiveAuthenticationInfo => ({ version: 1, signatureAlgorithm });

/** Answers INTERNAL AUTHENTICATE with whatever is made of the challenge. */
function chipAnswering(answer: (challenge: Uint8Array, le: number | undefined) => Uint8Array | number): Chip {
  return async (command) => {
    expect([command.cla, command.ins, command.p1, command.p2]).toEqual([0, 0x88, 0, 0]);
    const { data: challenge = new Uint8Array(0) } = command;
    expect(challenge.length).toBe(8);
    const said = answer(challenge, command.le);
    return typeof said === 'number'
      ? { data: new Uint8Array(0), statusWord: said }
      : { data: said, statusWord: 0x9000 };
  };
}

async function authenticate(
  key: KeyObject,
  chip: Chip,
  o: { readonly info?: ActiveAuthenticationInfo; readonly suite?: '3des' } = {},
): Promise<Finding> {
  const { info = null, ...rest } = o;
  const entropy = seededEntropy('active');
  return performActiveAuthentication({ exchange: chip, dg15: dg15Of(key), info, entropy, ...rest });
}

/** 'passed sha256', or 'failed ACTIVE_AUTHENTICATION_UNPROVEN'. */
function outcome({ result, because, evidence }: Finding): string {
  return because === null ? `${result} ${String(evidence?.hash)}` : `${result} ${because}`;
}

const UNPROVEN = 'failed ACTIVE_AUTHENTICATION_UNPROVEN';
const REFUSED = 'failed ACTIVE_AUTHENTICATION_REFUSED';

const rsaKeys = new Map<number, KeyPair>();
function rsa(bits: number): KeyPair {
  const pair = rsaKeys.get(bits) ?? generateKeyPairSync('rsa', { modulusLength: bits });
  rsaKeys.set(bits, pair);
  return pair;
}

function rsaChip(pair: KeyPair, recipe: Partial<Recipe> = {}): Chip {
  const modulus_bytes = (pair.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  return chipAnswering((challenge) =>
    signMessage(pair.privateKey, messageToSign({ trailer: '34cc', challenge, modulus_bytes, ...recipe })),
  );
}

for (const trailer of Object.keys(trailerHashes) as readonly Trailer[]) {
  for (const bits of [1024, 1280, 1792, 2048]) {
    test(`an RSA key of ${bits} bits with trailer ${trailer} proves the chip`, async () => {
      const pair = rsa(bits);
      const finding = await authenticate(pair.publicKey, rsaChip(pair, { trailer }));
      expect(outcome(finding)).toBe(`passed ${trailerHashes[trailer]}`);
      expect(finding.evidence).toEqual({
        algorithm: 'rsa-message-recovery',
        key_bits: bits,
        hash: trailerHashes[trailer],
      });
    });
  }
}

test('padding before the recovered part is read over, and a signer may send the smaller root', async () => {
  const pair = rsa(1024);
  for (const header of ['6bba', '6bbbbbba']) {
    expect(outcome(await authenticate(pair.publicKey, rsaChip(pair, { header })))).toBe('passed sha256');
  }
  const rooted = chipAnswering((challenge) =>
    otherRoot(
      pair.privateKey,
      signMessage(pair.privateKey, messageToSign({ modulus_bytes: 128, trailer: 'bc', challenge })),
    ),
  );
  expect(outcome(await authenticate(pair.publicKey, rooted))).toBe('passed sha1');
});

test('leading zeros of a signature may be missing or too many', async () => {
  const pair = rsa(1024);
  const signatureOf = (challenge: Uint8Array, filling: number): Uint8Array =>
    signMessage(pair.privateKey, messageToSign({ modulus_bytes: 128, trailer: 'bc', challenge, filling }));
  const challenge = seededEntropy('active')(8);
  let filling = 0;
  while (signatureOf(challenge, filling)[0] !== 0) filling += 1;
  const missing = chipAnswering((asked) => signatureOf(asked, filling).subarray(1));
  expect(outcome(await authenticate(pair.publicKey, missing))).toBe('passed sha1');
  const tooMany = chipAnswering((asked) => Uint8Array.from([0, 0, 0, ...signatureOf(asked, filling)]));
  expect(outcome(await authenticate(pair.publicKey, tooMany))).toBe('passed sha1');
});

const wrongMessages: Readonly<Record<string, Partial<Recipe>>> = {
  'a signature over another challenge': { challenge: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  'a header for a message without a second part': { header: '4a' },
  'no header': { header: '00' },
  'a header of another scheme': { header: '6b' },
  'padding that does not end': { header: '6bbbbb' },
  'padding that ends in the wrong nibble': { header: '6bbb5c' },
  'a trailer of another hash': { trailerBytes: '33cc' },
  'a trailer of a hash that is not known': { trailerBytes: '31cc' },
  'a trailer of nothing': { trailerBytes: '3400' },
};

for (const [what, recipe] of Object.entries(wrongMessages)) {
  test(`an RSA signature with ${what} proves nothing`, async () => {
    const pair = rsa(1024);
    expect(outcome(await authenticate(pair.publicKey, rsaChip(pair, recipe)))).toBe(UNPROVEN);
  });
}

test('a signature of another RSA key, of one bit less, of no bytes or of any bytes proves nothing', async () => {
  const pair = rsa(1024);
  const other = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const answers: readonly ((signature: Uint8Array) => Uint8Array)[] = [
    (signature) => signature.map((octet, index) => (index === 64 ? octet ^ 0x10 : octet)),
    (signature) => signature.subarray(0, -1),
    (signature) => Uint8Array.of(1, ...signature),
    () => new Uint8Array(128).fill(0xff),
    () => new Uint8Array(128),
    () => Uint8Array.of(1),
  ];
  expect(outcome(await authenticate(pair.publicKey, rsaChip(other)))).toBe(UNPROVEN);
  for (const change of answers) {
    const chip = chipAnswering((challenge) =>
      change(signMessage(pair.privateKey, messageToSign({ modulus_bytes: 128, trailer: 'bc', challenge }))),
    );
    expect(outcome(await authenticate(pair.publicKey, chip))).toBe(UNPROVEN);
  }
});

test('a signature beside an error is none', async () => {
  const pair = rsa(1024);
  const signing = rsaChip(pair);
  for (const statusWord of [0x6300, 0x6700]) {
    const chip: Chip = async (command) => ({ ...(await signing(command)), statusWord });
    expect(outcome(await authenticate(pair.publicKey, chip))).toBe(REFUSED);
  }
});

test('a chip that refuses to sign, or signs nothing, has refused', async () => {
  const { publicKey } = rsa(1024);
  for (const statusWord of [0x6a80, 0x6d00, 0x6982, 0x6300, 0x9000]) {
    expect(
      outcome(
        await authenticate(
          publicKey,
          chipAnswering(() => statusWord),
        ),
      ),
    ).toBe(REFUSED);
  }
});

test('a long signature is asked for with extended Le, a short one in short form, and either in the other form next', async () => {
  const asked = async (
    bits: number,
    suite: '3des' | undefined,
    answering: readonly number[],
    refusal = 0x6700,
  ): Promise<unknown> => {
    const pair = rsa(bits);
    const seen: (number | undefined)[] = [];
    const chip = chipAnswering((challenge, le) => {
      seen.push(le);
      const recipe = { modulus_bytes: bits / 8, trailer: 'bc', challenge } as const;
      return answering.includes(le ?? 0) ? signMessage(pair.privateKey, messageToSign(recipe)) : refusal;
    });
    const finding = await authenticate(pair.publicKey, chip, suite === undefined ? {} : { suite });
    return [...seen, finding.result];
  };
  expect(await asked(1024, undefined, [256, 65_536])).toEqual([256, 'passed']);
  expect(await asked(1792, undefined, [256, 65_536])).toEqual([65_536, 'passed']);
  expect(await asked(1792, '3des', [256, 65_536])).toEqual([256, 'passed']);
  expect(await asked(2048, '3des', [256, 65_536])).toEqual([65_536, 'passed']);
  expect(await asked(2048, undefined, [256])).toEqual([65_536, 256, 'passed']);
  expect(await asked(1024, undefined, [65_536])).toEqual([256, 65_536, 'passed']);
  expect(await asked(1024, undefined, [])).toEqual([256, 65_536, 'failed']);
  expect(await asked(1024, undefined, [65_536], 0x6c80)).toEqual([256, 65_536, 'passed']);
  expect(await asked(1024, undefined, [65_536], 0x6180)).toEqual([256, 65_536, 'passed']);
  // What is not about length is a refusal, but of an extended command it may be anything.
  expect(await asked(1024, undefined, [65_536], 0x6d00)).toEqual([256, 'failed']);
  expect(await asked(2048, undefined, [256], 0x6d00)).toEqual([65_536, 256, 'passed']);
});

test('a signature that came cut to a short answer is asked for again', async () => {
  const pair = rsa(1024);
  const chip = chipAnswering((challenge, le) => {
    const signature = signMessage(pair.privateKey, messageToSign({ modulus_bytes: 128, trailer: 'bc', challenge }));
    return le === 256 ? signature.subarray(0, 100) : signature;
  });
  expect(outcome(await authenticate(pair.publicKey, chip))).toBe('passed sha1');
});

const curveNames = [
  'secp224r1',
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP192r1',
  'brainpoolP224r1',
  'brainpoolP256r1',
  'brainpoolP320r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
];
const hashNames = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

function ecdsaChip(privateKey: KeyObject, hash: string, dsaEncoding: 'ieee-p1363' | 'der'): Chip {
  return chipAnswering((challenge) => sign(hash, challenge, { key: privateKey, dsaEncoding }));
}

for (const namedCurve of curveNames) {
  test(`ECDSA on ${namedCurve} proves the chip, plain and in DER, under every hash, named and explicit`, async () => {
    expect(isCurveName(namedCurve)).toBe(true);
    for (const paramEncoding of ['named', 'explicit'] as const) {
      const pair = generateKeyPairSync('ec', { namedCurve, paramEncoding });
      for (const [index, hash] of hashNames.entries()) {
        const info = infoOf(plainSHA(index + 1));
        for (const form of ['ieee-p1363', 'der'] as const) {
          const chip = ecdsaChip(pair.privateKey, hash, form);
          const finding = await authenticate(pair.publicKey, chip, { info });
          expect(outcome(finding)).toBe(`passed ${hash}`);
          expect(finding.evidence).toEqual({ algorithm: 'ecdsa', curve: namedCurve, hash });
        }
      }
    }
  });
}

test('without an info every hash is tried; an info limits it to one', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' });
  for (const hash of hashNames) {
    expect(outcome(await authenticate(publicKey, ecdsaChip(privateKey, hash, 'ieee-p1363')))).toBe(`passed ${hash}`);
  }
  const chip = ecdsaChip(privateKey, 'sha256', 'ieee-p1363');
  expect(outcome(await authenticate(publicKey, chip, { info: infoOf('1.2.840.10045.4.3.2') }))).toBe('passed sha256');
  expect(outcome(await authenticate(publicKey, chip, { info: infoOf(plainSHA(1)) }))).toBe(UNPROVEN);
  const unknown = 'undetermined ALGORITHM_UNKNOWN';
  expect(outcome(await authenticate(publicKey, chip, { info: infoOf(plainSHA(6)) }))).toBe(unknown);
  expect(outcome(await authenticate(publicKey, chip, { info: infoOf('toString') }))).toBe(unknown);
});

test('ECDSA numbers without their leading zeros, or with too many, are the same numbers', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const forms: readonly ((r: Uint8Array, s: Uint8Array) => Uint8Array)[] = [
    (r, s) => Buffer.concat([new Uint8Array(2), r, new Uint8Array(2), s]),
    (r, s) => sequence(integer(r), integer(s)),
    // Negative numbers where a zero is missing: some chips do not know that DER has signs.
    (r, s) => sequence(writeTLV(0x02, r), writeTLV(0x02, s)),
  ];
  for (const form of forms) {
    const chip = chipAnswering((challenge) => {
      const plain = sign('sha256', challenge, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return form(plain.subarray(0, 32), plain.subarray(32));
    });
    expect(outcome(await authenticate(publicKey, chip))).toBe('passed sha256');
  }
});

test('an ECDSA signature of another key, over another challenge, of zeros or of any bytes proves nothing', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  expect(outcome(await authenticate(publicKey, ecdsaChip(other.privateKey, 'sha256', 'der')))).toBe(UNPROVEN);
  const answers: readonly ((challenge: Uint8Array) => Uint8Array)[] = [
    () => sign('sha256', new Uint8Array(8), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    () => new Uint8Array(64),
    () => new Uint8Array(64).fill(0xff),
    () => sequence(integer(0), integer(0)),
    () => sequence(integer(1)),
    (challenge) => sequence(sign('sha256', challenge, privateKey)),
    (challenge) => Buffer.concat([sign('sha256', challenge, privateKey), Uint8Array.of(0)]),
    (challenge) => sign('sha256', challenge, { key: privateKey, dsaEncoding: 'ieee-p1363' }).subarray(1),
  ];
  for (const answer of answers) expect(outcome(await authenticate(publicKey, chipAnswering(answer)))).toBe(UNPROVEN);
});

test('whatever a chip answers, it is a finding', async () => {
  const keys = [rsa(1024).publicKey, generateKeyPairSync('ec', { namedCurve: 'brainpoolP320r1' }).publicKey];
  const answers = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffff));
  await fc.assert(
    fc.asyncProperty(answers, fc.constantFrom(...keys), async (answer, key) => {
      expect(
        (
          await authenticate(
            key,
            chipAnswering(() => answer),
          )
        ).result,
      ).toBe('failed');
    }),
    { numRuns: 500 },
  );
});

function dg15Finding(dg15: Uint8Array): Promise<Finding> {
  const exchange: Chip = () => Promise.reject(new Error('nothing may be sent'));
  return performActiveAuthentication({ exchange, dg15, info: null, entropy: seededEntropy('active') });
}

test('a key that others can use, or that no chip signs with, is not asked for a signature', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 768 }).publicKey;
  const odd = generateKeyPairSync('rsa', { modulusLength: 1026 }).publicKey;
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).publicKey;
  const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  const edwards = generateKeyPairSync('ed25519').publicKey;
  expect(outcome(await dg15Finding(dg15Of(weak)))).toBe('undetermined KEY_TOO_WEAK');
  expect(outcome(await dg15Finding(dg15Of(odd)))).toBe('undetermined KEY_UNUSABLE');
  expect(outcome(await dg15Finding(dg15Of(pss)))).toBe('undetermined KEY_UNUSABLE');
  expect(outcome(await dg15Finding(dg15Of(koblitz)))).toBe('undetermined KEY_CURVE_UNKNOWN');
  expect(outcome(await dg15Finding(dg15Of(edwards)))).toBe('undetermined KEY_UNUSABLE');
});

test('a DG15 that is none is no key', async () => {
  const spki = rsa(1024).publicKey.export({ type: 'spki', format: 'der' });
  const outcomes = ['undetermined ACTIVE_AUTHENTICATION_KEY_MALFORMED', 'undetermined KEY_UNUSABLE'];
  for (const dg15 of [new Uint8Array(0), spki, writeTLV(0x6f), writeTLV(0x6f, spki).subarray(0, -1)]) {
    expect(outcomes).toContain(outcome(await dg15Finding(dg15)));
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(outcomes).toContain(outcome(await dg15Finding(writeTLV(0x6f, bytes))));
    }),
  );
});

/** The even exponent of one sample was put there for others' tests: no key has one. */
const publishedKeys: Readonly<Record<string, string>> = {
  'lds/loes2006/ef010F.bin': REFUSED,
  'lds/bsi2008/Datagroup15.bin': REFUSED,
  'sod/gmrtd/dg15_TestNewDG15_0.bin': REFUSED,
  'sod/pymrtd_DG15_114f836e.bin': REFUSED,
  'sod/pymrtd_DG15_44c98547.bin': REFUSED,
  'sod/pymrtd_DG15_315299a7.bin': 'undetermined KEY_TOO_WEAK',
};

for (const [path, expected] of Object.entries(publishedKeys)) {
  test.skipIf(isDataAbsent)(`published ${path}: a chip that does not sign ends as ${expected}`, async () => {
    const exchange = chipAnswering(() => 0x6d00);
    const o = { exchange, dg15: recorded(path), info: null, entropy: seededEntropy('active') };
    expect(outcome(await performActiveAuthentication(o))).toBe(expected);
  });
}
