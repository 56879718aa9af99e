import { isPersonNumber, personNumberOf } from '../api/messages.ts';

const key = 'officer';

/** Part of a browser's storage; a test passes its own. */
export type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Who sits at this page, until there is a sign-in: what the officer says once, kept until the browser's tab is closed.
 * It proves nothing; it names who answers for a command.
 */
export class Identity {
  readonly #storage: Storage;

  constructor(storage: Storage = sessionStorage) {
    this.#storage = storage;
  }

  /** The number, or null while nobody has given one that fits. */
  get officer(): string | null {
    const kept = this.#storage.getItem(key);
    return kept !== null && isPersonNumber(kept) ? personNumberOf(kept) : null;
  }

  /** False when that is no number; nothing changes then. */
  take(number: string): boolean {
    const trimmed = number.trim();
    if (!isPersonNumber(trimmed)) return false;
    this.#storage.setItem(key, personNumberOf(trimmed));
    return true;
  }

  leave(): void {
    this.#storage.removeItem(key);
  }
}
