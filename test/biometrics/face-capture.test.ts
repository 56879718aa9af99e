import { expect, test } from 'vitest';
import { verifyFace } from '../../biometrics/index.ts';
import type {
  AttackSignal,
  CameraFrame,
  FrameFinding,
  FrameGuidance,
  FramePurpose,
  VerifyFaceRequest,
} from '../../biometrics/index.ts';

/** What each signal of a frame of somebody alive says. */
const watched: readonly AttackSignal[] = [
  { name: 'frozen-frames', version: '1', status: 'measured', value: 20 },
  { name: 'face-in-rectangle', version: '1', status: 'measured', value: 0.3 },
  { name: 'second-face', version: '1', status: 'measured', value: 0 },
  { name: 'covered-face', version: '1', status: 'measured', value: 0 },
  { name: 'person-changed', version: '1', status: 'measured', value: 0.9 },
];
const live: readonly AttackSignal[] = [
  ...watched,
  { name: 'passive-network', version: '1', status: 'measured', value: 0.9 },
];
const unclear: readonly AttackSignal[] = [
  ...watched,
  { name: 'passive-network', version: '1', status: 'measured', value: 0.3 },
];
const clipped: readonly AttackSignal[] = [
  ...watched,
  { name: 'passive-network', version: '1', status: 'unavailable', because: 'CONTEXT_CLIPPED' },
];

const nothing = { interEye_px: null, quality: null, pose: null, attack: [], preview: null } as const;

/** What the pipeline says about a frame, written into the frame itself: the first byte picks it. */
const similar = (value: number, fused = value, attack = live): FrameFinding => ({
  ...nothing,
  guidance: 'none',
  faces: 1,
  similarity: { status: 'measured', value, at_ms: 1, by: 'fr_feature' },
  fused: { status: 'measured', value: { similarity: fused, frames: 1 }, at_ms: 1, by: 'fr_feature' },
  interEye_px: 60,
  attack,
  preview: Uint8Array.of(Math.round(value * 100)),
});
const hint = (guidance: FrameGuidance, because = 'FACE_NOT_JUDGEABLE'): FrameFinding => ({
  ...nothing,
  guidance,
  faces: 1,
  similarity: { status: 'unavailable', because },
  fused: { status: 'unavailable', because },
});
/** A frame that was only observed. */
const observed = (attack = live): FrameFinding => ({ ...hint('none', 'NOT_COMPARED'), attack });
const turned = (yaw_deg: number, flat: number | null = null, likeness = 0.7): FrameFinding => ({
  ...hint('none', 'NOT_COMPARED'),
  pose: { yaw_deg, pitch_deg: 8, roll_deg: 0 },
  attack:
    flat === null
      ? []
      : [
          { name: 'flat-under-turn', version: '1', status: 'measured', value: flat },
          { name: 'person-changed', version: '1', status: 'measured', value: likeness },
        ],
});

type Shot = readonly [at_ms: number, finding: FrameFinding];

async function* filmed(shots: readonly Shot[]): AsyncGenerator<CameraFrame> {
  for (const [sequence, [at_ms]] of shots.entries()) yield { jpeg: Uint8Array.of(sequence), sequence, at_ms };
}

/** The same frames; tells when each was taken, as virtual time. */
async function* seen(frames: AsyncIterable<CameraFrame>, at: (at_ms: number) => void): AsyncGenerator<CameraFrame> {
  for await (const frame of frames) {
    at(frame.at_ms);
    yield frame;
  }
}

async function verify(shots: readonly Shot[], change: Partial<VerifyFaceRequest> = {}, countedBefore = 0) {
  const compared: number[] = [];
  let fusedFrames = countedBefore;
  const purposes: (FramePurpose | undefined)[] = [];
  let last_ms = 0;
  const hints: FrameGuidance[] = [];
  const outcome = await verifyFace({
    biometrics: {
      compare: async (_session, jpeg, purpose) => {
        purposes.push(purpose);
        const found = shots[jpeg[0]!]![1];
        if (purpose !== 'compare') return found;
        compared.push(jpeg[0]!);
        if (found.fused.status !== 'measured') return found;
        // The child counts what it compared in this session.
        fusedFrames += 1;
        return { ...found, fused: { ...found.fused, value: { ...found.fused.value, frames: fusedFrames } } };
      },
    },
    sessionId: 'session',
    frames: seen(filmed(shots), (at_ms) => (last_ms = at_ms)),
    similarity_min: 0.45,
    framesCompared_max: 3,
    signal: new AbortController().signal,
    now_ms: () => 5000,
    monotonic_ms: () => last_ms,
    random: () => 0,
    challenge: 'never',
    onGuidance: (guidance) => hints.push(guidance),
    ...change,
  });
  return { ...outcome, compared, purposes, hints };
}

test('the first comparison at the threshold ends the comparing: a better one later is only observed', async () => {
  const result = await verify([
    [0, hint('stepCloser')],
    [100, similar(0.45)],
    [600, similar(0.9)],
  ]);
  expect(result.similarity).toEqual({ status: 'measured', value: 0.45, at_ms: 5000, by: 'fr_feature' });
  expect(result.captured).toMatchObject({ value: { framesSeen: 3, framesCompared: 1 } });
});

test('at most N comparisons count, however many frames there are, and the last mean of them stands', async () => {
  const shots = [0.1, 0.3, 0.2, 0.9].map((value, i) => [i * 400, similar(value, value + 0.05)] as const);
  const result = await verify(shots);
  expect(result.similarity).toMatchObject({ value: 0.25 });
  expect(result.preview).toEqual(Uint8Array.of(30));
  expect(result.compared).toEqual([0, 1, 2]);
});

test('frames less than 300 ms after a counted one are not compared', async () => {
  const shots = [0, 100, 299, 300, 599, 601].map((at_ms) => [at_ms, similar(0.2)] as const);
  const result = await verify(shots);
  expect(result.compared).toEqual([0, 3, 5]);
  expect(result.captured).toMatchObject({ value: { framesSeen: 6, framesCompared: 3 } });
});

test('a camera that sends one picture again and again is compared once, and nobody is called live', async () => {
  async function* frozen(): AsyncGenerator<CameraFrame> {
    for (let i = 0; i < 20; i += 1) yield { jpeg: Uint8Array.of(0), sequence: i, at_ms: i * 400 };
  }
  const result = await verify([[0, similar(0.3)]], { frames: frozen() });
  expect(result.captured).toMatchObject({ value: { framesSeen: 20, framesCompared: 1 } });
  expect(result.attack).toMatchObject({ value: { verdict: 'undetermined', because: 'FRAMES_REPEATED' } });
});

test('frames whose numbers repeat or run backwards are not compared', async () => {
  async function* backwards(): AsyncGenerator<CameraFrame> {
    for (const sequence of [5, 5, 4, 3])
      yield { jpeg: Uint8Array.of(0, sequence), sequence, at_ms: 9000 - sequence * 1000 };
  }
  const result = await verify([[0, similar(0.3)]], { frames: backwards() });
  expect(result.captured).toMatchObject({ value: { framesSeen: 4, framesCompared: 1 } });
});

test('without a comparable frame the face was not captured', async () => {
  const missing = { status: 'unavailable', because: 'FACE_NOT_CAPTURED' };
  const result = await verify([
    [0, hint('moveIntoView', 'FACE_NOT_FOUND')],
    [500, hint('holdStill')],
  ]);
  expect(result).toMatchObject({ captured: missing, similarity: missing, preview: null });
  expect(await verify([])).toMatchObject({ captured: missing, similarity: missing, preview: null });
});

test('a similarity that is not a number is no score, and hides none', async () => {
  const result = await verify([
    [0, similar(Number.NaN)],
    [400, similar(0.2)],
  ]);
  expect(result.compared).toEqual([0, 1]);
  expect(result.similarity).toMatchObject({ value: 0.2 });
});

test('when the reference is gone the capture ends at once and says so', async () => {
  const result = await verify([
    [0, hint('none', 'REFERENCE_MISSING')],
    [400, similar(0.9)],
  ]);
  expect(result.similarity).toEqual({ status: 'unavailable', because: 'REFERENCE_MISSING' });
  expect(result.compared).toEqual([0]);
});

test('when the pipeline was down all the time that is the reason', async () => {
  const result = await verify([
    [0, hint('none', 'BIOMETRICS_DOWN')],
    [400, hint('none', 'BIOMETRICS_DOWN')],
  ]);
  expect(result.similarity).toEqual({ status: 'unavailable', because: 'BIOMETRICS_DOWN' });
});

test('an abort ends a wait for frames with what was compared so far', async () => {
  const abort = new AbortController();
  async function* stalling(): AsyncGenerator<CameraFrame> {
    yield { jpeg: Uint8Array.of(0), sequence: 0, at_ms: 0 };
    abort.abort();
    await new Promise(() => undefined);
  }
  const result = await verify([[0, similar(0.3)]], { frames: stalling(), signal: abort.signal });
  expect(result.similarity).toMatchObject({ value: 0.3 });
});

test('an abort ends a comparison that does not come back', async () => {
  const abort = new AbortController();
  const compare = async (): Promise<FrameFinding> => {
    abort.abort();
    return new Promise(() => undefined);
  };
  const result = await verify([[0, similar(0.9)]], { biometrics: { compare }, signal: abort.signal });
  expect(result.similarity).toEqual({ status: 'unavailable', because: 'FACE_NOT_CAPTURED' });
});

test('a hint is given once it stood for 400 ms, and not again while it stands', async () => {
  const shots: Shot[] = [0, 200, 400, 600, 800].map((at_ms) => [at_ms, hint('stepCloser')]);
  const { hints } = await verify([
    ...shots,
    [1000, hint('holdStill')],
    [1200, hint('stepCloser')],
    [1800, hint('stepCloser')],
  ]);
  expect(hints).toEqual(['stepCloser']);
});

test('hints that change with every frame are not given', async () => {
  const shots = Array.from(
    { length: 30 },
    (_, i): Shot => [i * 100, hint(i % 2 === 0 ? 'stepCloser' : 'lookAtCamera')],
  );
  expect((await verify(shots)).hints).toEqual([]);
});

test('of all pictures taken only the winning one is handed over, and the others are overwritten', async () => {
  const shots: Shot[] = [0.1, 0.3, 0.2].map((value, i) => [i * 400, similar(value)]);
  const early = { ...hint('holdStill'), preview: Uint8Array.of(7) };
  const result = await verify([[-400, early], ...shots]);
  expect(result.preview).toEqual(Uint8Array.of(30));
  expect([early, ...shots.map(([, finding]) => finding)].map(({ preview }) => [...(preview ?? [])])).toEqual([
    [0],
    [0],
    [30],
    [0],
  ]);
});

test('a picture that comes back after the end of the capture is overwritten', async () => {
  const abort = new AbortController();
  const late = similar(0.9);
  let comeBack = (_: FrameFinding): void => {};
  const compare = (): Promise<FrameFinding> => {
    abort.abort();
    return new Promise((resolve) => (comeBack = resolve));
  };
  expect((await verify([[0, similar(0.3)]], { biometrics: { compare }, signal: abort.signal })).preview).toBeNull();
  comeBack(late);
  await new Promise(setImmediate);
  expect([...(late.preview ?? [])]).toEqual([0]);
});

test('when the frames break off with an error nothing is kept of them', async () => {
  const first = similar(0.3);
  async function* breaking(): AsyncGenerator<CameraFrame> {
    yield { jpeg: Uint8Array.of(0), sequence: 0, at_ms: 0 };
    throw new Error('CAMERA');
  }
  await expect(verify([[0, first]], { frames: breaking() })).rejects.toThrow('CAMERA');
  expect([...(first.preview ?? [])]).toEqual([0]);
});

test('a camera that hangs before a face was seen is named, and ends the capture', async () => {
  let taken = 0;
  async function* frozen(): AsyncGenerator<CameraFrame> {
    for (; taken < 500; taken += 1) yield { jpeg: Uint8Array.of(0), sequence: taken, at_ms: taken * 40 };
  }
  const result = await verify([[0, hint('moveIntoView', 'FACE_NOT_FOUND')]], { frames: frozen() });
  const hung = { status: 'unavailable', because: 'FRAMES_REPEATED' };
  expect(result).toMatchObject({ captured: hung, similarity: hung, attack: hung });
  expect(taken).toBeLessThan(50);
});

test('a frame older than a second is never looked at', async () => {
  const result = await verify([[0, similar(0.9)]], { monotonic_ms: () => 1001 });
  expect(result.purposes).toEqual([]);
  expect(result.similarity).toEqual({ status: 'unavailable', because: 'FRAMES_STALE' });
  expect((await verify([[0, similar(0.9)]], { monotonic_ms: () => 1000 })).purposes).toEqual(['compare']);
});

test('a camera that changes its resolution in mid-capture is named when nothing was compared', async () => {
  const result = await verify([[0, hint('none', 'FRAME_SIZE_CHANGED')]]);
  expect(result.similarity).toEqual({ status: 'unavailable', because: 'FRAME_SIZE_CHANGED' });
});

const every300 = (...findings: readonly FrameFinding[]): Shot[] => findings.map((finding, i) => [i * 300, finding]);
const looks = Array.from({ length: 4 }, () => observed());

test('after a match frames are only observed until five were seen for attack signals', async () => {
  const result = await verify(every300(similar(0.9), ...looks, observed()));
  expect(result.purposes).toEqual(['compare', 'observe', 'observe', 'observe', 'observe']);
  expect(result.attack).toMatchObject({ value: { verdict: 'live', because: 'LOOKS_LIVE' }, at_ms: 5000 });
});

test('with too few frames for the attack signals the verdict is undetermined', async () => {
  const result = await verify(every300(similar(0.9), observed()));
  expect(result.similarity.status).toBe('measured');
  expect(result.attack).toMatchObject({ value: { verdict: 'undetermined', because: 'TOO_FEW_FRAMES' } });
});

test('a capture whose attack signals never measure ends after eight observed frames', async () => {
  const result = await verify(every300(similar(0.9, 0.9, []), ...Array.from({ length: 20 }, () => observed([]))));
  expect(result.purposes).toHaveLength(9);
  expect(result.attack).toMatchObject({ value: { verdict: 'undetermined' } });
});

/** One match and four more frames of which the network cannot say what they are. */
const doubtful = every300(similar(0.9, 0.9, unclear), ...Array.from({ length: 4 }, () => observed(unclear)));
const after = (...findings: readonly FrameFinding[]): Shot[] => [
  ...doubtful,
  ...findings.map((finding, i): Shot => [1300 + i * 500, finding]),
];
const asking = { challenge: 'whenUndetermined' } as const;

test('in doubt the traveller is asked to turn the head, and a head that follows is live', async () => {
  const result = await verify(after(turned(-2), turned(12), turned(25, 0.3), turned(28, 0.3), turned(30, 0.3)), asking);
  expect(result.hints).toEqual(['none', 'turnHeadLeft', 'none']);
  expect(result.purposes.slice(5)).toEqual(['turn', 'turn', 'turn', 'turn']);
  expect(result.attack).toMatchObject({ value: { verdict: 'live', because: 'TURN_FOLLOWED' } });
});

test('a head that turns to the other side, or something flat that turns, is not called live', async () => {
  const wrongWay = after(turned(0), ...Array.from({ length: 20 }, () => turned(-30, 0.3)));
  expect((await verify(wrongWay, asking)).attack).toMatchObject({
    value: { verdict: 'undetermined', because: 'TURN_NOT_FOLLOWED' },
  });
  const flat = after(turned(0), turned(25, 0.1), turned(25, 0.1));
  expect((await verify(flat, asking)).attack).toMatchObject({
    value: { verdict: 'attack', because: 'FLAT_UNDER_TURN' },
  });
});

test('somebody else who turns the head is an attack, and somebody who is hardly recognized proves nothing', async () => {
  const other = after(turned(0), turned(25, 0.3, 0.1), turned(25, 0.3, 0.1));
  expect((await verify(other, asking)).attack).toMatchObject({
    value: { verdict: 'attack', because: 'PERSON_CHANGED' },
  });
  const unlike = after(turned(0), ...Array.from({ length: 20 }, () => turned(25, 0.3, 0.3)));
  expect((await verify(unlike, asking)).attack).toMatchObject({
    value: { verdict: 'undetermined', because: 'TURN_NOT_MEASURED' },
  });
});

test('a turn in which nobody was seen clearly is waited for, and one clear frame is not enough', async () => {
  const unclear = after(turned(0), turned(45), turned(45), turned(25, 0.3), turned(45));
  expect((await verify(unclear, asking)).attack).toMatchObject({
    value: { verdict: 'undetermined', because: 'TURN_NOT_MEASURED' },
  });
  const returning = after(turned(0), turned(45), turned(30, 0.3), turned(22, 0.3));
  expect((await verify(returning, asking)).attack).toMatchObject({ value: { verdict: 'live' } });
});

test('a turn that nobody follows ends after six seconds', async () => {
  const result = await verify(after(...Array.from({ length: 40 }, () => turned(0))), asking);
  expect(result.purposes.filter((purpose) => purpose === 'turn').length).toBeLessThanOrEqual(14);
  expect(result.hints).toEqual(['none', 'turnHeadLeft', 'none']);
});

test('the random number chooses the side of the turn', async () => {
  const result = await verify(after(turned(0), turned(-25, 0.3), turned(-25, 0.3)), { ...asking, random: () => 0.7 });
  expect(result.hints).toContain('turnHeadRight');
  expect(result.hints).not.toContain('turnHeadLeft');
  expect(result.attack).toMatchObject({ value: { verdict: 'live' } });
});

test('where the policy asks always, somebody who looks live turns the head too', async () => {
  const shots = [...every300(similar(0.9), ...looks), ...after(turned(0), turned(30, 0.3), turned(30, 0.3)).slice(5)];
  expect((await verify(shots, { challenge: 'always' })).purposes).toContain('turn');
  expect((await verify(shots, asking)).purposes).not.toContain('turn');
});

test('where the policy asks always, a face that is gone after the request, or was never asked, is not called live', async () => {
  const seenLive = every300(similar(0.9), ...looks);
  const gone: Shot = [1800, hint('moveIntoView', 'FACE_NOT_FOUND')];
  const away = await verify([...seenLive, gone], { challenge: 'always' });
  expect(away.purposes).toContain('turn');
  expect(away.attack).toMatchObject({ value: { verdict: 'undetermined' } });
  const lost = { ...hint('lookAtCamera'), attack: live };
  const unasked = await verify(every300(similar(0.9), ...looks.slice(1), lost), { challenge: 'always' });
  expect(unasked.purposes).not.toContain('turn');
  expect(unasked.attack).toMatchObject({ value: { verdict: 'undetermined', because: 'NOT_ASKED' } });
});

test('a network that sees no surroundings does not cut the watching short: the turn is asked for after it', async () => {
  const shots = every300(similar(0.9, 0.9, clipped), ...Array.from({ length: 6 }, () => observed(clipped)));
  const { purposes } = await verify(shots, asking);
  expect(purposes).toEqual(['compare', 'observe', 'observe', 'observe', 'turn', 'turn', 'turn']);
});

test('a mean that holds frames of an earlier capture is no score of this one', async () => {
  const missing = { status: 'unavailable', because: 'FACE_NOT_CAPTURED' };
  expect((await verify(every300(similar(0.9)), {}, 2)).similarity).toEqual(missing);
});

test('a signal that objects is not answered by a turn of the head', async () => {
  const framed: AttackSignal = { name: 'face-in-rectangle', version: '1', status: 'measured', value: 0.95 };
  const held = (finding: FrameFinding): FrameFinding => ({ ...finding, attack: [...finding.attack, framed] });
  const result = await verify(every300(held(similar(0.9)), ...looks.map(held)), { challenge: 'always' });
  expect(result.hints).not.toContain('turnHeadLeft');
  expect(result.attack).toMatchObject({ value: { verdict: 'attack', because: 'FACE_IN_RECTANGLE' } });
});

test('the best of the frames counts where the operating point was measured that way', async () => {
  const shots = every300(similar(0.1, 0.2), similar(0.4, 0.2), similar(0.3, 0.2));
  expect((await verify(shots, { fusion: 'maximum' })).similarity).toMatchObject({ value: 0.4 });
  expect((await verify(shots)).similarity).toMatchObject({ value: 0.2 });
});

test('a higher threshold for early frames keeps the comparing up, and a lower one is an error', async () => {
  const shots = every300(similar(0.46), similar(0.47), similar(0.48));
  expect((await verify(shots)).compared).toEqual([0]);
  expect((await verify(shots, { early_min: [0.5, 0.47] })).compared).toEqual([0, 1]);
  await expect(verify(shots, { early_min: [0.44] })).rejects.toThrow(RangeError);
});

test('one stray frame neither brings a hint nor keeps it away, and a shown hint can be read', async () => {
  const shots = Array.from({ length: 40 }, (_, i): Shot => [i * 50, hint(i % 6 === 0 ? 'holdStill' : 'stepCloser')]);
  expect((await verify(shots)).hints).toEqual(['stepCloser']);
  const changing = Array.from(
    { length: 50 },
    (_, i): Shot => [i * 50, hint(i % 20 < 10 ? 'stepCloser' : 'lookAtCamera')],
  );
  expect((await verify(changing)).hints.length).toBeLessThanOrEqual(3);
});
