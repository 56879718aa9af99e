/** Simulated chips and copies of them, asked over a whole session: which of them is the original. */
import { expect, test } from 'vitest';
import { deriveBasicAccessKeys, performBasicAccessControl } from '../../drivers/emrtd/access/bac.ts';
import { curveNamed } from '../../drivers/emrtd/access/domain-parameters.ts';
import { type ChipMapping, performPACE } from '../../drivers/emrtd/access/pace.ts';
import { performActiveAuthentication } from '../../drivers/emrtd/authenticity/active-authentication.ts';
import {
  performChipAuthentication,
  proveChipAuthentication,
} from '../../drivers/emrtd/authenticity/chip-authentication.ts';
import { verifyChipAuthenticationMapping } from '../../drivers/emrtd/authenticity/chip-authentication-mapping.ts';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import type { Finding } from '../../drivers/emrtd/finding.ts';
import { EMRTD_APPLICATION } from '../../drivers/emrtd/iso7816/apdu.ts';
import { ChipSession, type Exchange } from '../../drivers/emrtd/iso7816/chip-session.ts';
import {
  type SecurityInfos,
  parseCardAccess,
  parseDG14,
  parseSecurityInfos,
} from '../../drivers/emrtd/lds/security-infos.ts';
import { accessKeySeed, accessSecret } from '../../drivers/emrtd/mrz/mrz.ts';
import { parseSignedData } from '../../drivers/emrtd/pki/cms.ts';
import type { ChipAuthenticationOffer, DocumentProfile } from '../../simulator/passport/document-profile.ts';
import { type Passport, cloneOf } from '../../simulator/passport/passport.ts';
import { type ProfileName, profileNamed } from '../../simulator/passport/profiles.ts';
import { chipOf, lineTo, mrzOf, passportOf, seededEntropy } from './simulated-document.ts';

const FileId = { CARD_ACCESS: 0x011c, CARD_SECURITY: 0x011d, DG14: 0x010e, DG15: 0x010f } as const;

function fileOf(files: ReadonlyMap<number, Uint8Array>, id: number): Uint8Array {
  const file = files.get(id);
  if (file === undefined) throw new Error('the document lacks a file');
  return file;
}

function sessionWith(passport: Passport): ChipSession {
  const signal = new AbortController().signal;
  return new ChipSession({ transceiver: lineTo(chipOf(passport)), signal, apduTimeout_ms: 10_000 });
}

const over =
  (session: ChipSession): Exchange =>
  (command) =>
    session.exchange(command);

/** After Basic Access Control. */
async function opened(passport: Passport): Promise<ChipSession> {
  const session = sessionWith(passport);
  await session.exchange({ cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: EMRTD_APPLICATION });
  const keys = deriveBasicAccessKeys(accessKeySeed(mrzOf(passport.mrzLines)));
  session.protectWith(await performBasicAccessControl(over(session), keys, seededEntropy('reader')));
  return session;
}

const outcome = ({ result, because }: Finding): string => (because === null ? result : `${result} ${because}`);

async function chipAuthentication(passport: Passport, infos?: SecurityInfos): Promise<string> {
  const session = await opened(passport);
  const offered = infos ?? parseDG14(fileOf(passport.files, FileId.DG14));
  try {
    const o = { exchange: over(session), infos: offered, entropy: seededEntropy('chip authentication') };
    session.protectWith((await performChipAuthentication(o)).secureMessaging);
  } catch (error) {
    if (error instanceof DocumentError) return error.code;
    throw error;
  }
  return outcome(await proveChipAuthentication(over(session)));
}

async function activeAuthentication(passport: Passport): Promise<string> {
  const exchange = over(await opened(passport));
  const dg14 = passport.files.get(FileId.DG14);
  const info = dg14 === undefined ? null : parseDG14(dg14).activeAuthentication;
  const dg15 = fileOf(passport.files, FileId.DG15);
  const o = { exchange, dg15, info, suite: '3des', entropy: seededEntropy('active') } as const;
  return outcome(await performActiveAuthentication(o));
}

const documentOf = (profile: DocumentProfile): Passport => passportOf({ profile, entropy: seededEntropy('keys') });

const withChipAuthentication: readonly ProfileName[] = [
  'bac-ca-ecdh',
  'ca-3des-set-kat',
  'ca-without-info',
  'two-ca-keys',
  'typical-eu',
];

for (const name of withChipAuthentication) {
  test(`a document of kind ${name} proves itself by chip authentication, its copy does not`, async () => {
    const passport = documentOf(profileNamed(name));
    expect(await chipAuthentication(passport)).toBe('passed');
    expect(await chipAuthentication(cloneOf(passport, seededEntropy('other keys')))).toBe(
      'failed CHIP_AUTHENTICATION_UNPROVEN',
    );
  });
}

const finite: readonly ChipAuthenticationOffer['group'][] = [
  'rfc5114-1024-160',
  'rfc5114-2048-224',
  'rfc5114-2048-256',
];
const suites = ['3des', 'aes-128', 'aes-192', 'aes-256'] as const;

for (const group of finite) {
  test(`ISO7816_D_01 ISO7816_D_14 chip authentication over ${group} tells original from copy in both forms`, async () => {
    for (const suite of suites) {
      for (const form of suite === '3des'
        ? (['general-authenticate', 'set-kat'] as const)
        : (['general-authenticate'] as const)) {
        const profile = { ...profileNamed('bac-ca-dh'), extendedLength_bytes: 2048 };
        const passport = documentOf({ ...profile, chipAuthentication: [{ group, suite, form, keyId: 0xc3 }] });
        expect(await chipAuthentication(passport)).toBe('passed');
        const copy = cloneOf(passport, seededEntropy('other keys'));
        expect(await chipAuthentication(copy)).toBe('failed CHIP_AUTHENTICATION_UNPROVEN');
      }
    }
  });
}

test('ISO7816_D_07 ISO7816_D_11 a DH key outside its group, or in no group, is not used', async () => {
  const passport = documentOf(profileNamed('bac-ca-dh'));
  const infos = parseDG14(fileOf(passport.files, FileId.DG14));
  const [key] = infos.chipAuthenticationKeys;
  if (key === undefined) throw new Error('a key expected');
  // The last byte of the public key, and a byte of p near the beginning.
  for (const at of [key.spki.length - 1, 40]) {
    const spki = Uint8Array.from(key.spki);
    spki[at] = (spki[at] ?? 0) ^ 2;
    const corrupted = { ...infos, chipAuthenticationKeys: [{ ...key, spki }] };
    expect(await chipAuthentication(passport, corrupted)).toBe('CHIP_AUTHENTICATION_KEY_UNUSABLE');
  }
});

test('ISO7816_D_06 a chip that has no key of the number in DG14 refuses', async () => {
  const passport = documentOf(profileNamed('two-ca-keys'));
  const {
    chipAuthentication: infos,
    chipAuthenticationKeys: keys,
    ...rest
  } = parseDG14(fileOf(passport.files, FileId.DG14));
  const renumbered = <T extends { readonly keyId: bigint | null }>(list: readonly T[]): readonly T[] =>
    list.map((entry) => ({ ...entry, keyId: (entry.keyId ?? 0n) + 10n }));
  const wrong = { ...rest, chipAuthentication: renumbered(infos), chipAuthenticationKeys: renumbered(keys) };
  expect(await chipAuthentication(passport, wrong)).toBe('CHIP_AUTHENTICATION_REFUSED');
});

const withActiveAuthentication: readonly ProfileName[] = [
  'bac-aa-rsa',
  'bac-aa-rsa-sha1',
  'bac-aa-ecdsa',
  'bac-aa-ecdsa-p384',
];

for (const name of withActiveAuthentication) {
  test(`a document of kind ${name} proves itself by active authentication, its copy does not`, async () => {
    const passport = documentOf(profileNamed(name));
    expect(await activeAuthentication(passport)).toBe('passed');
    expect(await activeAuthentication(cloneOf(passport))).toBe('failed ACTIVE_AUTHENTICATION_UNPROVEN');
  });
}

async function mappingOf(passport: Passport): Promise<ChipMapping> {
  const session = sessionWith(passport);
  const { pace } = parseCardAccess(fileOf(passport.masterFiles, FileId.CARD_ACCESS));
  const info = pace.find(({ mapping }) => mapping === 'chip-authentication');
  if (info === undefined) throw new Error('a document with chip authentication mapping expected');
  const { mapping } = await performPACE({
    exchange: over(session),
    info,
    sendParameterId: pace.length > 1,
    password: { kind: 'mrz', seed: accessSecret(mrzOf(passport.mrzLines)) },
    entropy: seededEntropy('pace'),
  });
  if (mapping === null) throw new Error('chip authentication data expected');
  return mapping;
}

const cardSecurityOf = (passport: Passport): SecurityInfos =>
  parseSecurityInfos(parseSignedData(fileOf(passport.masterFiles, FileId.CARD_SECURITY)).content);

for (const name of ['pace-cam-bp256', 'pace-cam-p256'] as const) {
  test(`a document of kind ${name} proves itself by chip authentication mapping, its copy does not`, async () => {
    const passport = documentOf(profileNamed(name));
    const infos = cardSecurityOf(passport);
    const mapping = await mappingOf(passport);
    expect(outcome(verifyChipAuthenticationMapping(mapping, infos))).toBe('passed');
    const copied = await mappingOf(cloneOf(passport, seededEntropy('other keys')));
    expect(outcome(verifyChipAuthenticationMapping(copied, infos))).toBe('failed CHIP_MAPPING_UNPROVEN');
  });
}

test('chip authentication mapping: any other number, mapping key or static key proves nothing', async () => {
  const passport = documentOf(profileNamed('pace-cam-bp256'));
  const infos = cardSecurityOf(passport);
  const mapping = await mappingOf(passport);
  const number = BigInt(`0x${Buffer.from(mapping.decrypted).toString('hex')}`);
  const encoded = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(66, '0'), 'hex');
  const { order } = mapping.group;
  const wrong: Readonly<Record<string, Partial<ChipMapping>>> = {
    'the number plus one': { decrypted: encoded(number + 1n) },
    'the number plus the order': { decrypted: encoded(number + order) },
    'the negative number': { decrypted: encoded(order - number) },
    'the number 0': { decrypted: encoded(0n) },
    'the order': { decrypted: encoded(order) },
    'no number': { decrypted: new Uint8Array(0) },
    'a long number': { decrypted: new Uint8Array(1000).fill(0xff) },
    'the generator as mapping key': { chipMappingKey: mapping.group.generator.toBytes(false) },
    'no mapping key': { chipMappingKey: new Uint8Array(0) },
  };
  for (const [what, change] of Object.entries(wrong)) {
    const finding = verifyChipAuthenticationMapping({ ...mapping, ...change }, infos);
    expect(outcome(finding), what).toBe('failed CHIP_MAPPING_UNPROVEN');
  }
});

test('chip authentication mapping is undetermined without a key on its curve', async () => {
  const passport = documentOf(profileNamed('pace-cam-bp256'));
  const infos = cardSecurityOf(passport);
  const mapping = await mappingOf(passport);
  const absent = 'undetermined CHIP_MAPPING_KEY_ABSENT';
  expect(outcome(verifyChipAuthenticationMapping(mapping, { ...infos, chipAuthenticationKeys: [] }))).toBe(absent);
  const elsewhere = { ...mapping, group: curveNamed('prime256v1') };
  expect(outcome(verifyChipAuthenticationMapping(elsewhere, infos))).toBe(absent);
});

test('chip authentication mapping takes the one of several keys that fits', async () => {
  const [passport, other] = [
    documentOf(profileNamed('pace-cam-bp256')),
    passportOf({ profile: profileNamed('pace-cam-bp256') }),
  ];
  const keys = [other, passport].flatMap((document) => cardSecurityOf(document).chipAuthenticationKeys);
  const infos = { ...cardSecurityOf(passport), chipAuthenticationKeys: keys };
  expect(keys.length).toBe(2);
  expect(outcome(verifyChipAuthenticationMapping(await mappingOf(passport), infos))).toBe('passed');
});
