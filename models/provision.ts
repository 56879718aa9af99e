/**
 * Puts the models of the manifest into the cache folder. Run by hand: `node models/provision.ts [--tarballs FOLDER]
 * [--folder FOLDER]`. Nothing is fetched while the gate runs.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchDisplay } from './fetch-display.ts';
import { convertModels } from './converted.ts';
import { pinnedModels, readManifest } from './manifest.ts';
import { ProvisionError, provisionPackage } from './package-files.ts';

/** `.cache/models` in the repository. */
export const modelFolder = fileURLToPath(new URL('../.cache/models', import.meta.url));

export type ModelProvisionOptions = { readonly folder?: string; readonly tarballs?: string };

/** Resolves with the folder that holds every model of the manifest, verified. Throws `ProvisionError`. */
export async function provisionModels(options: ModelProvisionOptions = {}): Promise<string> {
  const folder = options.folder ?? modelFolder;
  const manifest = readManifest();
  for (const pinned of pinnedModels(manifest)) {
    await provisionPackage(pinned, {
      folder,
      ...(options.tarballs === undefined ? {} : { tarballs: options.tarballs }),
      onProgress: fetchDisplay('face models'),
    });
  }
  await convertModels(manifest, folder);
  return folder;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { folder: { type: 'string' }, tarballs: { type: 'string' } } });
  try {
    const folder = await provisionModels(values);
    console.log(`The face models are in ${folder}`);
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
