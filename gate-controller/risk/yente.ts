import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { RiskEvidence } from '../decision/evidence.ts';
import type { RiskCandidate, RiskSubject } from './subject.ts';

export type YenteOptions = {
  readonly name: string;
  /** Base address, e.g. http://127.0.0.1:8000 */
  readonly url: string;
  readonly dataset: string;
  /** Similarity from which the service calls a candidate a match, 0…1 (yente's own default is 0.70). */
  readonly threshold: number;
  readonly now_ms: () => number;
  /** Carries the request; left out: Node's own. */
  readonly fetch?: typeof fetch;
};

/** Largest answer that is read; candidates are few. */
const answer_max_bytes = 1_048_576;

/** Candidates asked for; a service that sends more did not understand. */
const candidates_max = 5;
/** What of a candidate an officer is shown. */
const feature_max_characters = 60;
const features_max = 20;

const Candidate = Type.Object({
  id: Type.String({ maxLength: 200 }),
  caption: Type.String({ maxLength: 200 }),
  score: Type.Number({ minimum: 0, maximum: 1 }),
  match: Type.Boolean(),
  explanations: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

const Answer = Type.Object({
  responses: Type.Object({
    holder: Type.Object({
      status: Type.Literal(200),
      results: Type.Array(Candidate, { maxItems: candidates_max }),
      total: Type.Object({ value: Type.Integer({ minimum: 0 }) }),
      query: Type.Object({
        schema: Type.Literal('Person'),
        properties: Type.Record(Type.String(), Type.Array(Type.String())),
      }),
    }),
  }),
});

export type RiskResult = { readonly evidence: RiskEvidence; readonly candidates: readonly RiskCandidate[] };

const unavailable = (because: 'RISK_UNAVAILABLE' | 'RISK_MALFORMED'): RiskResult => ({
  evidence: { status: 'unavailable', because },
  candidates: [],
});

/**
 * Asks `POST /match/{dataset}` about one person. Never rejects. The echoed query is compared with what was sent: a field
 * the service dropped would weaken the search silently, so such an answer is malformed. `signal` ends the wait.
 */
export async function askYente(options: YenteOptions, subject: RiskSubject, signal: AbortSignal): Promise<RiskResult> {
  const properties = propertiesOf(subject);
  // A search without a name or a date of birth finds nobody: its answer would be worth nothing.
  if (properties.name === undefined || properties.birthDate === undefined) return unavailable('RISK_UNAVAILABLE');
  const text = await post(options, properties, signal);
  if (text === undefined) return unavailable('RISK_UNAVAILABLE');
  const answer = parse(text);
  if (answer === undefined) return unavailable('RISK_MALFORMED');
  const { query, results, total } = answer.responses.holder;
  if (!isEchoed(properties, query.properties)) return unavailable('RISK_MALFORMED');
  // `match` must agree with the threshold that was asked for; NaN cannot occur in JSON and the schema bounds the score.
  if (results.some(({ match, score }) => match !== score >= options.threshold)) return unavailable('RISK_MALFORMED');
  const hits = results.filter(({ match }) => match);
  // Matches that are counted but not sent would be lost.
  if (total.value < hits.length || (total.value > 0 && results.length === 0)) return unavailable('RISK_MALFORMED');
  return {
    evidence: {
      status: 'measured',
      value: {
        verdict: hits.length > 0 ? 'hit' : 'clear',
        candidates: hits.length,
        topScore: results.length === 0 ? null : Math.max(...results.map(({ score }) => score)),
      },
      at_ms: options.now_ms(),
      by: `yente:${options.dataset}`,
    },
    candidates: hits.map(({ id, caption, score, explanations }) => ({
      id,
      caption,
      score,
      features: Object.keys(explanations ?? {})
        .slice(0, features_max)
        .map((feature) => feature.slice(0, feature_max_characters)),
    })),
  };
}

/** `GET /readyz`: true when the service says that it can answer. Never rejects; `signal` ends the wait. */
export async function pingYente(
  { url, fetch: carry = fetch }: Pick<YenteOptions, 'url' | 'fetch'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const response = await carry(new URL('/readyz', url), { signal, redirect: 'error' });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not reachable, or too late: it cannot answer.
    return false;
  }
}

function propertiesOf(subject: RiskSubject): Record<string, string[]> {
  const all: Record<string, (string | null)[]> = {
    name: [[subject.firstName, subject.lastName].filter((part) => part !== '').join(' ')],
    firstName: [subject.firstName],
    lastName: [subject.lastName],
    birthDate: [subject.birthDate],
    nationality: [subject.nationality],
    idNumber: [subject.documentNumber],
  };
  const filled = Object.entries(all).map(([key, values]) => [key, values.filter((v) => v !== null && v !== '')]);
  return Object.fromEntries(filled.filter(([, values]) => (values?.length ?? 0) > 0)) as Record<string, string[]>;
}

async function post(
  { url, dataset, threshold, fetch: carry = fetch }: YenteOptions,
  properties: Record<string, string[]>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const address = new URL(`/match/${encodeURIComponent(dataset)}`, url);
    address.searchParams.set('limit', String(candidates_max));
    // Said rather than left to the service: a default cut-off above our threshold would hide candidates.
    address.searchParams.set('cutoff', '0');
    address.searchParams.set('algorithm', 'logic-v2');
    address.searchParams.set('threshold', String(threshold));
    const response = await carry(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ queries: { holder: { schema: 'Person', properties } } }),
      redirect: 'error',
      signal,
    });
    const isJSON = /^application\/json\b/.test(response.headers.get('content-type') ?? '');
    if (response.status !== 200 || !isJSON) {
      await response.body?.cancel();
      return undefined;
    }
    return await readCapped(response);
  } catch {
    // Refused, reset, aborted, cut off: the service could not be asked. The cause may quote the request, so it is not kept.
    return undefined;
  }
}

async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > answer_max_bytes) return '';
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

function parse(text: string): Static<typeof Answer> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(Answer, value) ? value : undefined;
  } catch {
    // Not JSON: malformed.
    return undefined;
  }
}

/**
 * Every value that was sent comes back, whatever the service normalised (case, marks) or added. A country code may come
 * back in another form (`USA` as `us`), but not vanish.
 */
function isEchoed(sent: Record<string, string[]>, echoed: Record<string, readonly string[]>): boolean {
  return Object.entries(sent).every(([key, values]) => {
    const back = (echoed[key] ?? []).map(normalise);
    if (key === 'nationality') return back.some((code) => /^[a-z]{1,3}$/.test(code));
    return values.every((value) => back.includes(normalise(value)));
  });
}

const normalise = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s+/gu, ' ').trim().toLowerCase();
