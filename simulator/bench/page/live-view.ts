/**
 * Keeps the newest view of a server: server-sent events carry whole views, a snapshot fills in at the start, after a
 * `resync`, and when the stream has been silent. Loss is reported at once, and every wait ends.
 *
 * The pages share no folder, so each of them carries this file; a test keeps the copies equal.
 */
export type Link = 'connecting' | 'live' | 'lost';

export type EventStream = {
  addEventListener(type: string, listener: (event: { readonly data?: string }) => void): void;
  close(): void;
};

/** What this part needs from a browser; a test passes its own. */
export type LiveViewWorld = {
  openEvents(url: string): EventStream;
  /** Resolves with parsed JSON of a 200 answer, else rejects; ends when the signal aborts. */
  fetchJSON(url: string, signal: AbortSignal): Promise<unknown>;
  timeout(ms: number): AbortSignal;
  now_ms(): number;
  after(ms: number, call: () => void): void;
};

export type LiveViewOptions<T> = {
  readonly eventsURL: string;
  readonly event: string;
  readonly snapshotURL: string;
  /** Ask for a snapshot when nothing was heard for so long. */
  readonly silence_ms: number;
  /** How long a snapshot may take. */
  readonly answer_ms: number;
  /** Pause before the stream is opened again. */
  readonly retry_ms: number;
  readonly onView: (view: T) => void;
  readonly onLink: (link: Link) => void;
};

export const browserWorld: LiveViewWorld = {
  openEvents: (url) => new EventSource(url),
  fetchJSON: async (url, signal) => {
    const answer = await fetch(url, { signal, cache: 'no-store' });
    if (!answer.ok) throw new Error(`HTTP_${answer.status}`);
    return answer.json();
  },
  timeout: (ms) => AbortSignal.timeout(ms),
  now_ms: () => performance.now(),
  after: (ms, call) => void setTimeout(call, ms),
};

export class LiveView<T> {
  readonly #options: LiveViewOptions<T>;
  readonly #world: LiveViewWorld;
  #stream: EventStream | null = null;
  #link: Link = 'connecting';
  #heardAt_ms: number;
  #viewsHeard = 0;
  #isAsking = false;
  #isStopped = false;

  constructor(options: LiveViewOptions<T>, world: LiveViewWorld = browserWorld) {
    this.#options = options;
    this.#world = world;
    this.#heardAt_ms = world.now_ms();
  }

  /** Milliseconds since a view was last received. */
  age_ms(): number {
    return this.#world.now_ms() - this.#heardAt_ms;
  }

  start(): void {
    this.#connect();
    this.#watchSilence();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stream?.close();
    this.#stream = null;
  }

  #connect(): void {
    if (this.#isStopped) return;
    const stream = this.#world.openEvents(this.#options.eventsURL);
    this.#stream = stream;
    const whenCurrent = (call: (data: string) => void) => (event: { readonly data?: string }) => {
      if (this.#stream === stream) call(event.data ?? '');
    };
    stream.addEventListener(
      this.#options.event,
      whenCurrent((data) => this.#receive(data)),
    );
    const ask = whenCurrent(() => void this.#askSnapshot());
    stream.addEventListener('open', ask);
    stream.addEventListener('resync', ask);
    stream.addEventListener(
      'error',
      whenCurrent(() => this.#lose()),
    );
  }

  #receive(data: string): void {
    try {
      this.#hear(JSON.parse(data));
    } catch {
      // A torn event says nothing; a snapshot does.
      void this.#askSnapshot();
    }
  }

  #hear(view: unknown): void {
    this.#heardAt_ms = this.#world.now_ms();
    this.#viewsHeard += 1;
    this.#options.onView(view as T);
    this.#become('live');
  }

  async #askSnapshot(): Promise<void> {
    if (this.#isAsking || this.#isStopped) return;
    this.#isAsking = true;
    const heardBefore = this.#viewsHeard;
    try {
      const view = await this.#world.fetchJSON(this.#options.snapshotURL, this.#world.timeout(this.#options.answer_ms));
      // An event that came meanwhile is a whole view and at least as new.
      if (this.#viewsHeard === heardBefore && !this.#isStopped) this.#hear(view);
    } catch {
      this.#lose();
    } finally {
      this.#isAsking = false;
    }
  }

  #lose(): void {
    if (this.#isStopped || this.#stream === null) return;
    this.#stream.close();
    this.#stream = null;
    this.#become('lost');
    this.#world.after(this.#options.retry_ms, () => this.#connect());
  }

  #watchSilence(): void {
    if (this.#isStopped) return;
    if (this.#stream !== null && this.age_ms() >= this.#options.silence_ms) void this.#askSnapshot();
    this.#world.after(Math.max(100, this.#options.silence_ms / 4), () => this.#watchSilence());
  }

  #become(link: Link): void {
    if (this.#link === link) return;
    this.#link = link;
    this.#options.onLink(link);
  }
}
