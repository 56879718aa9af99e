import { beforeAll, expect, test } from 'vitest';
import { verifyFace } from '../../biometrics/index.ts';
import type { CameraFrame, FrameGuidance } from '../../biometrics/index.ts';
import { enrolPortrait, examineFrame, openModels } from '../../biometrics/pipeline.ts';
import type { Models } from '../../biometrics/pipeline.ts';
import { FaceSession } from '../../biometrics/sessions.ts';
import { modelFolder } from '../../models/provision.ts';
import { approach_ms, createLiveScene } from '../../simulator/travellers/live-frames.ts';
import { portraitOf } from '../../simulator/travellers/portraits.ts';
import type { LiveScene, Presentation } from '../../simulator/travellers/scene.ts';

let models: Models;
beforeAll(async () => {
  models = await openModels(modelFolder);
});

const stamp = { at_ms: 0, by: 'test' };

/** Captures a scene through the real pipeline in virtual time: a frame each 100 ms, for 12 s at most. */
async function capture(scene: LiveScene, holder: string, swap?: LiveScene) {
  const enrolled = await enrolPortrait(models, await portraitOf(holder));
  if (enrolled.status !== 'measured') throw new Error(enrolled.because);
  const session = new FaceSession(enrolled.reference);
  let now_ms = approach_ms + 400;
  let shown: LiveScene = scene;
  async function* frames(): AsyncGenerator<CameraFrame> {
    for (let sequence = 0; sequence < 120; sequence += 1, now_ms += 100) {
      // Both are there all the time: who steps in begins to turn when the display asks.
      const [first, second] = [await scene.frame(now_ms), await swap?.frame(now_ms)];
      yield { jpeg: shown === scene ? first : (second ?? first), sequence, at_ms: now_ms };
    }
  }
  const hints: FrameGuidance[] = [];
  const found = await verifyFace({
    biometrics: {
      compare: async (_, jpeg, purpose = 'compare') => {
        const { similarity, fused, ...rest } = await examineFrame(models, session, jpeg, { purpose });
        return {
          ...rest,
          similarity: similarity.status === 'measured' ? { ...similarity, ...stamp } : similarity,
          fused: fused.status === 'measured' ? { ...fused, ...stamp } : fused,
        };
      },
    },
    sessionId: 'session',
    frames: frames(),
    similarity_min: 0.4,
    framesCompared_max: 3,
    signal: new AbortController().signal,
    now_ms: () => 0,
    monotonic_ms: () => now_ms,
    random: () => 0,
    challenge: 'always',
    onGuidance: (hint) => {
      hints.push(hint);
      const prompt = hint === 'turnHeadLeft' || hint === 'turnHeadRight' ? hint : null;
      if (prompt !== null) shown = swap ?? scene;
      shown.prompt(prompt);
    },
  });
  const { attack } = found;
  if (attack.status !== 'measured') throw new Error(attack.because);
  const passive = attack.value.signals.find(({ name }) => name === 'passive-network');
  return { verdict: attack.value.verdict, because: attack.value.because, passive: passive?.value, hints };
}

test.each([
  ['p05', 3],
  ['p10', 3],
] as const)(
  '%s, whom the passive network mistrusts, turns the head and is live',
  async (person, seed) => {
    const { verdict, because, passive } = await capture(await createLiveScene(person, seed), person);
    expect({ verdict, because }).toEqual({ verdict: 'live', because: 'TURN_FOLLOWED' });
    expect(passive).toBeLessThan(0.2);
  },
  120_000,
);

test.each(['printed-photo', 'screen-replay'] as const satisfies readonly Presentation[])(
  'a %s is asked to turn the head, does not, and is not live',
  async (presentation) => {
    const { verdict } = await capture(await createLiveScene('p06', 2, { presentation }), 'p06');
    expect(verdict).not.toBe('live');
  },
  120_000,
);

test('somebody else who steps in to turn the head is found out', async () => {
  const other = await createLiveScene('p01', 1);
  const { verdict, because } = await capture(await createLiveScene('p06', 1), 'p06', other);
  expect({ verdict, because }).toEqual({ verdict: 'attack', because: 'PERSON_CHANGED' });
}, 120_000);
