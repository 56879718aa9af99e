/**
 * What the camera of the gate sees: the empty hall, or one simulated person who walks up and stands, or somebody who
 * holds a picture of that person up. Everything that can be is drawn once; each frame only turns and places it, adds
 * sensor noise and compresses. Every frame is a function of seed, time and prompts. For people with one photograph this
 * shows the machinery, not accuracy.
 */
import { forkedRandom } from '../hall/random.ts';
import { hallBackdrop } from './hall-backdrop.ts';
import { createLivePerson } from './live-person.ts';
import { listPeople, personOf } from './people.ts';
import { createPrintedPhoto } from './printed-photo.ts';
import type { Actor, FrameSize, LiveScene, Misfortune, Picture, SceneOptions } from './scene.ts';
import { createScreenReplay } from './screen-replay.ts';
import { createSensor } from './sensor.ts';

export { approach_ms } from './standing.ts';

export const defaultSize: FrameSize = { width_px: 640, height_px: 480 };

/** Where two people stand who come together, and how much smaller the one further back is. */
const together = { traveller: { aside: -0.13, scale: 1 }, companion: { aside: 0.24, scale: 0.86 } } as const;

/** Prepares a scene; `provisionPhotographs` has to have run. Throws a RangeError for an unknown person. */
export async function createLiveScene(personId: string, seed: number, o: SceneOptions = {}): Promise<LiveScene> {
  const size = o.size ?? defaultSize;
  personOf(personId);
  const befalls = (misfortune: Misfortune): boolean => o.misfortunes?.includes(misfortune) === true;
  const isAccompanied = befalls('two-faces');
  const actors: Actor[] = [];
  if (isAccompanied) {
    const place = together.companion;
    actors.push(await createLivePerson(somebodyElse(personId, seed), seed, { size, place }));
  }
  const presentation = o.presentation ?? 'live';
  if (presentation === 'live') {
    const person = {
      size,
      isTurned: befalls('turned-head'),
      isCovered: befalls('covered-face'),
      areEyesClosed: befalls('closed-eyes'),
      ...(isAccompanied ? { place: together.traveller } : {}),
    };
    actors.push(await createLivePerson(personId, seed, person));
  } else {
    const create = presentation === 'printed-photo' ? createPrintedPhoto : createScreenReplay;
    actors.push(await create(personId, o.heldUpBy ?? somebodyElse(personId, seed), seed, size));
  }
  return createScene(actors, seed, size, befalls('dark-hall'));
}

/** The hall without anybody. */
export async function createEmptyScene(
  seed: number,
  o: Pick<SceneOptions, 'size' | 'misfortunes'> = {},
): Promise<LiveScene> {
  return createScene([], seed, o.size ?? defaultSize, o.misfortunes?.includes('dark-hall') === true);
}

async function createScene(
  actors: readonly Actor[],
  seed: number,
  size: FrameSize,
  isDark: boolean,
): Promise<LiveScene> {
  const backdrop = await hallBackdrop(size);
  const sensor = createSensor(seed, isDark);
  let newest_ms = 0;
  return {
    frame: async (t_ms) => {
      newest_ms = t_ms;
      const picture: Picture = { data: Uint8ClampedArray.from(backdrop), size };
      for (const actor of actors) actor.draw(picture, t_ms);
      return sensor(picture, t_ms);
    },
    prompt: (prompt) => {
      for (const actor of actors) actor.prompt(prompt, newest_ms);
    },
  };
}

/** Another person, the same for the same seed: a companion, or the attacker behind a picture. */
function somebodyElse(personId: string, seed: number): string {
  const others = listPeople().filter(({ id }) => id !== personId);
  const random = forkedRandom(seed, 'somebody else');
  return others[Math.floor(random() * others.length)]?.id ?? personId;
}
