/**
 * Requests to one device: bounded first-in first-out, one in flight, each with a deadline. After a time-out the line is
 * quarantined, because the late answer would otherwise be taken for the answer to the next request.
 */
import { DeviceError } from '../contracts/device.ts';
import { type Cancel, type Clock, deadline } from './clock.ts';

export type RequestQueueOptions<Request> = {
  readonly clock: Clock;
  /** Requests waiting, the one in flight not counted. */
  readonly capacity: number;
  /** How long the line stays silent after a time-out: longer than the device needs for its longest late answer. */
  readonly quarantine_ms: number;
  /** Puts the request on the line; called when its turn has come. */
  send(request: Request): void;
  /** The request in flight has timed out or was aborted: whatever the protocol knows to stop it. */
  abandon?(request: Request): void;
};

type Entry<Request, Answer> = {
  readonly request: Request;
  readonly timeout_ms: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: DeviceError) => void;
  onAbort: () => void;
};

export class RequestQueue<Request, Answer> {
  readonly #options: RequestQueueOptions<Request>;
  readonly #waiting: Entry<Request, Answer>[] = [];
  #inFlight: Entry<Request, Answer> | undefined;
  #cancelDeadline: Cancel = () => {};
  #cancelQuarantine: Cancel | undefined;

  constructor(options: RequestQueueOptions<Request>) {
    this.#options = options;
  }

  /** The request that an arriving answer must belong to. */
  get inFlight(): Request | undefined {
    return this.#inFlight?.request;
  }

  /**
   * The deadline runs from the moment the request is sent. Rejects with DEVICE_BUSY when the queue is full, with
   * DEVICE_TIMEOUT at the deadline, with DEVICE_STOPPED when the signal aborts, or with what `fail` and `rejectAll`
   * say.
   */
  submit(request: Request, options: { readonly timeout_ms: number; readonly signal?: AbortSignal }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= this.#options.capacity) return reject(new DeviceError('DEVICE_BUSY'));
      const { timeout_ms, signal } = options;
      if (signal?.aborted === true) return reject(new DeviceError('DEVICE_STOPPED', 'aborted by the caller'));
      const entry: Entry<Request, Answer> = { request, timeout_ms, signal, resolve, reject, onAbort: () => {} };
      entry.onAbort = () => this.#abort(entry);
      signal?.addEventListener('abort', entry.onAbort);
      this.#waiting.push(entry);
      this.#sendNext();
    });
  }

  /** The answer to the request in flight. */
  answer(answer: Answer): void {
    this.#take()?.resolve(answer);
    this.#sendNext();
  }

  /** The device answered the request in flight, and the answer is an error; the line is in order. */
  fail(error: DeviceError): void {
    this.#take()?.reject(error);
    this.#sendNext();
  }

  /** The request in flight gets no answer any more, known before its deadline: as a time-out, with quarantine. */
  giveUp(error: DeviceError): void {
    if (this.#inFlight !== undefined) this.#abandon(this.#inFlight, error);
  }

  /** The line is gone: everything in flight and waiting is rejected, and a quarantine ends. */
  rejectAll(error: DeviceError): void {
    this.#cancelQuarantine?.();
    this.#cancelQuarantine = undefined;
    const entries = [this.#take(), ...this.#waiting.splice(0)];
    for (const entry of entries) {
      entry?.signal?.removeEventListener('abort', entry.onAbort);
      entry?.reject(error);
    }
  }

  #sendNext(): void {
    if (this.#inFlight !== undefined || this.#cancelQuarantine !== undefined) return;
    const entry = this.#waiting.shift();
    if (entry === undefined) return;
    this.#inFlight = entry;
    this.#cancelDeadline = deadline(this.#options.clock, entry.timeout_ms, () =>
      this.#abandon(entry, new DeviceError('DEVICE_TIMEOUT')),
    );
    this.#options.send(entry.request);
  }

  #abort(entry: Entry<Request, Answer>): void {
    const error = new DeviceError('DEVICE_STOPPED', 'aborted by the caller');
    if (this.#inFlight === entry) return this.#abandon(entry, error);
    const index = this.#waiting.indexOf(entry);
    if (index >= 0) this.#waiting.splice(index, 1);
    entry.signal?.removeEventListener('abort', entry.onAbort);
    entry.reject(error);
  }

  #abandon(entry: Entry<Request, Answer>, error: DeviceError): void {
    this.#take();
    this.#options.abandon?.(entry.request);
    this.#cancelQuarantine = this.#options.clock.after(this.#options.quarantine_ms, () => {
      this.#cancelQuarantine = undefined;
      this.#sendNext();
    });
    entry.reject(error);
  }

  #take(): Entry<Request, Answer> | undefined {
    const entry = this.#inFlight;
    this.#inFlight = undefined;
    this.#cancelDeadline();
    entry?.signal?.removeEventListener('abort', entry.onAbort);
    return entry;
  }
}
