/** The bench's HTTP server: technicians on this computer watch and drive the simulated hall with it. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BenchView, PassageView } from './messages.ts';
import { readStaticFile } from './static-pages.ts';
import { ViewStream } from './view-stream.ts';

/** What the simulator lets the bench do. */
export interface BenchTarget {
  view(): BenchView;
  /** Queues a traveller. */
  send(
    scenario: string,
    options: { readonly fast: boolean; readonly close: boolean },
  ): { readonly id: string } | 'unknown-scenario' | 'too-many';
  passage(id: string): PassageView | undefined;
  setStream(options: { readonly paused: boolean }): void;
  setFault(name: string, on: boolean): Promise<'done' | 'unknown-fault'>;
}

export type BenchServerOptions = {
  /** 0 = any free port. */
  readonly port: number;
  /** Folder of the built page. */
  readonly pages: string;
  readonly target: BenchTarget;
};

const bodyMax = 4096;
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
    "img-src 'self' data: http://127.0.0.1:*; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export class BenchServer {
  readonly #options: BenchServerOptions;
  readonly #stream: ViewStream;
  #server: Server | undefined;

  constructor(options: BenchServerOptions) {
    this.#options = options;
    this.#stream = new ViewStream(() => options.target.view());
  }

  /** Base address, without a slash at the end. */
  get url(): string {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return `http://127.0.0.1:${address?.port ?? 0}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#route(request, response).catch((error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal(500, 'INTERNAL');
        if (response.headersSent) response.destroy();
        else answer(response, refusal.status, { code: refusal.code });
      });
    });
    server.requestTimeout = 5000;
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
    this.#stream.stop();
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    refuseForeign(request);
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method === 'GET') await this.#get(pathname, response);
    else if (request.method === 'POST') await this.#post(pathname, request, response);
    else throw new Refusal(405, 'METHOD_NOT_ALLOWED');
  }

  async #get(path: string, response: ServerResponse): Promise<void> {
    const { target, pages } = this.#options;
    const passageId = /^\/api\/travellers\/([A-Za-z0-9-]{1,64})$/.exec(path)?.[1];
    if (path === '/api/view') answer(response, 200, target.view());
    else if (path === '/api/events') {
      if (!this.#stream.add(response)) throw new Refusal(503, 'TOO_MANY_READERS');
    } else if (passageId !== undefined) {
      const passage = target.passage(passageId);
      if (passage === undefined) throw new Refusal(404, 'PASSAGE_UNKNOWN');
      answer(response, 200, passage);
    } else if (path === '/') response.writeHead(302, { location: '/bench/' }).end();
    else if (path === '/bench' || path.startsWith('/bench/'))
      await sendPage(pages, path.slice('/bench'.length), response);
    else throw new Refusal(404, 'NOT_FOUND');
  }

  async #post(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { target } = this.#options;
    const body = await readJSON(request);
    if (path === '/api/travellers') {
      const { scenario, fast = false, close = false } = body;
      if (typeof scenario !== 'string' || typeof fast !== 'boolean' || typeof close !== 'boolean') throw badBody();
      const sent = target.send(scenario, { fast, close });
      if (sent === 'unknown-scenario') throw new Refusal(404, 'SCENARIO_UNKNOWN');
      if (sent === 'too-many') throw new Refusal(429, 'TOO_MANY_TRAVELLERS');
      answer(response, 202, sent);
    } else if (path === '/api/stream') {
      if (typeof body.paused !== 'boolean') throw badBody();
      target.setStream({ paused: body.paused });
      answer(response, 202, {});
    } else if (path === '/api/faults') {
      if (typeof body.name !== 'string' || typeof body.on !== 'boolean') throw badBody();
      if ((await target.setFault(body.name, body.on)) === 'unknown-fault') throw new Refusal(404, 'FAULT_UNKNOWN');
      answer(response, 202, {});
    } else throw new Refusal(404, 'NOT_FOUND');
  }
}

const badBody = (): Refusal => new Refusal(400, 'BODY_INVALID');

/** A page of another origin may not drive the hall, nor reach it under a borrowed name (DNS rebinding). */
function refuseForeign(request: IncomingMessage): void {
  const { host = '', origin } = request.headers;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!loopbackNames.has(name)) throw new Refusal(403, 'HOST_NOT_LOOPBACK');
  if (request.method !== 'GET' && origin !== undefined && origin !== `http://${host}`) {
    throw new Refusal(403, 'ORIGIN_FOREIGN');
  }
}

async function readJSON(request: IncomingMessage): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? '';
  if (type.split(';')[0]?.trim() !== 'application/json') throw new Refusal(415, 'NOT_JSON');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyMax) throw new Refusal(413, 'BODY_TOO_LARGE');
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw badBody();
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badBody();
  return body as Record<string, unknown>;
}

async function sendPage(folder: string, path: string, response: ServerResponse): Promise<void> {
  const file = await readStaticFile(folder, path);
  if (file === undefined) throw new Refusal(404, 'PAGE_NOT_FOUND');
  response.writeHead(200, { ...securityHeaders, 'content-type': file.contentType, 'cache-control': 'no-cache' });
  response.end(file.bytes);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...securityHeaders });
  response.end(JSON.stringify(body));
}
