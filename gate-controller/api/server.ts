import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import { Type } from 'typebox';
import type { CaseFiles } from '../cases/case-files.ts';
import type { JournalRecord } from '../journal/record.ts';
import { CommandAnswers } from './command-answers.ts';
import type { CommandRefusal } from './commands.ts';
import { addLiveViews, type LiveViews } from './live-views.ts';
import { Attending, closed, Commanding, Id, Problem, TechnicianCommanding } from './message-schemas.ts';
import { type OfficerCommand, personNumberOf } from './messages.ts';
import type { MachinesView, TechnicianCommand } from './technician-messages.ts';
import { reportIn, transactionRecord } from './record.ts';
import { addGuards, refuseUnreadable, refuseUnroutable } from './refusals.ts';

export type ServerOptions = LiveViews & {
  /** Carries a command out; undefined once it is recorded. */
  readonly give: (command: OfficerCommand) => Promise<CommandRefusal | undefined>;
  readonly giveTechnician: (command: TechnicianCommand) => Promise<CommandRefusal | undefined>;
  /** An officer's page that can be seen says that somebody is there. */
  readonly attend: (officer: string) => void;
  /** A traveller pressed the help button on the sign. */
  readonly requestHelp: () => void;
  /** Both statecharts, as they run. */
  readonly machines: MachinesView;
  readonly recordsOf: (transactionId: string) => readonly JournalRecord[];
  readonly cases: CaseFiles;
  /** Empty when the lane serves; otherwise what keeps it from serving. */
  readonly notReadyBecause: () => readonly string[];
  readonly metrics: () => Promise<string>;
  /** Folder with the bundled pages: officer/, display/, technician/. */
  readonly pagesFolder: string;
};

export type Server = {
  readonly app: FastifyInstance;
  /** Something that a page shows has changed; views go out at most ten times a second. */
  readonly changed: () => void;
};

/** A command that is not recorded by then may still be; the page asks again under the same id. */
const recorded_max_ms = 4_000;

export async function createServer(options: ServerOptions): Promise<Server> {
  const app = Fastify({
    loggerInstance: options.logger,
    // A request line could hold an id of a case; commands and failures are logged by name instead.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 65_536,
    requestTimeout: 5_000,
    forceCloseConnections: true,
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: refuseUnreadable,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Border gate controller', version: '0.1.0' } },
  });
  await app.register(fastifyHelmet, { contentSecurityPolicy: { directives: contentSecurity }, hsts: false });
  addGuards(app, options.logger);

  const changed = addLiveViews(app, options);
  addCommands(app, options, changed);
  addSigns(app, options, changed);
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

const unconfirmed: CommandRefusal = {
  status: 503,
  code: 'COMMAND_UNCONFIRMED',
  message: 'It is not known yet whether the command was recorded.',
};

/** What a promise resolves with, or `otherwise` when that takes too long. */
async function inTime<T, U>(promise: Promise<T>, max_ms: number, otherwise: U): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<U>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), max_ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Taken once it is recorded; else what it was refused for. */
function conclude(reply: FastifyReply, commandId: string, refusal: CommandRefusal | undefined): FastifyReply {
  if (refusal === undefined) return reply.code(202).send({ commandId });
  return reply.code(refusal.status).send({ code: refusal.code, message: refusal.message });
}

const response = { 202: Type.Object({ commandId: Id }), 409: Problem, 422: Problem, 503: Problem };

function addCommands(app: FastifyInstance, options: ServerOptions, changed: () => void): void {
  const { logger } = options;
  const officers = new CommandAnswers<OfficerCommand>(options.give);
  const technicians = new CommandAnswers<TechnicianCommand>(options.giveTechnician);
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  typed.post('/api/commands', { schema: { body: Commanding, response } }, async (request, reply) => {
    const command: OfficerCommand = request.body;
    const refusal = await inTime(officers.answer(command), recorded_max_ms, unconfirmed);
    const line = { command: command.command, refusal: refusal?.code ?? null };
    // Nobody at the lane reads the log; whoever supervises it must not overlook this line.
    if (command.command === 'duress') logger.error(line, 'silent alarm');
    else logger.info(line, 'officer command');
    changed();
    return conclude(reply, command.commandId, refusal);
  });
  typed.post('/api/technician', { schema: { body: TechnicianCommanding, response } }, async (request, reply) => {
    const command: TechnicianCommand = request.body;
    const refusal = await inTime(technicians.answer(command), recorded_max_ms, unconfirmed);
    logger.info({ command: command.command, refusal: refusal?.code ?? null }, 'technician command');
    changed();
    return conclude(reply, command.commandId, refusal);
  });
}

/** What pages say that is no command. */
function addSigns(app: FastifyInstance, { attend, machines, requestHelp }: ServerOptions, changed: () => void): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  typed.post('/api/attendance', { schema: { body: Attending } }, async (request, reply) => {
    attend(personNumberOf(request.body.officer));
    return reply.code(204).send();
  });
  typed.post('/api/display/help', { schema: { body: Type.Object({}, closed) } }, async (_, reply) => {
    requestHelp();
    changed();
    return reply.code(204).send();
  });
  app.get('/api/machines', async () => machines);
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
  typed.get('/api/transactions/:id/report', { schema: { params } }, async (request, reply) => {
    const report = reportIn(recordsOf(request.params.id));
    if (report === null) {
      return reply.code(404).send({ code: 'REPORT_ABSENT', message: 'The journal holds no report of a document.' });
    }
    return reply.send(report);
  });
  for (const picture of ['portrait', 'live'] as const) {
    typed.get(`/api/transactions/:id/${picture}.jpg`, { schema: { params } }, async (request, reply) => {
      const file = cases.get(request.params.id);
      const bytes = picture === 'portrait' ? file?.portraitPreview : file?.livePreview;
      if (bytes === null || bytes === undefined) {
        return reply.code(404).send({ code: 'PICTURE_GONE', message: 'The picture was wiped or never taken.' });
      }
      // A copy: the case may be wiped while the picture is on its way. What the network stack and the browser hold of it is
      // theirs and cannot be overwritten from here.
      return reply.type('image/jpeg').send(Buffer.from(bytes));
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
  for (const page of ['officer', 'display', 'technician'] as const) {
    const root = join(folder, page);
    if (!existsSync(root)) continue;
    await app.register(fastifyStatic, { root, prefix: `/${page}/`, decorateReply: isFirst });
    isFirst = false;
    app.get(`/${page}`, { schema: { hide: true } }, async (_, reply) => reply.sendFile('index.html', root));
  }
  app.get('/', { schema: { hide: true } }, async (_, reply) => reply.redirect('/officer'));
}
