// A server at the far end of the pages: serves the real bundles under the real security policy, sends the views it is
// given and keeps the commands it gets. The pages are what is tested; the controller has tests of its own.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import sharp from 'sharp';
import { pageFolder, pageNames, type PageName } from '../../.ci/build-pages.ts';

const securityPolicy = "default-src 'self'; img-src 'self' blob:; style-src 'self'; object-src 'none'; base-uri 'none'";
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Which view a snapshot's address answers with. */
const snapshots: Readonly<Record<string, string>> = {
  '/api/officer': 'lane',
  '/api/display': 'display',
  '/api/view': 'bench',
  '/api/technician': 'technician',
};

type Answer = { readonly status: number; readonly body: unknown };

export class PageServer {
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  readonly #views = new Map<string, { readonly event: string; readonly view: unknown }>();
  /** Bodies that were posted, oldest first. */
  readonly posted: { readonly path: string; readonly body: unknown }[] = [];
  /** Signs of life and calls for help that were posted beside commands. */
  readonly signs: { readonly path: string; readonly body: unknown }[] = [];
  /** What GET /api/machines is answered with. */
  machines: unknown = { lane: [], transaction: [] };
  /** What the next posts are answered with. */
  answer: Answer = { status: 202, body: {} };
  /** What reports of documents are answered with, or a promise of it; undefined: there is none. */
  report: unknown;
  /** While true, requests are taken and never answered, as by a controller that hangs. */
  isHanging = false;
  /** Content types that are refused, to keep a script from loading. */
  readonly blocked = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<PageServer> {
    const server = createServer();
    const page = new PageServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sets a view and sends it to every page that listens to its stream. */
  send(event: 'lane' | 'display' | 'bench' | 'technician', view: unknown): void {
    this.#views.set(event, { event, view });
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(view)}\n\n`);
  }

  /** Cuts the streams as a crashed controller does, and refuses everything until `start`. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    this.#streams.clear();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.isHanging) return;
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    response.setHeader('content-security-policy', securityPolicy);
    if (request.method === 'POST') return this.#take(path, request, response);
    if (path.endsWith('/events')) return this.#stream(response);
    if (path.startsWith('/api/images/')) return this.#picture(path, response);
    if (path.endsWith('/report')) return this.#report(response);
    if (path.startsWith('/api/')) return this.#snapshot(path, response);
    await this.#file(path, response);
  }

  async #take(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (path === '/api/attendance' || path === '/api/display/help') {
      this.signs.push({ path, body });
      response.writeHead(204).end();
      return;
    }
    this.posted.push({ path, body });
    response.writeHead(this.answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(this.answer.body));
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': begins\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #snapshot(path: string, response: ServerResponse): void {
    const view = path === '/api/machines' ? this.machines : this.#views.get(snapshots[path] ?? '')?.view;
    response.writeHead(view === undefined ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(view ?? {}));
  }

  async #report(response: ServerResponse): Promise<void> {
    const report = await this.report;
    response.writeHead(report === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(report ?? {}));
  }

  /** A drawn figure: no photograph of a person is needed to test a page. */
  async #picture(path: string, response: ServerResponse): Promise<void> {
    const [ground, skin, cloth] = path.includes('live')
      ? ['#7f8b96', '#c79f86', '#37506b']
      : ['#d5dce2', '#d8b298', '#4c4456'];
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="500"><rect width="400" height="500" fill="${ground}"/>
      <path d="M40 500c0-120 70-160 160-160s160 40 160 160z" fill="${cloth}"/><ellipse cx="200" cy="220" rx="88" ry="116" fill="${skin}"/>
      <path d="M108 210c0-100 50-130 92-130s92 30 92 130c-20-60-60-70-92-70s-72 10-92 70z" fill="#3a2e28"/>
      <circle cx="165" cy="215" r="8" fill="#222"/><circle cx="235" cy="215" r="8" fill="#222"/>
      <path d="M170 280q30 18 60 0" stroke="#7a4a3c" stroke-width="7" fill="none"/></svg>`;
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.end(await sharp(Buffer.from(drawing)).jpeg().toBuffer());
  }

  async #file(path: string, response: ServerResponse): Promise<void> {
    const [page, ...rest] = normalize(path).split(/[\\/]/).filter(Boolean);
    const isPage = pageNames.includes(page as PageName);
    const name = rest.join('/') || 'index.html';
    const type = types[extname(name)];
    if (!isPage || type === undefined || this.blocked.has(extname(name))) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': type });
    response.end(await readFile(join(pageFolder(page as PageName), name)));
  }
}
