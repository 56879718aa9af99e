/** A watchlist service that answers like OpenSanctions yente (`POST /match/{dataset}`), with misfortunes to switch on. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { matchList, normaliseProperties } from './watchlist-matching.ts';
import type { ListedPerson, Properties } from './watchlist-matching.ts';

export const watchlistModes = [
  'ok',
  'unavailable',
  'slow',
  'hang',
  'truncated',
  'nonsense',
  'wrongEcho',
  'late',
] as const;
export type WatchlistMode = (typeof watchlistModes)[number];

export type WatchlistOptions = {
  /** 0 = any free port. */
  readonly port: number;
  readonly dataset: string;
  readonly persons: readonly ListedPerson[];
  /** Delay of mode `slow`, ms. */
  readonly slow_ms?: number;
  /** Delay of mode `late`, ms: longer than any caller waits. */
  readonly late_ms?: number;
  /** Delay of mode `ok`: what a matcher takes for one query, ms. */
  readonly normal_ms?: number;
};

type Query = { readonly schema: string; readonly properties: Properties };
type Refusal = { readonly status: number; readonly detail: string };

const bodyMax = 65_536;
const batchMax = 100;
const limitMax = 500;
const excludedMax = 50;
const hangMax_ms = 120_000;
const defaults = { slow_ms: 1500, late_ms: 20_000, normal_ms: 60, limit: 5, threshold: 0.7, cutoff: 0.5 } as const;

export class Watchlist {
  readonly #options: WatchlistOptions;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #server: Server | undefined;
  #mode: WatchlistMode = 'ok';
  #requests = 0;

  constructor(options: WatchlistOptions) {
    this.#options = options;
  }

  get mode(): WatchlistMode {
    return this.#mode;
  }

  set mode(mode: WatchlistMode) {
    this.#mode = mode;
  }

  /** Match requests received. */
  get requests(): number {
    return this.#requests;
  }

  /** Base address, without a slash at the end. */
  get url(): string {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return `http://127.0.0.1:${address?.port ?? 0}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => {
        // The connection broke in mid-request: there is nobody left to answer.
        response.destroy();
      });
    });
    server.requestTimeout = 10_000;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#options.port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#server = server;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const dataset = /^\/match\/([A-Za-z0-9_-]{1,64})$/.exec(url.pathname)?.[1];
    if (request.method === 'GET') this.#answerGet(url.pathname, response);
    else if (request.method === 'POST' && dataset !== undefined) {
      this.#requests++;
      const body = await readBody(request);
      this.#answerMatch(dataset, url.searchParams, body, response);
    } else send(response, 404, { detail: 'Not Found' });
  }

  #answerGet(path: string, response: ServerResponse): void {
    if (this.#mode === 'unavailable') send(response, 503, { detail: 'Service unavailable' });
    else if (path === '/healthz' || path === '/readyz') send(response, 200, { status: 'ok' });
    else if (path === '/catalog') send(response, 200, this.#catalog());
    else send(response, 404, { detail: 'Not Found' });
  }

  #catalog(): unknown {
    const { dataset, persons } = this.#options;
    const updated =
      persons
        .map((person) => person.listed)
        .toSorted()
        .at(-1) ?? '';
    return {
      datasets: [
        {
          name: dataset,
          title: 'Invented persons',
          entity_count: persons.length,
          last_change: updated,
          index_current: true,
        },
      ],
      current: [dataset],
      outdated: [],
      index_stale: false,
    };
  }

  #answerMatch(dataset: string, parameters: URLSearchParams, body: string | undefined, response: ServerResponse): void {
    switch (this.#mode) {
      case 'unavailable':
        send(response, 503, { detail: 'Service unavailable' });
        return;
      case 'hang':
        // The socket stays open; it is let go in the end, so that no caller is held for ever.
        this.#later(hangMax_ms, () => response.destroy());
        return;
      case 'nonsense':
        send(response, 200, { responses: { q1: 'clear' }, ok: true });
        return;
      case 'ok':
      case 'slow':
      case 'truncated':
      case 'wrongEcho':
      case 'late':
        break;
      default:
        this.#mode satisfies never;
    }
    const answer = this.#match(dataset, parameters, body);
    const text = JSON.stringify(answer.body);
    const isCut = this.#mode === 'truncated';
    this.#later(this.#delay_ms(), () => {
      sendText(response, answer.status, isCut ? text.slice(0, Math.floor(text.length / 2)) : text);
    });
  }

  #delay_ms(): number {
    if (this.#mode === 'slow') return this.#options.slow_ms ?? defaults.slow_ms;
    if (this.#mode === 'late') return this.#options.late_ms ?? defaults.late_ms;
    return this.#options.normal_ms ?? defaults.normal_ms;
  }

  #match(dataset: string, parameters: URLSearchParams, body: string | undefined): { status: number; body: unknown } {
    if (dataset !== this.#options.dataset) return { status: 404, body: { detail: 'No such dataset' } };
    const queries = parseQueries(body);
    if ('detail' in queries) return { status: queries.status, body: { detail: queries.detail } };
    const limit = numberOr(parameters.get('limit'), defaults.limit, limitMax);
    const threshold = numberOr(parameters.get('threshold'), defaults.threshold, 1);
    const cutoff = numberOr(parameters.get('cutoff'), defaults.cutoff, 1);
    const excluded = new Set(parameters.getAll('exclude_entity_ids').slice(0, excludedMax));
    const responses: Record<string, unknown> = {};
    for (const [key, query] of queries.byKey) {
      const properties = normaliseProperties(query.properties);
      const results = matchList(properties, this.#options.persons, { limit, cutoff, excluded });
      responses[key] = {
        status: 200,
        results: results.map(({ person, score, explanations }) => ({
          id: person.id,
          caption: person.caption,
          schema: 'Person',
          properties: person.properties,
          datasets: [dataset],
          referents: [],
          target: true,
          first_seen: person.listed,
          last_seen: person.listed,
          last_change: person.listed,
          score,
          match: score >= threshold,
          explanations,
        })),
        total: { value: results.length, relation: 'eq' },
        query: { schema: query.schema, properties: this.#echo(properties) },
      };
    }
    return { status: 200, body: { responses, limit } };
  }

  /** Mode `wrongEcho` shows what a service does that silently drops a property of the query. */
  #echo(properties: Properties): Properties {
    if (this.#mode !== 'wrongEcho') return properties;
    const { birthDate: _dropped, ...rest } = properties;
    return 'birthDate' in properties ? rest : {};
  }

  #later(delay_ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delay_ms);
    this.#timers.add(timer);
  }
}

function numberOr(text: string | null, otherwise: number, max: number): number {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? Math.min(value, max) : otherwise;
}

function parseQueries(body: string | undefined): Refusal | { readonly byKey: ReadonlyMap<string, Query> } {
  if (body === undefined) return { status: 413, detail: 'Body too large' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { status: 422, detail: 'Body is not JSON' };
  }
  const queries = isRecord(parsed) && isRecord(parsed.queries) ? Object.entries(parsed.queries) : undefined;
  if (queries === undefined) return { status: 422, detail: 'queries missing' };
  if (queries.length === 0 || queries.length > batchMax) return { status: 400, detail: 'Wrong number of queries' };
  const byKey = new Map<string, Query>();
  for (const [key, query] of queries) {
    if (!isRecord(query) || typeof query.schema !== 'string') return { status: 422, detail: 'schema missing' };
    // As yente does, one bad query fails the whole batch.
    if (!isProperties(query.properties)) return { status: 400, detail: 'Bad example' };
    byKey.set(key, { schema: query.schema, properties: query.properties });
  }
  return { byKey };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isProperties(value: unknown): value is Properties {
  const isList = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === 'string');
  return isRecord(value) && Object.values(value).every(isList);
}

/** Undefined when the body is longer than allowed. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json', 'x-batch-size': '1' }).end(text);
}
