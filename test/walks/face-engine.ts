/** The face pipeline at its contract: it compares who stands there with whose picture was enrolled, late or never. */
import type {
  AttackSignal,
  Biometrics,
  FrameFinding,
  FramePurpose,
  PortraitImage,
  ReferenceEvidence,
} from '../../biometrics/index.ts';
import { between, forkedRandom, type Random } from '../../simulator/hall/random.ts';
import type { Process } from './process.ts';
import type { View } from './readers.ts';
import type { VirtualTime } from './virtual-time.ts';

/** `late`: long after the capture; `nan`: a number that is none; `silent`: never. */
export type FaceConduct = 'good' | 'late' | 'nan' | 'silent' | 'crashed';
export type FaceState = { conduct: FaceConduct };

export type FaceEngineOptions = {
  readonly time: VirtualTime;
  readonly process: Process;
  readonly state: FaceState;
  readonly seed: number;
  readonly viewIn: (jpeg: Uint8Array) => View;
};

type Session = { readonly holder: string; readonly random: Random; compared: number; sum: number; turn: number };

const decode = new TextDecoder();
const by = 'walk';

export class WalkFaceEngine implements Biometrics {
  readonly #o: FaceEngineOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<(isReady: boolean) => void>();

  constructor(options: FaceEngineOptions) {
    this.#o = options;
  }

  async start(): Promise<void> {}

  isReady(): boolean {
    return this.#o.state.conduct !== 'crashed';
  }

  onReadiness(listener: (isReady: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The child died or is back; what it held is gone. */
  noticeState(): void {
    if (!this.#o.process.isAlive) return;
    if (!this.isReady()) this.#sessions.clear();
    for (const listener of this.#listeners) listener(this.isReady());
  }

  enrol(sessionId: string, { bytes }: PortraitImage): Promise<ReferenceEvidence> {
    const holder = decode.decode(bytes);
    return this.#answer(250, () => {
      if (!this.isReady()) return { status: 'unavailable', because: 'BIOMETRICS_DOWN' };
      const random = forkedRandom(0, `${holder} ${this.#o.seed}`);
      this.#sessions.set(sessionId, { holder, random, compared: 0, sum: 0, turn: 0 });
      const value = { width_px: 413, height_px: 531, interEye_px: 90, remarks: [], preview: new Uint8Array(1) };
      return { status: 'measured', value, at_ms: Math.round(this.#o.time.wall_ms), by: `${by}:${holder}` };
    });
  }

  compare(sessionId: string, jpeg: Uint8Array, purpose: FramePurpose = 'compare'): Promise<FrameFinding> {
    const { conduct } = this.#o.state;
    if (conduct === 'silent') return new Promise(() => {});
    const view = this.#o.viewIn(jpeg);
    return this.#answer(conduct === 'late' ? 9_000 : 60, () => this.#find(sessionId, view, purpose));
  }

  async forget(sessionId: string): Promise<void> {
    this.#sessions.delete(sessionId);
  }

  versions(): Readonly<Record<string, string>> {
    return { walk: '1' };
  }

  async stop(): Promise<void> {}

  #find(sessionId: string, view: View, purpose: FramePurpose): FrameFinding {
    if (!this.isReady()) return without('BIOMETRICS_DOWN');
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return without('REFERENCE_MISSING');
    if (view.person === null) return { ...without('FACE_NOT_FOUND'), guidance: 'moveIntoView' };
    if (purpose === 'turn') session.turn += 12;
    const pose = { yaw_deg: session.turn, pitch_deg: 0, roll_deg: 0 };
    const found = { ...plain, faces: 1, interEye_px: 120, pose, attack: signalsOf(view, session) };
    if (purpose !== 'compare') return { ...found, ...missing('NOT_COMPARED') };
    const similarity = this.#o.state.conduct === 'nan' ? Number.NaN : similarityOf(view, session);
    session.compared += 1;
    session.sum += similarity;
    const stamp = { at_ms: Math.round(this.#o.time.wall_ms), by: `${by}:${session.holder}:${view.person}` };
    const fused = { similarity: session.sum / session.compared, frames: session.compared };
    return {
      ...found,
      similarity: { status: 'measured', value: similarity, ...stamp },
      fused: { status: 'measured', value: fused, ...stamp },
    };
  }

  #answer<T>(delay_ms: number, answer: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#o.time.inLifeOf(this.#o.process, delay_ms, () => resolve(answer()));
    });
  }
}

const missing = (because: string) => {
  const nothing = { status: 'unavailable', because } as const;
  return { similarity: nothing, fused: nothing };
};

const plain = { guidance: 'none', quality: null, preview: null } as const;

const without = (because: string): FrameFinding => ({
  ...plain,
  ...missing(because),
  faces: 0,
  interEye_px: null,
  pose: null,
  attack: [],
});

/** One genuine comparison in fifty is weak; no impostor reaches a threshold, so that an admitted one is a bug. */
function similarityOf({ person }: View, { holder, random }: Session): number {
  if (person !== holder) return between(random, -0.1, 0.3);
  return random() < 0.02 ? between(random, 0.25, 0.44) : between(random, 0.5, 0.85);
}

function signalsOf({ isAttack }: View, { random }: Session): readonly AttackSignal[] {
  const measured = (name: AttackSignal['name'], value: number): AttackSignal => ({
    name,
    version: '1',
    status: 'measured',
    value,
  });
  return [
    measured('passive-network', isAttack ? 0.1 : 0.8 + random() * 0.15),
    measured('face-in-rectangle', isAttack ? 0.95 : 0.3),
    measured('second-face', 0),
    measured('covered-face', 0.1),
    measured('frozen-frames', 9),
    measured('person-changed', 0.7),
  ];
}
