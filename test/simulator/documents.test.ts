import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Transceiver } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { inspectDocument } from '../../drivers/emrtd/inspection.ts';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import { parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { readJournal } from '../../drivers/emrtd/pki/import-journal.ts';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import type { TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { countingChip, createIssuers, dress } from '../../simulator/backstage.ts';
import { misread } from '../../simulator/hardware.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import { Pictures } from '../../simulator/pictures.ts';
import { findScenario, genuineWith } from '../../simulator/scenarios/scenarios.ts';
import type { Scenario } from '../../simulator/scenarios/scenarios.ts';
import { listPeople } from '../../simulator/travellers/people.ts';
import { provisionPhotographs } from '../../simulator/travellers/photographs.ts';
import { writeTrust } from '../../simulator/trust.ts';

const now_ms = Date.now;
const issuers = createIssuers(now_ms, 1);

let pictures: Pictures;
let folder: string;
let trust: TrustStore;

beforeAll(async () => {
  await provisionPhotographs();
  pictures = new Pictures();
  folder = await mkdtemp(join(tmpdir(), 'trust-'));
  await writeTrust(folder, issuers, now_ms());
  ({ trust } = await loadTrustFolder(folder));
});

afterAll(async () => {
  await pictures.stop();
  await rm(folder, { recursive: true, force: true });
});

const scenario = (name: string): Scenario => {
  const found = findScenario(name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
};

const reach = (chip: Chip, isThere: () => boolean): Transceiver => ({
  transceive: async (command) => {
    const response = isThere() ? await chip.transceive(command) : undefined;
    if (response === undefined) throw new DeviceError('CHIP_LOST');
    return response;
  },
});

async function inspect(
  played: Scenario,
  chipOf = (chip: Chip) => ({ chip, isThere: () => true }),
): Promise<DocumentInspection> {
  const { document } = await dress(played, { issuers, pictures, now_ms, seed: 5 });
  const parsed = parseMRZ(document.mrzLines);
  if (!parsed.ok) throw new Error(parsed.because);
  if (document.chip === null) throw new Error('a document with a chip expected');
  const { chip, isThere } = chipOf(document.chip);
  chip.reset();
  return inspectDocument({
    transceiver: reach(chip, isThere),
    mrz: parsed.mrz,
    trust,
    now_ms,
    entropy: (bytes) => randomBytes(bytes),
    signal: new AbortController().signal,
  });
}

/** Checks that neither passed nor concern what these documents do not offer. */
const troubles = ({ checks }: DocumentInspection): Record<string, string | null> =>
  Object.fromEntries(
    checks
      .filter(({ result }) => result !== 'passed' && result !== 'not-supported')
      .map(({ id, because }) => [id, because]),
  );

/** How the chip was opened and how it proved itself. */
const proofsIn = ({ checks }: DocumentInspection): string =>
  checks
    .filter(({ id, result }) => result === 'passed' && /^access-|-authentication(-mapping)?$/.test(id))
    .map(({ id }) => id)
    .join(' ');
const proofsByPerson = new Map<string, string>();

test.each(listPeople().map(({ id }) => id))(
  'the genuine document of %s passes every check it offers',
  async (person) => {
    const inspection = await inspect(genuineWith(person));
    expect(inspection.aborted).toBeNull();
    expect(troubles(inspection)).toEqual({});
    proofsByPerson.set(person, proofsIn(inspection));
    expect(inspection.portrait).not.toBeNull();
  },
);

test('the altered portrait fails the hash of data group 2 and nothing else', async () => {
  const found = troubles(await inspect(scenario('altered-portrait')));
  expect(found['data-group-2-hash']).toBe('DATA_GROUP_HASH_MISMATCH');
  expect(found['data-group-1-hash']).toBeUndefined();
  expect(found['issuer-certificate']).toBeUndefined();
});

test('the unknown issuer is not known, while the signature of the security object holds', async () => {
  const found = troubles(await inspect(scenario('unknown-issuer')));
  expect(found['issuer-certificate']).toBe('ISSUER_UNKNOWN');
  expect(found['security-object-signature']).toBeUndefined();
});

test('the expired document is genuine and ran out weeks ago', async () => {
  const { document } = await dress(scenario('expired-document'), { issuers, pictures, now_ms, seed: 5 });
  const parsed = parseMRZ(document.mrzLines);
  const today = new Date(now_ms()).toISOString().slice(2, 10).replaceAll('-', '');
  expect(parsed.ok && parsed.mrz.expiryDate < today).toBe(true);
});

test('a chip that is taken away after so many answers ends the inspection in the middle of reading', async () => {
  const limit = scenario('chip-removed').behaviour.takesDocumentAwayAfter_commands ?? 0;
  const inspection = await inspect(scenario('chip-removed'), (inner) => {
    let isThere = true;
    const chip = countingChip(inner, limit, () => {
      isThere = false;
    });
    return { chip, isThere: () => isThere };
  });
  expect(inspection.aborted).toBe('CHIP_LOST');
  const resultOf = (wanted: string) => inspection.checks.find(({ id }) => id === wanted)?.result;
  expect([resultOf('chip-access'), resultOf('data-group-1-hash'), resultOf('data-group-2-hash')]).toEqual([
    'passed',
    'passed',
    'aborted',
  ]);
});

test('a misread zone fails its check digits', async () => {
  const { document } = await dress(scenario('genuine'), { issuers, pictures, now_ms, seed: 5 });
  expect(parseMRZ(misread(document.mrzLines))).toMatchObject({ ok: false, because: 'check-digit' });
});

test('a copied document passes every check of its data and fails to prove its chip', async () => {
  expect(troubles(await inspect(scenario('cloned-chip')))).toEqual({
    'chip-authentication': 'CHIP_AUTHENTICATION_UNPROVEN',
    'chip-authenticity': 'CHIP_IS_A_COPY',
  });
});

test('the document of a revoked signer is whole, and its signer is on the list', async () => {
  const found = troubles(await inspect(scenario('revoked-signer')));
  expect(found).toMatchObject({ 'certificate-revocation': 'SIGNER_REVOKED' });
  expect(found).not.toHaveProperty('security-object-signature');
  expect(found).not.toHaveProperty('issuer-certificate');
});

test('a name altered in print leaves the chip open, and differs from it', async () => {
  expect(troubles(await inspect(scenario('mrz-differs-from-chip')))).toEqual({ 'mrz-matches-chip': 'MRZ_DIFFERS' });
});

test('a chip that announces four gigabytes and falsifies checksums ends the inspection before the portrait', async () => {
  const inspection = await inspect(scenario('hostile-chip'));
  expect(inspection.aborted).toBe('SECURE_MESSAGING_FAILED');
  expect(inspection.portrait).toBeNull();
  expect(inspection.reading.bytesRead).toBeLessThan(20_000);
  expect(troubles(inspection)['files-consistent']).toBe('FILE_TOO_LARGE');
});

test('the holders’ documents differ: some open by PACE and some without, most prove their chip', () => {
  const ways = [...proofsByPerson.values()];
  expect(ways.length).toBe(listPeople().length);
  expect(new Set(ways)).toEqual(
    new Set([
      'access-pace chip-authentication',
      'access-pace chip-authentication active-authentication',
      'access-pace pace-chip-authentication-mapping',
      'access-bac chip-authentication',
      'access-bac active-authentication',
    ]),
  );
  expect(ways.filter((way) => way === 'access-pace chip-authentication').length).toBeGreaterThan(ways.length / 2);
});

test('the lists of an earlier simulator leave the trust folder, those of anybody else stay', async () => {
  const shared = await mkdtemp(join(tmpdir(), 'trust-'));
  try {
    await writeTrust(shared, createIssuers(now_ms, 2), now_ms());
    const foreign = { by: 'somebody', at_ms: 1, kind: 'root', file: 'roots/UT-x.cer', sha256: '00', source: 'x' };
    const own = ['simulator', 'simulator', 'simulator'];
    const rest = { issuerCountry: 'UT', issued_ms: 1, until_ms: null, entries: 1 };
    await writeFile(join(shared, 'imports.jsonl'), `${JSON.stringify({ ...foreign, ...rest })}\n`, { flag: 'a' });
    await writeTrust(shared, issuers, now_ms());
    const { trust: loaded, refused } = await loadTrustFolder(shared);
    expect(refused).toEqual([]);
    expect(loaded.lists.map(({ kind, entries }) => `${kind} ${entries}`)).toEqual(['crl 1', 'crl 0', 'defect-list 1']);
    expect(await readdir(join(shared, 'revocation'))).toHaveLength(2);
    expect((await readJournal(shared)).records.map(({ by }) => by)).toEqual(['somebody', ...own]);
  } finally {
    await rm(shared, { recursive: true, force: true });
  }
});
