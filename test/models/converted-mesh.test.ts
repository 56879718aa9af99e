import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { expect, test } from 'vitest';
import { graphModelFiles, readManifest } from '../../models/manifest.ts';
import { modelFolder } from '../../models/provision.ts';
import { GraphModelError } from '../../models/tfjs/graph-model.ts';
import { convertGraphModel } from '../../models/tfjs/convert.ts';
import { openModel } from '../../models/verify.ts';

const files = graphModelFiles('facemesh');
const json = await readFile(join(modelFolder, files.topology));
const weights = await readFile(join(modelFolder, files.weights));

test('the converted face mesh answers as TensorFlow.js does', async () => {
  const entry = readManifest().models.facemesh;
  const mesh = await openModel('facemesh', entry, modelFolder);
  await tf.setBackend('cpu');
  const { modelTopology, weightsManifest, format, signature } = JSON.parse(json.toString());
  const weightData = Uint8Array.from(weights).buffer;
  const original = await loadGraphModel({
    load: async () => ({
      modelTopology,
      format,
      signature,
      weightSpecs: weightsManifest.flatMap((group: { weights: tf.io.WeightsManifestEntry[] }) => group.weights),
      weightData,
    }),
  });
  // A smooth picture with a bright oval, and one without structure.
  const oval = Float32Array.from({ length: 192 * 192 * 3 }, (_, i) => {
    const [x, y] = [(Math.floor(i / 3) % 192) / 96 - 1, Math.floor(i / 576) / 96 - 1];
    return 0.2 + 0.7 * Math.exp(-3 * (x * x + 0.6 * y * y)) + 0.05 * (i % 3);
  });
  const noise = Float32Array.from({ length: 192 * 192 * 3 }, (_, i) => ((i * 7919) % 1009) / 1009);
  for (const picture of [oval, noise]) {
    const [points, flag] = original.execute({ input_1: tf.tensor(picture, [1, 192, 192, 3]) }, [
      'Identity_2',
      'Identity_1',
    ]) as tf.Tensor[];
    const converted = await mesh.run(picture);
    // Single precision over 30 convolutions: the difference was 1.6e-4 at most, of points up to 192 px.
    expect(largestDifference(converted['output_mesh'], points?.dataSync())).toBeLessThan(2e-3);
    expect(largestDifference(converted['output_faceflag'], flag?.dataSync())).toBeLessThan(1e-5);
  }
}, 60_000);

test('a network with an operation that has no rule is refused, not converted in part', () => {
  const other = Buffer.from(json.toString().replaceAll('"Prelu"', '"Softplus"'));
  expect(() => convertGraphModel({ json: other, weights, outputs: ['output_mesh'], name: 'other' })).toThrow(
    GraphModelError,
  );
});

test('weights cut short are refused', () => {
  const cut = weights.subarray(0, -2);
  expect(() => convertGraphModel({ json, weights: cut, outputs: ['output_mesh'], name: 'cut' })).toThrow();
});

function largestDifference(one: ArrayLike<number> | undefined, other: ArrayLike<number> | undefined): number {
  if (one === undefined || one.length === 0 || one.length !== other?.length) return Number.NaN;
  return Array.from(one).reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? Number.NaN))), 0);
}
