/** MRZ reader, chip reader and camera at their contracts. What lies on the reader outlives the process that looks. */
import type { Camera, CameraEvent, Frame } from '../../drivers/contracts/camera.ts';
import type { ChipLink, ChipReader, ChipReaderEvent } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError, type DeviceId, type FaultEvent, type Unsubscribe } from '../../drivers/contracts/device.ts';
import type { MRZReader, MRZReaderEvent } from '../../drivers/contracts/mrz-reader.ts';
import { FaultLatch } from '../../drivers/transport/fault-latch.ts';
import type { Papers } from './papers.ts';
import type { Process } from './process.ts';
import type { Due, VirtualTime } from './virtual-time.ts';

const connect_ms = 300;
const poll_ms = 80;
/** Camera frames; only while somebody looks at them. */
const frame_ms = 160;

/** What a misfortune can do to a device. */
export type DeviceState = { isDead: boolean };

type Parts = { readonly time: VirtualTime; readonly process: Process; readonly state: DeviceState };

class PlainDevice<E> {
  readonly faults: FaultLatch<E>;
  protected readonly parts: Parts;
  isConnected = false;

  constructor(device: DeviceId, parts: Parts) {
    this.faults = new FaultLatch(device);
    this.parts = parts;
  }

  start(): void {
    this.faults.raise('DEVICE_DISCONNECTED');
    this.later(connect_ms, () => this.noticeState());
  }

  subscribe(listener: (event: E | FaultEvent) => void): Unsubscribe {
    return this.faults.subscribe(listener);
  }

  async stop(): Promise<void> {}

  identification(): string {
    return 'walk';
  }

  /** Dead or back. */
  noticeState(): void {
    this.isConnected = !this.parts.state.isDead;
    this.faults.set('DEVICE_DISCONNECTED', !this.isConnected);
  }

  protected later(delay_ms: number, wake: () => void): Due {
    return this.parts.time.inLifeOf(this.parts.process, delay_ms, wake);
  }
}

export class WalkMRZReader extends PlainDevice<MRZReaderEvent> implements MRZReader {
  readonly device = 'mrz-reader';

  constructor(parts: Parts) {
    super('mrz-reader', parts);
  }

  tell(event: MRZReaderEvent): void {
    if (this.isConnected && this.parts.process.isAlive) this.faults.emit(event);
  }
}

/** What lies on the chip reader. */
export type Tray = { papers: Papers | null };

/** A link that the walk's inspection recognises its chip by. */
export class WalkLink implements ChipLink {
  readonly kind = 'type-a';
  readonly papers: Papers;

  constructor(papers: Papers) {
    this.papers = papers;
  }

  transceive(): Promise<Uint8Array> {
    return Promise.reject(new DeviceError('CHIP_LOST'));
  }

  async release(): Promise<void> {}
}

export class WalkChipReader extends PlainDevice<ChipReaderEvent> implements ChipReader {
  readonly device = 'chip-reader';
  readonly #tray: Tray;
  #reported = false;
  #waiting: (() => void) | undefined;

  constructor(parts: Parts, tray: Tray) {
    super('chip-reader', parts);
    this.#tray = tray;
  }

  isChipPresent(): boolean {
    return this.isConnected && this.#answers();
  }

  activate({ timeout_ms, signal }: { timeout_ms: number; signal?: AbortSignal }): Promise<ChipLink> {
    return new Promise((resolve, reject) => {
      const end = (because: 'CHIP_ABSENT' | 'DEVICE_STOPPED' | 'DEVICE_DISCONNECTED'): void => {
        this.#waiting = undefined;
        reject(new DeviceError(because));
      };
      const look = (): void => {
        if (!this.isConnected) return end('DEVICE_DISCONNECTED');
        const { papers } = this.#tray;
        if (papers === null || !this.#answers()) return undefined;
        this.#waiting = undefined;
        return resolve(new WalkLink(papers));
      };
      this.#waiting = look;
      signal?.addEventListener('abort', () => end('DEVICE_STOPPED'));
      this.later(timeout_ms, () => end('CHIP_ABSENT'));
      this.later(poll_ms, () => this.#waiting?.());
    });
  }

  /** Something was laid down or taken. */
  noticeTray(): void {
    this.later(poll_ms, () => this.#report());
  }

  override noticeState(): void {
    super.noticeState();
    this.#report();
  }

  /** Says the same again, as a worn reader does. */
  repeat(): void {
    if (this.isConnected) this.faults.emit({ type: this.#reported ? 'chipPresent' : 'chipGone' });
  }

  #report(): void {
    if (!this.isConnected) return;
    this.#waiting?.();
    const isThere = this.#answers();
    if (isThere === this.#reported) return;
    this.#reported = isThere;
    this.faults.emit({ type: isThere ? 'chipPresent' : 'chipGone' });
  }

  #answers(): boolean {
    const { papers } = this.#tray;
    return papers !== null && papers.chip !== 'absent';
  }
}

/** Who stands before the camera, and how. */
export type View = { readonly person: string | null; readonly isAttack: boolean };

export class WalkCamera extends PlainDevice<CameraEvent> implements Camera {
  readonly device = 'camera';
  isFrozen = false;
  readonly #view: () => View;
  readonly #seen = new Map<number, View>();
  #watchers = 0;
  #isFilming = false;
  #sequence = 0;
  #latest: Frame | undefined;

  constructor(parts: Parts, view: () => View) {
    super('camera', parts);
    this.#view = view;
  }

  override subscribe(listener: (event: CameraEvent | FaultEvent) => void): Unsubscribe {
    const unsubscribe = super.subscribe(listener);
    this.#watchers += 1;
    // The lane listens for faults all the time; a second listener looks at frames.
    if (this.#watchers > 1 && !this.#isFilming) this.#film();
    return () => {
      this.#watchers -= 1;
      unsubscribe();
    };
  }

  latest(): Frame | undefined {
    return this.isConnected ? (this.#latest ?? this.#shoot()) : undefined;
  }

  /** What a frame shows. */
  viewIn(jpeg: Uint8Array): View {
    return this.#seen.get(numberIn(jpeg)) ?? { person: null, isAttack: false };
  }

  #film(): void {
    this.#isFilming = this.#watchers > 1;
    if (!this.#isFilming) return;
    if (this.isConnected) this.faults.emit({ type: 'frame', frame: this.#shoot() });
    this.later(frame_ms, () => this.#film());
  }

  #shoot(): Frame {
    this.#sequence += 1;
    const isRepeated = this.isFrozen && this.#latest !== undefined;
    const jpeg = isRepeated ? (this.#latest as Frame).jpeg : numbered(this.#sequence);
    if (!isRepeated) this.#seen.set(this.#sequence, this.#view());
    this.#seen.delete(this.#sequence - 64);
    this.#latest = { jpeg, sequence: this.#sequence, at_ms: this.parts.time.now_ms };
    return this.#latest;
  }
}

const numbered = (n: number): Uint8Array => Uint8Array.of(n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255);
const numberIn = (jpeg: Uint8Array): number =>
  (jpeg[0] ?? 0) | ((jpeg[1] ?? 0) << 8) | ((jpeg[2] ?? 0) << 16) | ((jpeg[3] ?? 0) << 24);
