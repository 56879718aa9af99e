import { expect, test } from 'vitest';
import { coverage } from '../../biometrics/attack/covered-face.ts';
import { rectangleScore } from '../../biometrics/attack/face-in-rectangle.ts';
import { changeBetween, coarseLuma } from '../../biometrics/attack/frozen-frames.ts';
import type { AttackSignal, AttackSignalName } from '../../biometrics/attack/signal.ts';
import attackLimits from '../../biometrics/attack/attack-limits.json' with { type: 'json' };
import { defaultAttackLimits } from '../../biometrics/attack/limits.ts';
import { fuseSignals, judgeAttack, signals } from '../../biometrics/attack/signals.ts';

type Values = Partial<Readonly<Record<AttackSignalName, readonly number[]>>>;

/** What is watched in every frame, with nothing found. */
const unobtrusive = {
  'face-in-rectangle': [0.3, 0.3, 0.3, 0.3, 0.3],
  'second-face': [0, 0, 0, 0, 0],
  'covered-face': [0, 0, 0, 0, 0],
  'frozen-frames': [20, 20, 20, 20],
  'repeated-frames': [0],
  'person-changed': [0.9, 0.9, 0.9, 0.9],
} as const satisfies Values;
const verdictOf = (values: Values) => judgeAttack(fuseSignals(measures({ ...unobtrusive, ...values })));
const measures = (values: Values): AttackSignal[] =>
  Object.entries(values).flatMap(([name, list]) =>
    list.map((value): AttackSignal => ({ name: name as AttackSignalName, version: '1', status: 'measured', value })),
  );
const five = (value: number): number[] => Array.from({ length: 5 }, () => value);

const rules: readonly (readonly [string, Values, string, string])[] = [
  ['nothing was measured', {}, 'undetermined', 'TOO_FEW_FRAMES'],
  ['four frames look live', { 'passive-network': [0.9, 0.9, 0.9, 0.9] }, 'undetermined', 'TOO_FEW_FRAMES'],
  ['five frames look live', { 'passive-network': five(0.9) }, 'live', 'LOOKS_LIVE'],
  ['five frames are at the limit', { 'passive-network': five(0.5) }, 'live', 'LOOKS_LIVE'],
  ['five frames are doubtful', { 'passive-network': five(0.4) }, 'undetermined', 'LOOKS_LIKE_EITHER'],
  ['five frames are suspect', { 'passive-network': five(0.1) }, 'undetermined', 'LOOKS_SUSPECT'],
  ['five frames look like an attack', { 'passive-network': five(0.005) }, 'undetermined', 'LOOKS_LIKE_AN_ATTACK'],
  [
    'one frame of five looks live',
    { 'passive-network': [0.9, 0.1, 0.1, 0.1, 0.1] },
    'undetermined',
    'LOOKS_LIKE_EITHER',
  ],
  [
    'doubtful frames, a turn followed by something round',
    { 'passive-network': five(0.4), 'head-turn': [25], 'flat-under-turn': [0.3, 0.3] },
    'live',
    'TURN_FOLLOWED',
  ],
  [
    'doubtful frames, a turn followed, nobody saw how flat',
    { 'passive-network': five(0.4), 'head-turn': [25] },
    'undetermined',
    'TURN_NOT_MEASURED',
  ],
  [
    'doubtful frames, a turn followed by something flat',
    { 'passive-network': five(0.4), 'head-turn': [25], 'flat-under-turn': [0.1, 0.1] },
    'attack',
    'FLAT_UNDER_TURN',
  ],
  [
    'suspect frames, a turn followed by something round',
    { 'passive-network': five(0.1), 'head-turn': [25], 'flat-under-turn': [0.3, 0.3] },
    'live',
    'TURN_FOLLOWED',
  ],
  [
    'frames at the limit of an attack, a turn followed by something round',
    { 'passive-network': five(0.01), 'head-turn': [25], 'flat-under-turn': [0.3, 0.3] },
    'live',
    'TURN_FOLLOWED',
  ],
  [
    'frames that look like an attack, a turn followed by something round',
    { 'passive-network': five(0.009), 'head-turn': [25], 'flat-under-turn': [0.3, 0.3] },
    'undetermined',
    'LOOKS_LIKE_AN_ATTACK',
  ],
  [
    'suspect frames in a frame of edges, a turn followed by something round',
    { 'passive-network': five(0.1), 'face-in-rectangle': [1, 1, 1], 'head-turn': [25], 'flat-under-turn': [0.3, 0.3] },
    'attack',
    'FACE_IN_RECTANGLE',
  ],
  [
    'suspect frames in which nothing moves, a turn followed by something round',
    { 'passive-network': five(0.1), 'frozen-frames': five(1), 'head-turn': [25], 'flat-under-turn': [0.3, 0.3] },
    'undetermined',
    'NOTHING_MOVES',
  ],
  [
    'suspect frames, a turn followed by another person',
    { 'passive-network': five(0.1), 'person-changed': [0.9, 0.1], 'head-turn': [25], 'flat-under-turn': [0.3, 0.3] },
    'attack',
    'PERSON_CHANGED',
  ],
  [
    'frames that look like an attack, a turn not followed',
    { 'passive-network': five(0.005), 'head-turn': [5] },
    'attack',
    'SUSPECT_AND_TURN_NOT_FOLLOWED',
  ],
  [
    'suspect frames, a turn not followed',
    { 'passive-network': five(0.1), 'head-turn': [5] },
    'attack',
    'SUSPECT_AND_TURN_NOT_FOLLOWED',
  ],
  [
    'a turn not followed by a live look',
    { 'passive-network': five(0.9), 'head-turn': [5] },
    'undetermined',
    'TURN_NOT_FOLLOWED',
  ],
  [
    'a frame round a live look',
    { 'passive-network': five(0.9), 'face-in-rectangle': [0.9, 0.9, 0.9] },
    'attack',
    'FACE_IN_RECTANGLE',
  ],
  [
    'a frame in one of three frames',
    { 'passive-network': five(0.9), 'face-in-rectangle': [0.9, 0.3, 0.3] },
    'live',
    'LOOKS_LIVE',
  ],
  ['nothing moves', { 'passive-network': five(0.9), 'frozen-frames': five(1) }, 'undetermined', 'NOTHING_MOVES'],
  [
    'it moved before and then stood',
    { 'passive-network': five(0.9), 'frozen-frames': [90, ...five(1)] },
    'undetermined',
    'NOTHING_MOVES',
  ],
  ['it moves', { 'passive-network': five(0.9), 'frozen-frames': [1, 1, 9, 1, 1] }, 'live', 'LOOKS_LIVE'],
  ['frames came twice', { 'passive-network': five(0.9), 'repeated-frames': [3] }, 'undetermined', 'FRAMES_REPEATED'],
  ['a second face', { 'passive-network': five(0.9), 'second-face': [0.5, 0.5, 0.5] }, 'undetermined', 'SECOND_FACE'],
  ['a covered face', { 'passive-network': five(0.9), 'covered-face': [0.9, 0.9, 0.9] }, 'undetermined', 'FACE_COVERED'],
  ['another person', { 'passive-network': five(0.9), 'person-changed': [0.9, 0.1] }, 'attack', 'PERSON_CHANGED'],
  [
    'an attack and a hung camera',
    { 'face-in-rectangle': [1, 1, 1], 'repeated-frames': [9] },
    'attack',
    'FACE_IN_RECTANGLE',
  ],
];

test.each(rules)('%s: the verdict follows', (_, values, verdict, because) => {
  expect(verdictOf(values)).toMatchObject({ verdict, because });
});

test('every limit of an attack has a unit and says where it comes from, and a lane may set another', () => {
  for (const [name, { value, unit, origin }] of Object.entries(attackLimits)) {
    expect(Number.isFinite(value) && unit.length > 0 && origin.length > 20, name).toBe(true);
  }
  const found = measures({ ...unobtrusive, 'passive-network': five(0.4) });
  expect(judgeAttack(fuseSignals(found, { ...defaultAttackLimits, passiveLive_min: 0.3 })).verdict).toBe('live');
});

test('values that are no numbers never make a face live', () => {
  for (const { name } of signals) {
    const isOfTurn = name === 'head-turn' || name === 'flat-under-turn';
    const passive = five(isOfTurn ? 0.4 : 0.9);
    const { verdict } = verdictOf({ 'passive-network': passive, [name]: five(Number.NaN) });
    expect(verdict, name).not.toBe('live');
  }
});

test.each(Object.keys(unobtrusive))(
  'a face that looks live, but was not watched for %s, is not called live',
  (name) => {
    expect(verdictOf({ 'passive-network': five(0.9) }).verdict).toBe('live');
    expect(verdictOf({ 'passive-network': five(0.9), [name]: [] }).verdict).toBe('undetermined');
    const turn = { 'passive-network': five(0.4), 'head-turn': [25], 'flat-under-turn': [0.3] };
    expect(verdictOf({ ...turn, [name]: [] }).verdict).toBe('undetermined');
  },
);

test('a turn that was asked for and not seen leaves a live look undetermined', () => {
  const found = measures({ ...unobtrusive, 'passive-network': five(0.9) });
  const unseen = { name: 'head-turn', version: '1', status: 'unavailable', because: 'FACE_NOT_FOUND' } as const;
  expect(judgeAttack(fuseSignals([...found, unseen]))).toMatchObject({
    verdict: 'undetermined',
    because: 'FACE_NOT_FOUND',
  });
});

test('a signal that could not measure says why', () => {
  const clipped = five(0).map(
    (): AttackSignal => ({
      name: 'passive-network',
      version: '1',
      status: 'unavailable',
      because: 'CONTEXT_CLIPPED',
    }),
  );
  expect(judgeAttack(fuseSignals(clipped))).toMatchObject({ verdict: 'undetermined', because: 'CONTEXT_CLIPPED' });
});

/** A grey view with noise; `draw` adds to it. */
function view(draw: (luma: Float32Array, width: number) => void): Parameters<typeof rectangleScore>[0] {
  const [width_px, height_px] = [320, 240];
  const luma = Float32Array.from({ length: width_px * height_px }, (_, i) => 120 + ((i * 7919) % 7) - 3);
  draw(luma, width_px);
  return { luma, width_px, height_px, face: { left: 125, top: 70, right: 195, bottom: 160 } };
}
const fill =
  (left: number, top: number, right: number, bottom: number, tilt = 0) =>
  (luma: Float32Array, width: number) => {
    for (let y = 0; y < luma.length / width; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const [u, v] = [x - tilt * (y - 115), y + tilt * (x - 160)];
        if (u >= left && u < right && v >= top && v < bottom) luma[y * width + x]! += 60;
      }
    }
  };

test('a sheet round the face is seen, upright or tilted; a door behind it that ends at the shoulders is not', () => {
  expect(rectangleScore(view(fill(95, 40, 225, 185)))).toBeGreaterThan(0.9);
  expect(rectangleScore(view(fill(95, 40, 225, 185, Math.tan(Math.PI / 30))))).toBeGreaterThan(0.85);
  expect(rectangleScore(view(fill(95, 40, 225, 300)))).toBeLessThan(0.5);
  expect(rectangleScore(view(() => {}))).toBeLessThan(0.3);
});

test('two upright edges alone, or one below, are no rectangle', () => {
  expect(rectangleScore(view(fill(100, -1, 220, 400)))).toBeLessThan(0.5);
  expect(rectangleScore(view(fill(-1, 175, 400, 400)))).toBeLessThan(0.5);
});

const noisy = (seed: number, shift = 0) => {
  const [width_px, height_px] = [160, 120];
  const data = Uint8Array.from({ length: width_px * height_px * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width_px, Math.floor(i / 3 / width_px)];
    const isFace = (x - 80 - shift) ** 2 + (y - 60) ** 2 < 900;
    return (isFace ? 180 : 60) + (((i + seed) * 7919) % 9) - 4;
  });
  return { data, width_px, height_px };
};

test('noise is no movement, a face that moves by a pixel is', () => {
  const still = changeBetween(coarseLuma(noisy(1)), coarseLuma(noisy(500)));
  const moved = changeBetween(coarseLuma(noisy(1)), coarseLuma(noisy(500, 1)));
  expect(moved).toBeGreaterThan(3 * still);
  expect(changeBetween(coarseLuma(noisy(1)), coarseLuma(noisy(1)))).toBe(0);
});

test('a picture of one pixel has a coarse luminance too', () => {
  expect(coarseLuma({ data: Uint8Array.of(9, 7, 5), width_px: 1, height_px: 1 })[0]).toBe(7);
});

test('even cloth of another colour, or a blank surface, counts as cover; lips, shadow and beard do not', () => {
  expect(coverage({ redness: -0.1, spread: 0.005, contrast: 0.2 })).toBeGreaterThan(0.5);
  expect(coverage({ redness: 0, spread: 0.005, contrast: 0.06 })).toBeGreaterThan(0.5);
  expect(coverage({ redness: 0.013, spread: 0.03, contrast: 0.2 })).toBeLessThan(0.5);
  expect(coverage({ redness: -0.02, spread: 0.03, contrast: 0.5 })).toBeLessThan(0.5);
  expect(coverage({ redness: Number.NaN, spread: 0.005, contrast: 0.2 })).toBeNaN();
});
