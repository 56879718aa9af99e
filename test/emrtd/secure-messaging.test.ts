/** Secure messaging with all four suites: nothing that was changed, repeated or moved on the way is believed. */
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CipherSuite,
  blockBytesOf,
  decryptBlocks,
  deriveKey,
  encryptBlocks,
  keyBytesOf,
  macOf,
  zeroVector,
} from '../../drivers/emrtd/access/cipher-suite.ts';
import { createSecureMessaging, sessionFrom } from '../../drivers/emrtd/access/secure-messaging.ts';
import { padMethod2 } from '../../drivers/emrtd/access/triple-des.ts';
import { decodeCommand } from '../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes, readTLVs, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { bytes, text } from './scripted-chip.ts';

const suites: readonly CipherSuite[] = ['3des', 'aes-128', 'aes-192', 'aes-256'];
const keysOf = (suite: CipherSuite): { readonly encryptionKey: Uint8Array; readonly macKey: Uint8Array } => ({
  encryptionKey: deriveKey(suite, bytes('0102'), 1),
  macKey: deriveKey(suite, bytes('0102'), 2),
});
const READ = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 } as const;

/** One block that counts messages: the first command is 1, its answer 2. */
function counterOf(suite: CipherSuite, count: number): Uint8Array {
  return Uint8Array.from({ length: blockBytesOf(suite) }, (_, i) => (i === blockBytesOf(suite) - 1 ? count : 0));
}

/** Written after the standard, apart from the reader's code: IV and MAC input of ICAO 9303-11 sections 9.8.6 and 9.8.7. */
function vectorOf(suite: CipherSuite, count: number): Uint8Array {
  if (suite === '3des') return new Uint8Array(8);
  const { encryptionKey } = keysOf(suite);
  const ecb = createCipheriv(`${suite}-ecb`, encryptionKey, null).setAutoPadding(false);
  return Uint8Array.from(ecb.update(counterOf(suite, count)));
}

function checksumOf(suite: CipherSuite, count: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const message = concatBytes(counterOf(suite, count), ...parts);
  return macOf(suite, keysOf(suite).macKey, suite === '3des' ? message : padMethod2(message, 16));
}

function answerOf(suite: CipherSuite, count: number, data: Uint8Array, statusWord = 0x9000): Uint8Array {
  const status = Uint8Array.of(statusWord >> 8, statusWord & 0xff);
  const padded = padMethod2(data, blockBytesOf(suite));
  const encrypted = encryptBlocks(suite, keysOf(suite).encryptionKey, vectorOf(suite, count), padded);
  const objects = concatBytes(
    data.length === 0 ? data : writeTLV(0x87, Uint8Array.of(1), encrypted),
    writeTLV(0x99, status),
  );
  return concatBytes(objects, writeTLV(0x8e, checksumOf(suite, count, objects)), status);
}

// RFC 4493 section 4; for longer keys NIST SP 800-38B appendix D.2 and D.3.
const message40 = '6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411';
const message64 = `${message40}E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710`;
const key128 = '2B7E151628AED2A6ABF7158809CF4F3C';
const key192 = '8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B';
const key256 = '603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4';

test.each([
  ['aes-128', key128, '', 'BB1D6929E9593728'],
  ['aes-128', key128, message64.slice(0, 32), '070A16B46B4D4144'],
  ['aes-128', key128, message40, 'DFA66747DE9AE630'],
  ['aes-128', key128, message64, '51F0BEBF7E3B9D92'],
  ['aes-192', key192, '', 'D17DDF46ADAACDE5'],
  ['aes-192', key192, message64.slice(0, 32), '9E99A7BF31E71090'],
  ['aes-192', key192, message40, '8A1DE5BE2EB31AAD'],
  ['aes-192', key192, message64, 'A1D5DF0EED790F79'],
  ['aes-256', key256, '', '028962F61B7BF89E'],
  ['aes-256', key256, message64.slice(0, 32), '28A7023F452E8F82'],
  ['aes-256', key256, message40, 'AAF3D8F1DE5640C2'],
  ['aes-256', key256, message64, 'E1992190549F6ED5'],
] as const)('the code of %s over %#s is the published one', (suite, key, message, mac) => {
  expect(text(macOf(suite, bytes(key), bytes(message)))).toBe(mac);
});

test('keys are as long as their suite demands, and differ by counter', () => {
  for (const suite of suites) {
    const keys = ([1, 2, 3] as const).map((counter) => deriveKey(suite, bytes('AABB'), counter));
    expect(keys.map((key) => key.length)).toEqual([1, 2, 3].map(() => keyBytesOf(suite)));
    expect(new Set(keys.map(text)).size).toBe(3);
  }
});

test('blocks come back as they went, whatever the vector', () => {
  const content = fc.uint8Array({ minLength: 0, maxLength: 96 });
  for (const suite of suites) {
    const { encryptionKey } = keysOf(suite);
    fc.assert(
      fc.property(content, fc.nat(255), (data, count) => {
        const padded = padMethod2(data, blockBytesOf(suite));
        const encrypted = encryptBlocks(suite, encryptionKey, counterOf(suite, count), padded);
        expect(decryptBlocks(suite, encryptionKey, counterOf(suite, count), encrypted)).toEqual(padded);
      }),
    );
    expect(() => encryptBlocks(suite, encryptionKey, zeroVector(suite), bytes('00'))).toThrow();
  }
});

test('keys or a counter of another length than the suite has are not taken', () => {
  for (const suite of suites) {
    const { encryptionKey, macKey } = keysOf(suite);
    const short = encryptionKey.subarray(1);
    expect(() => createSecureMessaging(suite, { encryptionKey: short, macKey })).toThrow(RangeError);
    expect(() => createSecureMessaging(suite, { encryptionKey, macKey: short })).toThrow(RangeError);
    const sendSequenceCounter = new Uint8Array(blockBytesOf(suite) - 1);
    expect(() => createSecureMessaging(suite, { encryptionKey, macKey, sendSequenceCounter })).toThrow(RangeError);
  }
});

test.each(suites)('with %s a command reaches the chip as it was given, and the answer the reader', (suite) => {
  const data = fc.option(fc.uint8Array({ minLength: 1, maxLength: 600 }), { nil: undefined });
  const le = fc.option(
    fc.oneof(fc.constantFrom(1, 231, 255, 256, 257, 65_535, 65_536), fc.integer({ min: 1, max: 65_536 })),
    {
      nil: undefined,
    },
  );
  fc.assert(
    fc.property(
      data,
      le,
      fc.constantFrom(0xa4, 0xb0, 0xb1),
      fc.uint8Array({ maxLength: 700 }),
      (body, length, ins, answer) => {
        const messaging = createSecureMessaging(suite, keysOf(suite));
        const command = { cla: 0, ins, p1: 1, p2: 2, ...(body && { data: body }), ...(length && { le: length }) };
        const sent = decodeCommand(messaging.protect(command));
        const objects = readTLVs(sent?.data ?? new Uint8Array(0));
        const isExtended = (sent?.data?.length ?? 0) > 255 || (length ?? 0) > 256;
        expect([sent?.cla, sent?.ins, sent?.p1, sent?.p2]).toEqual([0x0c, ins, 1, 2]);
        expect(sent?.le).toBe(isExtended ? 65_536 : 256);

        const covered = concatBytes(...objects.slice(0, -1).map(({ raw }) => raw));
        const header = padMethod2(Uint8Array.of(0x0c, ins, 1, 2), blockBytesOf(suite));
        expect(objects.at(-1)?.tag).toBe(0x8e);
        expect(objects.at(-1)?.value).toEqual(checksumOf(suite, 1, header, covered));

        const cryptogram = objects.find(({ tag }) => tag === (ins % 2 === 1 ? 0x85 : 0x87));
        const encrypted = cryptogram?.value.subarray(ins % 2);
        const blocks = ins % 2 === 1 ? cryptogram?.value : encrypted?.subarray(1);
        const plain = blocks && decryptBlocks(suite, keysOf(suite).encryptionKey, vectorOf(suite, 1), blocks);
        expect(plain).toEqual(body && padMethod2(body, blockBytesOf(suite)));

        const lengthBytes = objects.find(({ tag }) => tag === 0x97)?.value;
        const short = length === undefined ? undefined : Uint8Array.of(length & 0xff);
        const long = length === undefined ? undefined : Uint8Array.of((length >> 8) & 0xff, length & 0xff);
        expect(lengthBytes).toEqual((length ?? 0) > 256 ? long : short);

        expect(messaging.unprotect(answerOf(suite, 2, answer, 0x6282))).toEqual({ data: answer, statusWord: 0x6282 });
      },
    ),
    { numRuns: 40 },
  );
});

test.each(suites)('with %s an answer with any one bit changed ends the session', (suite) => {
  const answer = answerOf(suite, 2, Uint8Array.of(0x60, 0x14, 0x5f, 0x01));
  for (let bit = 0; bit < 8 * answer.length; bit++) {
    const messaging = createSecureMessaging(suite, keysOf(suite));
    messaging.protect(READ);
    const changed = Uint8Array.from(answer, (octet, i) => (i === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
    expect(() => messaging.unprotect(changed), `bit ${bit}`).toThrowError(/SECURE_MESSAGING_FAILED/);
  }
});

test.each(suites)('with %s an answer cut short anywhere, or with anything after it, ends the session', (suite) => {
  const answer = answerOf(suite, 2, Uint8Array.of(0x60, 0x14, 0x5f, 0x01));
  const forms = [...answer.keys()].map((length) => answer.subarray(0, length));
  for (const form of [...forms, concatBytes(answer, Uint8Array.of(0)), concatBytes(answer, Uint8Array.of(0x90, 0))]) {
    const messaging = createSecureMessaging(suite, keysOf(suite));
    messaging.protect(READ);
    expect(() => messaging.unprotect(form), `${form.length} bytes`).toThrowError(/SECURE_MESSAGING_FAILED/);
  }
});

test.each(suites)('with %s an answer is good for its own command only, and only once', (suite) => {
  const [first, second] = [answerOf(suite, 2, bytes('01')), answerOf(suite, 4, bytes('02'))];
  const after = (...answers: readonly Uint8Array[]): string => {
    const messaging = createSecureMessaging(suite, keysOf(suite));
    const got = answers.map((answer) => {
      messaging.protect(READ);
      return text(messaging.unprotect(answer).data);
    });
    return got.join(' ');
  };
  expect(after(first, second)).toBe('01 02');
  expect(() => after(second, first)).toThrowError(/SECURE_MESSAGING_FAILED/);
  expect(() => after(first, first)).toThrowError(/SECURE_MESSAGING_FAILED/);
});

test.each(suites)('with %s a session that failed once stays over, even for a right answer', (suite) => {
  const messaging = createSecureMessaging(suite, keysOf(suite));
  messaging.protect(READ);
  expect(() => messaging.unprotect(bytes('6988'))).toThrowError(/SECURE_MESSAGING_FAILED/);
  expect(() => messaging.protect(READ)).toThrowError(/SECURE_MESSAGING_FAILED/);
  expect(() => messaging.unprotect(answerOf(suite, 3, bytes('01')))).toThrowError(/SECURE_MESSAGING_FAILED/);
});

test.each(suites)('with %s an answer of the other suites is refused', (suite) => {
  for (const other of suites.filter((name) => name !== suite)) {
    const messaging = createSecureMessaging(suite, keysOf(suite));
    messaging.protect(READ);
    expect(() => messaging.unprotect(answerOf(other, 2, bytes('01')))).toThrowError(/SECURE_MESSAGING_FAILED/);
  }
});

test.each(suites)(
  'with %s a session from a shared secret begins with its two keys and the counter at zero',
  (suite) => {
    const session = sessionFrom(suite, bytes('0102'));
    session.protect(READ);
    expect(text(session.unprotect(answerOf(suite, 2, bytes('0A'))).data)).toBe('0A');
  },
);

test('the counter carries over all its bytes', () => {
  const keys = keysOf('aes-128');
  const sendSequenceCounter = new Uint8Array(16).fill(0xff);
  const wrapped = createSecureMessaging('aes-128', { ...keys, sendSequenceCounter });
  wrapped.protect(READ);
  const fresh = createSecureMessaging('aes-128', keys);
  expect(text(wrapped.protect(READ))).toBe(text(fresh.protect(READ)));
});
