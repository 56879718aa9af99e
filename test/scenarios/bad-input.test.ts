import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Product } from './product.ts';
import { officer_ms } from './run-passage.ts';

let product: Product;
beforeAll(async () => {
  product = await Product.start();
  await product.ready();
}, 180_000);
afterAll(() => product.remove(), 30_000);

// A test that failed must not fail the next one.
afterEach(async () => {
  for (const { name, isOn } of (await product.bench()).faults) if (isOn) await product.setFault(name, false);
});

const fast = { fast: true, officer_ms: officer_ms.fast };

/** What an officer sees of a device that went wrong, and that it goes when the device is well again. */
const devices: readonly (readonly [fault: string, device: string])[] = [
  ['mrz-reader-unplugged', 'mrz-reader'],
  ['mrz-reader-garbage', 'mrz-reader'],
  ['chip-reader-unplugged', 'chip-reader'],
  ['chip-reader-garbage', 'chip-reader'],
  ['chip-reader-half-frame', 'chip-reader'],
  ['gate-plc-unplugged', 'gate-io'],
  ['gate-plc-garbage', 'gate-io'],
  ['gate-plc-half-frame', 'gate-io'],
  ['gate-plc-power-lost', 'gate-io'],
  ['camera-stopped', 'camera'],
  ['camera-frozen', 'camera'],
  ['camera-truncated', 'camera'],
  ['camera-refused', 'camera'],
];

describe('a device that goes wrong is named on the officers’ page, and the lane serves again when it is well', () => {
  test.each(devices)(
    '%s',
    async (fault, device) => {
      await product.ready();
      await product.setFault(fault, true);
      const { lanes } = await product.until(
        `${fault} is seen and the lane goes out of service`,
        ({ lanes: [lane] }) =>
          lane?.mode === 'fault' && lane.faults.some((seen) => seen.device === device && seen.isBlocking),
      );
      const seen = lanes[0]?.faults.find((standing) => standing.device === device);
      expect(seen?.meaning.length).toBeGreaterThan(10);
      await product.setFault(fault, false);
      await product.until(
        'the lane is open again',
        ({ lanes: [lane] }) => lane?.mode === 'open' && lane.faults.length === 0,
      );
    },
    150_000,
  );
});

test('a zone reader whose reads arrive by half is named, and no half zone is taken for a document', async () => {
  await product.setFault('mrz-reader-half-frame', true);
  const seen = product.until(
    'garbage is named',
    ({ lanes: [lane] }) =>
      lane?.faults.some(({ device, code }) => device === 'mrz-reader' && code === 'DEVICE_GARBAGE') === true,
  );
  const sent = await product.send('genuine', true);
  await seen;
  await product.setFault('mrz-reader-half-frame', false);
  expect((await product.gone(sent)).state).toBe('done');
}, 300_000);

describe('a printed zone that is misread', () => {
  test.each([
    ['mrz-misread', 'MRZ_CHECK_DIGIT_WRONG'],
    ['mrz-reader-reject-characters', 'DOCUMENT_UNREADABLE'],
  ])(
    '%s never admits: it asks again and then refers',
    async (fault, reason) => {
      await product.setFault(fault, true);
      const { record } = await product.cross('genuine', fast);
      await product.setFault(fault, false);
      expect(record?.outcome === 'referred' ? record.reasons : record?.outcome).toEqual(
        record?.outcome === 'referred' ? [reason] : 'interrupted',
      );
    },
    300_000,
  );
});

test('after all of that a genuine traveller crosses', async () => {
  await product.ready();
  const { record } = await product.cross('genuine', fast);
  expect(record?.outcome).toBe('admitted');
}, 300_000);
