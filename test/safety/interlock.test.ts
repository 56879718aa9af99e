import { describe, expect, test } from 'vitest';
import { interlock } from '../../gate-controller/safety/interlock.ts';
import { authorities, disagreement, everything, halls, spokenOf } from './interlock-space.ts';

describe('over its whole input space the interlock', () => {
  test('refuses exactly what would break an invariant, and says which (I1, I2, I5, I6)', () => {
    expect(disagreement(interlock, everything())).toBeUndefined();
  });

  test('refuses every exit while the clock says nothing', () => {
    expect(disagreement(interlock, everything(Number.NaN))).toBeUndefined();
  });

  test('is searched whole: every door, command, door state, flag, permission and mode', () => {
    let count = 0;
    for (const _ of everything()) count += 1;
    expect(authorities.length).toBe(25);
    // door states and flags; door × command × other command × maintenance; transaction × permission
    expect(count).toBe(16 * 2 ** 6 * (2 * 3 * 3 * 2) * (3 * 25));
  });

  test('reads nothing of a hall but door states and the flags that are searched', () => {
    const read = new Set<string>();
    const watched = halls.map(
      (hall) =>
        new Proxy(hall, {
          get: (target, key) => {
            read.add(String(key));
            return Reflect.get(target, key) as unknown;
          },
        }),
    );
    for (const input of everything(1_000, watched)) interlock(input);
    expect([...read].sort()).toEqual([...spokenOf, 'entry', 'exit'].sort());
  });

  test('does let doors move: in service each of them opens and closes', () => {
    const moved = new Set<string>();
    for (const input of everything()) {
      if (!input.isMaintenance && interlock(input) === undefined) moved.add(`${input.door} ${input.command}`);
    }
    expect([...moved].sort()).toEqual([
      'entry close',
      'entry hold',
      'entry open',
      'exit close',
      'exit hold',
      'exit open',
    ]);
  });
});
