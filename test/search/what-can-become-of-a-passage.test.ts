import { describe, expect, test } from 'vitest';
import { present } from '../../gate-controller/lane/presentation.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { explore, type Found, type Labelled, type Position, type Search, stateName, Stepper } from './explore.ts';
import { guardSwitch, isLieNoticed, liesOf } from './guard-switch.ts';
import { transactionFlaw } from './transaction-rules.ts';
import { bodies, contextOf, transactionSearch, words } from './transaction-search.ts';
import { restingStates } from './resting-states.ts';
import { timeAlone } from './waits.ts';

const guards = guardSwitch(transactionMachine);
const searches: readonly Search[] = [bodies, words].map((slice) =>
  transactionSearch(slice, guards.machine, transactionFlaw),
);
const found: readonly Found[] = searches.map((search) => explore(search, 40_000));
const positions: readonly Position[] = found.flatMap((part) => [...part.positions.values()]);

describe('over everything that can become of a passage', () => {
  test('no step breaks an invariant (I1, I2, I3, I6, I8, I9, I11)', () => {
    const steps = found.reduce((sum, part) => sum + part.steps, 0);
    console.info(`passage: ${positions.length} positions, ${steps} steps`);
    expect(positions.length).toBeGreaterThan(10_000);
    expect(found.flatMap(({ flaws }) => [...flaws])).toEqual([]);
  });

  test('every state is reached', () => {
    const reached = new Set(positions.map(({ snapshot }) => stateName(snapshot.value)));
    for (const { after } of found.flatMap(({ kinds }) => [...kinds.values()]))
      reached.add(stateName(after.snapshot.value));
    expect(restingStates(transactionMachine).filter((state) => !reached.has(state))).toEqual([]);
  });

  test('time alone ends every passage within five minutes (I7)', () => {
    for (const part of found) {
      const { longest_ms, rings, still } = timeAlone(part);
      expect(longest_ms).toBeLessThanOrEqual(300_000);
      expect(still.map(({ key }) => key)).toEqual([]);
      // Somebody who came in through the exit waits for officers, by rule: no software lets an intruder go on.
      expect(new Set(rings.map(({ snapshot }) => stateName(snapshot.value)))).toEqual(new Set(['held.escalated']));
      expect(rings.filter((position) => !contextOf(position).reasons.includes('REVERSE_ENTRY'))).toEqual([]);
    }
  });

  test('a restart and an evacuation end it at once, from everywhere (I9)', () => {
    const stepper = new Stepper(searches[0] as Search);
    for (const position of positions) {
      if (position.snapshot.status !== 'active') continue;
      for (const type of ['RESTARTED', 'EVACUATION_BEGAN']) {
        const { after } = stepper.take(position, [type, { type, at_ms: 0 }]);
        expect(stateName(after.snapshot.value)).toBe('interrupted');
      }
    }
  });

  test('a face is captured once and no more: the false match rate holds for that many frames', () => {
    const next = new Map<string, Set<string>>();
    for (const { before, after } of found.flatMap(({ kinds }) => [...kinds.values()])) {
      const from = stateName(before.snapshot.value);
      const to = stateName(after.snapshot.value);
      if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
    }
    const after = new Set<string>();
    const follow = (state: string): void => {
      for (const to of next.get(state) ?? []) if (!after.has(to)) follow((after.add(to), to));
    };
    follow('capturing');
    expect(after.size).toBeGreaterThan(5);
    expect(after.has('capturing')).toBe(false);
  });
});

/** What a traveller can see, hear or feel of a step: the screen, the lamps, the doors, and how long it may last. */
function visible(position: Position, effects: readonly { readonly type: string }[]): string {
  const { screen, lamps } = present({ open: 'shut' }, position.snapshot.value);
  const doors = effects.filter(({ type }) => /Entry|Exit|Capture|capture/.test(type)).map(({ type }) => type);
  const waits = position.waits.map(({ id, delay_ms }) => `${id} ${delay_ms}`);
  return JSON.stringify([screen, lamps, doors, position.wants, waits, position.snapshot.status]);
}

test('a hit and a face that does not match look and last the same to the traveller, whatever else happens (I10)', () => {
  const search = searches[1] as Search;
  const stepper = new Stepper(search);
  const named = (label: string): Labelled => {
    const labelled = search.alphabet.find(([name]) => name === label);
    if (labelled === undefined) throw new Error(label);
    return labelled;
  };
  // What officers then do is theirs, and may differ; everything else happens to both alike.
  const others = search.alphabet.filter(([, { type }]) => !/^(OFFICER|RISK_ANSWERED|FACE_VERIFIED)/.test(type));
  const told: readonly (readonly [hit: Labelled, mismatch: Labelled])[] = [
    [named('risk hit'), named('risk clear')],
    [named('face matches'), named('face differs')],
    ...others.map((labelled): readonly [Labelled, Labelled] => [labelled, labelled]),
  ];
  const begin = stepper.begin().find(({ by }) => by === 'document read') as Position;
  const pairs: (readonly [Position, Position])[] = [[begin, begin]];
  const seen = new Set<string>();
  let decided = 0;
  for (let next = 0; next < pairs.length; next += 1) {
    const [hit, mismatch] = pairs[next] as readonly [Position, Position];
    const due = hit.waits.map(({ id, event }): readonly [Labelled, Labelled] => {
      const labelled: Labelled = [`(wait) ${id}`, event];
      return [labelled, labelled];
    });
    for (const [toHit, toMismatch] of [...due, ...told]) {
      const a = stepper.take(hit, toHit);
      const b = stepper.take(mismatch, toMismatch);
      const trace = `${toHit[0]} in ${stateName(hit.snapshot.value)}`;
      expect(visible(b.after, b.effects), trace).toBe(visible(a.after, a.effects));
      const key = `${a.after.key} & ${b.after.key}`;
      if (seen.has(key) || a.after.snapshot.status !== 'active') continue;
      seen.add(key);
      const [x, y] = [contextOf(a.after), contextOf(b.after)];
      if (x.reasons.includes('WATCHLIST_HIT') && y.reasons.includes('FACE_NOT_COMPARED')) decided += 1;
      // From where one of them could be admitted they are no longer two referrals.
      if ([x, y].every(({ decision }) => decision !== 'admit')) pairs.push([a.after, b.after]);
    }
  }
  expect(decided).toBeGreaterThan(0);
});

describe('every guard that lies is noticed', () => {
  /** Guards whose lie changes nothing, each with the reason. */
  const equivalent: Readonly<Record<string, string>> = {
    'hasDeparted false': 'whoever has left through the exit is never handed over: the search finds no such position',
  };

  test.each(liesOf(guards))('%s is always %s', (name, answer) => {
    const isNoticed = isLieNoticed(guards, [name, answer], searches, found);
    expect(isNoticed || `${name} ${answer}` in equivalent).toBe(true);
  });
});
