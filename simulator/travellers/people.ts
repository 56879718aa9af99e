/**
 * The people who play travellers: where their faces are in the photographs. Names, documents and biographies are
 * invented elsewhere; nobody here has one. Left out are faces in profile, looking down or with closed eyes, and one of
 * each pair that the network finds more alike than 0.40 (measured over the pictures made here).
 */
import type { PhotographName } from './photographs.ts';

/** A face in a photograph: eye centres in px, left and right as seen in the picture. */
export type FacePlace = {
  readonly photograph: PhotographName;
  readonly leftEye: { readonly x: number; readonly y: number };
  readonly rightEye: { readonly x: number; readonly y: number };
};

export type Person = {
  readonly id: string;
  /** As it is entered in the invented document. */
  readonly sex: 'F' | 'M';
  readonly portrait: FacePlace;
  /** The face that the camera sees: another photograph where there is one, else the portrait's. */
  readonly live: FacePlace;
};

type Position = readonly [x: number, y: number];

const at = (photograph: PhotographName, [x, y]: Position, [u, v]: Position): FacePlace => ({
  photograph,
  leftEye: { x, y },
  rightEye: { x: u, y: v },
});

const onePhotograph = (id: string, face: FacePlace): Person => ({ id, sex: 'F', portrait: face, live: face });

const people: readonly Person[] = [
  // The only person with two usable photographs: cosine 0.70 between them (measured).
  {
    id: 'p01',
    sex: 'F',
    portrait: at('sample3', [1117, 318], [1212, 338]),
    live: at('sample1', [1555, 282], [1614, 336]),
  },
  onePhotograph('p02', at('sample3', [630, 432], [721, 433])),
  onePhotograph('p03', at('sample3', [1564, 409], [1651, 401])),
  onePhotograph('p04', at('sample5', [848, 192], [918, 206])),
  onePhotograph('p05', at('sample5', [1154, 293], [1224, 293])),
  onePhotograph('p06', at('sample6', [325, 606], [426, 593])),
  onePhotograph('p07', at('sample6', [704, 451], [784, 442])),
  onePhotograph('p08', at('sample6', [1229, 428], [1323, 428])),
  onePhotograph('p09', at('sample6', [1534, 372], [1625, 394])),
  // Photographed turned by 21 degrees; before the camera of the gate the head is brought halfway round (live-person.ts).
  onePhotograph('p10', at('sample5', [1442, 504], [1516, 493])),
];

/** Two different people whom the network finds most alike (cosine 0.35…0.40, measured): for impostor scenarios. */
export const lookalikes: readonly [string, string] = ['p01', 'p03'];

/**
 * Whom the passive network sometimes takes for a picture: in 12 simulated captures each, 1 of p03 and p07, 4 of p05, 6 of
 * p10 and 12 of p04 were asked to turn the head, and 6 of p04 went to an officer after it (measured). The others, never.
 * They play where a scenario does not hang on a capture that succeeds at once.
 */
export const mistrusted: readonly string[] = ['p03', 'p04', 'p05', 'p07', 'p10'];

export function listPeople(): readonly Person[] {
  return people;
}

/** Throws a RangeError for an id that nobody has. */
export function personOf(id: string): Person {
  const person = people.find((p) => p.id === id);
  if (person === undefined) throw new RangeError(`no simulated person ${id}`);
  return person;
}
