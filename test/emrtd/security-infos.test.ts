/** SecurityInfos: what a chip says that it speaks, in EF.CardAccess, DG14 and EF.CardSecurity. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import {
  type SecurityInfos,
  parseCardAccess,
  parseDG14,
  parseSecurityInfos,
} from '../../drivers/emrtd/lds/security-infos.ts';
import { integer, octetString, oid, sequence } from '../../simulator/passport/der.ts';
import { isDataAbsent, recorded, recordedNames } from './recorded-data.ts';

const BSI = '0.4.0.127.0.7.2.2';
const nothing: SecurityInfos = {
  pace: [],
  paceDomainParameters: [],
  chipAuthentication: [],
  chipAuthenticationKeys: [],
  activeAuthentication: null,
  unknown: [],
};

const setOf = (...infos: readonly Uint8Array[]): Uint8Array => writeTLV(0x31, ...infos);
const info = (protocol: string, ...rest: readonly Uint8Array[]): Uint8Array => sequence(oid(protocol), ...rest);
const someKey = sequence(sequence(oid('1.2.840.10045.2.1')), writeTLV(0x03, Uint8Array.of(0, 4)));

function codeOf(parse: () => unknown): string {
  try {
    parse();
    return 'no error';
  } catch (error) {
    if (error instanceof DocumentError) return error.code;
    throw error;
  }
}

test('every way of PACE has its mapping, key agreement and cipher suite', () => {
  const agreements = { 1: 'dh', 2: 'ecdh', 3: 'dh', 4: 'ecdh', 6: 'ecdh' } as const;
  const mappings = { 1: 'generic', 2: 'generic', 3: 'integrated', 4: 'integrated', 6: 'chip-authentication' } as const;
  const suites = { 1: '3des', 2: 'aes-128', 3: 'aes-192', 4: 'aes-256' } as const;
  for (const way of [1, 2, 3, 4, 6] as const) {
    for (const cipher of [1, 2, 3, 4] as const) {
      if (way === 6 && cipher === 1) continue;
      const protocol = `${BSI}.4.${way}.${cipher}`;
      const { pace } = parseCardAccess(setOf(info(protocol, integer(2), integer(13))));
      const [mapping, keyAgreement, suite] = [mappings[way], agreements[way], suites[cipher]];
      expect(pace).toEqual([{ protocol, mapping, keyAgreement, suite, version: 2, parameterId: 13 }]);
    }
  }
});

test('a way of PACE that the standard does not have is listed as unknown', () => {
  const odd = [`${BSI}.4.6.1`, `${BSI}.4.5.2`, `${BSI}.4.2.5`, `${BSI}.4.2.2.1`, `${BSI}.4`, `${BSI}.41.2.2`];
  expect(parseCardAccess(setOf(...odd.map((protocol) => info(protocol, integer(2)))))).toEqual({
    ...nothing,
    unknown: odd,
  });
});

test('domain parameters that PACE spells out are kept as they stood', () => {
  const group = sequence(oid('1.2.840.10045.2.1'), sequence(integer(1)));
  const infos = parseCardAccess(setOf(info(`${BSI}.4.2`, group, integer(32)), info(`${BSI}.4.1`, group)));
  expect(infos.paceDomainParameters).toEqual([
    { keyAgreement: 'ecdh', parameterId: 32, group },
    { keyAgreement: 'dh', parameterId: null, group },
  ]);
});

test('chip authentication: what stands there twice is listed twice, and a key reference has no sign', () => {
  const des = info(`${BSI}.3.2.1`, integer(1));
  const aes = info(`${BSI}.3.1.4`, integer(1), integer(0xc3));
  const key = info(`${BSI}.1.2`, someKey, writeTLV(0x02, Uint8Array.of(0xc3)));
  const infos = parseDG14(writeTLV(0x6e, setOf(aes, des, des, key, info(`${BSI}.1.1`, someKey))));
  const announced = { protocol: `${BSI}.3.2.1`, keyAgreement: 'ecdh', suite: '3des', version: 1, keyId: null };
  const numbered = { protocol: `${BSI}.3.1.4`, keyAgreement: 'dh', suite: 'aes-256', version: 1, keyId: 0xc3n };
  expect(infos.chipAuthentication).toEqual([numbered, announced, announced]);
  expect(infos.chipAuthenticationKeys).toEqual([
    { keyAgreement: 'ecdh', spki: someKey, keyId: 0xc3n },
    { keyAgreement: 'dh', spki: someKey, keyId: null },
  ]);
});

test('active authentication names its algorithm; other protocols are listed', () => {
  const active = info('2.23.136.1.1.5', integer(1), oid('0.4.0.127.0.7.1.1.4.1.3'));
  const others = [`${BSI}.2`, `${BSI}.3.2`, '2.23.136.1.1.13', '1.2.3'];
  const infos = parseSecurityInfos(setOf(active, ...others.map((protocol) => info(protocol, octetString(someKey)))));
  const activeAuthentication = { version: 1, signatureAlgorithm: '0.4.0.127.0.7.1.1.4.1.3' };
  expect(infos).toEqual({ ...nothing, activeAuthentication, unknown: others });
});

test('an empty set is a set; zeros after it are not read', () => {
  expect(parseCardAccess(Uint8Array.of(0x31, 0, 0, 0, 0))).toEqual(nothing);
});

const malformed: Readonly<Record<string, Uint8Array>> = {
  'no bytes': new Uint8Array(0),
  'a sequence instead of a set': sequence(info('1.2.3', integer(1))),
  'a set that is cut short': setOf(info('1.2.3', integer(1))).subarray(0, -1),
  'an info that is no sequence': setOf(setOf(oid('1.2.3'), integer(1))),
  'an info without protocol': setOf(sequence()),
  'an info that begins with a number': setOf(sequence(integer(1), integer(1))),
  'a protocol of 33 bytes': setOf(sequence(writeTLV(0x06, new Uint8Array(33).fill(0x2a)), integer(1))),
  'PACE without version': setOf(info(`${BSI}.4.2.2`)),
  'PACE with a text for a version': setOf(info(`${BSI}.4.2.2`, octetString(Uint8Array.of(2)))),
  'PACE with negative parameters': setOf(info(`${BSI}.4.2.2`, integer(2), writeTLV(0x02, Uint8Array.of(0xff)))),
  'domain parameters that are none': setOf(info(`${BSI}.4.2`, integer(2))),
  'chip authentication without version': setOf(info(`${BSI}.3.2.2`)),
  'a key that is a number': setOf(info(`${BSI}.1.2`, integer(5))),
  'a key reference of 17 bytes': setOf(info(`${BSI}.1.2`, someKey, writeTLV(0x02, new Uint8Array(17).fill(1)))),
  'a key reference without bytes': setOf(info(`${BSI}.1.2`, someKey, writeTLV(0x02))),
  'active authentication without algorithm': setOf(info('2.23.136.1.1.5', integer(1))),
  '65 infos': setOf(...Array.from({ length: 65 }, () => info('1.2.3', integer(1)))),
};

for (const [what, bytes] of Object.entries(malformed)) {
  test(`SecurityInfos with ${what} are refused`, () => {
    expect(codeOf(() => parseSecurityInfos(bytes))).toBe('SECURITY_INFOS_MALFORMED');
    expect(codeOf(() => parseDG14(writeTLV(0x6e, bytes)))).toBe('SECURITY_INFOS_MALFORMED');
  });
}

test('64 infos are read; a DG14 under another tag is not', () => {
  const set = setOf(...Array.from({ length: 64 }, () => info('1.2.3', integer(1))));
  expect(parseSecurityInfos(set).unknown.length).toBe(64);
  expect(codeOf(() => parseDG14(writeTLV(0x6f, set)))).toBe('SECURITY_INFOS_MALFORMED');
  expect(codeOf(() => parseDG14(set))).toBe('SECURITY_INFOS_MALFORMED');
});

const whole = setOf(
  info(`${BSI}.4.2.2`, integer(2), integer(13)),
  info(`${BSI}.4.2`, sequence(oid('1.2.840.10045.2.1')), integer(32)),
  info(`${BSI}.3.2.2`, integer(1), integer(0xc3)),
  info(`${BSI}.1.2`, someKey, integer(0xc3)),
  info('2.23.136.1.1.5', integer(1), oid('0.4.0.127.0.7.1.1.4.1.3')),
  info(`${BSI}.2`, integer(1)),
);

test('whatever the bytes are, they are SecurityInfos or a malformed file', () => {
  const outcomes = ['no error', 'SECURITY_INFOS_MALFORMED'];
  const changed = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const bytes = Uint8Array.from(whole);
      for (const [at, octet] of changes) bytes[at] = octet;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), changed), (bytes) => {
      expect(outcomes).toContain(codeOf(() => parseSecurityInfos(bytes)));
      expect(outcomes).toContain(codeOf(() => parseDG14(writeTLV(0x6e, bytes))));
    }),
    { numRuns: 3000 },
  );
});

test('the set with every single byte changed, or cut anywhere, is read or refused', () => {
  for (let at = 0; at < whole.length; at++) {
    expect(codeOf(() => parseSecurityInfos(whole.subarray(0, at)))).toBe('SECURITY_INFOS_MALFORMED');
    for (const octet of [0x00, 0x02, 0x30, 0x7f, 0x80, 0x84, 0xff]) {
      const bytes = Uint8Array.from(whole);
      bytes[at] = octet;
      expect(['no error', 'SECURITY_INFOS_MALFORMED']).toContain(codeOf(() => parseSecurityInfos(bytes)));
    }
  }
});

/** Published DG14 files: which chip authentication they announce. */
const published = {
  'lds/bsi2008/Datagroup14.bin': ['3des', 0],
  'sod/gmrtd/dg14_TestNewDG14AT_0.bin': ['aes-128', 1],
  'sod/gmrtd/dg14_TestNewDG14MY_0.bin': ['3des', 0],
  'sod/gmrtd/dg14_TestNewDG14_0.bin': ['aes-256', 2],
} as const;

for (const [path, [suite, ways]] of Object.entries(published)) {
  test.skipIf(isDataAbsent)(`published ${path} is read whole`, () => {
    const infos = parseDG14(recorded(path));
    expect(infos.chipAuthentication.map((entry) => [entry.suite, entry.keyAgreement])).toEqual([[suite, 'ecdh']]);
    expect(infos.chipAuthenticationKeys.length).toBe(1);
    expect(infos.pace.length).toBe(ways);
    expect(infos.unknown).toEqual([`${BSI}.2`]);
  });
}

test.skipIf(isDataAbsent)('every other published DG14 is read', () => {
  const names = recordedNames('sod').filter((name) => name.includes('DG14'));
  expect(names.length).toBe(2);
  for (const name of names) expect(parseDG14(recorded(`sod/${name}`)).chipAuthenticationKeys.length).toBe(1);
});
