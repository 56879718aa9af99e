/**
 * The face pipeline: milliseconds by stage and for the whole chain, alone and two at once, what the controller's own child
 * sustains and needs, and `@vladmandic/human` beside it on the same pictures in the same run.
 */
import { readdir, readFile } from 'node:fs/promises';
import { type Biometrics, createBiometrics } from '../../biometrics/index.ts';
import { provisionModels } from '../../models/provision.ts';
import type { FrameSize } from '../../simulator/travellers/scene.ts';
import { type Subject, subjects } from './face-images.ts';
import type { PeerModules } from './face-peer.ts';
import { type Benchmark, type Figure, median } from './figure.ts';
import { BenchWorker, type Timed } from './worker.ts';

type Run = FrameSize & {
  readonly name: string;
  readonly chainGoal_ms?: number;
  /** Frames after which the child's memory is looked at again. */
  readonly enduredFrames?: number;
};

const runs: readonly Run[] = [
  { name: '640x480', width_px: 640, height_px: 480, chainGoal_ms: 25, enduredFrames: 2000 },
  { name: '1920x1080', width_px: 1920, height_px: 1080 },
];
/** The peer may take no less than five times as long. */
const shareOfPeerGoal = 0.2;
const childGoal_MB = 250;
/** One picture in so many of the peer's: it is slow, and its figures spread little. */
const peerEvery = 4;
const rounds = 1;
const warmUpsEach = 3;

type Said = Pick<Figure, 'run' | 'figure' | 'value' | 'goal_max'>;

export const face: Benchmark = {
  name: 'face',
  title: 'from a JPEG frame to a comparison, simulated persons in front of the camera, @vladmandic/human beside it',
  async *measure() {
    for (const run of runs) {
      const people = await subjects(run);
      for await (const said of figuresOf(run, people)) yield { benchmark: 'face', ...said };
    }
  },
};

async function* figuresOf(run: Run, people: readonly Subject[]): AsyncIterable<Said> {
  yield* besideThePeer(run, people);
  yield* twoAtOnce(run, people);
  yield* throughTheChild(run, people);
}

/** Every picture to one after the other, so that whatever else the machine does troubles all of them alike. */
async function* besideThePeer(run: Run, people: readonly Subject[]): AsyncIterable<Said> {
  const ours = await BenchWorker.start('face-worker.ts');
  const peers = new Map<PeerModules, BenchWorker>();
  for (const modules of ['whole', 'bare'] as const)
    peers.set(modules, await BenchWorker.start('face-peer.ts', [modules]));
  const own = new Tally();
  const theirs = new Map<PeerModules, Tally>([...peers.keys()].map((modules) => [modules, new Tally()]));
  try {
    await warmUp(people, [ours], [...peers.values()]);
    let pictures = 0;
    for (const { portrait, frames } of repeated(people)) {
      own.take(await ours.ask<Timed>({ ask: 'enrol', portrait }));
      for (const jpeg of frames) {
        own.take(await ours.ask<Timed>({ ask: 'chain', jpeg }), 'chain_ms');
        own.take(await ours.ask<Timed>({ ask: 'stages', jpeg }));
        if (pictures++ % peerEvery !== 0) continue;
        for (const [modules, peer] of peers)
          theirs.get(modules)?.take(await peer.ask<Timed>({ ask: 'chain', jpeg }), 'chain_ms');
      }
    }
    for (const figure of own.figures(run.chainGoal_ms)) yield { run: `${run.name}, one process`, ...figure };
    for (const [modules, tally] of theirs) {
      const name = `${run.name}, human ${modules}`;
      for (const figure of tally.figures()) yield { run: name, ...figure };
      const goal = modules === 'whole' ? { goal_max: shareOfPeerGoal } : {};
      for (const stage of ['chain_ms', 'chain_cpu_ms']) {
        const share = own.median(stage) / tally.median(stage);
        yield { run: name, figure: `oursOverPeer_${stage.replace(/_ms$/, '')}`, value: share, ...goal };
      }
      yield {
        run: name,
        figure: 'memory_MB',
        value: megabytes(await peers.get(modules)?.ask<number>({ ask: 'memory' })),
      };
    }
  } finally {
    for (const worker of [ours, ...peers.values()]) await worker.stop();
  }
}

async function* twoAtOnce(run: Run, people: readonly Subject[]): AsyncIterable<Said> {
  const pair = [await BenchWorker.start('face-worker.ts'), await BenchWorker.start('face-worker.ts')];
  const tally = new Tally();
  try {
    await warmUp(people, pair);
    const begun_ms = performance.now();
    await Promise.all(
      pair.map(async (worker) => {
        for (const { portrait, frames } of repeated(people)) {
          await worker.ask<Timed>({ ask: 'enrol', portrait });
          for (const jpeg of frames) tally.take(await worker.ask<Timed>({ ask: 'chain', jpeg }), 'chain_ms');
        }
      }),
    );
    const took_s = (performance.now() - begun_ms) / 1000;
    const name = `${run.name}, two processes`;
    for (const figure of tally.figures()) yield { run: name, ...figure };
    // Enrolments are within the time: a lower limit.
    yield { run: name, figure: 'frames_per_s', value: tally.pictures / took_s };
  } finally {
    for (const worker of pair) await worker.stop();
  }
}

/** As the controller has it: supervisor, channel and child. */
async function* throughTheChild(run: Run, people: readonly Subject[]): AsyncIterable<Said> {
  const name = `${run.name}, supervised child`;
  const biometrics = createBiometrics({ modelFolder: await provisionModels(), now_ms: () => Date.now() });
  const times_ms: number[] = [];
  try {
    await biometrics.start();
    let busy_ms = 0;
    for (const [at, { portrait, frames }] of repeated(people).entries()) {
      const sessionId = `bench-${at}`;
      await biometrics.enrol(sessionId, { ...portrait, bytes: Uint8Array.from(portrait.bytes) });
      for (const jpeg of frames) {
        const took_ms = await compared(biometrics, sessionId, jpeg);
        busy_ms += took_ms;
        times_ms.push(took_ms);
      }
      await biometrics.forget(sessionId);
    }
    yield { run: name, figure: 'compare_ms', value: median(times_ms) };
    yield { run: name, figure: 'compare_p95_ms', value: percentile95(times_ms) };
    yield { run: name, figure: 'frames_per_s', value: (1000 * times_ms.length) / busy_ms };
    const memory_MB = await childMemory_MB();
    if (memory_MB !== undefined) yield { run: name, figure: 'memory_MB', value: memory_MB, goal_max: childGoal_MB };
    if (run.enduredFrames !== undefined) yield* growth(name, biometrics, people, run.enduredFrames);
  } finally {
    await biometrics.stop();
  }
}

/** Memory after many frames less that after the first tenth of them, each the least of ten looks: garbage comes and goes. */
async function* growth(
  name: string,
  biometrics: Biometrics,
  people: readonly Subject[],
  frames: number,
): AsyncIterable<Said> {
  const looks_MB: number[] = [];
  for (let i = 0; i < frames; i += 1) {
    const person = people[Math.floor(i / 50) % people.length];
    if (person === undefined) return;
    if (i % 50 === 0) await biometrics.enrol('endurance', person.portrait);
    const jpeg = person.frames[i % person.frames.length] ?? new Uint8Array(0);
    await biometrics.compare('endurance', Uint8Array.from(jpeg), i % 50 < 3 ? 'compare' : 'observe');
    if (i % 20 === 19) looks_MB.push((await childMemory_MB()) ?? Number.NaN);
  }
  await biometrics.forget('endurance');
  const value = Math.min(...looks_MB.slice(-10)) - Math.min(...looks_MB.slice(0, 10));
  if (Number.isFinite(value)) yield { run: name, figure: 'memoryGrowth_MB', value };
}

async function compared(biometrics: Biometrics, sessionId: string, jpeg: Uint8Array): Promise<number> {
  const begun_ms = performance.now();
  await biometrics.compare(sessionId, Uint8Array.from(jpeg));
  return performance.now() - begun_ms;
}

/** The first runs of every network and of the compiler are no figures; a gate runs for weeks. */
async function warmUp(people: readonly Subject[], own: readonly BenchWorker[], peers: readonly BenchWorker[] = []) {
  const frames = people.flatMap((person) => person.frames.slice(0, warmUpsEach));
  for (const worker of own) {
    for (const { portrait } of people.slice(0, 1)) await worker.ask<Timed>({ ask: 'enrol', portrait });
    for (const jpeg of frames) await worker.ask<Timed>({ ask: 'chain', jpeg });
  }
  for (const worker of peers) {
    for (const jpeg of frames) await worker.ask<Timed>({ ask: 'chain', jpeg });
  }
}

const repeated = (people: readonly Subject[]): readonly Subject[] =>
  Array.from({ length: rounds }, () => people).flat();
const megabytes = (bytes = Number.NaN): number => bytes / 1e6;

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(0.95 * sorted.length))] ?? Number.NaN;
}

/** Times by stage; those of pictures that did not come to their end are left out and counted. */
class Tally {
  readonly #byStage = new Map<string, number[]>();
  #pictures = 0;
  #unfinished = 0;

  /** `counts`: the stage by which pictures are counted. */
  take({ isWhole, stages_ms }: Timed, counts?: string): void {
    if (counts !== undefined) this.#pictures += 1;
    if (!isWhole) {
      if (counts !== undefined) this.#unfinished += 1;
      return;
    }
    for (const [stage, took_ms] of Object.entries(stages_ms)) {
      const known = this.#byStage.get(stage) ?? [];
      this.#byStage.set(stage, [...known, took_ms]);
    }
  }

  get pictures(): number {
    return this.#pictures;
  }

  median(stage: string): number {
    return median(this.#byStage.get(stage) ?? []);
  }

  figures(chainGoal_ms?: number): Omit<Said, 'run'>[] {
    const times = [...this.#byStage].flatMap(([stage, times_ms]) => [
      {
        figure: stage,
        value: median(times_ms),
        ...(stage === 'chain_ms' && chainGoal_ms !== undefined ? { goal_max: chainGoal_ms } : {}),
      },
      ...(stage.endsWith('_cpu_ms')
        ? []
        : [{ figure: stage.replace(/_ms$/, '_p95_ms'), value: percentile95(times_ms) }]),
    ]);
    return [...times, { figure: 'pictures', value: this.#pictures }, { figure: 'unfinished', value: this.#unfinished }];
  }
}

/** Resident memory of this process's only child; undefined where the system has no /proc. */
async function childMemory_MB(): Promise<number | undefined> {
  const ids = await readdir('/proc').catch(() => []);
  for (const id of ids.filter((name) => /^\d+$/.test(name))) {
    // A process may end between the two looks.
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    if (/^PPid:\s+(\d+)$/m.exec(status)?.[1] !== String(process.pid)) continue;
    const resident_kB = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (resident_kB !== undefined) return Number(resident_kB) / 1000;
  }
  return undefined;
}
