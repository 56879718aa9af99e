/** Every kind of document that the simulator issues is one that the reader accepts, file by file. */
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodePublicKey, publicKeyBytes, standardizedGroup } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { groupOfPublicKey, keyOfDG15 } from '../../../drivers/emrtd/authenticity/key-of-spki.ts';
import { readTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { parseATRInfo } from '../../../drivers/emrtd/lds/atr-info.ts';
import { parseCommonData } from '../../../drivers/emrtd/lds/com.ts';
import { FileId, elementaryFiles } from '../../../drivers/emrtd/lds/data-groups.ts';
import { parseDG1 } from '../../../drivers/emrtd/lds/dg1.ts';
import { parseDG2 } from '../../../drivers/emrtd/lds/dg2.ts';
import {
  type PACEInfo,
  parseCardAccess,
  parseDG14,
  parseSecurityInfos,
} from '../../../drivers/emrtd/lds/security-infos.ts';
import {
  authenticatePassively,
  authenticateSignedObject,
  checkDataGroupHash,
} from '../../../drivers/emrtd/pki/passive-authentication.ts';
import { parseCardSecurity, parseSecurityObject } from '../../../drivers/emrtd/pki/security-object.ts';
import { groupNamed } from '../../../simulator/passport/document-keys.ts';
import { type Passport, cloneOf, issuePassport } from '../../../simulator/passport/passport.ts';
import { type ProfileName, profileNamed, profileNames } from '../../../simulator/passport/profiles.ts';
import {
  NOW_MS,
  holder,
  issuerOf,
  mrzOf,
  passportOf,
  portraitOf,
  seededEntropy,
  trusting,
  utopia,
} from '../../emrtd/simulated-document.ts';
import { needsOpenSSL, openssl } from './openssl.ts';

const portrait = portraitOf(3000);
const issue = (name: ProfileName): Passport =>
  issuePassport({
    holder,
    portrait,
    issuer: utopia,
    signedAt_ms: NOW_MS,
    profile: profileNamed(name),
    entropy: seededEntropy(name),
  });
const fileOf = (files: ReadonlyMap<number, Uint8Array>, id: number): Uint8Array => {
  const file = files.get(id);
  if (file === undefined) throw new Error(`no file ${id.toString(16)}`);
  return file;
};
const results = (findings: object): readonly unknown[] =>
  ['hash', 'signature', 'issuer'].map((key) => (findings as Record<string, { result: string }>)[key]?.result);
const passedAll = ['passed', 'passed', 'passed'];

describe.each(profileNames)('a document of the kind %s', (name) => {
  const profile = profileNamed(name);
  const passport = issue(name);
  const securityObject = parseSecurityObject(fileOf(passport.files, FileId.SOD));
  const trust = trusting(utopia);

  test('is authentic, and EF.SOD lists what EF.COM lists and the chip holds', () => {
    expect(results(authenticatePassively({ securityObject, trust, now_ms: NOW_MS }))).toEqual(passedAll);
    const listed = [...securityObject.dataGroupHashes.keys()].sort((a, b) => a - b);
    expect(listed).toEqual(parseCommonData(fileOf(passport.files, FileId.COM)).dataGroups);
    for (const number of listed) {
      const file = fileOf(passport.files, 0x0100 + number);
      expect(checkDataGroupHash(securityObject, number, file).result).toBe('passed');
    }
    expect(passport.files.size).toBe(listed.length + 2);
  });

  test('has files under their own tags and within the sizes that the reader takes', () => {
    const found = Object.values(elementaryFiles).flatMap(({ id, directory, tag, size_max }) => {
      const file = (directory === 'master-file' ? passport.masterFiles : passport.files).get(id);
      return file === undefined ? [] : [{ file, tag, size_max }];
    });
    expect(found.length).toBe(passport.files.size + passport.masterFiles.size);
    for (const { file, tag, size_max } of found) {
      expect(file.length).toBeLessThanOrEqual(size_max);
      if (tag !== null) expect(readTLV(file)).toMatchObject({ tag, raw: { length: file.length } });
    }
  });

  test('says the same in the printed lines and in DG1, and holds the portrait in its encoding', () => {
    const mrz = mrzOf(passport.mrzLines);
    expect(mrz.format).toBe(profile.format);
    expect(parseDG1(fileOf(passport.files, FileId.DG1)).lines).toEqual(mrz.lines);
    expect(mrz.documentNumber.length > 9).toBe(profile.hasLongNumber === true);
    const { bytes, encoding } = parseDG2(fileOf(passport.files, FileId.DG2));
    expect([bytes, encoding]).toEqual([portrait.bytes, profile.portraitEncoding]);
  });

  test('names its protocols in EF.CardAccess, and signed in DG14', () => {
    const inWords = ({ mapping, keyAgreement, suite, parameterId }: Omit<PACEInfo, 'protocol' | 'version'>): string =>
      `${mapping} ${keyAgreement} ${suite} ${parameterId}`;
    const offers = new Set(profile.access.pace.map(inWords));
    const cardAccess = passport.masterFiles.get(FileId.CardAccess);
    const dg14 = passport.files.get(FileId.DG14);
    const open = cardAccess === undefined ? [] : parseCardAccess(cardAccess).pace;
    const signed = dg14 === undefined ? [] : parseDG14(dg14).pace;
    expect(new Set(open.map(inWords))).toEqual(offers);
    expect(new Set(signed.map(inWords))).toEqual(offers);
    expect(open.every(({ version }) => version === 2)).toBe(true);
    for (const { parameterId } of profile.access.pace) expect(standardizedGroup(parameterId)).toBeDefined();
  });

  test('publishes the public halves of the private keys in its chip', () => {
    const dg14 = passport.files.get(FileId.DG14);
    const infos = dg14 === undefined ? undefined : parseDG14(dg14);
    const published = (infos?.chipAuthenticationKeys ?? []).map(({ spki, keyId }) => {
      const key = groupOfPublicKey(spki);
      return [keyId, key?.group.name, key && Buffer.from(encodePublicKey(key.group, key.publicKey)).toString('hex')];
    });
    const own = passport.chipKeys.chipAuthentication.map(({ keyId, group, secret }) => [
      keyId === null ? null : BigInt(keyId),
      group,
      Buffer.from(publicKeyBytes(groupNamed(group), secret)).toString('hex'),
    ]);
    expect(new Set(published)).toEqual(new Set(own));
    const announced = profile.chipAuthentication.filter(({ isAnnounced }) => isAnnounced !== false);
    expect(infos?.chipAuthentication.length ?? 0).toBe(announced.length);
    const dg15 = passport.files.get(FileId.DG15);
    const { activeAuthentication } = passport.chipKeys;
    expect(dg15 === undefined).toBe(activeAuthentication === null);
    if (dg15 === undefined || activeAuthentication === null) return;
    const found = keyOfDG15(dg15);
    expect('key' in found && found.key.equals(createPublicKey(activeAuthentication))).toBe(true);
  });

  test('signs EF.CardSecurity where the chip maps its own key, and says its lengths where they are extended', () => {
    const cardSecurity = passport.masterFiles.get(FileId.CardSecurity);
    const isMapped = profile.access.pace.some(({ mapping }) => mapping === 'chip-authentication');
    expect(cardSecurity !== undefined).toBe(isMapped);
    if (cardSecurity !== undefined) {
      const signed = parseCardSecurity(cardSecurity);
      expect(results(authenticateSignedObject({ signed, trust, now_ms: NOW_MS }))).toEqual(passedAll);
      const infos = parseSecurityInfos(signed.content);
      const own = passport.chipKeys.chipAuthenticationMapping;
      const [published] = infos.chipAuthenticationKeys.map(({ spki }) => groupOfPublicKey(spki));
      if (own === null || published === undefined) throw new Error('no key');
      expect(published.group.name).toBe(own.group);
      expect(encodePublicKey(published.group, published.publicKey)).toEqual(
        publicKeyBytes(groupNamed(own.group), own.secret),
      );
      expect(infos.chipAuthenticationKeys).toHaveLength(1);
      expect(infos.pace).toHaveLength(profile.access.pace.length);
    }
    const atrInfo = passport.masterFiles.get(FileId.ATRInfo);
    const limit = profile.extendedLength_bytes;
    expect(atrInfo === undefined ? undefined : parseATRInfo(atrInfo)).toEqual(
      limit === undefined ? undefined : { commandBytes_max: limit, responseBytes_max: limit },
    );
  });

  test('has a copy with the same files and other keys', () => {
    const copy = cloneOf(passport);
    expect(copy.files).toBe(passport.files);
    expect(copy.masterFiles).toBe(passport.masterFiles);
    copy.chipKeys.chipAuthentication.forEach((key, i) => {
      expect(key.secret).not.toBe(passport.chipKeys.chipAuthentication[i]?.secret);
      expect(key.keyId).toBe(passport.chipKeys.chipAuthentication[i]?.keyId);
    });
    const { activeAuthentication, chipAuthenticationMapping } = passport.chipKeys;
    expect(copy.chipKeys.activeAuthentication === null).toBe(activeAuthentication === null);
    if (activeAuthentication !== null) {
      expect(copy.chipKeys.activeAuthentication?.equals(activeAuthentication)).toBe(false);
    }
    expect(copy.chipKeys.chipAuthenticationMapping?.group).toBe(chipAuthenticationMapping?.group);
    if (chipAuthenticationMapping !== null) {
      expect(copy.chipKeys.chipAuthenticationMapping?.secret).not.toBe(chipAuthenticationMapping.secret);
    }
  });
});

test('a passport without a profile has the four files it always had', () => {
  const passport = passportOf();
  expect(new Set(passport.files.keys())).toEqual(new Set([FileId.DG1, FileId.DG2, FileId.SOD, FileId.COM]));
  expect([passport.masterFiles.size, passport.can, passport.profile.name]).toEqual([0, null, 'bac-only']);
});

test('any state issues under its own letters: three in the MRZ, two in certificates', () => {
  const issuer = issuerOf({ state: 'D', country: 'DE' });
  const passport = issuePassport({ holder, portrait, issuer, signedAt_ms: NOW_MS, documentCode: 'PO' });
  expect(passport.mrzLines[0]).toMatch(/^POD<<TANNENWALD<</);
  const securityObject = parseSecurityObject(fileOf(passport.files, FileId.SOD));
  const found = authenticatePassively({ securityObject, trust: trusting(issuer), now_ms: NOW_MS });
  expect([found.issuer.result, found.issuerCountry]).toEqual(['passed', 'DE']);
});

test('the same entropy gives the same chip, whatever gives the signature', () => {
  const secrets = ['first', 'second'].map(() =>
    issue('two-ca-keys').chipKeys.chipAuthentication.map(({ secret }) => secret),
  );
  expect(secrets[0]).toEqual(secrets[1]);
});

test.each(['CardAccess', 'ATRInfo', 'DG2', 'DG14'] as const)('a bit of %s can be flipped after signing', (file) => {
  const options = { holder, portrait, issuer: utopia, signedAt_ms: NOW_MS, profile: profileNamed('typical-eu') };
  const genuine = issuePassport({ ...options, entropy: seededEntropy('flip') });
  const forged = issuePassport({
    ...options,
    entropy: seededEntropy('flip'),
    alter: { kind: 'flip-bit', file, offset: -1 },
  });
  const { id, directory } = elementaryFiles[file];
  const place = directory === 'master-file' ? 'masterFiles' : 'files';
  expect(fileOf(forged[place], id).at(-1)).toBe((fileOf(genuine[place], id).at(-1) ?? 0) ^ 1);
  // EF.SOD is signed for each, with another random number.
  const others = [...genuine.files].filter(([other]) => other !== FileId.SOD && !(place === 'files' && other === id));
  for (const [other, content] of others) expect(fileOf(forged.files, other)).toEqual(content);
});

test('openssl finds well-formed keys in DG14 and DG15, spelt out in full', (context) => {
  needsOpenSSL(context);
  const passport = issue('all-groups');
  const [key] = parseDG14(fileOf(passport.files, FileId.DG14)).chipAuthenticationKeys;
  if (key === undefined) throw new Error('no key');
  const ec = openssl('pkey', '-pubin', '-inform', 'DER', '-noout', '-text', '-in', key.spki);
  expect(ec).toMatchObject({ code: 0 });
  expect(ec.output).toContain('Field Type: prime-field');
  expect(openssl('pkey', '-pubin', '-inform', 'DER', '-noout', '-pubcheck', '-in', key.spki).output).toContain('valid');
  const dg15 = Uint8Array.from(readTLV(fileOf(passport.files, FileId.DG15)).value);
  expect(openssl('pkey', '-pubin', '-inform', 'DER', '-noout', '-text', '-in', dg15).output).toContain('2048 bit');
});

test('openssl agrees that the finite key of DG14 is a Diffie-Hellman key of RFC 5114', (context) => {
  needsOpenSSL(context);
  const [key] = parseDG14(fileOf(issue('bac-ca-dh').files, FileId.DG14)).chipAuthenticationKeys;
  if (key === undefined) throw new Error('no key');
  const { code, output } = openssl('pkey', '-pubin', '-inform', 'DER', '-noout', '-text', '-in', key.spki);
  expect(code).toBe(0);
  expect(output).toContain('GROUP: dh_2048_256');
});
