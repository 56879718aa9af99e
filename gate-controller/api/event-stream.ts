import type { ServerResponse } from 'node:http';

/** A reader that has taken nothing for this long is not there. */
const defaultBlocked_max_ms = 10_000;

/**
 * Server-sent events for one reader. Views are whole, so only the newest matters: while a reader is slow, newer views
 * replace the one that waits, and memory stays flat. A reader that stays blocked is dropped, and its place is free.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #event: string;
  readonly #blocked_max_ms: number;
  #waiting: string | undefined;
  #patience: NodeJS.Timeout | undefined;
  #id = 0;

  constructor(
    response: ServerResponse,
    event: string,
    { blocked_max_ms = defaultBlocked_max_ms }: { readonly blocked_max_ms?: number } = {},
  ) {
    this.#response = response;
    this.#event = event;
    this.#blocked_max_ms = blocked_max_ms;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.write('retry: 1000\n\n');
    response.on('close', () => this.#unblock());
    response.on('drain', () => {
      this.#unblock();
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.#write(waiting);
    });
  }

  /** Sends a view, or keeps it until the reader can take it. */
  send(json: string): void {
    if (this.#patience === undefined) this.#write(json);
    else this.#waiting = json;
  }

  end(): void {
    this.#response.end();
  }

  #write(json: string): void {
    this.#id += 1;
    if (this.#response.write(`id: ${this.#id}\nevent: ${this.#event}\ndata: ${json}\n\n`)) return;
    this.#patience = setTimeout(() => this.#response.destroy(), this.#blocked_max_ms);
  }

  #unblock(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }
}
