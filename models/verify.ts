/**
 * The check between a model file and its first use: the bytes are the pinned ones, the network has the inputs and
 * outputs of the manifest, and it answers two fixed inputs as it did when it was measured. The session is made from the
 * bytes that were hashed, in the runtime's own form, which answers alike; the path is not read a second time.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { modelFile } from './manifest.ts';
import type { ModelEntry, ModelName } from './manifest.ts';
import { runtimeForm } from './runtime-form.ts';

export type VerifiedModel = {
  readonly name: ModelName;
  readonly sha256: string;
  /** Runs the network on one tensor of the manifest's input shape; the outputs by name. */
  run(input: Float32Array): Promise<Readonly<Record<string, Float32Array>>>;
};

/** The model is not what the manifest says. The message begins with the file's name. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code = 'BIOMETRICS_MODEL';
  readonly file: string;

  constructor(file: string, what: string, options?: ErrorOptions) {
    super(`${file}: ${what}`, options);
    this.file = file;
  }
}

/** One thread: with other work on the machine two threads more than double the latency of a frame (measured). */
const sessionOptions: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** Reads, verifies and opens one model of the folder. Throws `ModelError`. */
export async function openModel(name: ModelName, entry: ModelEntry, folder: string): Promise<VerifiedModel> {
  const file = modelFile(name);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(folder, file));
  } catch (cause) {
    throw new ModelError(file, 'cannot be read. Run: node models/provision.ts', { cause });
  }
  return verifyModel(name, entry, bytes);
}

/** As `openModel`, from bytes already read. */
export async function verifyModel(name: ModelName, entry: ModelEntry, bytes: Uint8Array): Promise<VerifiedModel> {
  const file = modelFile(name);
  if (createHash('sha256').update(bytes).digest('hex') !== entry.sha256) {
    throw new ModelError(file, 'SHA-256 differs from the manifest. Delete it and run: node models/provision.ts');
  }
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(runtimeForm(bytes), sessionOptions);
  } catch (cause) {
    throw new ModelError(file, 'cannot be opened by the runtime', { cause });
  }
  compareShapes(file, entry, session);
  const run = async (input: Float32Array): Promise<Record<string, Float32Array>> => {
    const results = await session.run({ [entry.input.name]: new ort.Tensor('float32', input, entry.input.shape) });
    return Object.fromEntries(Object.keys(entry.outputs).map((key) => [key, floats(file, key, results[key])]));
  };
  await smoke(file, entry, run);
  return { name, sha256: entry.sha256, run };
}

function floats(file: string, output: string, tensor: ort.Tensor | undefined): Float32Array {
  const data = tensor?.data;
  if (!(data instanceof Float32Array)) throw new ModelError(file, `output ${output} holds no 32-bit floats`);
  return data;
}

function compareShapes(file: string, entry: ModelEntry, session: ort.InferenceSession): void {
  const inputs = describe(session.inputMetadata);
  const outputs = describe(session.outputMetadata);
  const wantedOutputs = Object.entries(entry.outputs).map(([name, { shape }]) => `${name} ${shape.join('x')}`);
  if (inputs.join() !== `${entry.input.name} ${entry.input.shape.join('x')}`) {
    throw new ModelError(file, `inputs are ${inputs.join(', ')}, not those of the manifest`);
  }
  if (outputs.toSorted().join() !== wantedOutputs.toSorted().join()) {
    throw new ModelError(file, `outputs are ${outputs.join(', ')}, not those of the manifest`);
  }
}

const describe = (values: readonly ort.InferenceSession.ValueMetadata[]): string[] =>
  values.map((value) => `${value.name} ${value.isTensor ? value.shape.join('x') : 'no tensor'}`);

type Run = VerifiedModel['run'];

async function smoke(file: string, entry: ModelEntry, run: Run): Promise<void> {
  for (const kind of ['zero', 'ramp'] as const) {
    const got = await run(smokeInput(kind, entry));
    for (const name of Object.keys(entry.outputs)) {
      const wanted = entry.smoke.expected[kind][name];
      const values = got[name];
      if (wanted === undefined || values === undefined) throw new ModelError(file, `no smoke value for output ${name}`);
      const measured = [Math.hypot(...blocks(values)), ...values.subarray(0, wanted.first.length)];
      const expected = [wanted.norm, ...wanted.first];
      const isClose = expected.every((value, i) => isNear(measured[i], value, entry.smoke.tolerance));
      if (!isClose) throw new ModelError(file, `answers the ${kind} input differently (output ${name})`);
    }
  }
}

/** Written so that NaN and a missing value fail. */
const isNear = (measured: number | undefined, expected: number, tolerance: number): boolean =>
  measured !== undefined && Math.abs(measured - expected) <= tolerance * Math.max(1, Math.abs(expected));

/** Partial norms, so that no call gets tens of thousands of arguments. */
function blocks(values: Float32Array): number[] {
  const sums: number[] = [];
  for (let at = 0; at < values.length; at += 512) {
    let sum = 0;
    for (const value of values.subarray(at, at + 512)) sum += value * value;
    sums.push(Math.sqrt(sum));
  }
  return sums;
}

/** `zero`: all zeros. `ramp`: x[i] = from + (to - from) · ((7919 i mod 1009) / 1009), a fixed pattern without structure. */
export function smokeInput(kind: 'zero' | 'ramp', entry: ModelEntry): Float32Array {
  const length = entry.input.shape.reduce((product, side) => product * side, 1);
  if (kind === 'zero') return new Float32Array(length);
  const { from, to } = entry.smoke.ramp;
  return Float32Array.from({ length }, (_, i) => from + (to - from) * (((i * 7919) % 1009) / 1009));
}
