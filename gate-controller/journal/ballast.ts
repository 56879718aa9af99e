import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

const piece_bytes = 256 * 1024;

/**
 * A file of no content that takes up room beside the journal. When the disk is full it is given up, so that the passage that
 * is under way can be recorded to its end. Its blocks are written with random bytes: a file system that compresses or leaves
 * out zeroes would set nothing aside.
 */
export class Ballast {
  readonly #file: string;
  readonly #size_bytes: number;

  constructor(file: string, size_bytes: number) {
    this.#file = file;
    this.#size_bytes = size_bytes;
  }

  /** All of it is there. */
  get isThere(): boolean {
    return statSync(this.#file, { throwIfNoEntry: false })?.size === this.#size_bytes;
  }

  /** Gives the room back to the disk. True when there was some to give. */
  release(): boolean {
    const wasThere = existsSync(this.#file);
    rmSync(this.#file, { force: true });
    return wasThere;
  }

  /** Takes the room again. False, and nothing is taken, when there is not enough or the disk refuses. */
  restore(): boolean {
    if (this.isThere) return true;
    try {
      this.#write();
      return true;
    } catch {
      // Whatever the disk refuses: half a ballast is none, and the room is better left to the journal.
      rmSync(this.#file, { force: true });
      return false;
    }
  }

  #write(): void {
    const file = openSync(this.#file, 'w', 0o600);
    try {
      for (let left = this.#size_bytes; left > 0; left -= piece_bytes) {
        // 0x80 to 0xbf only: neither a letter nor the start of a picture to whoever searches the folder for one.
        const piece = randomBytes(Math.min(left, piece_bytes)).map((byte) => 0x80 | (byte & 0x3f));
        if (writeSync(file, piece) !== piece.length) throw new Error('the disk took less than it was given');
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
