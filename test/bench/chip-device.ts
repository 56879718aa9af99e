/**
 * The far end of the line for the benchmark `chip`, a process of its own as real hardware is: simulated PN532, radio and
 * passport. Started by `chip.ts` with an IPC channel; ends with it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCommand } from '../../drivers/emrtd/iso7816/apdu.ts';
import { SimulatedChipReader } from '../../simulator/devices/chip-reader.ts';
import { radio_ms } from '../../simulator/devices/radio.ts';
import { plausibleTiming } from '../../simulator/passport/chip-timing.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { type ProfileName, profileNamed } from '../../simulator/passport/profiles.ts';
import { Line } from '../../simulator/wire/line.ts';
import { passportOf, portraitOf, seededEntropy, utopia } from '../emrtd/simulated-document.ts';

export type DeviceReady = {
  readonly type: 'ready';
  readonly path: string;
  readonly mrzLines: readonly string[];
  readonly cscaCertificate_hex: string;
};

/** Since the last question. */
export type DeviceTally = {
  readonly type: 'tally';
  readonly apdus: number;
  /** Of the APDUs themselves, both ways. */
  readonly apdu_bytes: number;
  /** On the serial line, both ways, frames and acknowledgements included. */
  readonly line_bytes: number;
  readonly radio_ms: number;
  readonly chip_ms: number;
  /** Time that the simulated chip needed beyond what a real one is given: the simulation's fault, not the line's. */
  readonly simulationLate_ms: number;
};

const portrait_bytes = 15_000;
const [profile = 'typical-eu'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const line = new Line({ folder, name: 'chip-reader' });
const passport = passportOf({ portrait: portraitOf(portrait_bytes), profile: profileNamed(profile as ProfileName) });
const zero = { apdus: 0, apdu_bytes: 0, radio_ms: 0, chip_ms: 0, simulationLate_ms: 0 };
let tally = { ...zero };
let lineBytesBefore = 0;

const lineBytes = (): number => {
  const { bytesToHost, bytesFromHost } = line.stats();
  return bytesToHost + bytesFromHost;
};

function chipTime_ms(command: Uint8Array): number {
  const decoded = decodeCommand(command);
  return decoded === undefined ? 0 : plausibleTiming(decoded);
}

const device = new SimulatedChipReader(line, {
  chipTime_ms,
  apduDelay_ms: (command, response, radio) => {
    const air_ms = radio_ms(radio, command.length, response.length);
    tally.apdus += 1;
    tally.apdu_bytes += command.length + response.length;
    tally.radio_ms += air_ms;
    tally.chip_ms += chipTime_ms(command);
    return air_ms;
  },
});
const chip = createPassportChip(passport, { kind: 'type-a', entropy: seededEntropy('bench') });
device.place({
  kind: chip.kind,
  uid: chip.uid,
  historicalBytes: chip.historicalBytes,
  reset: () => chip.reset(),
  transceive: async (command) => {
    const begun_ms = performance.now();
    const response = await chip.transceive(command);
    tally.simulationLate_ms += Math.max(0, performance.now() - begun_ms - chipTime_ms(command));
    return response;
  },
});

process.on('message', () => {
  const now = lineBytes();
  process.send?.({ type: 'tally', ...tally, line_bytes: now - lineBytesBefore } satisfies DeviceTally);
  tally = { ...zero };
  lineBytesBefore = now;
});
process.on('disconnect', () => {
  device.close();
  line.unplug();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.send?.({
  type: 'ready',
  path: line.path,
  mrzLines: passport.mrzLines,
  cscaCertificate_hex: Buffer.from(utopia.cscaCertificate).toString('hex'),
} satisfies DeviceReady);
