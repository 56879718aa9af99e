/** A chip that drops out near the end of its time is waited for no longer than the whole inspection may take. */
import { expect, test } from 'vitest';
import type { ChipLink } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { inspectChip } from '../../gate-controller/kernel/document-inspector.ts';
import { mrzOf, passportOf, seededEntropy, trusting, utopia } from '../emrtd/simulated-document.ts';
import { VirtualClock } from './virtual-clock.ts';

test('a chip that falls silent late is waited for as long as there is time left, and the report says what was found', async () => {
  const clock = new VirtualClock();
  const waits: number[] = [];
  const transceive = async (): Promise<Uint8Array> => {
    clock.advance(12_500);
    throw new DeviceError('CHIP_LOST');
  };
  const activate = async ({ timeout_ms }: { readonly timeout_ms: number }): Promise<ChipLink> => {
    waits.push(timeout_ms);
    if (waits.length > 1) throw new DeviceError('CHIP_ABSENT');
    return { kind: 'type-a', transceive, release: async () => undefined };
  };
  const inspection = await inspectChip(
    {
      chipReader: { activate } as unknown as Parameters<typeof inspectChip>[0]['chipReader'],
      trust: () => trusting(utopia),
      clock,
      entropy: seededEntropy('reader'),
      settings: { accessPolicy: 'pace-required-when-offered', dataGroups: [], further_ms: 7000 },
      activate_ms: 4000,
      total_ms: 14_000,
      printed: [],
    },
    mrzOf(passportOf().mrzLines),
    new AbortController().signal,
    { onProgress: () => undefined, onPortrait: () => undefined },
  );
  expect(waits).toEqual([4000, 1500]);
  expect(inspection.aborted).toBe('CHIP_LOST');
});
