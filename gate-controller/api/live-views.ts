import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EventStream } from './event-stream.ts';
import { failureOf } from './refusals.ts';
import type { DisplayView, OfficerView } from './messages.ts';
import type { TechnicianView } from './technician-messages.ts';

export type LiveViews = {
  readonly logger: FastifyBaseLogger;
  readonly officerView: () => OfficerView;
  readonly displayView: () => DisplayView;
  readonly technicianView: () => TechnicianView;
};

/** Readers of live events at once; the next one is told to come later. */
const streams_max = 32;
const viewInterval_ms = 100;

type Audience = {
  readonly event: string;
  readonly readers: Set<EventStream>;
  readonly view: () => OfficerView | DisplayView | TechnicianView;
};
type Socket = FastifyRequest['raw']['socket'];

/** Snapshots and event streams of all pages. The answer says that something a page shows has changed. */
export function addLiveViews(
  app: FastifyInstance,
  { logger, officerView, displayView, technicianView }: LiveViews,
): () => void {
  const officers: Audience = { event: 'lane', readers: new Set(), view: officerView };
  const displays: Audience = { event: 'display', readers: new Set(), view: displayView };
  const technicians: Audience = { event: 'technician', readers: new Set(), view: technicianView };
  const audiences = [officers, displays, technicians];
  const sockets = new Set<Socket>();
  const stream = streaming(sockets);
  app.get('/api/officer', async () => officerView());
  app.get('/api/display', async () => displayView());
  app.get('/api/technician', async () => technicianView());
  // Nobody would read the answer to HEAD, and it would not end.
  const hidden = { exposeHeadRoute: false, schema: { hide: true } } as const;
  app.get('/api/events', hidden, (request, reply) => stream(officers, request, reply));
  app.get('/api/display/events', hidden, (request, reply) => stream(displays, request, reply));
  app.get('/api/technician/events', hidden, (request, reply) => stream(technicians, request, reply));

  let hasFailed = false;
  const send = ({ readers, view }: Audience): void => {
    if (readers.size === 0) return;
    const json = JSON.stringify(view());
    for (const reader of readers) reader.send(json);
  };
  const sendAll = (): void => {
    try {
      for (const audience of audiences) send(audience);
      hasFailed = false;
    } catch (error) {
      // A page that hears nothing says so itself; the lane must not end for a view.
      if (!hasFailed) logger.error(failureOf(error), 'a view cannot be made');
      hasFailed = true;
    }
  };
  // Positions and clocks move without an event, so a view also goes out once a second.
  let isDirty = true;
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (!isDirty && ticks % 10 !== 0) return;
    isDirty = false;
    sendAll();
  }, viewInterval_ms);
  app.addHook('preClose', async () => {
    clearInterval(timer);
    for (const reader of audiences.flatMap(({ readers }) => [...readers])) reader.end();
  });
  return () => {
    isDirty = true;
  };
}

type Streaming = (audience: Audience, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Opens streams, one for each connection: a second one in line behind the first would wait for ever. */
const streaming =
  (sockets: Set<Socket>): Streaming =>
  ({ event, readers, view }, request, reply) => {
    const { socket } = request.raw;
    if (sockets.has(socket)) {
      socket.destroy();
      return reply.hijack();
    }
    if (sockets.size >= streams_max) {
      return reply.code(503).send({ code: 'TOO_MANY_READERS', message: 'Close another page first.' });
    }
    const json = JSON.stringify(view());
    reply.hijack();
    const stream = new EventStream(reply.raw, event);
    sockets.add(socket);
    readers.add(stream);
    reply.raw.on('close', () => {
      sockets.delete(socket);
      readers.delete(stream);
    });
    stream.send(json);
    return reply;
  };
