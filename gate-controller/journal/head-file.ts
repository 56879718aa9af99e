import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { ChainPlace } from './verify.ts';

const hash_bytes = 32;
const check_bytes = 8;
const size_bytes = 8 + hash_bytes + check_bytes;

/**
 * Where the chain ended when a commit was last confirmed, in a file of 48 bytes beside the store: number, hash, check. It
 * is written after each commit and not flushed, so it costs microseconds; after a power cut it is a little old and never
 * ahead. The store drops damaged pages of its log without a word: this file knows that records are missing.
 */
export class HeadFile {
  readonly #file: string;
  #descriptor: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Null when there is none or it is not whole: then nothing is known, and all of the chain has to be verified. */
  read(): ChainPlace | null {
    const bytes = readIfThere(this.#file);
    if (bytes.length !== size_bytes) return null;
    const content = bytes.subarray(0, size_bytes - check_bytes);
    if (!checkOf(content).equals(bytes.subarray(size_bytes - check_bytes))) return null;
    return { seq: Number(content.readBigUInt64BE(0)), hash: new Uint8Array(content.subarray(8)) };
  }

  write({ seq, hash }: ChainPlace): void {
    const content = Buffer.alloc(8 + hash_bytes);
    content.writeBigUInt64BE(BigInt(seq), 0);
    content.set(hash, 8);
    this.#descriptor ??= openSync(this.#file, constants.O_RDWR | constants.O_CREAT, 0o600);
    writeSync(this.#descriptor, Buffer.concat([content, checkOf(content)]), 0, size_bytes, 0);
  }

  remove(): void {
    this.close();
    rmSync(this.#file, { force: true });
  }

  /** Flushes what was written. */
  close(): void {
    if (this.#descriptor === undefined) return;
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

const checkOf = (content: Uint8Array): Buffer => createHash('sha256').update(content).digest().subarray(0, check_bytes);

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // Absent or unreadable: the same as not whole.
    return Buffer.alloc(0);
  }
}
