import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createBiometrics } from '../../biometrics/index.ts';
import type { Biometrics, BiometricsEvent, BiometricsOptions } from '../../biometrics/index.ts';
import { modelFolder } from '../../models/provision.ts';
import { approach_ms, createLiveScene } from '../../simulator/travellers/live-frames.ts';
import { portraitOf } from '../../simulator/travellers/portraits.ts';

const running: Biometrics[] = [];

function create(options: Partial<BiometricsOptions> = {}): { biometrics: Biometrics; events: BiometricsEvent[] } {
  const events: BiometricsEvent[] = [];
  const biometrics = createBiometrics({
    modelFolder,
    now_ms: () => Date.now(),
    onEvent: (event) => events.push(event),
    ...options,
  });
  running.push(biometrics);
  return { biometrics, events };
}

afterEach(async () => {
  for (const biometrics of running.splice(0)) await biometrics.stop();
});

const becomes = (biometrics: Biometrics, wanted: boolean): Promise<void> =>
  new Promise((resolve) => {
    const off = biometrics.onReadiness((isReady) => {
      if (isReady !== wanted) return;
      off();
      resolve();
    });
  });

/** Process ids of this process's inference children, as the operating system lists them. */
function children(): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return parent === process.pid && pid && line.includes('biometrics/child.ts') ? [pid] : [];
  });
}

const portrait = await portraitOf('p01');
const scene = await createLiveScene('p01', 1);
const frame = await scene.frame(approach_ms);

test('the controller loads neither the inference runtime nor the picture library into its own process', () => {
  const index = new URL('../../biometrics/index.ts', import.meta.url).href;
  const script = `await import(${JSON.stringify(index)}); console.log(process.report.getReport().sharedObjects.join());`;
  const libraries = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(libraries).toContain('libc');
  expect(libraries).not.toMatch(/onnxruntime|sharp|vips/);
});

test('a portrait is enrolled, a frame compared with it, and after forgetting there is no reference', async () => {
  const { biometrics } = create({ now_ms: () => 1234 });
  expect(biometrics.isReady()).toBe(false);
  expect((await biometrics.compare('a', frame)).similarity).toEqual({
    status: 'unavailable',
    because: 'BIOMETRICS_DOWN',
  });
  await biometrics.start();
  expect(biometrics.isReady()).toBe(true);
  expect(Object.values(biometrics.versions()).every((version) => /^[0-9a-f]{12}$/.test(version))).toBe(true);
  const reference = await biometrics.enrol('a', portrait);
  expect(reference).toMatchObject({ status: 'measured', at_ms: 1234, value: { width_px: 413, height_px: 531 } });
  const found = await biometrics.compare('a', frame);
  expect(found).toMatchObject({ guidance: 'none', faces: 1, similarity: { status: 'measured', at_ms: 1234 } });
  expect([...(found.preview?.subarray(0, 2) ?? [])]).toEqual([0xff, 0xd8]);
  await biometrics.forget('a');
  expect((await biometrics.compare('a', frame)).similarity).toEqual({
    status: 'unavailable',
    because: 'REFERENCE_MISSING',
  });
});

test('a child killed in mid-request gives unavailable evidence, and its replacement answers the next request', async () => {
  const { biometrics, events } = create();
  await biometrics.start();
  const enrolled = biometrics.enrol('a', portrait);
  const isBack = becomes(biometrics, true);
  for (const pid of children()) process.kill(pid, 'SIGKILL');
  expect(await enrolled).toEqual({ status: 'unavailable', because: 'BIOMETRICS_DOWN' });
  expect(biometrics.isReady()).toBe(false);
  await isBack;
  expect(events).toMatchObject([{ type: 'LOST', because: 'BIOMETRICS_DOWN', retry_ms: 0 }]);
  expect((await biometrics.compare('a', frame)).similarity).toEqual({
    status: 'unavailable',
    because: 'REFERENCE_MISSING',
  });
  expect(await biometrics.enrol('a', portrait)).toMatchObject({ status: 'measured' });
});

test('a child that misses a deadline is killed and replaced', async () => {
  const { biometrics, events } = create({ deadlines: { enrol_ms: 1 } });
  await biometrics.start();
  const [before] = children();
  const isBack = becomes(biometrics, true);
  expect(await biometrics.enrol('a', portrait)).toEqual({ status: 'unavailable', because: 'BIOMETRICS_DEADLINE' });
  await isBack;
  expect(events).toContainEqual(expect.objectContaining({ type: 'LOST', because: 'BIOMETRICS_DEADLINE' }));
  expect(children()).not.toContain(before);
});

test('children that are lost again and again are replaced later and later', async () => {
  const { biometrics, events } = create({ deadlines: { enrol_ms: 1 } });
  await biometrics.start();
  for (let lives = 0; lives < 3; lives += 1) {
    const isBack = becomes(biometrics, true);
    await biometrics.enrol('a', portrait);
    await isBack;
  }
  const waits = events.flatMap((event) => (event.type === 'LOST' ? [event.retry_ms] : []));
  expect(waits).toEqual([0, 250, 500]);
});

test('a second request of a session, or too many in all, are turned away at once', async () => {
  const { biometrics } = create();
  await biometrics.start();
  const first = biometrics.enrol('a', portrait);
  expect((await biometrics.compare('a', frame)).similarity).toEqual({
    status: 'unavailable',
    because: 'BIOMETRICS_BUSY',
  });
  const others = Array.from({ length: 12 }, (_, i) => biometrics.compare(`other ${i}`, frame));
  expect(await first).toMatchObject({ status: 'measured' });
  const reasons = (await Promise.all(others)).map(({ similarity }) =>
    similarity.status === 'unavailable' ? similarity.because : 'measured',
  );
  expect(reasons.filter((because) => because === 'REFERENCE_MISSING')).toHaveLength(7);
  expect(reasons.filter((because) => because === 'BIOMETRICS_BUSY')).toHaveLength(5);
});

test('with an altered model the start is refused with the name of the file, and nothing is left running', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'models-'));
  for (const file of (await readdir(modelFolder)).filter((name) => name.endsWith('.onnx'))) {
    await copyFile(join(modelFolder, file), join(folder, file));
  }
  const bytes = await readFile(join(folder, 'fr_landmark.onnx'));
  bytes[5000]! ^= 0x10;
  await writeFile(join(folder, 'fr_landmark.onnx'), bytes);
  const { biometrics } = create({ modelFolder: folder });
  await expect(biometrics.start()).rejects.toMatchObject({
    code: 'BIOMETRICS_MODEL',
    detail: expect.stringContaining('fr_landmark.onnx'),
  });
  expect(biometrics.isReady()).toBe(false);
  expect(children()).toEqual([]);
  await rm(folder, { recursive: true });
});

test('damaged portraits and frames are evidence with a reason, not an end of the child', async () => {
  const { biometrics, events } = create();
  await biometrics.start();
  const short = portrait.bytes.subarray(0, 3000);
  expect(await biometrics.enrol('a', { format: 'jpeg2000', bytes: short })).toEqual({
    status: 'unavailable',
    because: 'PORTRAIT_UNDECODABLE',
  });
  expect(await biometrics.enrol('a', { format: 'jpeg', bytes: new Uint8Array(2 << 20) })).toEqual({
    status: 'unavailable',
    because: 'PORTRAIT_TOO_LARGE',
  });
  await biometrics.enrol('a', portrait);
  for (const bytes of [frame.subarray(0, frame.length / 2), new Uint8Array(0), portrait.bytes]) {
    expect(await biometrics.compare('a', bytes)).toMatchObject({ similarity: { because: 'FRAME_UNDECODABLE' } });
  }
  expect((await biometrics.compare('a', frame)).similarity.status).toBe('measured');
  expect(events).toEqual([]);
});

test('what is to be forgotten is forgotten, however many others wait', async () => {
  const { biometrics } = create();
  await biometrics.start();
  const enrolled = biometrics.enrol('a', portrait);
  const others = Array.from({ length: 12 }, (_, i) => biometrics.compare(`other ${i}`, frame));
  await biometrics.forget('a');
  expect(await enrolled).toMatchObject({ status: 'measured' });
  await Promise.all(others);
  expect((await biometrics.compare('a', frame)).similarity).toEqual({
    status: 'unavailable',
    because: 'REFERENCE_MISSING',
  });
});

test('a request that waits its turn behind slow ones does not cost a sound child its life', async () => {
  const { biometrics, events } = create({ deadlines: { forget_ms: 150, compare_ms: 150 } });
  await biometrics.start();
  const enrolled = ['a', 'b', 'c', 'd'].map((session) => biometrics.enrol(session, portrait));
  const compared = biometrics.compare('e', frame);
  await Promise.all(Array.from({ length: 20 }, () => biometrics.forget('a')));
  expect((await Promise.all(enrolled)).map(({ status }) => status)).toEqual(
    Array.from({ length: 4 }, () => 'measured'),
  );
  expect((await compared).similarity).toMatchObject({ because: 'REFERENCE_MISSING' });
  expect(events).toEqual([]);
});

test('a child that is asked to forget more than it ever held is replaced, and has forgotten that way', async () => {
  const { biometrics, events } = create();
  await biometrics.start();
  const isBack = becomes(biometrics, true);
  const enrolled = biometrics.enrol('a', portrait);
  await Promise.all(Array.from({ length: 100 }, (_, i) => biometrics.forget(`session ${i}`)));
  expect(await enrolled).toMatchObject({ status: 'unavailable' });
  await isBack;
  expect(events[0]).toMatchObject({ type: 'LOST', because: 'BIOMETRICS_DOWN' });
});

test('what is observed or turned is not compared, and the camera belongs to the lane', async () => {
  const { biometrics } = create({ calibration: { pitchZero_deg: 70 } });
  await biometrics.start();
  await biometrics.enrol('a', portrait);
  expect((await biometrics.compare('a', frame)).guidance).toBe('lookAtCamera');
  expect(await biometrics.compare('a', frame, 'turn')).toMatchObject({ similarity: { because: 'NOT_COMPARED' } });
});

test('the mean of several frames is kept for one session and gone with it', async () => {
  const { biometrics } = create();
  await biometrics.start();
  await biometrics.enrol('a', portrait);
  for (const frames of [1, 2]) {
    const other = await scene.frame(approach_ms + 400 * frames);
    expect((await biometrics.compare('a', other)).fused).toMatchObject({ value: { frames } });
  }
  await biometrics.forget('a');
  await biometrics.enrol('a', portrait);
  expect((await biometrics.compare('a', frame)).fused).toMatchObject({ value: { frames: 1 } });
});
