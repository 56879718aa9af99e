/** Our reader on the simulated chip, in one process: what an inspection says of genuine and of other documents. */
import { expect, test } from 'vitest';
import { coreCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import { inspectionCodes } from '../../drivers/emrtd/codes.ts';
import type { DocumentInspection, InspectionProgress } from '../../drivers/emrtd/inspection.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { type Passport, issuePassport } from '../../simulator/passport/passport.ts';
import {
  NOW_MS,
  chipOf,
  holder,
  inspect,
  issuerOf,
  lineTo,
  mrzOf,
  outcomeOf,
  passportOf,
  portraitOf,
  trusting,
  utopia,
} from './simulated-document.ts';

const DAY_MS = 86_400_000;

/** What a genuine document without PACE and chip authentication ends with; a test names only what differs. */
const genuine: Readonly<Record<string, string>> = {
  'access-pace': 'not-supported PACE_NOT_OFFERED',
  'access-bac': 'passed',
  'chip-access': 'passed BASIC_ACCESS_USED',
  'files-consistent': 'passed',
  'security-object-hash': 'passed',
  'security-object-signature': 'passed',
  'issuer-certificate': 'passed',
  'signer-trust': 'passed',
  'signer-validity': 'passed',
  'issuer-validity': 'passed',
  'certificate-validity': 'passed',
  'certificate-revocation': 'undetermined REVOCATION_UNKNOWN',
  'data-group-1-hash': 'passed',
  'data-group-2-hash': 'passed',
  'card-access-matches': 'not-supported PACE_NOT_IN_DG14',
  'mrz-matches-chip': 'passed',
  'issuing-state-matches': 'passed',
  'pace-chip-authentication-mapping': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
  'chip-authentication': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
  'active-authentication': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
  'chip-authenticity': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
};

function outcomes(inspection: DocumentInspection): Record<string, string> {
  return Object.fromEntries(inspection.checks.map(({ id }) => [id, outcomeOf(inspection, id)]));
}

test('a genuine document passes every check that can be made, and gives its MRZ and portrait', async () => {
  const passport = passportOf();
  const inspection = await inspect(passport);
  expect(outcomes(inspection)).toEqual(genuine);
  expect(inspection.checks.map(({ id }) => id)).toEqual([...coreCheckIds]);
  expect(inspection.dg1).toEqual(mrzOf(passport.mrzLines));
  expect(inspection.portrait).toMatchObject({ format: 'jpeg', bytes: portraitOf(2000).bytes });
  expect(inspection.aborted).toBeNull();
  expect(inspection.reading.bytesRead).toBe([...passport.files.values()].reduce((sum, file) => sum + file.length, 0));
});

test.each(['ecdsa-p256', 'ecdsa-brainpoolP256r1', 'ecdsa-brainpoolP384r1', 'rsa-2048', 'rsa-pss-2048'] as const)(
  'a genuine document signed with %s passes',
  async (keyKind) => {
    const issuer = issuerOf({ keyKind });
    const inspection = await inspect(passportOf({ issuer }), { trust: trusting(issuer) });
    expect(outcomes(inspection)).toEqual(genuine);
  },
);

test('a portrait beyond 32 kB, where offsets no longer fit the command, is read whole', async () => {
  const portrait = portraitOf(70_000, 'jpeg2000');
  const inspection = await inspect(passportOf({ portrait }));
  expect(outcomes(inspection)).toEqual(genuine);
  expect(inspection.portrait).toMatchObject({ format: 'jpeg2000', bytes: portrait.bytes });
});

test('a bit of the portrait changed after signing fails its hash, and the portrait is not used', async () => {
  const inspection = await inspect(passportOf({ alter: { kind: 'flip-bit', file: 'DG2', offset: -40 } }));
  expect(outcomes(inspection)).toEqual({ ...genuine, 'data-group-2-hash': 'failed DATA_GROUP_HASH_MISMATCH' });
  expect(inspection.portrait).toBeNull();
  expect(inspection.dg1).not.toBeNull();
});

test('another portrait put in after signing fails its hash, and the portrait is not used', async () => {
  const portrait = portraitOf(1500);
  const inspection = await inspect(passportOf({ alter: { kind: 'replace-portrait', portrait } }));
  expect(outcomes(inspection)).toEqual({ ...genuine, 'data-group-2-hash': 'failed DATA_GROUP_HASH_MISMATCH' });
  expect(inspection.portrait).toBeNull();
});

test('another holder put in after signing fails the hash of DG1, and nothing in it is used', async () => {
  const other = { ...holder, surname: 'Eichenhain', documentNumber: 'SIM000777' };
  const inspection = await inspect(passportOf({ alter: { kind: 'replace-holder', holder: other } }));
  expect(outcomes(inspection)).toEqual({
    ...genuine,
    'data-group-1-hash': 'failed DATA_GROUP_HASH_MISMATCH',
    'mrz-matches-chip': 'undetermined DATA_GROUP_UNVERIFIED',
    'issuing-state-matches': 'undetermined DATA_GROUP_UNVERIFIED',
  });
  expect(inspection.dg1).toBeNull();
});

const unsigned = {
  'data-group-1-hash': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'data-group-2-hash': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'card-access-matches': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'mrz-matches-chip': 'undetermined DATA_GROUP_UNVERIFIED',
  'issuing-state-matches': 'undetermined DATA_GROUP_UNVERIFIED',
  'chip-authentication': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'active-authentication': 'undetermined SECURITY_OBJECT_UNUSABLE',
  'chip-authenticity': 'undetermined SECURITY_OBJECT_UNUSABLE',
};

test('a broken signature fails, and no data group counts although their hashes agree', async () => {
  const inspection = await inspect(passportOf({ alter: { kind: 'flip-bit', file: 'SOD', offset: -1 } }));
  expect(outcomes(inspection)).toEqual({
    ...genuine,
    ...unsigned,
    'security-object-signature': 'failed SIGNATURE_INVALID',
  });
  expect(inspection.dg1).toBeNull();
  expect(inspection.portrait).toBeNull();
});

test('signed content that differs from what was signed fails, and no data group counts', async () => {
  const file = passportOf().files.get(0x011d) ?? new Uint8Array(0);
  const { content } = parseSecurityObject(file);
  // The version at the start of the content: the hashes of the data groups stay as they are.
  const offset = Buffer.from(file).indexOf(Buffer.from(content)) + Buffer.from(content).indexOf('020100', 'hex') + 2;
  const inspection = await inspect(passportOf({ alter: { kind: 'flip-bit', file: 'SOD', offset } }));
  expect(outcomes(inspection)).toEqual({
    ...genuine,
    ...unsigned,
    'security-object-hash': 'failed CONTENT_HASH_MISMATCH',
  });
  expect([inspection.dg1, inspection.portrait]).toEqual([null, null]);
});

test('a document of an issuer that is not trusted is undetermined, not failed', async () => {
  const inspection = await inspect(passportOf(), { trust: trusting() });
  expect(outcomes(inspection)).toEqual({
    ...genuine,
    'issuer-certificate': 'undetermined ISSUER_UNKNOWN',
    'signer-trust': 'undetermined ISSUER_UNKNOWN',
    'signer-validity': 'undetermined ISSUER_UNKNOWN',
    'issuer-validity': 'undetermined ISSUER_UNKNOWN',
    'certificate-validity': 'undetermined ISSUER_UNKNOWN',
    'issuing-state-matches': 'undetermined ISSUER_UNKNOWN',
  });
});

test('a forger who copies the name of a trusted issuer stays unknown', async () => {
  const forger = issuerOf();
  const inspection = await inspect(passportOf({ issuer: forger }), { trust: trusting(utopia) });
  expect(outcomeOf(inspection, 'issuer-certificate')).toBe('undetermined ISSUER_UNKNOWN');
});

test('a forger who names the key of a trusted issuer fails', async () => {
  const forger = issuerOf();
  const { signerCertificate } = issuerNaming(forger.signerCertificate, keyIdOf(forger), keyIdOf(utopia));
  const inspection = await inspect(passportOf({ issuer: { ...forger, signerCertificate } }));
  expect(outcomeOf(inspection, 'security-object-signature')).toBe('passed');
  expect(outcomeOf(inspection, 'issuer-certificate')).toBe('failed ISSUER_SIGNATURE_INVALID');
});

function keyIdOf(issuer: typeof utopia): Buffer {
  // The subject key identifier extension of the CSCA: 2.5.29.14, OCTET STRING in OCTET STRING.
  const at = Buffer.from(issuer.cscaCertificate).indexOf(Buffer.from('0603551d0e04160414', 'hex'));
  return Buffer.from(issuer.cscaCertificate).subarray(at + 9, at + 29);
}

function issuerNaming(certificate: Uint8Array, own: Buffer, other: Buffer): { signerCertificate: Uint8Array } {
  const signerCertificate = Uint8Array.from(certificate);
  signerCertificate.set(other, Buffer.from(certificate).indexOf(own));
  return { signerCertificate };
}

test('several trusted certificates of one name are all tried', async () => {
  const others = [issuerOf(), issuerOf(), issuerOf()];
  const inspection = await inspect(passportOf(), { trust: trusting(...others, utopia) });
  expect(outcomes(inspection)).toEqual(genuine);
});

test.each([
  [
    'the certificate of the signer has expired',
    { signerValidity_days: 1, validityShift_days: -10 },
    { 'signer-validity': 'failed SIGNER_EXPIRED', 'certificate-validity': 'failed SIGNER_EXPIRED' },
  ],
  [
    'the certificates are not valid yet',
    { validityShift_days: 10 },
    {
      'signer-validity': 'failed SIGNER_NOT_YET_VALID',
      'issuer-validity': 'failed ISSUER_NOT_YET_VALID',
      'certificate-validity': 'failed SIGNER_NOT_YET_VALID',
    },
  ],
  [
    'the CSCA has expired',
    { cscaValidity_days: 1, validityShift_days: -10 },
    { 'issuer-validity': 'failed ISSUER_EXPIRED', 'certificate-validity': 'failed ISSUER_EXPIRED' },
  ],
])('validity fails when %s, and nothing else does', async (_, options, differing) => {
  const issuer = issuerOf(options);
  const inspection = await inspect(passportOf({ issuer }), { trust: trusting(issuer) });
  expect(outcomes(inspection)).toEqual({ ...genuine, ...differing });
});

test('validity is judged at the time of checking', async () => {
  const inspection = await inspect(passportOf(), { now_ms: () => NOW_MS + 2000 * DAY_MS });
  expect(outcomeOf(inspection, 'certificate-validity')).toBe('failed SIGNER_EXPIRED');
  expect(inspection.checks.every((check) => check.at_ms === NOW_MS + 2000 * DAY_MS)).toBe(true);
});

test('a document that says to be of another state than its signer fails', async () => {
  const issuer = issuerOf({ country: 'FR' });
  const inspection = await inspect(passportOf({ issuer }), { trust: trusting(issuer) });
  expect(outcomes(inspection)).toEqual({ ...genuine, 'issuing-state-matches': 'failed ISSUING_STATE_DIFFERS' });
});

test('a state that no table knows leaves the comparison open', async () => {
  const issuer = issuerOf({ state: 'QQQ' });
  const inspection = await inspect(passportOf({ issuer }), { trust: trusting(issuer) });
  expect(outcomeOf(inspection, 'issuing-state-matches')).toBe('undetermined ISSUING_STATE_UNMAPPED');
});

test('a chip whose holder differs from the printed one fails the comparison', async () => {
  const passport = passportOf();
  // The same number and dates open the chip; the name is what was printed anew.
  const printed = issuePassport({
    holder: { ...holder, surname: 'Eichenhain' },
    portrait: portraitOf(100),
    issuer: utopia,
    signedAt_ms: NOW_MS,
  });
  const inspection = await inspect(passport, { mrz: mrzOf(printed.mrzLines) });
  expect(outcomes(inspection)).toEqual({ ...genuine, 'mrz-matches-chip': 'failed MRZ_DIFFERS' });
});

test('a difference in optional data alone leaves the comparison open', async () => {
  const printed = passportOf({ holder: { ...holder, optionalData: 'A1' } });
  const inspection = await inspect(passportOf(), { mrz: mrzOf(printed.mrzLines) });
  expect(outcomeOf(inspection, 'mrz-matches-chip')).toBe('undetermined MRZ_OPTIONAL_DATA_DIFFERS');
});

test('the printed zone of another document does not open the chip', async () => {
  const other = passportOf({ holder: { ...holder, documentNumber: 'SIM999999' } });
  const inspection = await inspect(passportOf(), { mrz: mrzOf(other.mrzLines) });
  expect(outcomeOf(inspection, 'chip-access')).toBe('failed ACCESS_REFUSED');
  expect(inspection.aborted).toBe('ACCESS_REFUSED');
  expect(outcomeOf(inspection, 'access-bac')).toBe('failed ACCESS_REFUSED');
  expect(inspection.checks.map(({ id }) => id)).toEqual([...coreCheckIds]);
  const rest = inspection.checks.slice(3);
  expect(rest.every(({ result, because }) => result === 'aborted' && because === 'ACCESS_REFUSED')).toBe(true);
});

test('a chip that falls silent after any number of commands aborts the rest, and never throws', async () => {
  const passport = passportOf();
  const whole = await inspect(passport);
  expect(whole.reading.apdus).toBeGreaterThan(20);
  for (let answered = 0; answered < whole.reading.apdus; answered++) {
    const chip = chipOf(passport);
    let left = answered;
    const inspection = await inspect(passport, {
      transceiver: lineTo({ transceive: async (command) => (left-- > 0 ? chip.transceive(command) : undefined) }),
    });
    expect(inspection.aborted, `after ${answered}`).toBe('CHIP_LOST');
    expect(inspection.checks.map(({ id }) => id)).toEqual([...coreCheckIds]);
    expect(inspection.checks.some(({ result }) => result === 'aborted')).toBe(true);
    for (const check of inspection.checks) {
      if (check.result === 'aborted') expect(check.because).toBe('CHIP_LOST');
      else expect(outcomeOf(inspection, check.id), `after ${answered}`).toBe(genuine[check.id]);
    }
    expect(inspection.portrait).toBeNull();
  }
});

test('an answer without protection, anywhere after access, ends the reading', async () => {
  const passport = passportOf();
  const { classes, reading } = await classesOfCommands(passport);
  const first = classes.indexOf(SECURE_MESSAGING_CLASS);
  expect(first).toBeGreaterThan(2);
  for (let protectedFrom = first; protectedFrom < reading.apdus; protectedFrom += 5) {
    const chip = chipOf(passport);
    let count = 0;
    const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> =>
      count++ === protectedFrom ? Uint8Array.of(0x90, 0x00) : chip.transceive(command);
    const inspection = await inspect(passport, { transceiver: lineTo({ transceive }) });
    expect(inspection.aborted, `command ${protectedFrom}`).toBe('SECURE_MESSAGING_FAILED');
  }
});

const SECURE_MESSAGING_CLASS = 0x0c;

/** The class byte of every command of a whole inspection. */
async function classesOfCommands(passport: Passport) {
  const chip = chipOf(passport);
  const classes: (number | undefined)[] = [];
  const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> => {
    classes.push(command[0]);
    return chip.transceive(command);
  };
  const { reading } = await inspect(passport, { transceiver: lineTo({ transceive }) });
  return { classes, reading };
}

test('a cancelled inspection ends at once, also while the chip is silent', async () => {
  const passport = passportOf();
  const chip = chipOf(passport);
  const cancel = new AbortController();
  let count = 0;
  const transceive = async (command: Uint8Array): Promise<Uint8Array> => {
    if (++count < 10) return (await chip.transceive(command)) ?? new Uint8Array(0);
    queueMicrotask(() => cancel.abort());
    return new Promise<Uint8Array>(() => undefined);
  };
  const inspection = await inspect(passport, {
    transceiver: { transceive },
    signal: cancel.signal,
    // Far beyond the time a test may take: only the signal can end the wait.
    apduTimeout_ms: 10_000_000,
  });
  expect(inspection.aborted).toBe('INSPECTION_CANCELLED');
  expect(inspection.reading.apdus).toBe(10);
});

test('an inspection that takes too long as a whole ends, however long one command may take', async () => {
  const passport = passportOf();
  const chip = chipOf(passport);
  let count = 0;
  const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> => {
    if (++count < 10) return chip.transceive(command);
    return new Promise(() => undefined);
  };
  const inspection = await inspect(passport, {
    transceiver: lineTo({ transceive }),
    apduTimeout_ms: 10_000_000,
    total_ms: 50,
  });
  expect(inspection.aborted).toBe('INSPECTION_TIMEOUT');
  const left = inspection.checks.filter(({ result }) => result === 'aborted');
  expect(left.length).toBeGreaterThan(0);
  expect(left.every(({ because }) => because === 'INSPECTION_TIMEOUT')).toBe(true);
});

test('an inspection that was cancelled before it began sends nothing', async () => {
  const inspection = await inspect(passportOf(), { signal: AbortSignal.abort() });
  expect(inspection.reading.apdus).toBe(0);
  expect(inspection.checks.every(({ result }) => result === 'aborted')).toBe(true);
});

test('progress names the file and ends with its whole length', async () => {
  const passport = passportOf();
  const seen: InspectionProgress[] = [];
  await inspect(passport, { onProgress: (progress) => seen.push(progress) });
  expect([...new Set(seen.map(({ step }) => step))]).toEqual(['chip-access', 'EF.COM', 'EF.SOD', 'DG1', 'DG2']);
  const last = seen.at(-1);
  expect(last?.bytesRead).toBe(passport.files.get(0x0102)?.length);
  expect(last?.bytesTotal).toBe(last?.bytesRead);
});

test('only documented codes appear, and none carries content of a document', () => {
  for (const [code, meaning] of Object.entries(inspectionCodes)) {
    expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect(meaning.length).toBeGreaterThan(10);
  }
});
