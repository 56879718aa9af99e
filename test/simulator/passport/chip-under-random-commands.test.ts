/** Whatever is sent to an honest chip, it answers with a status word, and keeps nothing of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveBasicAccessKeys, performBasicAccessControl } from '../../../drivers/emrtd/access/bac.ts';
import { type CommandAPDU, encodeCommand } from '../../../drivers/emrtd/iso7816/apdu.ts';
import type { SecureMessaging } from '../../../drivers/emrtd/iso7816/chip-session.ts';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import type { Chip } from '../../../simulator/passport/chip.ts';
import type { PACEOffer } from '../../../simulator/passport/document-profile.ts';
import { seededEntropy } from '../../emrtd/simulated-document.ts';
import { bytes, chipWith, hex, publicKeyOfSecret, selectApplication, send } from './chip-under-test.ts';

const offers: readonly PACEOffer[] = [
  { mapping: 'generic', keyAgreement: 'ecdh', suite: 'aes-128', parameterId: 12 },
  { mapping: 'integrated', keyAgreement: 'dh', suite: '3des', parameterId: 0 },
  { mapping: 'chip-authentication', keyAgreement: 'ecdh', suite: 'aes-256', parameterId: 13 },
];
const group = 'prime256v1' as const;
const keyOffer = { group, suite: 'aes-128', keyId: 1, form: 'general-authenticate' } as const;

function randomisedChip(): Chip {
  return chipWith({
    pace: offers,
    keys: { chipAuthentication: [{ group, secret: 77n, keyId: 1, offer: keyOffer }] },
    profile: { activeAuthentication: { kind: 'rsa-1024', hash: 'sha256' }, extendedLength_bytes: 4096 },
  });
}

const command = (header: string, data: Uint8Array): CommandAPDU => {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0] = bytes(header);
  return { cla, ins, p1, p2, data, le: 256 };
};
const dynamic = (tag: number, value: Uint8Array): Uint8Array => writeTLV(0x7c, writeTLV(tag, value));

/** Commands that get far into the protocols, to be changed. */
const sensible: readonly CommandAPDU[] = [
  command('0022c1a4', bytes('800a04007f00070202040202830101')),
  command('0022c1a4', bytes('800a04007f00070202040301830101840100')),
  command('0022c1a4', bytes('800a04007f00070202040604830102')),
  command('002241a4', bytes('800a04007f00070202030202840101')),
  command('002241a6', writeTLV(0x91, publicKeyOfSecret(12, 9n))),
  command('10860000', bytes('7c00')),
  command('10860000', dynamic(0x81, publicKeyOfSecret(12, 9n))),
  command('10860000', dynamic(0x81, bytes('00'.repeat(16)))),
  command('10860000', dynamic(0x83, publicKeyOfSecret(0, 9n))),
  command('00860000', dynamic(0x80, publicKeyOfSecret(12, 9n))),
  command('00860000', dynamic(0x85, bytes('00'.repeat(8)))),
  command('00880000', bytes('0102030405060708')),
  command('00a4040c', bytes('a0000002471001')),
  command('00a4020c', bytes('011c')),
  command('00a4020c', bytes('0101')),
  command('00b10000', bytes('54020010')),
  command('00820000', bytes('00'.repeat(40))),
];

const octet = fc.integer({ min: 0, max: 255 });
const headers = fc.record({
  cla: fc.oneof(fc.constantFrom(0x00, 0x10, 0x0c), octet),
  ins: fc.oneof(fc.constantFrom(0x22, 0x82, 0x84, 0x86, 0x88, 0xa4, 0xb0, 0xb1), octet),
  p1: fc.oneof(fc.constantFrom(0x00, 0x02, 0x04, 0x41, 0xc1, 0x81, 0x9c), octet),
  p2: fc.oneof(fc.constantFrom(0x00, 0x0c, 0xa4, 0xa6), octet),
});
const changed = fc
  .tuple(fc.constantFrom(...sensible), fc.nat(), octet, fc.boolean())
  .map(([made, at, value, isCut]) => {
    const place = at % (made.data?.length ?? 1);
    const data = made.data?.map((old, i) => (i === place ? value : old));
    return { ...made, ...(data && { data: isCut ? data.subarray(0, place + 1) : data }) };
  });
const random = fc
  .record({
    header: headers,
    data: fc.option(fc.uint8Array({ minLength: 1, maxLength: 400 }), { nil: undefined }),
    le: fc.option(fc.integer({ min: 1, max: 65_536 }), { nil: undefined }),
  })
  .map(({ header, data, le }) => ({ ...header, ...(data && { data }), ...(le === undefined ? {} : { le }) }));
const commands = fc.oneof(fc.constantFrom(...sensible), changed, random);
const plain = commands.map((made) => ({ command: made, isSealed: false }));
const sealed = commands.map((made) => ({ command: made, isSealed: true }));

/** Whole protocols that fail at their end, and the beginnings of them. */
const attempts = [
  ['00a4040c07a0000002471001', '0084000008', `0082000028${'00'.repeat(40)}28`],
  [
    '00a4000c023f00',
    '0022c1a40f800a04007f00070202040202830101',
    '10860000027c0000',
    `1086000045${hex(writeTLV(0x7c, writeTLV(0x81, publicKeyOfSecret(12, 9n))))}00`,
    `1086000045${hex(writeTLV(0x7c, writeTLV(0x83, publicKeyOfSecret(12, 8n))))}00`,
    '008600000c7c0a8508010203040506070800',
  ],
] as const;
const beginnings = fc
  .tuple(fc.constantFrom(...attempts), fc.integer({ min: 1, max: 6 }))
  .map(([attempt, length]) => attempt.slice(0, length).map(bytes));
const anything = fc.oneof(
  { arbitrary: beginnings, weight: 1 },
  { arbitrary: sealed, weight: 20 },
  { arbitrary: plain, weight: 60 },
  { arbitrary: fc.uint8Array({ maxLength: 300 }), weight: 20 },
);
const twenty = { minLength: 20, maxLength: 20 };
/** A session ends with the first command that is not sealed: some dialogues have none. */
const dialogues: fc.Arbitrary<readonly Item[]> = fc.oneof(fc.array(anything, twenty), fc.array(sealed, twenty));

async function openedSession(chip: Chip): Promise<SecureMessaging> {
  chip.reset();
  await send(chip, selectApplication);
  const keys = deriveBasicAccessKeys(bytes('239ab9cb282daf66231dc5a4df6bfbae'));
  return performBasicAccessControl((command) => send(chip, command), keys, seededEntropy('reader'));
}

type Item = Uint8Array | readonly Uint8Array[] | { readonly command: CommandAPDU; readonly isSealed: boolean };

function requestsOf(item: Item, messaging: SecureMessaging): readonly Uint8Array[] {
  if (item instanceof Uint8Array) return [item];
  if (!('command' in item)) return item;
  return [item.isSealed ? messaging.protect(item.command) : encodeCommand(item.command)];
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

test('20,000 random commands are each answered with a status word', { timeout: 120_000 }, async () => {
  const chip = randomisedChip();
  const reached = new Set<number>();
  let sent = 0;
  const before = usedHeap();
  await fc.assert(
    fc.asyncProperty(dialogues, async (dialogue) => {
      const messaging = await openedSession(chip);
      for (const request of dialogue.flatMap((item) => requestsOf(item, messaging))) {
        const answer = await chip.transceive(request);
        sent += 1;
        const [high = 0, low = 0] = answer?.subarray(-2) ?? [];
        expect(answer?.length).toBeGreaterThanOrEqual(2);
        expect(answer?.length).toBeLessThanOrEqual(4096);
        expect(high === 0x90 || (high >= 0x61 && high <= 0x6f)).toBe(true);
        reached.add(high * 256 + low);
      }
    }),
    { numRuns: 1000 },
  );
  expect(sent).toBeGreaterThanOrEqual(20_000);
  for (const word of [0x9000, 0x6300, 0x6700, 0x6982, 0x6985, 0x6988, 0x6a80, 0x6a82, 0x6a86, 0x6a88, 0x6d00, 0x6e00]) {
    expect(reached, word.toString(16)).toContain(word);
  }
  expect(usedHeap() - before).toBeLessThan(20_000_000);
});
