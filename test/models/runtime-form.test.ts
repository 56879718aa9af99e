import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { modelFile, type ModelName, modelNames, readManifest } from '../../models/manifest.ts';
import { ONNXGraphError, readGraph } from '../../models/onnx-graph.ts';
import { modelFolder } from '../../models/provision.ts';
import { runtimeForm } from '../../models/runtime-form.ts';
import { ONNXFile } from '../../models/tfjs/onnx-file.ts';
import { smokeInput } from '../../models/verify.ts';

const manifest = readManifest();
const bytesOf = (name: ModelName): Promise<Buffer> => readFile(join(modelFolder, modelFile(name)));

async function answerOf(
  model: Uint8Array,
  input: ort.Tensor,
  name: string,
): Promise<Readonly<Record<string, ort.Tensor>>> {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  const answer = await session.run({ [name]: input });
  await session.release();
  return answer;
}

const valuesOf = (tensor: ort.Tensor | undefined): Float32Array => {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('no floats');
  return tensor.data;
};

/** Largest difference, as a share of the largest value. */
function difference(one: Float32Array, other: Float32Array): number {
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0) / largest;
}

test.each(modelNames(manifest))('%s answers in the form for the runtime as it does in its file', async (name) => {
  const entry = manifest.models[name];
  const bytes = await bytesOf(name);
  const input = new ort.Tensor('float32', smokeInput('ramp', entry), entry.input.shape);
  const before = await answerOf(bytes, input, entry.input.name);
  const after = await answerOf(runtimeForm(bytes), input, entry.input.name);
  for (const output of Object.keys(entry.outputs)) {
    expect(difference(valuesOf(before[output]), valuesOf(after[output])), output).toBeLessThan(5e-6);
  }
});

test.each(['fr_feature', 'fr_liveness', 'facemesh'] as const)('%s loses every PRelu', async (name) => {
  const bytes = await bytesOf(name);
  const count = (model: Uint8Array): number => readGraph(model).nodes.filter(({ op }) => op === 'PRelu').length;
  expect(count(bytes)).toBeGreaterThan(20);
  expect(count(runtimeForm(bytes))).toBe(0);
});

/** Convolution to `channels`, PRelu, depthwise convolution, PRelu, convolution to 2. */
function network(channels: number, slope: (i: number) => number): Uint8Array {
  const file = new ONNXFile('small');
  const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i + channels));
  const conv = (from: string, shape: readonly number[], group = 1): string => {
    const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
    const weights = file.floats(shape, wave(outputs * inputs * height * width));
    return file.node('Conv', [from, weights, file.floats([outputs], wave(outputs))], {
      kernel_shape: [height, width],
      group,
    });
  };
  const prelu = (from: string): string =>
    file.node('PRelu', [
      from,
      file.floats(
        [channels, 1, 1],
        Float32Array.from({ length: channels }, (_, i) => slope(i)),
      ),
    ]);
  file.input('in', [1, 3, 8, 8]);
  const wide = prelu(conv('in', [channels, 3, 1, 1]));
  const deep = prelu(conv(wide, [channels, 1, 3, 3], channels));
  file.node('Identity', [conv(deep, [2, channels, 1, 1])], {}, 'out');
  file.output('out', [1, 2, 6, 6]);
  return file.bytes();
}

const input = new ort.Tensor(
  'float32',
  Float32Array.from({ length: 192 }, (_, i) => Math.cos(3 * i)),
  [1, 3, 8, 8],
);

test.each([
  ['slopes below 0, up to 1 and of whole blocks', 16, (i: number) => i / 10 - 0.6],
  ['channels that fill no block', 13, (i: number) => i / 20],
  ['a slope above 1', 20, (i: number) => (i === 4 ? 1.7 : 0.2)],
] as const)('a network with %s answers as before', async (_, channels, slope) => {
  const model = network(channels, slope);
  const changed = runtimeForm(model);
  const before = valuesOf((await answerOf(model, input, 'in'))['out']);
  const after = valuesOf((await answerOf(changed, input, 'in'))['out']);
  expect(difference(before, after)).toBeLessThan(5e-6);
  const widths = readGraph(changed).nodes.flatMap(({ op, inputs: [, weights = ''] }) =>
    op === 'Conv' ? [readGraph(changed).floats.get(weights)?.shape[0] ?? 0] : [],
  );
  expect(widths.filter((width) => width !== 2 && width % 16 !== 0)).toEqual([]);
});

test('bytes that are no model are refused', async () => {
  expect(() => runtimeForm(Uint8Array.of(1, 2, 3))).toThrow(ONNXGraphError);
  expect(() => runtimeForm(new Uint8Array(0))).toThrow(ONNXGraphError);
  const bytes = await bytesOf('fr_eye');
  expect(() => runtimeForm(bytes.subarray(0, 5000))).toThrow(ONNXGraphError);
});
