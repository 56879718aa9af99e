import { expect, test } from 'vitest';
import { verifyFace } from '../../biometrics/index.ts';
import type { CameraFrame, FrameFinding, FrameGuidance, VerifyFaceRequest } from '../../biometrics/index.ts';

/** What the pipeline says about a frame, written into the frame itself: the first byte picks it. */
const similar = (value: number): FrameFinding => ({
  guidance: 'none',
  faces: 1,
  similarity: { status: 'measured', value, at_ms: 1, by: 'fr_feature' },
  interEye_px: 60,
  preview: Uint8Array.of(Math.round(value * 100)),
});
const hint = (guidance: FrameGuidance, because = 'FACE_NOT_JUDGEABLE'): FrameFinding => ({
  guidance,
  faces: 1,
  similarity: { status: 'unavailable', because },
  interEye_px: null,
  preview: null,
});

type Shot = readonly [at_ms: number, finding: FrameFinding];

async function* filmed(shots: readonly Shot[]): AsyncGenerator<CameraFrame> {
  for (const [sequence, [at_ms]] of shots.entries()) yield { jpeg: Uint8Array.of(sequence), sequence, at_ms };
}

async function verify(shots: readonly Shot[], change: Partial<VerifyFaceRequest> = {}) {
  const compared: number[] = [];
  const hints: FrameGuidance[] = [];
  const outcome = await verifyFace({
    biometrics: {
      compare: async (_session, jpeg) => {
        compared.push(jpeg[0]!);
        return shots[jpeg[0]!]![1];
      },
    },
    sessionId: 'session',
    frames: filmed(shots),
    similarity_min: 0.45,
    framesCompared_max: 3,
    signal: new AbortController().signal,
    now_ms: () => 5000,
    onGuidance: (guidance) => hints.push(guidance),
    ...change,
  });
  return { ...outcome, compared, hints };
}

test('the first comparison at the threshold ends the capture', async () => {
  const result = await verify([
    [0, hint('stepCloser')],
    [100, similar(0.45)],
    [600, similar(0.9)],
  ]);
  expect(result.similarity).toEqual({ status: 'measured', value: 0.45, at_ms: 5000, by: 'fr_feature' });
  expect(result.captured).toMatchObject({ value: { framesSeen: 2, framesCompared: 1 } });
});

test('at most N comparisons count, however many frames there are, and the best of them stands', async () => {
  const shots = [0.1, 0.3, 0.2, 0.9].map((value, i) => [i * 400, similar(value)] as const);
  const result = await verify(shots);
  expect(result.similarity).toMatchObject({ value: 0.3 });
  expect(result.preview).toEqual(Uint8Array.of(30));
  expect(result.compared).toEqual([0, 1, 2]);
});

test('frames less than 300 ms after a counted one are not compared', async () => {
  const shots = [0, 100, 299, 300, 599, 601].map((at_ms) => [at_ms, similar(0.2)] as const);
  const result = await verify(shots);
  expect(result.compared).toEqual([0, 3, 5]);
  expect(result.captured).toMatchObject({ value: { framesSeen: 6, framesCompared: 3 } });
});

test('a camera that sends one picture again and again is compared once', async () => {
  async function* frozen(): AsyncGenerator<CameraFrame> {
    for (let i = 0; i < 20; i += 1) yield { jpeg: Uint8Array.of(0), sequence: i, at_ms: i * 400 };
  }
  const result = await verify([[0, similar(0.3)]], { frames: frozen() });
  expect(result.captured).toMatchObject({ value: { framesSeen: 20, framesCompared: 1 } });
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
