import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Type } from 'typebox';
import type { CaseFiles } from '../cases/case-files.ts';
import type { ChainedRecord } from '../journal/record.ts';
import type { CommandRefusal } from './commands.ts';
import { EventStream } from './event-stream.ts';
import { mayAsk } from './loopback.ts';
import type { DisplayView, OfficerCommand, OfficerView } from './messages.ts';
import { transactionRecord } from './record.ts';

export type ServerOptions = {
  readonly logger: FastifyBaseLogger;
  readonly officerView: () => OfficerView;
  readonly displayView: () => DisplayView;
  readonly give: (command: OfficerCommand) => CommandRefusal | undefined;
  readonly recordsOf: (transactionId: string) => readonly ChainedRecord[];
  readonly cases: CaseFiles;
  /** Empty when the lane serves; otherwise what keeps it from serving. */
  readonly notReadyBecause: () => readonly string[];
  readonly metrics: () => Promise<string>;
  /** Folder with the bundled pages: officer/, display/. */
  readonly pagesFolder: string;
};

export type Server = {
  readonly app: FastifyInstance;
  /** Something that a page shows has changed; views go out at most ten times a second. */
  readonly changed: () => void;
};

/** Readers of live events at once; the next one is told to come later. */
const streams_max = 32;
const viewInterval_ms = 100;
/** Commands whose ids are remembered, so that a repeated one is not given twice. */
const commandIds_max = 1_000;

const Id = Type.String({ format: 'uuid' });
const Problem = Type.Object({ code: Type.String(), message: Type.String() });

const Command = Type.Object(
  {
    commandId: Id,
    command: Type.Union(
      (['openLane', 'closeLane', 'acknowledge', 'releaseToExit', 'returnToEntry', 'resetEvacuation'] as const).map(
        (name) => Type.Literal(name),
      ),
    ),
    laneId: Type.String({ maxLength: 32 }),
    transactionId: Type.Union([Id, Type.Null()]),
    expectedSeq: Type.Integer({ minimum: 0 }),
    reason: Type.Union([Type.String({ maxLength: 500 }), Type.Null()]),
  },
  { additionalProperties: false },
);

export async function createServer(options: ServerOptions): Promise<Server> {
  const app = Fastify({
    loggerInstance: options.logger,
    // A request line could hold an id of a case; commands and failures are logged by name instead.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 65_536,
    requestTimeout: 5_000,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Border gate controller', version: '0.1.0' } },
  });
  await app.register(fastifyHelmet, { contentSecurityPolicy: { directives: contentSecurity }, hsts: false });
  app.addHook('onRequest', async (request, reply) => {
    if (mayAsk(request.headers)) return;
    await reply.code(403).send({ code: 'NOT_LOCAL', message: 'This lane answers pages of its own machine only.' });
  });

  const changed = addLiveViews(app, options);
  addCommands(app, options, changed);
  addTransactions(app, options);
  addOperations(app, options);
  await addPages(app, options.pagesFolder);
  return { app, changed };
}

/** Scripts, styles and pictures come from here and nowhere else. */
const contentSecurity = {
  defaultSrc: ["'self'"],
  imgSrc: ["'self'", 'blob:'],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  upgradeInsecureRequests: null,
};

function addLiveViews(app: FastifyInstance, { officerView, displayView }: ServerOptions): () => void {
  const officers = new Set<EventStream>();
  const displays = new Set<EventStream>();
  const isRoom = (): boolean => officers.size + displays.size < streams_max;
  const audiences = [
    { path: '/api/events', snapshot: '/api/officer', event: 'lane', readers: officers, view: officerView },
    { path: '/api/display/events', snapshot: '/api/display', event: 'display', readers: displays, view: displayView },
  ];
  for (const { path, snapshot, event, readers, view } of audiences) {
    app.get(snapshot, async () => view());
    app.get(path, { schema: { hide: true } }, (request, reply) => {
      if (!isRoom()) return reply.code(503).send({ code: 'TOO_MANY_READERS', message: 'Close another page first.' });
      reply.hijack();
      const stream = new EventStream(reply.raw, event);
      readers.add(stream);
      request.raw.on('close', () => readers.delete(stream));
      stream.send(JSON.stringify(view()));
      return reply;
    });
  }
  const send = (): void => {
    for (const { readers, view } of audiences) {
      if (readers.size === 0) continue;
      const json = JSON.stringify(view());
      for (const reader of readers) reader.send(json);
    }
  };
  // Positions and clocks move without an event, so a view also goes out once a second.
  let isDirty = true;
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (!isDirty && ticks % 10 !== 0) return;
    isDirty = false;
    send();
  }, viewInterval_ms);
  app.addHook('preClose', async () => {
    clearInterval(timer);
    for (const reader of [...officers, ...displays]) reader.end();
  });
  return () => {
    isDirty = true;
  };
}

function addCommands(app: FastifyInstance, { give, logger }: ServerOptions, changed: () => void): void {
  const given = new Set<string>();
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .post(
      '/api/commands',
      { schema: { body: Command, response: { 202: Type.Object({ commandId: Id }), 409: Problem, 422: Problem } } },
      async (request, reply) => {
        const command = request.body as OfficerCommand;
        if (!given.has(command.commandId)) {
          const refusal = give(command);
          logger.info({ command: command.command, refusal: refusal?.code ?? null }, 'officer command');
          if (refusal !== undefined)
            return reply.code(refusal.status).send({ code: refusal.code, message: refusal.message });
          given.add(command.commandId);
          for (const oldest of given) if (given.size > commandIds_max) given.delete(oldest);
        }
        changed();
        return reply.code(202).send({ commandId: command.commandId });
      },
    );
}

function addTransactions(app: FastifyInstance, { cases, recordsOf }: ServerOptions): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  const params = Type.Object({ id: Id });
  typed.get('/api/transactions/:id', { schema: { params } }, async (request, reply) => {
    const record = transactionRecord(recordsOf(request.params.id));
    if (record === undefined) {
      return reply.code(404).send({ code: 'TRANSACTION_UNKNOWN', message: 'The journal knows no such transaction.' });
    }
    return reply.send(record);
  });
  for (const picture of ['portrait', 'live'] as const) {
    typed.get(`/api/transactions/:id/${picture}.jpg`, { schema: { params } }, async (request, reply) => {
      const file = cases.get(request.params.id);
      const bytes = picture === 'portrait' ? file?.portraitPreview : file?.livePreview;
      if (bytes === null || bytes === undefined) {
        return reply.code(404).send({ code: 'PICTURE_GONE', message: 'The picture was wiped or never taken.' });
      }
      return reply.header('cache-control', 'no-store').type('image/jpeg').send(Buffer.from(bytes));
    });
  }
}

function addOperations(app: FastifyInstance, { metrics, notReadyBecause }: ServerOptions): void {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_, reply) => {
    const because = notReadyBecause();
    return reply.code(because.length === 0 ? 200 : 503).send({ ready: because.length === 0, because });
  });
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) =>
    reply.type('text/plain; version=0.0.4').send(await metrics()),
  );
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

async function addPages(app: FastifyInstance, folder: string): Promise<void> {
  let isFirst = true;
  for (const page of ['officer', 'display'] as const) {
    const root = join(folder, page);
    if (!existsSync(root)) continue;
    await app.register(fastifyStatic, { root, prefix: `/${page}/`, decorateReply: isFirst });
    isFirst = false;
    app.get(`/${page}`, { schema: { hide: true } }, async (_, reply) => reply.sendFile('index.html', root));
  }
  app.get('/', { schema: { hide: true } }, async (_, reply) => reply.redirect('/officer'));
}
