/** A yente service behind `fetch`: it hangs, fails, cuts its answer off, is late, drops what it was asked, or hits. */
import { type RiskResult, askYente } from '../../gate-controller/risk/yente.ts';
import type { RiskSubject } from '../../gate-controller/risk/subject.ts';
import type { Process } from './process.ts';
import type { VirtualTime } from './virtual-time.ts';

export type RiskConduct = 'good' | 'hang' | 'error' | 'truncated' | 'late' | 'wrong-echo' | 'slow';

export type RiskTruth = { readonly isHit: boolean; readonly conduct: RiskConduct; readonly answer_ms: number };

export type RiskServiceOptions = {
  readonly time: VirtualTime;
  readonly process: Process;
  readonly truthOf: (documentNumber: string) => RiskTruth;
};

const late_ms = 9_500;

type Query = { readonly queries: { readonly holder: { readonly schema: string; readonly properties: Properties } } };
type Properties = Record<string, readonly string[]>;

const hit = { id: 'Q1', caption: 'Nobody Walker', score: 0.93, match: true, explanations: { name: {} } };

/** The production client over this service. */
export function riskAsker(o: RiskServiceOptions): (subject: RiskSubject, signal: AbortSignal) => Promise<RiskResult> {
  const service = serviceOver(o);
  const options = {
    name: 'watchlist',
    url: 'http://127.0.0.1:8000',
    dataset: 'default',
    threshold: 0.7,
    now_ms: () => Math.round(o.time.wall_ms),
    fetch: service as unknown as typeof fetch,
  };
  return (subject, signal) => askYente(options, subject, signal);
}

type Request = { readonly body: string; readonly signal: AbortSignal };

const serviceOver =
  (o: RiskServiceOptions) =>
  (_: URL, { body, signal }: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { queries } = JSON.parse(body) as Query;
      const { properties } = queries.holder;
      const truth = o.truthOf(properties.idNumber?.[0] ?? '');
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      if (truth.conduct === 'hang') return;
      const delay_ms = truth.conduct === 'late' ? late_ms : truth.conduct === 'slow' ? 4_000 : truth.answer_ms;
      o.time.inLifeOf(o.process, delay_ms, () => resolve(responseOf(properties, truth)));
    });

function responseOf(properties: Properties, { conduct, isHit }: RiskTruth): unknown {
  const results = isHit ? [hit] : [];
  const echoed = conduct === 'wrong-echo' ? { ...properties, name: ['somebody else'] } : properties;
  const holder = {
    status: 200,
    results,
    total: { value: results.length },
    query: { schema: 'Person', properties: echoed },
  };
  const text = JSON.stringify({ responses: { holder } });
  const sent = new TextEncoder().encode(conduct === 'truncated' ? text.slice(0, text.length >> 1) : text);
  return {
    status: conduct === 'error' ? 503 : 200,
    headers: { get: () => 'application/json' },
    body: {
      cancel: async () => {},
      async *[Symbol.asyncIterator]() {
        yield sent;
      },
    },
  };
}
