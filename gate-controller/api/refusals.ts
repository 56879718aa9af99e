import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayAsk } from './loopback.ts';

/** What is said of a request that gets no other answer. Nothing that was sent comes back in it. */
const problems: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  400: { code: 'REQUEST_INVALID', message: 'The request is not one that this lane understands.' },
  403: { code: 'NOT_LOCAL', message: 'This lane answers pages of its own machine only.' },
  404: { code: 'NOT_FOUND', message: 'There is nothing at this address.' },
  408: { code: 'REQUEST_LATE', message: 'The request did not come in time.' },
  413: { code: 'BODY_TOO_LARGE', message: 'The request is too large.' },
  414: { code: 'ADDRESS_TOO_LONG', message: 'The address is too long.' },
  415: { code: 'BODY_NOT_JSON', message: 'The request must be JSON.' },
  431: { code: 'HEADERS_TOO_LARGE', message: 'The request is too large.' },
  500: { code: 'FAILED_INSIDE', message: 'The lane could not answer this.' },
};

/** For answers that are made before any hook has run; nothing of them may load anything. */
const bareHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
} as const;

const known = (status: number): number => (status in problems ? status : status >= 500 ? 500 : 400);

/** Words of a program, not of a person: what may stand in a log. */
const isCode = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(value);

/** Name and code of an error; its message and its trace could hold anything. */
export function failureOf(error: unknown): { readonly name: string; readonly code: string | null } {
  const { name, code } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return { name: isCode(name) ? name : 'unknown', code: isCode(code) ? code : null };
}

const refuse = (reply: FastifyReply, status: number): FastifyReply => {
  const { [known(status)]: problem } = problems;
  return reply.code(known(status)).type('application/json; charset=utf-8').send(problem);
};

/** Asked of every request before anything else, and of those that fit no route too. */
export function addGuards(app: FastifyInstance, logger: FastifyBaseLogger): void {
  app.addHook('onRequest', async (request, reply) => {
    const { url = request.url } = request.routeOptions;
    const isAPI = url.startsWith('/api/');
    if (isAPI) reply.header('cache-control', 'no-store');
    if (!mayAsk(request.headers, isAPI ? 'data' : 'page')) await refuse(reply, 403);
  });
  app.setNotFoundHandler((_, reply) => refuse(reply, 404));
  app.setErrorHandler((error, _, reply) => {
    const { statusCode } = error as { readonly statusCode?: number };
    const status = statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
    if (status === 500) logger.error(failureOf(error), 'a request failed');
    // A path that leaves the pages' folder is as good as none.
    return refuse(reply, status === 403 ? 404 : status);
  });
}

/** For addresses that the router cannot read: no hook runs for them. */
export function refuseUnroutable(
  error: { readonly statusCode?: number | undefined },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.headers(bareHeaders);
  void refuse(reply, mayAsk(request.headers, 'data') ? (error.statusCode ?? 400) : 403);
}

/** What a connection gets that does not speak HTTP, or not in time. */
type Unreadable = {
  readonly writable: boolean;
  readonly end: (text: string) => unknown;
  readonly destroy: () => unknown;
};

const unreadable: Readonly<Record<string, readonly [status: number, phrase: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

/** Answers bytes that are no request, and ends the connection. */
export function refuseUnreadable(error: { readonly code?: string }, socket: Unreadable): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, phrase] = unreadable[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify(problems[status]);
  const headers = Object.entries({
    ...bareHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${phrase}\r\n${headers.join('')}\r\n${body}`);
}
