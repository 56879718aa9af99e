/** ICAO Doc 9303-11 appendix D: the public worked example judges reader and simulated chip alike. */
import { expect, test } from 'vitest';
import { authenticationData, deriveBasicAccessKeys, sessionKeysFrom } from '../../drivers/emrtd/access/bac.ts';
import { accessKeySeed } from '../../drivers/emrtd/mrz/mrz.ts';
import { createSecureMessaging } from '../../drivers/emrtd/access/secure-messaging.ts';
import { ChipSecureMessaging } from '../../simulator/passport/chip-secure-messaging.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { basicPassport } from '../../simulator/passport/passport.ts';
import { mrzOf } from './simulated-document.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const text = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();

const example = {
  lines: ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C<3UTO6908061F9406236ZE184226B<<<<<14'],
  seed: '239AB9CB282DAF66231DC5A4DF6BFBAE',
  encryptionKey: 'AB94FDECF2674FDFB9B391F85D7F76F2',
  macKey: '7962D9ECE03D1ACD4C76089DCE131543',
  chipChallenge: '4608F91988702212',
  readerChallenge: '781723860C06C226',
  readerKeyShare: '0B795240CB7049B01C19B33E32804F0B',
  chipKeyShare: '0B4F80323EB3191CB04970CB4052790B',
  command: '72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7',
  answer: '46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449',
  sessionEncryptionKey: '979EC13B1CBFE9DCD01AB0FED307EAE5',
  sessionMACKey: 'F1CB1F1FB5ADF208806B89DC579DC1F8',
  sendSequenceCounter: '887022120C06C226',
} as const;

/** Appendix D.4: SELECT EF.COM, READ BINARY of its first four bytes, READ BINARY of the rest. */
const exchanges = [
  {
    plain: { cla: 0, ins: 0xa4, p1: 0x02, p2: 0x0c, data: bytes('011E') },
    command: '0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800',
    answer: '990290008E08FA855A5D4C50A8ED9000',
    data: '',
  },
  {
    plain: { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 },
    command: '0CB000000D9701048E08ED6705417E96BA5500',
    answer: '8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000',
    data: '60145F01',
  },
  {
    plain: { cla: 0, ins: 0xb0, p1: 0, p2: 4, le: 0x12 },
    command: '0CB000040D9701128E082EA28A70F3C7B53500',
    answer: '871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000',
    data: '04303130365F36063034303030305C026175',
  },
] as const;

const secrets = { challenge: bytes(example.readerChallenge), keyShare: bytes(example.readerKeyShare) };

test('the keys of a document follow from its printed zone', () => {
  const seed = accessKeySeed(mrzOf(example.lines));
  const keys = deriveBasicAccessKeys(seed);
  expect(text(seed)).toBe(example.seed);
  expect(text(keys.encryptionKey)).toBe(example.encryptionKey);
  expect(text(keys.macKey)).toBe(example.macKey);
});

test('the reader authenticates itself and derives the session keys as the standard computes them', () => {
  const keys = deriveBasicAccessKeys(bytes(example.seed));
  expect(text(authenticationData(keys, bytes(example.chipChallenge), secrets))).toBe(example.command);
  const session = sessionKeysFrom(keys, bytes(example.chipChallenge), secrets, bytes(example.answer));
  expect(session && text(session.encryptionKey)).toBe(example.sessionEncryptionKey);
  expect(session && text(session.macKey)).toBe(example.sessionMACKey);
  expect(session && text(session.sendSequenceCounter)).toBe(example.sendSequenceCounter);
});

test('a chip answer with any one bit changed gives no session keys', () => {
  const keys = deriveBasicAccessKeys(bytes(example.seed));
  for (let bit = 0; bit < 320; bit++) {
    const answer = bytes(example.answer);
    answer[bit >> 3] = (answer[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(sessionKeysFrom(keys, bytes(example.chipChallenge), secrets, answer), `bit ${bit}`).toBeUndefined();
  }
});

test('a genuine chip answer to an earlier challenge gives no session keys', () => {
  const keys = deriveBasicAccessKeys(bytes(example.seed));
  const replayed = bytes(example.answer);
  const later = { ...secrets, challenge: bytes('0102030405060708') };
  expect(sessionKeysFrom(keys, bytes(example.chipChallenge), later, replayed)).toBeUndefined();
  expect(sessionKeysFrom(keys, bytes('0102030405060708'), secrets, replayed)).toBeUndefined();
});

test('the reader protects commands and opens answers as the standard computes them', () => {
  const messaging = createSecureMessaging('3des', {
    encryptionKey: bytes(example.sessionEncryptionKey),
    macKey: bytes(example.sessionMACKey),
    sendSequenceCounter: bytes(example.sendSequenceCounter),
  });
  for (const exchange of exchanges) {
    expect(text(messaging.protect(exchange.plain))).toBe(exchange.command);
    const answer = messaging.unprotect(bytes(exchange.answer));
    expect(text(answer.data)).toBe(exchange.data);
    expect(answer.statusWord).toBe(0x9000);
  }
});

test('the simulated chip opens commands and protects answers as the standard computes them', () => {
  const messaging = new ChipSecureMessaging({
    encryptionKey: bytes(example.sessionEncryptionKey),
    macKey: bytes(example.sessionMACKey),
    sendSequenceCounter: BigInt(`0x${example.sendSequenceCounter}`),
  });
  for (const exchange of exchanges) {
    const [cla = 0, ins = 0, p1 = 0, p2 = 0, length = 0] = bytes(exchange.command);
    const opened = messaging.open({ cla, ins, p1, p2, data: bytes(exchange.command).subarray(5, 5 + length) });
    expect(opened).toEqual(exchange.plain);
    expect(text(messaging.seal(ins, 0x9000, bytes(exchange.data)))).toBe(exchange.answer);
  }
});

test('the simulated chip answers the authentication of the standard with the answer of the standard', async () => {
  const random = [new Uint8Array(4), bytes(example.chipChallenge), bytes(example.chipKeyShare)];
  const chip = createPassportChip(basicPassport({ mrzLines: example.lines, files: new Map() }), {
    kind: 'type-a',
    entropy: (length) => random.shift()?.subarray(0, length) ?? new Uint8Array(length),
  });
  expect(await chip.transceive(bytes('00A4040C07A0000002471001'))).toEqual(bytes('9000'));
  expect(await chip.transceive(bytes('0084000008'))).toEqual(bytes(`${example.chipChallenge}9000`));
  const answer = await chip.transceive(bytes(`0082000028${example.command}28`));
  expect(answer && text(answer)).toBe(`${example.answer}9000`);
});
