/**
 * The process that is killed, in one file: loading three hundred takes longer than most lives last. Only the writer of the
 * journal is loaded from where it lies, for it runs in a thread of its own.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const entry = fileURLToPath(new URL('./child.ts', import.meta.url));
const writer = new URL('../../gate-controller/journal/writer.ts', import.meta.url);

/** Answers the file to be started. */
export async function inOneFile(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['sharp', 'onnxruntime-node', '@cornerstonejs/codec-openjpeg'] },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'child.mjs' } },
    },
  });
  await writeFile(join(folder, 'writer.ts'), `import ${JSON.stringify(writer.href)};\n`);
  return join(folder, 'child.mjs');
}
