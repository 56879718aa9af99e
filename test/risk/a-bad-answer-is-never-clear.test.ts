import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { RiskSubject } from '../../gate-controller/risk/subject.ts';
import { askYente } from '../../gate-controller/risk/yente.ts';

const subject: RiskSubject = {
  firstName: 'ANNA MARIA',
  lastName: 'ERIKSSON',
  birthDate: '1974-08-12',
  nationality: 'UTO',
  documentNumber: 'L898902C3',
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

type Query = { queries: { holder: { schema: string; properties: Record<string, string[]> } } };
type Respond = (query: Query, response: ServerResponse) => void;

async function ask(respond: Respond, timeout_ms = 5_000) {
  server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.setHeader('content-type', 'application/json');
    request.on('end', () => respond(JSON.parse(Buffer.concat(chunks).toString()) as Query, response));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const options = { name: 'w', url: `http://127.0.0.1:${port}`, dataset: 'default', threshold: 0.7, now_ms: () => 1 };
  return askYente(options, subject, AbortSignal.timeout(timeout_ms));
}

type Result = { id: string; caption: string; score: number; match: boolean; explanations?: Record<string, unknown> };

const answerTo = (query: Query, results: Result[] = [], changed: Record<string, string[]> = {}): string =>
  JSON.stringify({
    responses: {
      holder: {
        status: 200,
        results,
        total: { value: results.length, relation: 'eq' },
        query: { ...query.queries.holder, properties: { ...query.queries.holder.properties, ...changed } },
      },
    },
    limit: 5,
  });

const hit = { id: 'x', caption: 'Somebody', score: 0.91, match: true, explanations: { name_match: { score: 0.91 } } };

describe('an answer that can be trusted', () => {
  test('without a candidate is clear', async () => {
    const { evidence } = await ask((query, response) => response.end(answerTo(query)));
    expect(evidence).toMatchObject({ status: 'measured', value: { verdict: 'clear', candidates: 0 } });
  });

  test('with a candidate below the threshold is clear and keeps the score', async () => {
    const { evidence } = await ask((query, response) =>
      response.end(answerTo(query, [{ ...hit, score: 0.5, match: false }])),
    );
    expect(evidence).toMatchObject({ value: { verdict: 'clear', topScore: 0.5 } });
  });

  test('with a match is a hit, and tells the officer by what', async () => {
    const { evidence, candidates } = await ask((query, response) => response.end(answerTo(query, [hit])));
    expect(evidence).toMatchObject({ value: { verdict: 'hit', candidates: 1, topScore: 0.91 } });
    expect(candidates).toEqual([{ id: 'x', caption: 'Somebody', score: 0.91, features: ['name_match'] }]);
  });

  test('may spell what was asked in its own way', async () => {
    const { evidence } = await ask((query, response) =>
      response.end(answerTo(query, [], { name: ['anna maria eriksson'], nationality: ['ut'] })),
    );
    expect(evidence.status).toBe('measured');
  });
});

test('nobody is asked about without a name or a date of birth, because the answer would be worth nothing', async () => {
  const options = { name: 'w', url: 'http://127.0.0.1:9', dataset: 'default', threshold: 0.7, now_ms: () => 1 };
  const asked = { ...subject, birthDate: null };
  const { evidence } = await askYente(options, asked, AbortSignal.timeout(1_000));
  expect(evidence).toEqual({ status: 'unavailable', because: 'RISK_UNAVAILABLE' });
});

describe('no answer is not a clear answer', () => {
  test.each<[string, Respond, string]>([
    ['503', (_, response) => response.writeHead(503).end('{}'), 'RISK_UNAVAILABLE'],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(), 'RISK_UNAVAILABLE'],
    ['a closed connection', (_, response) => response.destroy(), 'RISK_UNAVAILABLE'],
    [
      'half an answer',
      (query, response) => {
        const text = answerTo(query);
        response.writeHead(200, { 'content-length': text.length }).write(text.slice(0, 40));
        response.destroy();
      },
      'RISK_UNAVAILABLE',
    ],
    ['text', (_, response) => response.end('all clear'), 'RISK_MALFORMED'],
    ['an empty body', (_, response) => response.end(), 'RISK_MALFORMED'],
    ['an empty object', (_, response) => response.end('{}'), 'RISK_MALFORMED'],
    [
      'an error inside',
      (query, response) => response.end(answerTo(query).replace('"status":200', '"status":500')),
      'RISK_MALFORMED',
    ],
    ['a dropped name', (query, response) => response.end(answerTo(query, [], { name: [] })), 'RISK_MALFORMED'],
    [
      'another date of birth',
      (query, response) => response.end(answerTo(query, [], { birthDate: ['1974-08-13'] })),
      'RISK_MALFORMED',
    ],
    [
      'a match that contradicts its score',
      (query, response) => response.end(answerTo(query, [{ ...hit, match: false }])),
      'RISK_MALFORMED',
    ],
    [
      'a score above one',
      (query, response) => response.end(answerTo(query, [{ ...hit, score: 1.2 }])),
      'RISK_MALFORMED',
    ],
    [
      'matches that were counted but not sent',
      (query, response) => response.end(answerTo(query).replace('"value":0', '"value":3')),
      'RISK_MALFORMED',
    ],
    [
      'a vanished nationality',
      (query, response) => response.end(answerTo(query, [], { nationality: [''] })),
      'RISK_MALFORMED',
    ],
    [
      'a search for organisations',
      (query, response) => response.end(answerTo(query).replace('"Person"', '"Organization"')),
      'RISK_MALFORMED',
    ],
    [
      'a page of HTML',
      (query, response) => response.setHeader('content-type', 'text/html').end(answerTo(query)),
      'RISK_UNAVAILABLE',
    ],
    [
      'a caption without end',
      (query, response) => response.end(answerTo(query, [{ ...hit, caption: 'x'.repeat(500_000) }])),
      'RISK_MALFORMED',
    ],
    [
      'two megabytes',
      (query, response) => response.end(`${answerTo(query)}${' '.repeat(2_000_000)}`),
      'RISK_MALFORMED',
    ],
  ])('%s', async (_, respond, because) => {
    const { evidence } = await ask(respond);
    expect(evidence).toEqual({ status: 'unavailable', because });
  });

  test('silence, until the wait is ended from outside', async () => {
    const { evidence } = await ask(() => {}, 100);
    expect(evidence).toEqual({ status: 'unavailable', because: 'RISK_UNAVAILABLE' });
  });

  test('a body that drips, until the wait is ended from outside', async () => {
    const { evidence } = await ask((_, response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    }, 200);
    expect(evidence).toEqual({ status: 'unavailable', because: 'RISK_UNAVAILABLE' });
  });
});

test('whatever JSON comes back, only a whole answer that fits is clear', async () => {
  const whole = async (text: string) => (await ask((_, response) => response.end(text))).evidence.status;
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 5 }), async (text) => {
      expect(await whole(text)).toBe('unavailable');
      server?.closeAllConnections();
      server?.close();
    }),
    { numRuns: 60 },
  );
});
