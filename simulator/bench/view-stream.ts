/** Server-sent events that hold the newest view: whoever reads slowly misses views, and nothing queues up for them. */
import type { ServerResponse } from 'node:http';
import type { BenchView } from './messages.ts';

const interval_ms = 100;
/** An unchanged view is repeated after so long, so that a reader can tell a quiet hall from a dead server. */
const repeat_ms = 1000;
const clientsMax = 16;

export class ViewStream {
  readonly #view: () => BenchView;
  readonly #clients = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;
  #id = 0;
  #last = '';
  #lastSent_ms = 0;

  constructor(view: () => BenchView) {
    this.#view = view;
  }

  /** False when there are too many readers already. */
  add(response: ServerResponse): boolean {
    if (this.#clients.size >= clientsMax) return false;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#clients.add(response);
    const forget = (): void => {
      this.#clients.delete(response);
      if (this.#clients.size === 0) this.stop();
    };
    response.on('close', forget);
    response.on('error', forget);
    this.#send(response, JSON.stringify(this.#view()));
    this.#timer ??= setInterval(() => this.#publish(), interval_ms);
    return true;
  }

  /** Ends every stream. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const client of this.#clients) client.end();
    this.#clients.clear();
  }

  #publish(): void {
    const view = this.#view();
    // Time in the hall always passes; by itself it is no news.
    const { at_ms, invariants, ...hall } = view.hall;
    const essence = JSON.stringify({ ...view, hall, broken: invariants.broken });
    const isQuiet = essence === this.#last && at_ms - this.#lastSent_ms < repeat_ms;
    if (isQuiet) return;
    this.#last = essence;
    this.#lastSent_ms = at_ms;
    const text = JSON.stringify(view);
    for (const client of this.#clients) this.#send(client, text);
  }

  #send(client: ServerResponse, text: string): void {
    if (client.writableNeedDrain) return;
    client.write(`id: ${++this.#id}\nevent: bench\ndata: ${text}\n\n`);
  }
}
