/**
 * Network camera: motion JPEG over HTTP. Keeps the newest picture only; whoever is slow sees fewer, never older ones.
 */
import type { Camera, CameraEvent, Frame } from '../contracts/camera.ts';
import type { FaultEvent, Unsubscribe } from '../contracts/device.ts';
import { type Cancel, type Clock, systemClock } from '../transport/clock.ts';
import { FaultLatch, GarbageMeter } from '../transport/fault-latch.ts';
import { HTTPStream } from './http-stream.ts';
import type { MultipartItem } from './multipart.ts';

export type CameraOptions = {
  readonly url: string;
  /** A picture this old is no picture any more, default 1000. */
  readonly stale_ms?: number;
  /** CAMERA_NO_FRAMES after so long without a picture, default 2000. */
  readonly noFrames_ms?: number;
  /** CAMERA_FROZEN after so long with one picture, default 2000. */
  readonly frozen_ms?: number;
  /** Pictures that follow each other faster are dropped, default 20. */
  readonly interval_ms?: number;
  readonly clock?: Clock;
};

export function createCamera(options: CameraOptions): Camera {
  return new MJPEGCamera(options);
}

class MJPEGCamera implements Camera {
  readonly device = 'camera';
  readonly #clock: Clock;
  readonly #stale_ms: number;
  readonly #noFrames_ms: number;
  readonly #frozen_ms: number;
  readonly #interval_ms: number;
  readonly #faults = new FaultLatch<CameraEvent>('camera');
  readonly #broken = new GarbageMeter();
  readonly #stream: HTTPStream;
  #isRunning = false;
  #identification: string | undefined;
  #sequence = 0;
  #latest: Frame | undefined;
  #sameSince_ms = 0;
  #cancelNoFrames: Cancel = () => {};

  constructor(options: CameraOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#stale_ms = options.stale_ms ?? 1000;
    this.#noFrames_ms = options.noFrames_ms ?? 2000;
    this.#frozen_ms = options.frozen_ms ?? 2000;
    this.#interval_ms = options.interval_ms ?? 20;
    this.#stream = new HTTPStream(
      { url: options.url, silence_ms: 2 * this.#noFrames_ms, clock: this.#clock },
      {
        received: (items) => this.#received(items),
        opened: (server) => {
          this.#identification = server ?? 'motion JPEG over HTTP';
        },
        closed: () => this.#faults.raise('DEVICE_DISCONNECTED'),
      },
    );
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#faults.raise('DEVICE_DISCONNECTED');
    this.#watchFrames();
    this.#stream.start();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancelNoFrames();
    this.#stream.stop();
    this.#latest = undefined;
  }

  subscribe(listener: (event: CameraEvent | FaultEvent) => void): Unsubscribe {
    return this.#faults.subscribe(listener);
  }

  identification(): string | undefined {
    return this.#identification;
  }

  latest(): Frame | undefined {
    const frame = this.#latest;
    return frame !== undefined && this.#clock.now() - frame.at_ms < this.#stale_ms ? frame : undefined;
  }

  #watchFrames(): void {
    this.#cancelNoFrames();
    this.#cancelNoFrames = this.#clock.after(this.#noFrames_ms, () => this.#faults.raise('CAMERA_NO_FRAMES'));
  }

  /** Of several pictures that came together only the newest counts: the others were late already. */
  #received(items: readonly MultipartItem[]): void {
    let newest: Uint8Array | undefined;
    for (const item of items) {
      if (item.kind === 'broken') {
        this.#broken.burst();
        continue;
      }
      this.#broken.good();
      this.#sequence++;
      newest = item.jpeg;
    }
    this.#faults.set('CAMERA_BROKEN_FRAMES', this.#broken.isGarbage);
    if (newest !== undefined) this.#take(newest);
  }

  #take(jpeg: Uint8Array): void {
    const at_ms = this.#clock.now();
    this.#stream.confirmAlive();
    this.#watchFrames();
    this.#faults.clear('DEVICE_DISCONNECTED');
    this.#faults.clear('CAMERA_NO_FRAMES');
    const before = this.#latest;
    if (before !== undefined && at_ms - before.at_ms < this.#interval_ms) return;
    const isSame = before !== undefined && Buffer.compare(before.jpeg, jpeg) === 0;
    if (!isSame) this.#sameSince_ms = at_ms;
    this.#faults.set('CAMERA_FROZEN', at_ms - this.#sameSince_ms >= this.#frozen_ms);
    const frame: Frame = { jpeg, sequence: this.#sequence, at_ms };
    this.#latest = frame;
    this.#faults.emit({ type: 'frame', frame });
  }
}
