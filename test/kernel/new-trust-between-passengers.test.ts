/** Certificates that are put into the trust folder, or taken out of it, count from the next passenger on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { TrustKeeper } from '../../gate-controller/trust-keeper.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import { NOW_MS, issuerOf, utopia } from '../emrtd/simulated-document.ts';
import { importBytes } from '../emrtd/trust-material.ts';
import { VirtualClock } from './virtual-clock.ts';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function keeperOf() {
  const folder = await mkdtemp(join(tmpdir(), 'keeper-'));
  folders.push(folder);
  await writeFile(join(folder, 'utopia.cer'), utopia.cscaCertificate);
  const heard = { loaded: 0, troubles: 0 };
  const keeper = await TrustKeeper.open({
    folder,
    onLoaded: () => (heard.loaded += 1),
    onTrouble: () => (heard.troubles += 1),
  });
  return { folder, keeper, heard };
}

test('a certificate that was added is trusted, one that was taken away is not any more', async () => {
  const { folder, keeper } = await keeperOf();
  expect(keeper.trust().certificates).toHaveLength(1);
  await writeFile(join(folder, 'other.cer'), issuerOf({ state: 'XOM', country: 'XM' }).cscaCertificate);
  await keeper.refresh();
  expect(keeper.trust().certificates).toHaveLength(2);
  await rm(join(folder, 'utopia.cer'));
  await keeper.refresh();
  expect(keeper.trust().certificates.map(({ subjectCountry }) => subjectCountry)).toEqual(['XM']);
});

test('a folder that did not change is not read again', async () => {
  const { keeper, heard } = await keeperOf();
  await Promise.all([keeper.refresh(), keeper.refresh()]);
  expect(heard).toEqual({ loaded: 1, troubles: 0 });
});

test('a folder that cannot be read leaves what was read before in use, and says so', async () => {
  const { folder, keeper, heard } = await keeperOf();
  await rm(folder, { recursive: true });
  await keeper.refresh();
  expect(heard.troubles).toBe(1);
  expect(keeper.trust().certificates).toHaveLength(1);
});

test('an imported list that is lost is said to be missing, at a look and at a start, until it is imported again', async () => {
  const { folder, keeper } = await keeperOf();
  const list = writeCRL(utopia, { revoked: [], thisUpdate_ms: NOW_MS, nextUpdate_ms: NOW_MS + 1, number: 1 });
  const { file } = await importBytes(folder, list);
  await keeper.refresh();
  expect([keeper.trust().lists.length, keeper.isWhole()]).toEqual([1, true]);
  await rm(join(folder, file));
  await keeper.refresh();
  expect(keeper.isWhole()).toBe(false);
  const later = await TrustKeeper.open({ folder, onLoaded: () => undefined, onTrouble: () => undefined });
  expect(later.isWhole()).toBe(false);
  await importBytes(folder, list);
  await keeper.refresh();
  expect(keeper.isWhole()).toBe(true);
});

test('what is imported while nobody passes counts for the first passenger who comes', async () => {
  const { folder, keeper } = await keeperOf();
  const clock = new VirtualClock();
  const refresh = vi.spyOn(keeper, 'refresh');
  let isIdle = false;
  const stop = keeper.watch(clock, () => isIdle);
  await writeFile(join(folder, 'other.cer'), issuerOf({ state: 'XOM', country: 'XM' }).cscaCertificate);
  clock.advance(600_000);
  expect(refresh).not.toHaveBeenCalled();
  isIdle = true;
  clock.advance(60_000);
  await expect.poll(() => keeper.trust().certificates.length).toBe(2);
  stop();
  expect(clock.waiting).toBe(0);
});
