import { afterEach, expect, test } from 'vitest';
import { identityOf, listIdentities } from '../../simulator/scenarios/identities.ts';
import { watchlistedPerson } from '../../simulator/scenarios/listed-persons.ts';
import { listPersons, watchlistDataset } from '../../simulator/scenarios/listed-persons.ts';
import { transliterate } from '../../drivers/emrtd/mrz/transliteration.ts';
import { foldName, jaroWinkler, nameSimilarity } from '../../simulator/services/name-similarity.ts';
import { Watchlist } from '../../simulator/services/watchlist.ts';
import type { WatchlistMode } from '../../simulator/services/watchlist.ts';

const today = new Date();
const wanted = identityOf(watchlistedPerson, today);
const persons = listPersons(wanted);
let service: Watchlist | undefined;

afterEach(async () => {
  await service?.stop();
  service = undefined;
});

async function started(mode: WatchlistMode = 'ok'): Promise<Watchlist> {
  service = new Watchlist({ port: 0, dataset: watchlistDataset, persons, normal_ms: 0, slow_ms: 300, late_ms: 60_000 });
  await service.start();
  service.mode = mode;
  return service;
}

/** As a gate asks: names as the machine-readable zone has them. */
function queryOf(identity: typeof wanted): Record<string, string[]> {
  const words = (name: string): string => transliterate(name).replaceAll('<', ' ');
  return {
    name: [`${words(identity.givenNames)} ${words(identity.surname)}`],
    birthDate: [identity.birthDate],
    nationality: [identity.nationality],
    idNumber: [identity.documentNumber],
  };
}

type Answer = {
  responses: Record<
    string,
    {
      status: number;
      results: { id: string; score: number; match: boolean; explanations: object }[];
      query: { properties: object };
    }
  >;
};

async function post(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

const query = (properties: object): object => ({ queries: { q1: { schema: 'Person', properties } } });

async function match(url: string, properties: object, parameters = ''): Promise<Answer['responses'][string]> {
  const response = await post(`${url}/match/${watchlistDataset}${parameters}`, query(properties));
  expect(response.status).toBe(200);
  const { q1 } = ((await response.json()) as Answer).responses;
  if (q1 === undefined) throw new Error('no answer to q1');
  return q1;
}

test('the listed holder is found under the spelling of the printed zone, with reasons', async () => {
  const { url } = await started();
  const [best] = (await match(url, queryOf(wanted))).results;
  expect(best).toMatchObject({ id: 'inv-0001', match: true });
  expect(best?.score).toBeGreaterThan(0.85);
  expect(best?.explanations).toHaveProperty('name_match');
});

test('no other holder of the simulator matches anybody on the list', async () => {
  const { url } = await started();
  for (const identity of listIdentities(today).filter(({ person }) => person !== watchlistedPerson)) {
    const { results } = await match(url, queryOf(identity));
    expect(
      results.filter((result) => result.match),
      identity.person,
    ).toEqual([]);
  }
});

test('another birth date keeps a namesake below the threshold', async () => {
  const { url } = await started();
  const { results } = await match(url, { ...queryOf(wanted), birthDate: ['1931-01-01'], nationality: ['xx'] });
  expect(results.some((result) => result.match)).toBe(false);
});

test('a person whom an officer has cleared is left out when their id is excluded', async () => {
  const { url } = await started();
  const { results } = await match(url, queryOf(wanted), '?exclude_entity_ids=inv-0001');
  expect(results.map((result) => result.id)).not.toContain('inv-0001');
});

test('a document number on the list is a match whatever the name', async () => {
  const { url } = await started();
  const { results } = await match(url, { name: ['Somebody Else'], idNumber: ['UX-0000001'] });
  expect(results[0]).toMatchObject({ id: 'inv-0006', match: true });
});

test('the query is echoed, normalised, with every property', async () => {
  const { url } = await started();
  const { query: echo } = await match(url, {
    name: ['  Åse   Blåbærlund '],
    nationality: ['UTO'],
    birthDate: ['1990'],
  });
  expect(echo.properties).toEqual({ name: ['Åse Blåbærlund'], nationality: ['uto'], birthDate: ['1990'] });
});

test.each([
  ['not JSON', '{', 422],
  ['no queries', {}, 422],
  ['no schema', { queries: { q1: { properties: {} } } }, 422],
  ['a property that is no list', query({ name: 'x' }), 400],
  [
    'a batch with one bad query',
    { queries: { q1: { schema: 'Person', properties: {} }, q2: { schema: 'Person' } } },
    400,
  ],
  ['a body of 70 kB', `"${'x'.repeat(70_000)}"`, 413],
])('a request with %s is refused and the service goes on', async (_what, body, status) => {
  const { url } = await started();
  const response = await post(`${url}/match/${watchlistDataset}`, body);
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('detail');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('an unknown dataset is 404, and the catalogue names the known one', async () => {
  const { url } = await started();
  expect((await post(`${url}/match/other`, query({ name: ['x'] }))).status).toBe(404);
  expect(await (await fetch(`${url}/catalog`)).json()).toMatchObject({
    current: [watchlistDataset],
    index_stale: false,
  });
});

test('mode unavailable answers 503 everywhere', async () => {
  const { url } = await started('unavailable');
  expect((await post(`${url}/match/${watchlistDataset}`, query({}))).status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(503);
});

test('mode truncated answers JSON that breaks off, mode nonsense JSON of another shape', async () => {
  const { url } = await started('truncated');
  const cut = await (await post(`${url}/match/${watchlistDataset}`, query(queryOf(wanted)))).text();
  expect(() => JSON.parse(cut)).toThrow(SyntaxError);
  if (service !== undefined) service.mode = 'nonsense';
  const odd = (await (await post(`${url}/match/${watchlistDataset}`, query(queryOf(wanted)))).json()) as Answer;
  expect(odd.responses.q1).toBe('clear');
});

test('mode wrongEcho drops the birth date from the echoed query', async () => {
  const { url } = await started('wrongEcho');
  const { query: echo } = await match(url, queryOf(wanted));
  expect(echo.properties).not.toHaveProperty('birthDate');
});

test.each(['hang', 'late'] as const)('mode %s keeps a caller waiting beyond any deadline', async (mode) => {
  const { url } = await started(mode);
  const asked = post(`${url}/match/${watchlistDataset}`, query(queryOf(wanted)), AbortSignal.timeout(300));
  await expect(asked).rejects.toThrow();
  expect(service?.requests).toBe(1);
});

test('names are folded both ways, and compared whatever the order of their words', () => {
  expect(foldName('Müller')).toEqual(['MUELLER', 'MULLER']);
  expect(foldName('Øyvind Åß')).toEqual(['OEYVIND AASS', 'OYVIND ASS']);
  expect(nameSimilarity('Käthe Erfundenweiß', 'ERFUNDENWEISS KAETHE')).toBe(1);
  expect(nameSimilarity('Käthe Erfundenweiß', 'ERFUNDENWEISS KATHE')).toBe(1);
  expect(nameSimilarity('Nino Utopiadze', 'Zedekiah Quillfeather')).toBeLessThan(0.5);
  expect(nameSimilarity('', 'Nino')).toBe(0);
});

test('Jaro-Winkler gives the published values of its standard examples', () => {
  expect(jaroWinkler('MARTHA', 'MARHTA')).toBeCloseTo(0.961, 3);
  expect(jaroWinkler('DWAYNE', 'DUANE')).toBeCloseTo(0.84, 3);
  expect(jaroWinkler('DIXON', 'DICKSONX')).toBeCloseTo(0.813, 3);
});
