/**
 * The manifest is the only way a model enters: a pinned package, a pinned file in it, what goes in and out of the
 * network, and what it must answer to two fixed inputs. The type below is checked when the manifest is read.
 */
import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { PinnedPackage } from './package-files.ts';

const shape = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 });
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const smokeValue = Type.Object({ norm: Type.Number(), first: Type.Array(Type.Number(), { minItems: 4, maxItems: 4 }) });
const smokeOutputs = Type.Record(Type.String(), smokeValue);

const modelSchema = Type.Object({
  job: Type.String(),
  /** Where the file lies inside the package. */
  path: Type.String(),
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

const manifestSchema = Type.Object({
  package: Type.Object({
    spec: Type.String(),
    integrity: Type.String({ pattern: '^sha512-' }),
    tarball_bytes: Type.Integer({ minimum: 1 }),
  }),
  models: Type.Object({ fr_detect: modelSchema, fr_landmark: modelSchema, fr_feature: modelSchema }),
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

/** The manifest's package and files in the form that the provisioner takes. */
export function pinnedModels(manifest: Manifest): PinnedPackage {
  const files = modelNames(manifest).map((name) => {
    const { path, bytes, sha256 } = manifest.models[name];
    return { path, name: modelFile(name), bytes, sha256 };
  });
  return { ...manifest.package, files };
}
