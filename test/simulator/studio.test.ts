import { expect, test } from 'vitest';
import type { Scene } from '../../simulator/pictures.ts';
import { Studio } from '../../simulator/studio.ts';

/** Pictures that say which scene and time they are of. */
function scene(name: string): Scene & { drawn: number } {
  return {
    drawn: 0,
    async frame(t_ms) {
      this.drawn++;
      return new TextEncoder().encode(`${name} ${t_ms}`);
    },
  };
}

const text = (picture: Uint8Array): string => new TextDecoder().decode(picture);
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the empty hall is drawn a few times and then comes round, neighbours never equal', async () => {
  const empty = scene('empty');
  let now_ms = 0;
  const studio = await Studio.open({ empty, inView: () => undefined, now_ms: () => (now_ms += 100) });
  let last = studio.picture();
  for (let i = 0; i < 100; i++) {
    await settle();
    const next = studio.picture();
    expect(text(next)).not.toBe(text(last));
    last = next;
  }
  expect(empty.drawn).toBeLessThan(20);
});

test('whoever is in view is drawn as of now, and the empty hall comes back when they have gone', async () => {
  const person = scene('person');
  let for_ms: number | undefined;
  const inView = () => (for_ms === undefined ? undefined : { scene: person, for_ms });
  const studio = await Studio.open({ empty: scene('empty'), inView, now_ms: () => 7 });
  for_ms = 1500;
  studio.picture();
  await settle();
  expect(text(studio.picture())).toBe('person 1500');
  for_ms = undefined;
  await settle();
  studio.picture();
  await settle();
  expect(text(studio.picture())).toContain('empty');
});

test('a scene that cannot be drawn leaves the last picture, and the next one is tried again', async () => {
  let isBroken = false;
  const empty: Scene = {
    frame: async (t_ms) => {
      if (isBroken) throw new Error('not drawn');
      return Uint8Array.of(t_ms);
    },
  };
  let now_ms = 0;
  const studio = await Studio.open({ empty, inView: () => undefined, now_ms: () => ++now_ms });
  isBroken = true;
  studio.picture();
  await settle();
  expect(studio.picture()).toEqual(Uint8Array.of(0));
  await settle();
  isBroken = false;
  studio.picture();
  await settle();
  expect(studio.picture()).not.toEqual(Uint8Array.of(0));
});
