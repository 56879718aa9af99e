/** What every driver test needs: a line in a folder of its own, and a record of what a device says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Device, DeviceFaultCode, FaultEvent } from '../../drivers/contracts/device.ts';
import { Line, type LineOptions } from '../../simulator/wire/line.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gate-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A plugged line; unplugged after the test. */
export function temporaryLine(options: Partial<LineOptions> = {}): Line {
  const line = new Line({ folder: temporaryFolder(), name: 'port', ...options });
  onTestFinished(() => line.unplug());
  return line;
}

const limit_ms = 10_000;

type Waiter<E> = { readonly matches: (event: E) => boolean; readonly resolve: (event: E) => void };

/** Everything that a device said since it was started here; the device is stopped after the test. */
export class Recording<E extends { readonly type: string }> {
  readonly events: (E | FaultEvent)[] = [];
  readonly #waiters = new Set<Waiter<E | FaultEvent>>();
  readonly #standing = new Set<DeviceFaultCode>();

  constructor(device: Device<E>) {
    device.subscribe((event) => this.#take(event));
    onTestFinished(() => device.stop());
    device.start();
  }

  /** Faults that stand now. */
  get standing(): DeviceFaultCode[] {
    return [...this.#standing].sort();
  }

  /** The next event of a kind; looks at events to come only. */
  next(what: string, matches: (event: E | FaultEvent) => boolean): Promise<E | FaultEvent> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<E | FaultEvent> = {
        matches,
        resolve: (event) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(event);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`no ${what} within ${limit_ms} ms; standing: ${this.standing.join(' ')}`));
      }, limit_ms);
      this.#waiters.add(waiter);
    });
  }

  async raised(code: DeviceFaultCode): Promise<void> {
    if (this.#standing.has(code)) return;
    await this.next(
      `${code} raised`,
      (event) => event.type === 'faultRaised' && 'code' in event && event.code === code,
    );
  }

  async cleared(code: DeviceFaultCode): Promise<void> {
    if (!this.#standing.has(code)) return;
    await this.next(
      `${code} cleared`,
      (event) => event.type === 'faultCleared' && 'code' in event && event.code === code,
    );
  }

  #take(event: E | FaultEvent): void {
    this.events.push(event);
    if ('code' in event && event.type === 'faultRaised') this.#standing.add(event.code);
    if ('code' in event && event.type === 'faultCleared') this.#standing.delete(event.code);
    const waiters = [...this.#waiters];
    for (const waiter of waiters) if (waiter.matches(event)) waiter.resolve(event);
  }
}

/** Waits for something that no event tells. */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const end_ms = performance.now() + limit_ms;
  while (!isTrue()) {
    if (performance.now() > end_ms) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

/** Entropy that repeats with its seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s+/g, ''), 'hex'));
export const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
