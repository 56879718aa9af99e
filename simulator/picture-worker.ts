/** Worker thread that draws portraits and camera pictures: drawing takes long, and wires must not wait for it. */
import { parentPort } from 'node:worker_threads';
import type { PictureAnswer, PictureRequest } from './pictures.ts';
import { createEmptyScene, createLiveScene } from './travellers/live-frames.ts';
import { portraitOf } from './travellers/portraits.ts';
import type { LiveScene } from './travellers/scene.ts';

/** Scenes kept at a time; the oldest goes when another one comes. */
const scenesMax = 4;
const scenes = new Map<number, LiveScene>();

function openScene(number: number): LiveScene {
  const scene = scenes.get(number);
  if (scene === undefined) throw new RangeError('no such scene');
  return scene;
}

async function draw(request: PictureRequest): Promise<PictureAnswer['value']> {
  switch (request.kind) {
    case 'portrait':
      return portraitOf(request.person);
    case 'open': {
      const { person, seed, options } = request;
      const scene = await (person === null ? createEmptyScene(seed, options) : createLiveScene(person, seed, options));
      for (const oldest of scenes.keys()) if (scenes.size >= scenesMax) scenes.delete(oldest);
      scenes.set(request.scene, scene);
      return null;
    }
    case 'frame':
      return openScene(request.scene).frame(request.t_ms);
    case 'prompt':
      openScene(request.scene).prompt(request.prompt);
      return null;
    default:
      return request satisfies never;
  }
}

parentPort?.on('message', (request: PictureRequest) => {
  draw(request).then(
    (value) => parentPort?.postMessage({ id: request.id, value } satisfies PictureAnswer, []),
    (error: unknown) => {
      const failed = error instanceof Error ? error.message : 'not drawn';
      parentPort?.postMessage({ id: request.id, value: null, failed } satisfies PictureAnswer, []);
    },
  );
});
