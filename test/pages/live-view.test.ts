import { expect, test } from 'vitest';
import { type EventStream, type Link, LiveView, type LiveViewWorld } from '../../gate-controller/console/live-view.ts';

/** A browser in virtual time: streams and answers are moved by hand. */
class World implements LiveViewWorld {
  clock_ms = 0;
  readonly streams: FakeStream[] = [];
  readonly asked: { resolve(view: unknown): void; reject(): void }[] = [];
  #timers: { at_ms: number; call: () => void }[] = [];

  openEvents(): EventStream {
    const stream = new FakeStream();
    this.streams.push(stream);
    return stream;
  }
  fetchJSON(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.asked.push({ resolve, reject: () => reject(new Error('HTTP_503')) });
    });
  }
  timeout(): AbortSignal {
    return new AbortController().signal;
  }
  now_ms(): number {
    return this.clock_ms;
  }
  after(ms: number, call: () => void): void {
    this.#timers.push({ at_ms: this.clock_ms + ms, call });
  }
  pass(ms: number): void {
    const end_ms = this.clock_ms + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at_ms <= end_ms).sort((a, b) => a.at_ms - b.at_ms)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.clock_ms = next.at_ms;
      next.call();
    }
    this.clock_ms = end_ms;
  }
  get stream(): FakeStream {
    const last = this.streams.at(-1);
    if (last === undefined) throw new Error('NO_STREAM');
    return last;
  }
}

class FakeStream implements EventStream {
  isClosed = false;
  readonly #listeners = new Map<string, (event: { readonly data?: string }) => void>();
  addEventListener(type: string, listener: (event: { readonly data?: string }) => void): void {
    this.#listeners.set(type, listener);
  }
  emit(type: string, data?: string): void {
    this.#listeners.get(type)?.(data === undefined ? {} : { data });
  }
  close(): void {
    this.isClosed = true;
  }
}

function begin() {
  const world = new World();
  const views: unknown[] = [];
  const links: Link[] = [];
  const live = new LiveView<unknown>(
    {
      eventsURL: '/events',
      event: 'view',
      snapshotURL: '/view',
      silence_ms: 4_000,
      answer_ms: 2_000,
      retry_ms: 1_000,
      onView: (view) => views.push(view),
      onLink: (link) => links.push(link),
    },
    world,
  );
  live.start();
  return { world, views, links, live };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('an open stream asks for a snapshot, and the link is live only when a view was received', async () => {
  const { world, views, links } = begin();
  world.stream.emit('open');
  expect(links).toEqual([]);
  world.asked[0]?.resolve({ n: 1 });
  await settled();
  expect(views).toEqual([{ n: 1 }]);
  expect(links).toEqual(['live']);
});

test('a snapshot that is overtaken by an event is dropped', async () => {
  const { world, views } = begin();
  world.stream.emit('open');
  world.stream.emit('view', '{"n":2}');
  world.asked[0]?.resolve({ n: 1 });
  await settled();
  expect(views).toEqual([{ n: 2 }]);
});

test('a resync asks for a snapshot', async () => {
  const { world, views } = begin();
  world.stream.emit('view', '{"n":1}');
  world.stream.emit('resync');
  world.asked[0]?.resolve({ n: 5 });
  await settled();
  expect(views).toEqual([{ n: 1 }, { n: 5 }]);
});

test('a broken stream is lost at once and opened again after the pause', () => {
  const { world, links } = begin();
  world.stream.emit('view', '{}');
  world.stream.emit('error');
  expect(links).toEqual(['live', 'lost']);
  expect(world.streams.map((stream) => stream.isClosed)).toEqual([true]);
  world.pass(1_000);
  expect(world.streams.length).toBe(2);
  world.stream.emit('view', '{}');
  expect(links).toEqual(['live', 'lost', 'live']);
});

test('a silent stream is asked, and lost when the answer fails', async () => {
  const { world, links, live } = begin();
  world.stream.emit('view', '{}');
  world.pass(5_000);
  expect(live.age_ms()).toBe(5_000);
  expect(world.asked.length).toBe(1);
  world.asked[0]?.reject();
  await settled();
  expect(links).toEqual(['live', 'lost']);
});

test('a torn event is replaced by a snapshot', async () => {
  const { world, views } = begin();
  world.stream.emit('view', '{"n":');
  world.asked[0]?.resolve({ n: 3 });
  await settled();
  expect(views).toEqual([{ n: 3 }]);
});

test('words of a stream that was given up change nothing', () => {
  const { world, views, links } = begin();
  const old = world.stream;
  old.emit('error');
  world.pass(1_000);
  old.emit('view', '{"n":1}');
  old.emit('error');
  expect(views).toEqual([]);
  expect(links).toEqual(['lost']);
  expect(world.streams.length).toBe(2);
});

test('after the end nothing is asked or opened', () => {
  const { world, live } = begin();
  live.stop();
  world.pass(60_000);
  expect(world.streams.length).toBe(1);
  expect(world.stream.isClosed).toBe(true);
  expect(world.asked).toEqual([]);
});
