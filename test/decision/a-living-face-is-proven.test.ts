import { describe, expect, test } from 'vitest';
import { decide } from '../../gate-controller/decision/decide.ts';
import type { FaceEvidence } from '../../gate-controller/decision/evidence.ts';
import { indispensableChecks } from '../../gate-controller/decision/policy.ts';
import { reasons } from '../../gate-controller/decision/reasons.ts';
import { weigh } from '../../gate-controller/decision/weigh.ts';
import { at_ms, attackOf, point, policy, soundEvidence } from './evidence-samples.ts';

const faceOf = (change: Partial<FaceEvidence>): FaceEvidence => ({ ...soundEvidence.face!, ...change });
const checksOf = (change: Partial<FaceEvidence>) =>
  weigh({ ...soundEvidence, face: faceOf(change) }, policy, point, at_ms);
const reasonsOf = (change: Partial<FaceEvidence>): readonly string[] => {
  const found = decide(checksOf(change), policy);
  return found.decision === 'refer' ? found.reasons : [];
};
const missing = (because: string) => ({ status: 'unavailable', because }) as const;
/** What the capture says when nothing could be compared: the same of everything. */
const nothing = (because: string) => ({
  captured: missing(because),
  similarity: missing(because),
  attack: missing(because),
});

describe('a matching face', () => {
  test('that was found to be live is admitted', () => {
    expect(reasonsOf({ attack: attackOf('live') })).toEqual([]);
  });

  test('that looks like a picture of one goes to an officer, urgently', () => {
    expect(reasonsOf({ attack: attackOf('attack', 'FACE_IN_RECTANGLE') })).toEqual(['PRESENTATION_ATTACK_SUSPECTED']);
    expect(reasons.PRESENTATION_ATTACK_SUSPECTED.severity).toBe('high');
  });

  test('of which nobody can say whether it is live goes to an officer', () => {
    expect(reasonsOf({ attack: attackOf('undetermined', 'TURN_NOT_FOLLOWED') })).toEqual(['ATTACK_NOT_RULED_OUT']);
    expect(reasonsOf({ attack: missing('X') })).toEqual(['ATTACK_NOT_RULED_OUT']);
    const unknown = attackOf('certainly' as 'live');
    expect(reasonsOf({ attack: unknown })).toEqual(['ATTACK_NOT_RULED_OUT']);
  });

  test('tells the officer which signal it was', () => {
    const found = checksOf({ attack: attackOf('attack', 'NOTHING_MOVES') });
    expect(found.find(({ id }) => id === 'presentation-attack')).toMatchObject({
      result: 'failed',
      because: 'NOTHING_MOVES',
    });
  });
});

test('no policy may leave out the question whether the face is live', () => {
  expect(indispensableChecks).toContain('presentation-attack');
});

describe('a morph', () => {
  test('is said not to have been looked for, which refers nobody', () => {
    const morph = checksOf({}).find(({ id }) => id === 'morph');
    expect(morph).toMatchObject({ result: 'not-supported', because: null });
    expect(policy.required).not.toContain('morph');
    expect(decide(checksOf({}), policy).decision).toBe('admit');
  });

  test('refers everybody where a lane asks for what nothing can measure', () => {
    const demanding = { ...policy, required: [...policy.required, 'morph' as const] };
    expect(decide(checksOf({}), demanding)).toEqual({ decision: 'refer', reasons: ['MORPH_NOT_EXAMINED'] });
  });
});

describe('a capture without a comparison has one reason, that of its cause', () => {
  test.each([
    ['FACE_NOT_CAPTURED', 'FACE_NOT_CAPTURED'],
    ['FRAMES_REPEATED', 'CAMERA_UNUSABLE'],
    ['FRAMES_STALE', 'CAMERA_UNUSABLE'],
    ['FRAME_UNDECODABLE', 'CAMERA_UNUSABLE'],
    ['FRAME_SIZE_CHANGED', 'CAMERA_UNUSABLE'],
    ['REFERENCE_MISSING', 'FACE_NOT_COMPARED'],
    ['BIOMETRICS_DEADLINE', 'FACE_NOT_COMPARED'],
    ['BIOMETRICS_DOWN', 'FACE_NOT_COMPARED'],
    ['BIOMETRICS_BUSY', 'FACE_NOT_COMPARED'],
  ])('%s → %s', (because, reason) => {
    expect(reasonsOf(nothing(because))).toEqual([reason]);
  });
});

describe('a portrait', () => {
  test.each([
    ['PORTRAIT_MISSING', 'PORTRAIT_UNUSABLE'],
    ['PORTRAIT_UNDECODABLE', 'PORTRAIT_UNUSABLE'],
    ['PORTRAIT_TOO_LARGE', 'PORTRAIT_UNUSABLE'],
    ['PORTRAIT_TOO_SMALL', 'PORTRAIT_TOO_SMALL'],
    ['PORTRAIT_NO_FACE', 'PORTRAIT_NO_FACE'],
    ['PORTRAIT_SEVERAL_FACES', 'PORTRAIT_SEVERAL_FACES'],
  ])('with the fault %s refers for %s alone', (because, reason) => {
    expect(reasonsOf({ portrait: missing(because), ...nothing(because) })).toEqual([reason]);
  });

  test('without colour is remarked upon and refers nobody', () => {
    const portrait: FaceEvidence['portrait'] = {
      status: 'measured',
      value: { interEye_px: 90, remarks: ['PORTRAIT_GREY'] },
      at_ms,
      by: 'test',
    };
    expect(reasonsOf({ portrait })).toEqual([]);
    const check = checksOf({ portrait }).find(({ id }) => id === 'portrait');
    expect(check).toMatchObject({ result: 'passed', because: 'PORTRAIT_GREY' });
  });
});
