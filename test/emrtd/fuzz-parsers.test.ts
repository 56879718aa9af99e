/**
 * Every parser of files, lists and answers on mutated input: it returns or throws an error of its own kind, in time; and
 * what a mutated EF.SOD still has signed is what its signer signed.
 */
import assert from 'node:assert/strict';
import { afterAll, expect, test } from 'vitest';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { decodeCommand, decodeResponse, encodeCommand } from '../../drivers/emrtd/iso7816/apdu.ts';
import { readTLVs, TLVError } from '../../drivers/emrtd/iso7816/tlv.ts';
import { parseATRInfo } from '../../drivers/emrtd/lds/atr-info.ts';
import { parseCommonData } from '../../drivers/emrtd/lds/com.ts';
import { FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import { parseDG1 } from '../../drivers/emrtd/lds/dg1.ts';
import { parseDG2 } from '../../drivers/emrtd/lds/dg2.ts';
import { parseDG7 } from '../../drivers/emrtd/lds/dg7.ts';
import { parseDG11 } from '../../drivers/emrtd/lds/dg11.ts';
import { parseDG12 } from '../../drivers/emrtd/lds/dg12.ts';
import { parseDG13 } from '../../drivers/emrtd/lds/dg13.ts';
import { parseDG16 } from '../../drivers/emrtd/lds/dg16.ts';
import { parseCardAccess, parseDG14 } from '../../drivers/emrtd/lds/security-infos.ts';
import { parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { ASN1Error, parseASN1 } from '../../drivers/emrtd/pki/asn1.ts';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseCardSecurity, parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { TrustError } from '../../drivers/emrtd/pki/trust-codes.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import { profileNamed } from '../../simulator/passport/profiles.ts';
import { seeded } from '../drivers/harness.ts';
import { mutated } from './fuzz-mutations.ts';
import { NOW_MS, passportOf, portraitOf, trusting, utopia } from './simulated-document.ts';

const everything = passportOf({ profile: profileNamed('all-groups'), portrait: portraitOf(600) });
const mapped = passportOf({ profile: profileNamed('pace-cam-bp256') });
const newFace = passportOf({ profile: profileNamed('iso39794'), portrait: portraitOf(600) });
const extended = passportOf({ profile: profileNamed('extended-length') });

const file = (id: number, passport = everything): Uint8Array => passport.files.get(id) ?? assert.fail(`no file ${id}`);
const masterFile = (id: number, passport = everything): Uint8Array =>
  passport.masterFiles.get(id) ?? assert.fail(`no file ${id}`);

const revocationList = writeCRL(utopia, {
  number: 1,
  thisUpdate_ms: NOW_MS - 1000,
  nextUpdate_ms: NOW_MS + 1000,
  revoked: [{ serialNumber: utopia.signerSerialNumber, at_ms: NOW_MS - 2000 }],
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

type Subject = { readonly name: string; readonly sample: Uint8Array; readonly parse: (bytes: Uint8Array) => unknown };

const subjects: readonly Subject[] = [
  { name: 'EF.COM', sample: file(FileId.COM), parse: parseCommonData },
  { name: 'DG1', sample: file(FileId.DG1), parse: parseDG1 },
  { name: 'DG2 of ISO/IEC 19794-5', sample: file(FileId.DG2), parse: parseDG2 },
  { name: 'DG2 of ISO/IEC 39794-5', sample: file(FileId.DG2, newFace), parse: parseDG2 },
  { name: 'DG7', sample: file(FileId.DG7), parse: parseDG7 },
  { name: 'DG11', sample: file(FileId.DG11), parse: parseDG11 },
  { name: 'DG12', sample: file(FileId.DG12), parse: parseDG12 },
  { name: 'DG13', sample: file(FileId.DG13), parse: parseDG13 },
  { name: 'DG14', sample: file(FileId.DG14), parse: parseDG14 },
  { name: 'DG16', sample: file(FileId.DG16), parse: parseDG16 },
  { name: 'EF.CardAccess', sample: masterFile(FileId.CardAccess), parse: parseCardAccess },
  { name: 'EF.CardSecurity', sample: masterFile(FileId.CardSecurity, mapped), parse: parseCardSecurity },
  { name: 'EF.ATR/INFO', sample: masterFile(FileId.ATRInfo, extended), parse: parseATRInfo },
  { name: 'EF.SOD', sample: file(FileId.SOD), parse: parseSecurityObject },
  { name: 'a certificate', sample: utopia.cscaCertificate, parse: parseCertificate },
  { name: 'a revocation list', sample: revocationList, parse: parseRevocationList },
  { name: 'ASN.1', sample: file(FileId.SOD).slice(4), parse: (bytes) => parseASN1(bytes) },
  { name: 'data objects', sample: file(FileId.DG11), parse: readTLVs },
  {
    name: 'commands',
    sample: encodeCommand({ cla: 0x0c, ins: 0xb0, p1: 1, p2: 2, data: new Uint8Array(300), le: 65_536 }),
    parse: decodeCommand,
  },
  { name: 'answers', sample: Uint8Array.of(1, 2, 0x90, 0x00), parse: decodeResponse },
  {
    name: 'printed zones',
    sample: Buffer.from(everything.mrzLines.join('\n'), 'latin1'),
    parse: (bytes) => parseMRZ(text(bytes).split('\n')),
  },
];

const isOwnKind = (error: unknown): boolean =>
  error instanceof DocumentError ||
  error instanceof TLVError ||
  error instanceof ASN1Error ||
  error instanceof TrustError;

const inputsEach = 8000;
/** Generous: a busy machine is no fault of a parser. Linear work on 70 kB takes less than a millisecond. */
const slowest_ms = 2000;
let inputs = 0;
let refused = 0;

test.each(subjects)('$name, mutated: read or refused, never anything else', ({ sample, parse }) => {
  const others = subjects.map((subject) => subject.sample.slice(0, 2000));
  const random = seeded(sample.length);
  for (let i = 0; i < inputsEach; i++) {
    let bytes = mutated(sample, { random, others });
    if (random() < 0.3) bytes = mutated(bytes, { random, others });
    const begun_ms = performance.now();
    inputs++;
    try {
      parse(bytes);
    } catch (error) {
      refused++;
      if (!isOwnKind(error)) throw new Error(`input ${i}: ${text(bytes.slice(0, 40))}`, { cause: error });
    }
    const took_ms = performance.now() - begun_ms;
    assert(took_ms < slowest_ms, `input ${i} took ${took_ms} ms`);
  }
});

test('an EF.SOD of which anything is changed has its hashes as signed, or is not signed', () => {
  const trust = trusting(utopia);
  const sample = file(FileId.SOD);
  const another = file(FileId.SOD, mapped);
  const hashesOf = (bytes: Uint8Array): string =>
    [...parseSecurityObject(bytes).dataGroupHashes]
      .map(([number, hash]) => `${number}:${Buffer.from(hash).toString('hex')}`)
      .join(' ');
  const signed = [sample, another].map(hashesOf);
  const random = seeded(9303);
  let proven = 0;
  for (let i = 0; i < 6000; i++) {
    inputs++;
    const bytes = mutated(sample, { random, others: [another] });
    try {
      const securityObject = parseSecurityObject(bytes);
      const { hash, signature, issuer } = authenticatePassively({ securityObject, trust, now_ms: NOW_MS });
      if ([hash, signature, issuer].some(({ result }) => result !== 'passed')) continue;
      proven++;
      assert(signed.includes(hashesOf(bytes)), `input ${i} has hashes that nobody signed`);
    } catch (error) {
      if (!isOwnKind(error)) throw new Error(`input ${i}`, { cause: error });
    }
  }
  console.log(`${proven} of 6000 changed security objects are still signed: what was changed lies outside of it`);
  expect(proven).toBeLessThan(6000);
});

afterAll(() => {
  console.log(`${inputs} inputs to ${subjects.length} parsers, ${refused} refused`);
  expect(inputs).toBeGreaterThan(100_000);
});
