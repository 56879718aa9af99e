/** Answers of a chip that knows the session keys and still does not keep to secure messaging. */
import { expect, test } from 'vitest';
import { createSecureMessaging } from '../../drivers/emrtd/access/secure-messaging.ts';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { encryptTripleDES, padMethod2, retailMAC } from '../../drivers/emrtd/access/triple-des.ts';

const encryptionKey = Uint8Array.from({ length: 16 }, (_, i) => i * 3 + 1);
const macKey = Uint8Array.from({ length: 16 }, (_, i) => i * 5 + 2);
const content = Uint8Array.of(1, 2, 3, 4);

const encrypted = (data: Uint8Array): Uint8Array => encryptTripleDES(encryptionKey, padMethod2(data, 8));
const withIndicator = writeTLV(0x87, Uint8Array.of(1), encrypted(content));
const withoutIndicator = writeTLV(0x85, encrypted(content));
const status = (word: number): Uint8Array => writeTLV(0x99, Uint8Array.of(word >> 8, word & 0xff));
const OK = status(0x9000);

/** The answer to the first command, with a right checksum over these objects. */
function answer(outerStatus: number, ...objects: readonly Uint8Array[]): Uint8Array {
  const counter = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2);
  const checksum = writeTLV(0x8e, retailMAC(macKey, concatBytes(counter, ...objects)));
  return concatBytes(...objects, checksum, Uint8Array.of(outerStatus >> 8, outerStatus & 0xff));
}

function open(response: Uint8Array): string {
  const messaging = createSecureMessaging('3des', { encryptionKey, macKey, sendSequenceCounter: new Uint8Array(8) });
  messaging.protect({ cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 });
  const { data, statusWord } = messaging.unprotect(response);
  return `${Buffer.from(data).toString('hex')} ${statusWord.toString(16)}`;
}

test('an answer in order is opened', () => {
  expect(open(answer(0x9000, withIndicator, OK))).toBe('01020304 9000');
  expect(open(answer(0x9000, withoutIndicator, OK))).toBe('01020304 9000');
  expect(open(answer(0x6282, withIndicator, status(0x6282)))).toBe('01020304 6282');
  expect(open(answer(0x9000, OK))).toBe(' 9000');
});

test.each([
  ['two status words', answer(0x9000, withIndicator, OK, status(0x6a82))],
  ['the same status word twice', answer(0x9000, withIndicator, OK, OK)],
  ['two cryptograms', answer(0x9000, withIndicator, withIndicator, OK)],
  ['two kinds of cryptogram', answer(0x9000, withoutIndicator, withIndicator, OK)],
  ['plain data beside the protected one', answer(0x9000, writeTLV(0x81, content), OK)],
  ['an object that nobody knows', answer(0x9000, withIndicator, OK, writeTLV(0x53, content))],
  ['a checksum inside', answer(0x9000, writeTLV(0x8e, new Uint8Array(8)), OK)],
  ['an outer status of its own', answer(0x6a82, withIndicator, OK)],
  ['an inner status of its own', answer(0x9000, status(0x6a82))],
  ['no status', answer(0x9000, withIndicator)],
])('an answer with %s ends the session, although its checksum is right', (_, response) => {
  expect(() => open(response)).toThrowError(/SECURE_MESSAGING_FAILED/);
});
