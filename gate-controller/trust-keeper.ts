import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoadedTrust, loadTrustFolder } from '../drivers/emrtd/pki/trust-folder.ts';
import type { TrustStore } from '../drivers/emrtd/pki/trust-store.ts';
import type { Clock } from './kernel/clock.ts';

export type TrustKeeperOptions = {
  readonly folder: string;
  /** Told of everything that was taken up, and of what was refused. */
  readonly onLoaded: (loaded: LoadedTrust) => void;
  /** The folder could not be read; what was there before stays in use. */
  readonly onTrouble: (error: Error) => void;
};

/** How long an import may go unnoticed at a lane that nobody passes. */
const look_ms = 30_000;

/** What the gate trusts: certificates and lists of one folder, taken up anew between two passengers when files changed. */
export class TrustKeeper {
  readonly #o: TrustKeeperOptions;
  #loaded: LoadedTrust;
  #stamp: string;
  #refreshing: Promise<void> | undefined;

  private constructor(o: TrustKeeperOptions, loaded: LoadedTrust, stamp: string) {
    this.#o = o;
    this.#loaded = loaded;
    this.#stamp = stamp;
  }

  /** Rejects with the file system's error when the folder cannot be read. */
  static async open(o: TrustKeeperOptions): Promise<TrustKeeper> {
    // The stamp first: what changes while the folder is read is found by the next look.
    const stamp = await stampOf(o.folder);
    const loaded = await loadTrustFolder(o.folder);
    o.onLoaded(loaded);
    return new TrustKeeper(o, loaded, stamp);
  }

  trust(): TrustStore {
    return this.#loaded.trust;
  }

  /** False while an imported list cannot be used: by what is left, a revoked signer could pass as one of whom no list speaks. */
  isWhole(): boolean {
    return this.#loaded.missingLists.length === 0;
  }

  /** Looks whether files changed, and takes them up. Never rejects; one look at a time. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * Looks again and again while nobody passes: a signer that is revoked at night is known to the first passenger of the
   * morning. Calling the answer ends it.
   */
  watch(clock: Clock, isIdle: () => boolean): () => void {
    let cancel: () => void = () => {};
    const look = (): void => {
      if (isIdle()) void this.refresh();
      cancel = clock.after(look_ms, look);
    };
    cancel = clock.after(look_ms, look);
    return () => cancel();
  }

  async #refresh(): Promise<void> {
    const { folder, onLoaded, onTrouble } = this.#o;
    try {
      const stamp = await stampOf(folder);
      if (stamp === this.#stamp) return;
      const loaded = await loadTrustFolder(folder);
      this.#loaded = loaded;
      this.#stamp = stamp;
      onLoaded(loaded);
    } catch (error) {
      onTrouble(error instanceof Error ? error : new Error('unknown'));
    }
  }
}

/** Names, sizes and times of all files: differs when any of them was put, changed or taken away. */
async function stampOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const stamps = await Promise.all(
    files.sort().map(async (file) => {
      const { size, mtimeMs, ctimeMs } = await stat(file);
      return `${file} ${size} ${mtimeMs} ${ctimeMs}`;
    }),
  );
  return stamps.join('\n');
}
