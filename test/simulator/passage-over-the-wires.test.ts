import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCamera } from '../../drivers/camera/driver.ts';
import { createChipReader } from '../../drivers/chip-reader/driver.ts';
import type { ChipReader } from '../../drivers/contracts/chip-reader.ts';
import type { Device } from '../../drivers/contracts/device.ts';
import type { GateReading, Lamps } from '../../drivers/contracts/gate-io.ts';
import { inspectDocument } from '../../drivers/emrtd/inspection.ts';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import { parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import { createGateIO } from '../../drivers/gate-io/driver.ts';
import { createMRZReader } from '../../drivers/mrz-reader/driver.ts';
import { createSimulator } from '../../simulator/simulator.ts';
import type { Simulator, SimulatorAddresses } from '../../simulator/simulator.ts';

let folder = '';
let simulator: Simulator;
let addresses: SimulatorAddresses;
const devices: Device<never>[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulated-gate-'));
  simulator = createSimulator({
    folder,
    trustFolder: join(folder, 'trust'),
    pages: join(folder, 'pages'),
    benchPort: 0,
    cameraPort: 0,
    watchlistPort: 0,
    seed: 11,
    isStreaming: false,
  });
  addresses = await simulator.start();
});

afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.stop()));
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

function started<D extends { start(): void; stop(): Promise<void> }>(device: D): D {
  devices.push(device as unknown as Device<never>);
  device.start();
  return device;
}

/** Resolves when the hall shows it; a hall that never does fails the test at its own limit. */
function shown(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = simulator.subscribe(() => {
      if (!holds()) return;
      unsubscribe();
      resolve();
    });
  });
}

const lamps = (entry: Lamps['entry'], exit: Lamps['exit'], document: Lamps['document']): Lamps => ({
  entry,
  exit,
  document,
});

/** As a lane does, asks again when a busy machine has lost an answer on the way. */
async function inspectChip(reader: ChipReader, mrz: MRZ): Promise<DocumentInspection> {
  const { trust } = await loadTrustFolder(addresses.trust);
  const { signal } = new AbortController();
  const entropy = (bytes: number): Uint8Array => randomBytes(bytes);
  for (let left = 2; ; left--) {
    const link = await reader.activate({ timeout_ms: 10_000 });
    const inspection = await inspectDocument({ transceiver: link, mrz, trust, now_ms: Date.now, entropy, signal });
    await link.release();
    if (inspection.aborted === null || left === 0) return inspection;
  }
}

test('a genuine traveller passes a lane that only knows drivers, ports and the camera address', async () => {
  const { ports } = addresses;
  const gate = started(createGateIO({ path: ports['gate-plc'] }));
  const zoneReader = started(createMRZReader({ path: ports['mrz-reader'] }));
  const chipReader = started(createChipReader({ path: ports['chip-reader'], fastBaudRate: 460800 }));
  const camera = started(createCamera({ url: addresses.camera }));
  const reading = (): GateReading | undefined => gate.reading();
  await shown(() => reading() !== undefined && chipReader.identification() !== undefined);

  const zoneRead = new Promise<readonly string[]>((resolve) => {
    zoneReader.subscribe((event) => event.type === 'mrzRead' && resolve(event.lines));
  });
  gate.setMode('normal');
  gate.setLamps(lamps('off', 'off', 'place'));
  const sent = simulator.send('genuine', { fast: true });
  if (typeof sent === 'string') throw new Error(sent);
  const parsed = parseMRZ(await zoneRead);
  if (!parsed.ok) throw new Error(parsed.because);
  gate.setLamps(lamps('red', 'off', 'reading'));
  const inspection = await inspectChip(chipReader, parsed.mrz);
  expect(inspection.aborted).toBeNull();
  expect(inspection.portrait).not.toBeNull();

  const isGone = new Promise<void>((resolve) => {
    chipReader.subscribe((event) => event.type === 'chipGone' && resolve());
  });
  gate.setLamps(lamps('off', 'off', 'take'));
  await isGone;
  gate.setLamps(lamps('green', 'red', 'off'));
  await gate.command('entry', 'open');
  await shown(() => reading()?.isFloorMatOccupied === true && reading()?.doors.entry.isClosingZoneObstructed === false);
  gate.setLamps(lamps('red', 'red', 'off'));
  await gate.command('entry', 'close');
  await shown(() => reading()?.doors.entry.isAtClosedLimit === true);
  expect(reading()?.isSecondPersonSeen).toBe(false);
  const inFront = camera.latest();
  expect(inFront?.jpeg.subarray(0, 2)).toEqual(Uint8Array.of(0xff, 0xd8));

  gate.setLamps(lamps('red', 'green', 'off'));
  await gate.command('entry', 'hold');
  await gate.command('exit', 'open');
  await shown(() => simulator.passage(sent.id)?.state === 'done');
  await gate.command('exit', 'close');
  await shown(() => reading()?.doors.exit.isAtClosedLimit === true);
  expect(simulator.passage(sent.id)?.leftBy).toBe('exit');
  expect(reading()?.passages).toBe(1);
  const { hall, wires } = simulator.view();
  expect(hall.invariants.broken).toEqual([]);
  expect(hall.bodies).toEqual([]);
  expect(wires.every((wire) => wire.bytesFromHost > 0 && wire.bytesToHost > 0)).toBe(true);
}, 60_000);

test('a pulled cable is seen by the driver as lost, and as found again when it is back', async () => {
  const gate = started(createGateIO({ path: addresses.ports['gate-plc'] }));
  await shown(() => gate.reading() !== undefined);
  expect(await simulator.setFault('gate-plc-power-lost', true)).toBe('done');
  await shown(() => gate.reading() === undefined);
  expect(simulator.view().wires.find((wire) => wire.device === 'gate-plc')?.isPlugged).toBe(false);
  await simulator.setFault('gate-plc-power-lost', false);
  await shown(() => gate.reading() !== undefined);
  expect(gate.reading()?.doors.entry.isAtClosedLimit).toBe(true);
}, 30_000);
