/** One motion JPEG connection after the other, from `start` to `stop`, with back-off between them. */
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Cancel, Clock } from '../transport/clock.ts';
import { boundaryOf, type MultipartItem, MultipartParser } from './multipart.ts';

export type HTTPStreamOwner = {
  /** Pictures and broken parts of one chunk, in order; never empty. */
  received(items: readonly MultipartItem[]): void;
  /** The response has begun; `server` is its Server header. */
  opened(server: string | undefined): void;
  /** There is no connection; the stream tries again by itself. */
  closed(): void;
};

export type HTTPStreamOptions = {
  /** http or https; user and password may stand in it. */
  readonly url: string;
  /** A connection that brings no byte for so long is given up. */
  readonly silence_ms: number;
  readonly clock: Clock;
};

const backOffFirst_ms = 250;
const backOffLast_ms = 5000;
const headerLimit_bytes = 16 * 1024;

export class HTTPStream {
  readonly #options: HTTPStreamOptions;
  readonly #owner: HTTPStreamOwner;
  #isRunning = false;
  #request: ClientRequest | undefined;
  #backOff_ms = backOffFirst_ms;
  #cancelTimer: Cancel = () => {};
  #cancelSilence: Cancel = () => {};

  constructor(options: HTTPStreamOptions, owner: HTTPStreamOwner) {
    this.#options = options;
    this.#owner = owner;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#backOff_ms = backOffFirst_ms;
    this.#connect();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelTimer();
    this.#discard();
  }

  /** A picture came: the next interruption is re-tried quickly again. */
  confirmAlive(): void {
    this.#backOff_ms = backOffFirst_ms;
  }

  #connect(): void {
    const options = {
      agent: false as const,
      maxHeaderSize: headerLimit_bytes,
      headers: { accept: 'multipart/x-mixed-replace' },
    };
    let request: ClientRequest;
    try {
      const url = new URL(this.#options.url);
      request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    } catch {
      // Only an impossible address throws; configuration refuses it, so this is a camera that is not there.
      this.#owner.closed();
      return this.#connectLater();
    }
    this.#request = request;
    request.on('error', () => this.#lose(request));
    request.on('close', () => this.#lose(request));
    request.on('response', (response) => this.#opened(request, response));
    request.end();
    this.#watchSilence(request);
  }

  #opened(request: ClientRequest, response: IncomingMessage): void {
    if (this.#request !== request) return void response.destroy();
    const boundary = boundaryOf(response.headers['content-type']);
    if (response.statusCode !== 200 || boundary === undefined) {
      this.#lose(request);
      return;
    }
    const parser = new MultipartParser(boundary);
    const { server } = response.headers;
    this.#owner.opened(typeof server === 'string' ? server : undefined);
    response.on('error', () => this.#lose(request));
    response.on('end', () => this.#lose(request));
    response.on('data', (chunk: Buffer) => {
      if (this.#request !== request) return;
      this.#watchSilence(request);
      const items = parser.push(chunk);
      if (items.length > 0) this.#owner.received(items);
    });
  }

  #watchSilence(request: ClientRequest): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#options.clock.after(this.#options.silence_ms, () => this.#lose(request));
  }

  #lose(request: ClientRequest): void {
    if (this.#request !== request) return;
    this.#discard();
    if (!this.#isRunning) return;
    this.#connectLater();
    this.#owner.closed();
  }

  #discard(): void {
    const request = this.#request;
    this.#request = undefined;
    this.#cancelSilence();
    request?.destroy();
  }

  #connectLater(): void {
    const wait_ms = this.#backOff_ms;
    this.#backOff_ms = Math.min(wait_ms * 2, backOffLast_ms);
    this.#cancelTimer = this.#options.clock.after(wait_ms, () => {
      if (this.#isRunning) this.#connect();
    });
  }
}
