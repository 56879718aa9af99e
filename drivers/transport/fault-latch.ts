/** Listeners of one device and the faults that stand. Raising a standing fault or clearing another changes nothing. */
import type { DeviceFaultCode, DeviceId, FaultEvent, Unsubscribe } from '../contracts/device.ts';

export class FaultLatch<E> {
  readonly #device: DeviceId;
  readonly #listeners = new Set<(event: E | FaultEvent) => void>();
  readonly #standing = new Set<DeviceFaultCode>();

  constructor(device: DeviceId) {
    this.#device = device;
  }

  /** A new listener hears at once of every fault that stands. */
  subscribe(listener: (event: E | FaultEvent) => void): Unsubscribe {
    const own = (event: E | FaultEvent): void => listener(event);
    this.#listeners.add(own);
    for (const code of this.#standing) own({ type: 'faultRaised', device: this.#device, code });
    return () => {
      this.#listeners.delete(own);
    };
  }

  emit(event: E | FaultEvent): void {
    const listeners = [...this.#listeners]; // one of them may unsubscribe
    for (const listener of listeners) listener(event);
  }

  isRaised(code: DeviceFaultCode): boolean {
    return this.#standing.has(code);
  }

  set(code: DeviceFaultCode, isRaised: boolean): void {
    if (isRaised === this.#standing.has(code)) return;
    if (isRaised) this.#standing.add(code);
    else this.#standing.delete(code);
    this.emit({ type: isRaised ? 'faultRaised' : 'faultCleared', device: this.#device, code });
  }

  raise(code: DeviceFaultCode): void {
    this.set(code, true);
  }

  clear(code: DeviceFaultCode): void {
    this.set(code, false);
  }
}

const raiseAfterBursts = 3;
const clearAfterGood = 10;

/**
 * Decides when bytes that obey no protocol are worth a fault: three bursts before ten good frames have passed raise it,
 * ten good frames in a row clear it.
 */
export class GarbageMeter {
  #bursts = 0;
  #good = 0;

  get isGarbage(): boolean {
    return this.#bursts >= raiseAfterBursts;
  }

  /** Bytes had to be thrown away. */
  burst(): void {
    this.#good = 0;
    this.#bursts = Math.min(this.#bursts + 1, raiseAfterBursts);
  }

  /** A frame was right. */
  good(): void {
    this.#good = Math.min(this.#good + 1, clearAfterGood);
    if (this.#good === clearAfterGood) this.#bursts = 0;
  }
}
