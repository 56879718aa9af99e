/** What people in the hall read on the display of the gate, as any page reads it: which screen, and a turn of the head. */
import { liveEvents } from './live-events.ts';
import type { HeadPrompt } from './travellers/scene.ts';

/** The part of the display's event that travellers act on. */
type Display = { readonly screen?: unknown; readonly hint?: unknown };

/** A display that went dark is looked at again after so long. */
const again_ms = 500;

export class DisplayReader {
  readonly #onPrompt: (prompt: HeadPrompt | null) => void;
  #reading: AbortController | undefined;
  #prompt: HeadPrompt | null = null;
  #screen: string | null = null;

  /** `onPrompt` hears each change; it must not throw. */
  constructor(onPrompt: (prompt: HeadPrompt | null) => void) {
    this.#onPrompt = onPrompt;
  }

  /** Name of the screen that is shown; null while the display is dark. */
  get screen(): string | null {
    return this.#screen;
  }

  /** What the display asks of heads now. */
  get prompt(): HeadPrompt | null {
    return this.#prompt;
  }

  /** Reads the display of the controller at this address from now on, and no other. */
  read(controllerUrl: string): void {
    this.stop();
    const reading = new AbortController();
    this.#reading = reading;
    void this.#readUntil(new URL('/api/display/events', controllerUrl).href, reading.signal);
  }

  /** Idempotent. */
  stop(): void {
    this.#reading?.abort();
    this.#reading = undefined;
    this.#goDark();
  }

  #goDark(): void {
    this.#screen = null;
    this.#show(null);
  }

  async #readUntil(url: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const { screen, hint } of liveEvents<Display>(url, 'display', signal)) {
          if (signal.aborted) return;
          this.#screen = typeof screen === 'string' ? screen : null;
          this.#show(hint === 'turnHeadLeft' || hint === 'turnHeadRight' ? hint : null);
        }
      } catch {
        // The controller is gone, or not there yet: a dark display asks for nothing.
      }
      if (signal.aborted) return;
      this.#goDark();
      await pause(again_ms, signal);
    }
  }

  #show(prompt: HeadPrompt | null): void {
    if (prompt === this.#prompt) return;
    this.#prompt = prompt;
    this.#onPrompt(prompt);
  }
}

function pause(delay_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, delay_ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
