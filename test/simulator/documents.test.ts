import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Transceiver } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { inspectDocument } from '../../drivers/emrtd/inspection.ts';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import { parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { countingChip, createIssuers, dress } from '../../simulator/backstage.ts';
import { misread } from '../../simulator/hardware.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import { Pictures } from '../../simulator/pictures.ts';
import { findScenario, genuineWith } from '../../simulator/scenarios/scenarios.ts';
import type { Scenario } from '../../simulator/scenarios/scenarios.ts';
import { listPeople } from '../../simulator/travellers/people.ts';
import { provisionPhotographs } from '../../simulator/travellers/photographs.ts';

const now_ms = Date.now;
const issuers = createIssuers(now_ms, 1);
const { trust } = createTrustStore([issuers.trusted.cscaCertificate]);

let pictures: Pictures;

beforeAll(async () => {
  await provisionPhotographs();
  pictures = new Pictures();
});

afterAll(async () => {
  await pictures.stop();
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

test.each(listPeople().map(({ id }) => id))(
  'the genuine document of %s passes every check it offers',
  async (person) => {
    const inspection = await inspect(genuineWith(person));
    expect(inspection.aborted).toBeNull();
    const { 'certificate-revocation': _noList, ...rest } = troubles(inspection);
    expect(rest).toEqual({});
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
  expect(inspection.checks.find(({ id }) => id === 'chip-access')?.result).toBe('passed');
});

test('a misread zone fails its check digits', async () => {
  const { document } = await dress(scenario('genuine'), { issuers, pictures, now_ms, seed: 5 });
  expect(parseMRZ(misread(document.mrzLines))).toMatchObject({ ok: false, because: 'check-digit' });
});
