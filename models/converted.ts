/** Makes the ONNX files of those models that their package holds as TensorFlow.js graphs. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { graphModelFiles, type Manifest, modelFile, modelNames } from './manifest.ts';
import { isPinned, isPresent, ProvisionError } from './package-files.ts';
import { convertGraphModel } from './tfjs/convert.ts';

/**
 * Leaves the converted models of the manifest in the folder, where their sources lie already. Throws ProvisionError:
 * FILE_ALTERED when one lies there with other bytes, CONVERSION_DIFFERS when the conversion does not give the pinned ones.
 */
export async function convertModels(manifest: Manifest, folder: string): Promise<void> {
  for (const name of modelNames(manifest)) {
    const { source, bytes, sha256 } = manifest.models[name];
    if (!('topology' in source)) continue;
    const file = { name: modelFile(name), bytes, sha256 };
    if (await isPresent(file, folder)) continue;
    const files = graphModelFiles(name);
    const [json, weights] = await Promise.all([
      readFile(join(folder, files.topology)),
      readFile(join(folder, files.weights)),
    ]);
    const converted = convertGraphModel({ json, weights, outputs: source.outputs, name });
    if (!isPinned(converted, file)) {
      throw new ProvisionError('CONVERSION_DIFFERS', `${file.name} was not converted to the pinned file.`);
    }
    // Moved into place whole: two processes may do this at once.
    const unfinished = join(folder, `.converting-${randomUUID()}`);
    await writeFile(unfinished, converted);
    await rename(unfinished, join(folder, file.name));
  }
}
