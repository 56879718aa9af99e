/**
 * A pseudo-terminal made in this process: the simulated device holds the master, a driver opens the slave's path like
 * any serial port. Linux only (x86-64 and arm64 share these constants).
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import koffi, { type LibraryHandle } from 'koffi';

const O_RDWR = 0o2;
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
/** ioctl that reads struct termios2, the only form that tells rates the classic constants cannot. */
const TCGETS2 = 0x802c542a;
const termios2Size = 64;
const outputSpeedOffset = 40;
const termiosSize = 128;
const pathSize = 128;

type LibC = Record<
  'posix_openpt' | 'grantpt' | 'unlockpt' | 'ptsname_r' | 'tcgetattr' | 'tcsetattr' | 'cfmakeraw' | 'ioctl',
  ReturnType<LibraryHandle['func']>
>;

let loaded: LibC | undefined;

function libc(): LibC {
  if (loaded !== undefined) return loaded;
  const library = koffi.load('libc.so.6');
  loaded = {
    posix_openpt: library.func('int posix_openpt(int)'),
    grantpt: library.func('int grantpt(int)'),
    unlockpt: library.func('int unlockpt(int)'),
    ptsname_r: library.func('int ptsname_r(int, _Out_ uint8_t *buffer, size_t size)'),
    tcgetattr: library.func('int tcgetattr(int, _Inout_ uint8_t *settings)'),
    tcsetattr: library.func('int tcsetattr(int, int, uint8_t *settings)'),
    cfmakeraw: library.func('void cfmakeraw(_Inout_ uint8_t *settings)'),
    ioctl: library.func('int ioctl(int, unsigned long, _Inout_ uint8_t *buffer)'),
  };
  return loaded;
}

function openMaster(): { master: number; path: string } {
  const c = libc();
  const master = c.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK) as number;
  if (master < 0) throw new Error('posix_openpt failed: no pseudo-terminal to be had');
  const name = Buffer.alloc(pathSize);
  if (c.grantpt(master) !== 0 || c.unlockpt(master) !== 0 || c.ptsname_r(master, name, pathSize) !== 0) {
    closeSync(master);
    throw new Error('the pseudo-terminal could not be set up');
  }
  return { master, path: name.toString('latin1', 0, name.indexOf(0)) };
}

/** The slave stays open here: otherwise the master ends when the driver closes its side. */
function holdSlave(path: string): number {
  const c = libc();
  const slave = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  const settings = Buffer.alloc(termiosSize);
  c.tcgetattr(slave, settings);
  c.cfmakeraw(settings);
  c.tcsetattr(slave, 0, settings);
  return slave;
}

const retry_ms = 1;
/** Longer than any driver leaves a port unread while it is open. */
const unread_ms = 200;

export class PseudoTerminal {
  /** What a driver opens. */
  readonly path: string;
  readonly #master: number;
  readonly #slave: number;
  readonly #stream: ReadStream;
  #isClosed = false;
  #isWriting = false;
  #blockedSince_ms: number | undefined;

  constructor(onBytes: (bytes: Uint8Array) => void) {
    const { master, path } = openMaster();
    this.#master = master;
    this.path = path;
    this.#slave = holdSlave(path);
    // Reading so is fine. Writing through it is a blocking write in libuv and can dead-lock the process.
    this.#stream = new ReadStream(master);
    this.#stream.on('data', (bytes: Buffer) => {
      if (!this.#isClosed) onBytes(bytes);
    });
    this.#stream.on('error', () => this.close()); // EIO: the slave is gone
  }

  /** What the driver set on its side; a terminal that nobody has opened yet has the kernel's 38400. */
  baudRate(): number {
    const settings = Buffer.alloc(termios2Size);
    if (this.#isClosed || libc().ioctl(this.#master, TCGETS2, settings) !== 0) return 0;
    return settings.readUInt32LE(outputSpeedOffset);
  }

  /**
   * Bytes to the driver; one write at a time. Resolves with the number of bytes that went. Bytes that nobody takes for
   * 200 ms are lost, as they are on a real line without flow control.
   */
  async write(bytes: Uint8Array): Promise<number> {
    if (this.#isWriting) throw new Error('one write at a time');
    this.#isWriting = true;
    let sent = 0;
    while (sent < bytes.length && !this.#isClosed) {
      const result = await this.#writeSome(bytes.subarray(sent));
      if (result === 'lost') break;
      sent += result;
    }
    this.#isWriting = false;
    return sent;
  }

  /**
   * On this thread: the descriptor does not block, and a write through the thread pool was seen to wait for 240 ms on a
   * loaded machine, until something else used the pool.
   */
  async #writeSome(bytes: Uint8Array): Promise<number | 'lost'> {
    try {
      const count = writeSync(this.#master, bytes);
      this.#blockedSince_ms = undefined;
      return count;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return 'lost';
    }
    this.#blockedSince_ms ??= performance.now();
    if (performance.now() - this.#blockedSince_ms > unread_ms) return 'lost';
    await delay(retry_ms);
    return 0;
  }

  /** Unplugs: the driver's descriptor goes dead. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#slave);
    this.#stream.destroy();
  }
}
