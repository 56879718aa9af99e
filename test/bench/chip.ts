/**
 * Reading a document over the serial line, against what the line, the air and the chip need at the least. Time runs from
 * the activated chip to the finished inspection, cryptography and checks included.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createChipReader } from '../../drivers/chip-reader/driver.ts';
import type { ChipReader } from '../../drivers/contracts/chip-reader.ts';
import { inspectDocument } from '../../drivers/emrtd/inspection.ts';
import { parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import type { ProfileName } from '../../simulator/passport/profiles.ts';
import type { DeviceReady, DeviceTally } from './chip-device.ts';
import { type Benchmark, type Figure, median } from './figure.ts';

type Run = {
  readonly profile: ProfileName;
  readonly baudRate: 115200 | 921600;
  readonly radioRate_kbps: 106 | 424;
};

const runs: readonly Run[] = [
  { profile: 'typical-eu', baudRate: 115200, radioRate_kbps: 106 },
  { profile: 'typical-eu', baudRate: 921600, radioRate_kbps: 106 },
  { profile: 'typical-eu', baudRate: 115200, radioRate_kbps: 424 },
  { profile: 'typical-eu', baudRate: 921600, radioRate_kbps: 424 },
  { profile: 'all-groups', baudRate: 921600, radioRate_kbps: 424 },
];
const repetitions = 3;
const ratioGoal = 1.15;
const answer_ms = 20_000;

export const chip: Benchmark = {
  name: 'chip',
  title: 'a document with a portrait of 15 kB through the simulated PN532, PACE and chip authentication included',
  async *measure() {
    for (const run of runs) yield* figuresOf(run);
  },
};

type Reading = DeviceTally & {
  readonly time_ms: number;
  readonly portraitBeforeEnd_ms: number;
  readonly passed: number;
  readonly hostCPU_ms: number;
};

async function* figuresOf(run: Run): AsyncIterable<Figure> {
  const name = `${run.profile} ${run.baudRate} baud, ${run.radioRate_kbps} kbit/s`;
  const device = fork(fileURLToPath(new URL('chip-device.ts', import.meta.url)), [run.profile]);
  try {
    const [ready] = (await once(device, 'message', { signal: AbortSignal.timeout(answer_ms) })) as [DeviceReady];
    const readings: Reading[] = [];
    const fast = run.baudRate === 115200 ? {} : { fastBaudRate: run.baudRate };
    const reader = createChipReader({ path: ready.path, radioRate_kbps: run.radioRate_kbps, ...fast });
    reader.start();
    try {
      await inService(reader);
      for (let i = 0; i < repetitions; i++) readings.push(await readOnce(reader, device, ready));
    } finally {
      await reader.stop();
    }
    for (const { figure, value, goal_max } of summary(run, readings)) {
      yield { benchmark: 'chip', run: name, figure, value, ...(goal_max !== undefined && { goal_max }) };
    }
  } finally {
    device.disconnect();
    await once(device, 'exit');
  }
}

function summary(run: Run, readings: readonly Reading[]): Pick<Figure, 'figure' | 'value' | 'goal_max'>[] {
  const of = (value: (reading: Reading) => number): number => median(readings.map(value));
  const limit_ms = (r: Reading): number => (r.apdu_bytes * 10_000) / run.baudRate + r.radio_ms + r.chip_ms;
  return [
    { figure: 'time_ms', value: of((r) => r.time_ms) },
    { figure: 'limit_ms', value: of(limit_ms) },
    { figure: 'ratio', value: of((r) => r.time_ms / limit_ms(r)), goal_max: ratioGoal },
    { figure: 'ratioBest', value: Math.min(...readings.map((r) => r.time_ms / limit_ms(r))) },
    { figure: 'apdus', value: of((r) => r.apdus) },
    { figure: 'apdu_bytes', value: of((r) => r.apdu_bytes) },
    { figure: 'line_bytes', value: of((r) => r.line_bytes) },
    { figure: 'line_ms', value: of((r) => (r.apdu_bytes * 10_000) / run.baudRate) },
    { figure: 'radio_ms', value: of((r) => r.radio_ms) },
    { figure: 'chip_ms', value: of((r) => r.chip_ms) },
    { figure: 'hostCPU_ms', value: of((r) => r.hostCPU_ms) },
    { figure: 'simulationLate_ms', value: of((r) => r.simulationLate_ms) },
    { figure: 'checksPassed', value: of((r) => r.passed) },
    { figure: 'portraitBeforeEnd_ms', value: of((r) => r.portraitBeforeEnd_ms) },
  ];
}

async function readOnce(reader: ChipReader, device: ChildProcess, ready: DeviceReady): Promise<Reading> {
  const parsed = parseMRZ(ready.mrzLines);
  if (!parsed.ok) throw new Error(`no MRZ: ${parsed.because}`);
  const { trust } = createTrustStore([Uint8Array.from(Buffer.from(ready.cscaCertificate_hex, 'hex'))]);
  const transceiver = await reader.activate({ timeout_ms: answer_ms });
  await tallyOf(device);
  const cpuBefore = process.cpuUsage();
  const begun_ms = performance.now();
  let portrait_ms = Number.NaN;
  const inspection = await inspectDocument({
    transceiver,
    mrz: parsed.mrz,
    trust,
    now_ms: () => Date.now(),
    entropy: (bytes) => Uint8Array.from(randomBytes(bytes)),
    signal: AbortSignal.timeout(answer_ms),
    onPortrait: () => {
      portrait_ms = performance.now();
    },
  });
  const ended_ms = performance.now();
  const cpu = process.cpuUsage(cpuBefore);
  const tally = await tallyOf(device);
  await transceiver.release();
  if (inspection.aborted !== null) throw new Error(`the inspection ended early: ${inspection.aborted}`);
  const hostCPU_ms = (cpu.user + cpu.system) / 1000;
  const passed = inspection.checks.filter(({ result }) => result === 'passed').length;
  return { ...tally, time_ms: ended_ms - begun_ms, portraitBeforeEnd_ms: ended_ms - portrait_ms, passed, hostCPU_ms };
}

async function tallyOf(device: ChildProcess): Promise<DeviceTally> {
  const answer = once(device, 'message', { signal: AbortSignal.timeout(answer_ms) });
  device.send('tally');
  const [tally] = (await answer) as [DeviceTally];
  return tally;
}

function inService(reader: ChipReader): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the reader did not come into service')), answer_ms);
    const unsubscribe = reader.subscribe((event) => {
      if (event.type !== 'faultCleared') return;
      clearTimeout(timer);
      unsubscribe();
      resolve();
    });
  });
}
