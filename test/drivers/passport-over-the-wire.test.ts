import { expect, onTestFinished, test } from 'vitest';
import { createChipReader } from '../../drivers/chip-reader/driver.ts';
import { SimulatedChipReader } from '../../simulator/devices/chip-reader.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { profileNamed } from '../../simulator/passport/profiles.ts';
import { inspect, outcomeOf, passportOf, portraitOf, seededEntropy } from '../emrtd/simulated-document.ts';
import { Recording, temporaryLine } from './harness.ts';

test.each(['type-a', 'type-b'] as const)(
  'a passport of %s is read through reader, line and driver as it was issued',
  async (kind) => {
    const line = temporaryLine({ pacing_baud: 921600 });
    const device = new SimulatedChipReader(line);
    onTestFinished(() => device.close());
    const reader = createChipReader({ path: line.path });
    const heard = new Recording(reader);
    await heard.cleared('DEVICE_DISCONNECTED');
    const portrait = portraitOf(12_000);
    const passport = passportOf({ portrait });
    device.place(createPassportChip(passport, { kind, entropy: seededEntropy('wire') }));
    const transceiver = await reader.activate({ timeout_ms: 5000 });
    const inspection = await inspect(passport, { transceiver });
    await transceiver.release();
    expect(outcomeOf(inspection, 'chip-access')).toBe('passed BASIC_ACCESS_USED');
    expect(inspection.checks.filter((check) => check.result === 'failed')).toEqual([]);
    expect(inspection.aborted).toBeNull();
    expect(inspection.portrait?.bytes).toEqual(portrait.bytes);
  },
);

test('a passport with PACE, chip authentication and extended length is read over a fast line and a fast radio', async () => {
  const line = temporaryLine();
  const rates = new Set<number>();
  let longest_bytes = 0;
  const device = new SimulatedChipReader(line, {
    apduDelay_ms: (_, response, radio) => {
      rates.add(radio.rate_kbps);
      longest_bytes = Math.max(longest_bytes, response.length);
      return 0;
    },
  });
  onTestFinished(() => device.close());
  const reader = createChipReader({ path: line.path, fastBaudRate: 921600, radioRate_kbps: 424 });
  const heard = new Recording(reader);
  await heard.cleared('DEVICE_DISCONNECTED');
  const portrait = portraitOf(12_000);
  const passport = passportOf({ portrait, profile: profileNamed('typical-eu') });
  device.place(createPassportChip(passport, { kind: 'type-a', entropy: seededEntropy('wire') }));
  const transceiver = await reader.activate({ timeout_ms: 5000 });
  const inspection = await inspect(passport, { transceiver });
  expect(inspection.checks.filter((check) => check.result === 'failed')).toEqual([]);
  expect(outcomeOf(inspection, 'chip-authentication')).toBe('passed');
  expect(inspection.portrait?.bytes).toEqual(portrait.bytes);
  expect([...rates]).toEqual([424]);
  // One answer in several frames of the reader.
  expect(longest_bytes).toBeGreaterThan(1000);
});
