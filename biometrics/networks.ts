/** The verified networks of the manifest, and how a picture is shown to one without leaving a copy behind. */
import { modelNames, readManifest } from '../models/manifest.ts';
import type { ModelName } from '../models/manifest.ts';
import { openModel } from '../models/verify.ts';
import type { VerifiedModel } from '../models/verify.ts';
import { giveBack } from './scratch.ts';

export type Models = Readonly<Record<ModelName, VerifiedModel>>;

/** Opens and verifies every model of the manifest; throws `ModelError`. */
export async function openModels(folder: string): Promise<Models> {
  const manifest = readManifest();
  const opened: Partial<Record<ModelName, VerifiedModel>> = {};
  for (const name of modelNames(manifest)) opened[name] = await openModel(name, manifest.models[name], folder);
  return opened as Models;
}

export const nothing = new Float32Array(0);

/** Runs the network and gives its input back, overwritten: it is somebody's face. */
export async function ask(
  network: VerifiedModel,
  input: Float32Array,
): Promise<Readonly<Record<string, Float32Array>>> {
  try {
    return await network.run(input);
  } finally {
    giveBack(input);
  }
}
