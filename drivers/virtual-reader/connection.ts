/** One chip at the other end of a socket: a message out, at most one message back, every wait with an end. */
import type { Socket } from 'node:net';
import { DeviceError } from '../contracts/device.ts';
import type { Cancel, Clock } from '../transport/clock.ts';
import { encodeMessage, VpcdParser } from './codec.ts';

type Waiter = {
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: DeviceError) => void;
  readonly cancel: Cancel;
};

export class Connection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #parser = new VpcdParser();
  #waiter: Waiter | undefined;
  #ended: DeviceError | undefined;

  /** `onEnd` is called once, whoever ends the connection. */
  constructor(socket: Socket, o: { readonly clock: Clock; readonly onEnd: () => void }) {
    this.#socket = socket;
    this.#clock = o.clock;
    socket.setNoDelay(true); // an APDU waits for nothing else
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => this.end(new DeviceError('CHIP_LOST', 'connection broken')));
    socket.on('close', () => {
      this.end(new DeviceError('CHIP_LOST', 'the chip hung up'));
      o.onEnd();
    });
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** A control message that has no answer. */
  tell(control: number): void {
    if (this.isOpen) this.#socket.write(encodeMessage(Uint8Array.of(control)));
  }

  /**
   * The next message from the chip. Any failure ends the connection: a late answer would pass for that of the next
   * command. Rejects with CHIP_LOST, DEVICE_TIMEOUT, DEVICE_STOPPED, or DEVICE_BUSY (which ends nothing).
   */
  ask(
    payload: Uint8Array,
    options: { readonly timeout_ms: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array> {
    const { timeout_ms, signal } = options;
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      if (this.#waiter !== undefined) return reject(new DeviceError('DEVICE_BUSY', 'an APDU is under way'));
      const onAbort = (): void => this.end(new DeviceError('DEVICE_STOPPED', 'aborted by the caller'));
      const cancelTimer = this.#clock.after(timeout_ms, () => this.end(new DeviceError('DEVICE_TIMEOUT')));
      const cancel = (): void => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      this.#waiter = { resolve, reject, cancel };
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener('abort', onAbort);
      this.#socket.write(encodeMessage(payload));
    });
  }

  /** Idempotent; whoever waits is told `error`. */
  end(error: DeviceError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#takeWaiter()?.reject(error);
    this.#socket.destroy();
  }

  #receive(chunk: Uint8Array): void {
    for (const payload of this.#parser.push(chunk)) {
      const waiter = this.#takeWaiter();
      if (waiter === undefined || payload.length === 0) {
        waiter?.reject(new DeviceError('CHIP_LOST', 'empty message'));
        return this.end(new DeviceError('CHIP_LOST', 'a message that nobody asked for'));
      }
      waiter.resolve(payload);
    }
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.cancel();
    return waiter;
  }
}
