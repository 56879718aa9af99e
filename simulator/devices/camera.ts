/** A network camera: motion JPEG over HTTP (multipart/x-mixed-replace) on the loopback address. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export const cameraModes = ['ok', 'frozen', 'truncated', 'stopped', 'refused', 'flooding'] as const;
/**
 * `frozen` repeats one picture with the time going on, as an encoder does whose sensor has stopped; `truncated` cuts
 * every JPEG in half; `stopped` keeps the connection and sends nothing; `refused` refuses connections; `flooding` sends
 * pictures as fast as the reader takes them.
 */
export type CameraMode = (typeof cameraModes)[number];

export type CameraOptions = {
  /** 0 = any free port. */
  readonly port: number;
  /** The newest picture: one whole JPEG. The same array as before means that there is no newer one yet. */
  readonly picture: () => Uint8Array;
  /** Time that pictures are stamped with, ms since the epoch. */
  readonly now_ms?: () => number;
  /** Milliseconds between two pictures. */
  readonly interval_ms?: number;
};

const boundary = 'frame';
const clientsMax = 8;
const floodInterval_ms = 5;

export class SimulatedCamera {
  readonly #options: CameraOptions;
  readonly #clients = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #mode: CameraMode = 'ok';
  #frozen: Uint8Array | undefined;
  #last: Uint8Array | undefined;
  #frames = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CameraOptions) {
    this.#options = options;
  }

  get mode(): CameraMode {
    return this.#mode;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/stream.mjpeg`;
  }

  /** Pictures sent since the start; none are taken while nobody looks. */
  get frames(): number {
    return this.#frames;
  }

  /** Bytes that readers have not taken yet. */
  get waiting_bytes(): number {
    return [...this.#clients].reduce((bytes, client) => bytes + client.writableLength, 0);
  }

  async start(): Promise<void> {
    await this.#listen(this.#options.port);
    this.#tickEvery(this.#interval_ms());
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#close();
  }

  async setMode(mode: CameraMode): Promise<void> {
    const before = this.#mode;
    this.#mode = mode;
    this.#frozen = mode === 'frozen' ? this.#options.picture() : undefined;
    if (mode === 'refused') await this.#close();
    else if (before === 'refused') await this.#listen(this.#port);
  }

  #interval_ms(): number {
    return this.#mode === 'flooding' ? floodInterval_ms : (this.#options.interval_ms ?? 100);
  }

  #tickEvery(interval_ms: number): void {
    this.#timer = setTimeout(() => {
      this.#takePicture();
      this.#tickEvery(this.#interval_ms());
    }, interval_ms);
  }

  async #listen(port: number): Promise<void> {
    const server = createServer((request, response) => this.#serve(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#clients.clear();
    for (const socket of this.#sockets) socket.destroy();
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const isStream = request.url === '/' || request.url?.startsWith('/stream.mjpeg') === true;
    if (request.method !== 'GET' || !isStream) {
      response.writeHead(404).end();
      return;
    }
    if (this.#clients.size >= clientsMax) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, {
      'content-type': `multipart/x-mixed-replace; boundary=${boundary}`,
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'cross-origin',
    });
    response.flushHeaders();
    this.#clients.add(response);
    response.on('close', () => this.#clients.delete(response));
    response.on('error', () => this.#clients.delete(response));
  }

  #takePicture(): void {
    if (this.#mode === 'stopped' || this.#mode === 'refused') return;
    if (this.#clients.size === 0) return;
    const picture = this.#frozen ?? this.#options.picture();
    if (picture === this.#last && (this.#mode === 'ok' || this.#mode === 'truncated')) return;
    this.#last = picture;
    this.#frames++;
    const jpeg = this.#mode === 'truncated' ? picture.subarray(0, Math.floor(picture.length / 2)) : picture;
    const stamp = ((this.#options.now_ms ?? Date.now)() / 1000).toFixed(3);
    const fields = `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\nX-Timestamp: ${stamp}`;
    const head = `--${boundary}\r\n${fields}\r\n\r\n`;
    const part = Buffer.concat([Buffer.from(head, 'latin1'), jpeg, Buffer.from('\r\n', 'latin1')]);
    // A reader that has not taken the last picture yet misses this one: nothing queues up here.
    for (const client of this.#clients) if (!client.writableNeedDrain) client.write(part);
  }
}
