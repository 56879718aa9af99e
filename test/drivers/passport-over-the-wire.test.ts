import { expect, onTestFinished, test } from 'vitest';
import { createChipReader } from '../../drivers/chip-reader/driver.ts';
import { SimulatedChipReader } from '../../simulator/devices/chip-reader.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
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
    expect(outcomeOf(inspection, 'chip-access')).toBe('passed');
    expect(inspection.checks.filter((check) => check.result === 'failed')).toEqual([]);
    expect(inspection.aborted).toBeNull();
    expect(inspection.portrait?.bytes).toEqual(portrait.bytes);
  },
);
