/** Portraits and scenes, drawn in a worker thread. `provisionPhotographs` has to have run. */
import { Worker } from 'node:worker_threads';
import type { Portrait } from './travellers/portraits.ts';
import type { HeadPrompt, SceneOptions } from './travellers/scene.ts';

/** A scene that camera pictures are taken of. */
export interface Scene {
  /** JPEG of the scene so many milliseconds after the person came into view. */
  frame(t_ms: number): Promise<Uint8Array>;
}

/** A scene with somebody in it who hears what the display asks for. */
export interface TravellerScene extends Scene {
  /** See `LiveScene.prompt`. Rejects when the scene is no longer open. */
  prompt(prompt: HeadPrompt | null): Promise<void>;
}

export interface PictureSource {
  portraitOf(person: string): Promise<Portrait>;
  /**
   * The scene with one person, or with a picture of that person, and what befalls them. Only the newest few scenes stay
   * open.
   */
  openScene(person: string, seed: number, options?: SceneOptions): Promise<TravellerScene>;
}

export type PictureRequest = { readonly id: number } & (
  | { readonly kind: 'portrait'; readonly person: string }
  | {
      readonly kind: 'open';
      readonly scene: number;
      readonly person: string | null;
      readonly seed: number;
      readonly options: SceneOptions;
    }
  | { readonly kind: 'prompt'; readonly scene: number; readonly prompt: HeadPrompt | null }
  | { readonly kind: 'frame'; readonly scene: number; readonly t_ms: number }
);

type Wish = PictureRequest extends infer Request
  ? Request extends PictureRequest
    ? Omit<Request, 'id'>
    : never
  : never;

export type PictureAnswer = {
  readonly id: number;
  readonly value: Portrait | Uint8Array | null;
  readonly failed?: string;
};

type Pending = {
  readonly resolve: (value: PictureAnswer['value']) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
};

/** Longest drawing on a busy small machine, many times over. */
const drawing_ms = 20_000;
const waitingMax = 16;

export class Pictures implements PictureSource {
  readonly #worker = new Worker(new URL('./picture-worker.ts', import.meta.url));
  readonly #pending = new Map<number, Pending>();
  #requests = 0;
  #scenes = 0;

  constructor() {
    this.#worker.on('message', (answer: PictureAnswer) => this.#receive(answer));
    this.#worker.on('error', (error) => this.#rejectAll(error));
    this.#worker.on('exit', () => this.#rejectAll(new Error('the picture worker ended')));
  }

  async portraitOf(person: string): Promise<Portrait> {
    const value = await this.#ask({ kind: 'portrait', person });
    if (value === null || value instanceof Uint8Array) throw new Error('no portrait');
    return value;
  }

  async openScene(person: string, seed: number, options: SceneOptions = {}): Promise<TravellerScene> {
    return this.#open(person, seed, options);
  }

  /** The hall without anybody. */
  async openEmptyScene(seed: number): Promise<Scene> {
    return this.#open(null, seed, {});
  }

  async stop(): Promise<void> {
    this.#rejectAll(new Error('the picture worker was stopped'));
    await this.#worker.terminate();
  }

  async #open(person: string | null, seed: number, options: SceneOptions): Promise<TravellerScene> {
    const scene = ++this.#scenes;
    await this.#ask({ kind: 'open', scene, person, seed, options });
    return {
      frame: async (t_ms) => {
        const value = await this.#ask({ kind: 'frame', scene, t_ms });
        if (!(value instanceof Uint8Array)) throw new Error('no picture');
        return value;
      },
      prompt: async (prompt) => {
        await this.#ask({ kind: 'prompt', scene, prompt });
      },
    };
  }

  #ask(wish: Wish): Promise<PictureAnswer['value']> {
    if (this.#pending.size >= waitingMax) return Promise.reject(new Error('too many pictures are waited for'));
    const id = ++this.#requests;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error('a picture was not drawn in time'));
      }, drawing_ms);
      this.#pending.set(id, { resolve, reject, timer });
      this.#worker.postMessage({ ...wish, id } satisfies PictureRequest, []);
    });
  }

  #receive({ id, value, failed }: PictureAnswer): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (failed === undefined) pending.resolve(value);
    else pending.reject(new Error(failed));
  }

  #rejectAll(error: Error): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
  }
}
