/**
 * The peer of the benchmark `face`: `@vladmandic/human` with its WebAssembly backend (SIMD; it uses no threads in Node), in
 * a process of its own, with the modules that answer the same questions. Its models come with its package; no network.
 * Started by `face.ts`; ends with it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { type Timed, timed } from './worker.ts';

sharp.cache(false);
sharp.concurrency(1);

type Tensor = { dispose(): void };
type Face = { readonly embedding?: readonly number[]; readonly real?: number; readonly live?: number };
type Human = {
  readonly tf: { tensor(values: Uint8Array, shape: readonly number[], type: 'float32'): Tensor; getBackend(): string };
  load(): Promise<void>;
  detect(input: Tensor): Promise<{ readonly face: readonly Face[]; readonly error: unknown }>;
};

/** `whole`: with iris (our eyes) and both attack networks. `bare`: detector, mesh and embedding only. */
export type PeerModules = 'whole' | 'bare';
export type PeerQuestion = { readonly ask: 'chain'; readonly jpeg: Uint8Array } | { readonly ask: 'memory' };

const [modules = 'whole'] = process.argv.slice(2) as [PeerModules?];
const isWhole = modules === 'whole';
const require = createRequire(import.meta.url);
// The package's list of exports leads to the build for tfjs-node only; the others stand beside it.
const folder = dirname(require.resolve('@vladmandic/human'));
const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));

// It loads models by fetch, which knows no files; anything else would be the network.
globalThis.fetch = async (input) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (url.protocol !== 'file:') throw new Error('the benchmark asks no network');
  return new Response(await readFile(url));
};

/** Every frame is looked at afresh: results of the one before are not taken over. */
const afresh = { skipFrames: 0, skipTime: 0 };
const off = { enabled: false };
const { Human: create } = require(join(folder, 'human.node-wasm.js')) as { Human: new (config: object) => Human };
const human = new create({
  backend: 'wasm',
  wasmPath: join(wasmFolder, '/'),
  modelBasePath: pathToFileURL(join(folder, '../models/')).href,
  debug: false,
  async: false,
  cacheSensitivity: 0,
  filter: off,
  gesture: off,
  body: off,
  hand: off,
  object: off,
  segmentation: off,
  face: {
    enabled: true,
    detector: { maxDetected: 2, rotation: true, return: false, ...afresh },
    mesh: { enabled: true },
    attention: off,
    iris: { enabled: isWhole },
    emotion: off,
    description: { enabled: true, ...afresh },
    antispoof: { enabled: isWhole, ...afresh },
    liveness: { enabled: isWhole, ...afresh },
  },
});
await human.load();

async function chain(jpeg: Uint8Array): Promise<Timed> {
  const stages_ms = {};
  const { face, error } = await timed(stages_ms, 'chain', async () => {
    const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const tensor = human.tf.tensor(new Uint8Array(data), [1, info.height, info.width, 3], 'float32');
    const result = await human.detect(tensor);
    tensor.dispose();
    return result;
  });
  const found = face[0];
  const isComplete =
    error === null &&
    found?.embedding !== undefined &&
    (!isWhole || (found.real !== undefined && found.live !== undefined));
  return { isWhole: isComplete, stages_ms };
}

async function answer(question: PeerQuestion): Promise<void> {
  process.send?.(question.ask === 'memory' ? process.memoryUsage().rss : await chain(question.jpeg));
}

process.on('message', (question: PeerQuestion) => void answer(question));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
