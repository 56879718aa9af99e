import { expect, onTestFinished, test } from 'vitest';
import type { MRZReader, MRZReaderEvent } from '../../drivers/contracts/mrz-reader.ts';
import { createMRZReader } from '../../drivers/mrz-reader/driver.ts';
import { type MRZReaderFault, SimulatedMRZReader } from '../../simulator/devices/mrz-reader.ts';
import { dropWrites, noiseBefore, noiseOnly, splitWrites } from '../../simulator/wire/line-fault.ts';
import type { Line } from '../../simulator/wire/line.ts';
import { Recording, seeded, temporaryLine, until } from './harness.ts';

/** The specimen of ICAO 9303-4, appendix B; nobody's document. */
const specimen = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];

type Setup = {
  readonly line: Line;
  readonly device: SimulatedMRZReader;
  readonly reader: MRZReader;
  readonly heard: Recording<MRZReaderEvent>;
};

async function readerInService(): Promise<Setup> {
  const line = temporaryLine();
  const device = new SimulatedMRZReader(line);
  onTestFinished(() => device.close());
  const reader = createMRZReader({ path: line.path, heartbeat_ms: 150 });
  const heard = new Recording(reader);
  await heard.cleared('DEVICE_DISCONNECTED');
  await until('continuous reading', () => device.isContinuous);
  return { line, device, reader, heard };
}

const reads = (heard: Recording<MRZReaderEvent>): MRZReaderEvent[] =>
  heard.events.filter((event) => event.type === 'mrzRead' || event.type === 'mrzUnreadable');
const isRead = (event: { readonly type: string }): boolean => event.type.startsWith('mrz');

test('a document is read once while it stays, and the next one is read too', async () => {
  const { device, reader, heard } = await readerInService();
  expect(reader.identification()).toBe('SIMULATED OCR 1.07');
  const first = heard.next('read', isRead);
  device.present(specimen);
  expect(await first).toEqual({ type: 'mrzRead', lines: specimen });
  await until('reading is on again', () => device.isContinuous);
  device.remove();
  const second = heard.next('read', isRead);
  device.present(['<'.repeat(36), '<'.repeat(36)]);
  await second;
  expect(reads(heard)).toHaveLength(2);
});

test.each<[MRZReaderFault['name'], MRZReaderEvent[]]>([
  ['half-frame', [{ type: 'mrzUnreadable', because: 'bad-shape' }]],
  [
    'glued-frames',
    [
      { type: 'mrzRead', lines: specimen },
      { type: 'mrzRead', lines: specimen },
    ],
  ],
  ['wrong-length', [{ type: 'mrzUnreadable', because: 'bad-shape' }]],
  ['reject-characters', [{ type: 'mrzUnreadable', because: 'reject-characters' }]],
  ['garbage-before', [{ type: 'mrzRead', lines: specimen }]],
  ['inside-reply', [{ type: 'mrzRead', lines: specimen }]],
])('a read with %s is told for what it is, and the next read is right', async (name, expected) => {
  const { device, heard } = await readerInService();
  const remove = device.addFault({ name });
  device.present(specimen);
  await until('told', () => reads(heard).length >= expected.length);
  remove();
  await until('reading is on again', () => device.isContinuous);
  const next = heard.next('read', isRead);
  device.present(specimen);
  expect(await next).toEqual({ type: 'mrzRead', lines: specimen });
  expect(reads(heard)).toEqual([...expected, { type: 'mrzRead', lines: specimen }]);
});

test('a read that comes byte by byte is a read', async () => {
  const { line, device, heard } = await readerInService();
  line.addFault(splitWrites({ size_bytes: 1, gap_ms: 1 }));
  const read = heard.next('read', isRead);
  device.present(specimen);
  expect(await read).toEqual({ type: 'mrzRead', lines: specimen });
});

test('a reader unplugged in mid-read is disconnected, and reads again when plugged in', async () => {
  const { line, device, heard } = await readerInService();
  line.addFault(splitWrites({ size_bytes: 1, gap_ms: 2 }));
  const halfway = line.stats().bytesToHost + 40;
  device.present(specimen);
  await until('half the read is through', () => line.stats().bytesToHost > halfway);
  line.unplug();
  await heard.raised('DEVICE_DISCONNECTED');
  expect(reads(heard)).toEqual([]);
  const read = heard.next('read', isRead);
  line.replug();
  expect(await read).toEqual({ type: 'mrzRead', lines: specimen });
  expect(heard.standing).toEqual([]);
});

test('a reader that falls silent is disconnected, and is back by itself', async () => {
  const { line, heard } = await readerInService();
  const remove = line.addFault(dropWrites({ every: 1 }));
  await heard.raised('DEVICE_DISCONNECTED');
  remove();
  await heard.cleared('DEVICE_DISCONNECTED');
});

test('a noisy line is reported, and noise alone is no reader', async () => {
  const { line, heard } = await readerInService();
  let remove = line.addFault(noiseBefore({ noise: Uint8Array.of(0xff, 0x80) }));
  await heard.raised('DEVICE_GARBAGE');
  expect(heard.standing).toEqual(['DEVICE_GARBAGE']);
  remove();
  await heard.cleared('DEVICE_GARBAGE');
  remove = line.addFault(noiseOnly({ entropy: seeded(9) }));
  await heard.raised('DEVICE_DISCONNECTED');
  remove();
  await heard.cleared('DEVICE_DISCONNECTED');
  expect(reads(heard).filter((event) => event.type === 'mrzRead')).toEqual([]);
});
