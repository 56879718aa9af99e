/** Pictures for the camera, rendered one at a time beside the hall: whoever stands before it, else the empty hall. */

import type { Scene } from './pictures.ts';

export type StudioOptions = {
  readonly empty: Scene;
  /** The person in view, and for how long; undefined when nobody is. */
  readonly inView: () => { readonly scene: Scene; readonly for_ms: number } | undefined;
  readonly now_ms: () => number;
};

/**
 * Pictures of the empty hall that are drawn; then they come round again. Neighbours differ in noise, as a camera's do,
 * and a hall in which nothing happens costs no drawing.
 */
const emptyPictures = 16;

export class Studio {
  readonly #options: StudioOptions;
  readonly #empty: Uint8Array[];
  #turn = 0;
  #newest: Uint8Array;
  #isRendering = false;

  private constructor(options: StudioOptions, first: Uint8Array) {
    this.#options = options;
    this.#empty = [first];
    this.#newest = first;
  }

  static async open(options: StudioOptions): Promise<Studio> {
    return new Studio(options, await options.empty.frame(0));
  }

  /** The newest picture; asking for it begins the next one. */
  picture(): Uint8Array {
    if (!this.#isRendering) void this.#render();
    return this.#newest;
  }

  async #render(): Promise<void> {
    this.#isRendering = true;
    const person = this.#options.inView();
    try {
      this.#newest = await (person === undefined ? this.#nextEmpty() : person.scene.frame(person.for_ms));
    } catch {
      // The last picture stays: to whoever watches, a camera that cannot make pictures is a camera that sends none.
    } finally {
      this.#isRendering = false;
    }
  }

  async #nextEmpty(): Promise<Uint8Array> {
    this.#turn = (this.#turn + 1) % emptyPictures;
    const drawn = this.#empty[this.#turn];
    if (drawn !== undefined) return drawn;
    const { empty, now_ms } = this.#options;
    const picture = await empty.frame(now_ms());
    this.#empty.push(picture);
    return picture;
  }
}
