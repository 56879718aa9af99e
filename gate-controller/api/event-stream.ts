import type { ServerResponse } from 'node:http';

/**
 * Server-sent events for one reader. Views are whole, so only the newest matters: while a reader is slow, newer views
 * replace the one that waits, and memory stays flat.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #event: string;
  #waiting: string | undefined;
  #isBlocked = false;
  #id = 0;

  constructor(response: ServerResponse, event: string) {
    this.#response = response;
    this.#event = event;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.write('retry: 1000\n\n');
    response.on('drain', () => {
      this.#isBlocked = false;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.#write(waiting);
    });
  }

  /** Sends a view, or keeps it until the reader can take it. */
  send(json: string): void {
    if (this.#isBlocked) this.#waiting = json;
    else this.#write(json);
  }

  end(): void {
    this.#response.end();
  }

  #write(json: string): void {
    this.#id += 1;
    this.#isBlocked = !this.#response.write(`id: ${this.#id}\nevent: ${this.#event}\ndata: ${json}\n\n`);
  }
}
