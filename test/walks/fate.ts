/** Misfortunes strike, and pass. */
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import { between, pick, type Random, seededRandom } from '../../simulator/hall/random.ts';
import type { LaneRun } from './lane-run.ts';
import type { Misfortune, MisfortuneName } from './plan.ts';
import type { RiskConduct } from './risk-service.ts';
import type { Officers } from './officers.ts';
import type { Sensors } from './hall.ts';
import type { World } from './world.ts';

export type Excuse = 'sensors' | 'doors' | 'host' | 'disk';

export type Fate = {
  readonly world: World;
  readonly run: LaneRun;
  readonly officers: Officers;
  /** What the risk service does to everybody; null: what it does to each. */
  riskForAll: RiskConduct | null;
  /** What keeps some invariants from being judged, with the time until which it does. */
  excuses: Map<Excuse, number>;
};

/** How long the consequences of a misfortune may be felt. */
const aftermath_ms = 30_000;

type Stroke = (fate: Fate, random: Random, misfortune: Misfortune) => (() => void) | void;

export function strike(fate: Fate, misfortune: Misfortune): void {
  const { world } = fate;
  world.tell(`misfortune ${misfortune.id}: ${misfortune.what} for ${misfortune.for_ms} ms`);
  const end = strokes[misfortune.what](fate, seededRandom(misfortune.seed), misfortune);
  world.touch();
  if (end === undefined) return;
  world.time.in(misfortune.for_ms, () => {
    end();
    world.tell(`misfortune ${misfortune.id} is over`);
    world.touch();
  });
}

function excuse(fate: Fate, what: Excuse, for_ms: number): void {
  const until_ms = fate.world.time.now_ms + for_ms + aftermath_ms;
  fate.excuses.set(what, Math.max(until_ms, fate.excuses.get(what) ?? 0));
}

const line =
  (state: 'silent' | 'cut'): Stroke =>
  (fate, _, { for_ms }) => {
    excuse(fate, 'host', for_ms);
    fate.world.setLine(state);
    return () => fate.world.setLine('good');
  };

const leaf =
  (name: DoorName, change: { isStuck?: boolean; pace?: number }): Stroke =>
  (fate, _, { for_ms }) => {
    excuse(fate, 'doors', for_ms);
    const door = fate.world.hall.leaves[name];
    Object.assign(door, change);
    return () => Object.assign(door, { isStuck: false, pace: 1 });
  };

const forced =
  (name: DoorName): Stroke =>
  (fate, _, { for_ms }) => {
    excuse(fate, 'doors', for_ms);
    fate.world.hardware.forced.add(name);
    return () => fate.world.hardware.forced.delete(name);
  };

const lie =
  (names: readonly (keyof Sensors)[]): Stroke =>
  (fate, random, { for_ms }) => {
    excuse(fate, 'sensors', for_ms);
    const name = pick(random, names);
    fate.world.hardware.lies.set(name, random() < 0.6);
    return () => fate.world.hardware.lies.delete(name);
  };

const device =
  (name: 'mrzReader' | 'chipReader' | 'camera'): Stroke =>
  ({ run }) => {
    const state = run.states[name];
    state.isDead = true;
    run.devices?.[name].noticeState();
    return () => {
      state.isDead = false;
      run.devices?.[name].noticeState();
    };
  };

const face =
  (conduct: 'late' | 'nan' | 'silent' | 'crashed'): Stroke =>
  ({ run }) => {
    run.states.face.conduct = conduct;
    run.devices?.face.noticeState();
    return () => {
      run.states.face.conduct = 'good';
      run.devices?.face.noticeState();
    };
  };

const risk =
  (conduct: RiskConduct): Stroke =>
  (fate) => {
    fate.riskForAll = conduct;
    return () => {
      fate.riskForAll = null;
    };
  };

const disk =
  (from_ms: number, to_ms: number): Stroke =>
  (fate, random, { for_ms }) => {
    const { run } = fate;
    excuse(fate, 'disk', for_ms);
    run.journal.slowness_ms = Math.round(between(random, from_ms, to_ms));
    return () => {
      run.journal.slowness_ms = 0;
    };
  };

const contact =
  (name: 'isFireAlarm' | 'isEmergencyOpen' | 'isCoverOpen' | 'isOnUPS'): Stroke =>
  ({ world }) => {
    world.hardware.contacts[name] = true;
    return () => {
      world.hardware.contacts[name] = false;
    };
  };

const armed =
  (at: 'beforeDurable' | 'afterDurable' | 'atCommand'): Stroke =>
  (fate, _, { for_ms }) => {
    excuse(fate, 'host', for_ms + aftermath_ms);
    fate.run.armCut(at, 1_500 + for_ms);
  };

/** The reader reads somebody else's paper, or the same again, several times. */
const babble =
  (isGarbage: boolean): Stroke =>
  ({ run, world }, random) => {
    for (let n = 0; n < 8; n += 1) {
      world.time.in(between(random, 0, 4_000), () => {
        const lines = run.tray.papers?.lines;
        if (isGarbage) run.devices?.mrzReader.tell({ type: 'mrzRead', lines: ['P<UTO', '%%%%'] });
        else if (lines !== undefined) run.devices?.mrzReader.tell({ type: 'mrzRead', lines });
        else run.devices?.mrzReader.tell({ type: 'mrzUnreadable', because: 'no-text' });
      });
    }
  };

const strokes: Readonly<Record<MisfortuneName, Stroke>> = {
  lineSilent: line('silent'),
  lineCut: line('cut'),
  lineLate: ({ world }, random) => {
    world.line.delay_ms = Math.round(between(random, 40, 300));
    return () => {
      world.line.delay_ms = 0;
    };
  },
  gateRestarts: (fate) => {
    excuse(fate, 'host', 0);
    fate.world.hardware.restart();
  },
  clearsLost: ({ world }, random) => {
    world.line.lostClears = 1 + Math.floor(random() * 4);
    world.hardware.trip();
  },
  coverOpen: contact('isCoverOpen'),
  entryStuck: leaf('entry', { isStuck: true }),
  exitStuck: leaf('exit', { isStuck: true }),
  entrySlow: leaf('entry', { pace: 0.2 }),
  exitSlow: leaf('exit', { pace: 0.2 }),
  entryForced: forced('entry'),
  exitForced: forced('exit'),
  switchDead: (fate, random, { for_ms }) => {
    excuse(fate, 'doors', for_ms);
    const name = pick(random, ['entry', 'exit'] as const);
    fate.world.hardware.deadSwitches.add(name);
    return () => fate.world.hardware.deadSwitches.delete(name);
  },
  beamLies: lie(['entryBeam', 'exitBeam']),
  chamberLies: lie(['chamberFront', 'chamberRear']),
  zoneLies: lie(['entryZone', 'exitZone']),
  secondPersonLies: lie(['secondPerson']),
  cameraDead: device('camera'),
  cameraFrozen: ({ run }) => {
    if (run.devices !== undefined) run.devices.camera.isFrozen = true;
    return () => {
      if (run.devices !== undefined) run.devices.camera.isFrozen = false;
    };
  },
  chipReaderDead: device('chipReader'),
  chipReaderRepeats: ({ run, world }, random) => {
    for (let n = 0; n < 6; n += 1) world.time.in(between(random, 0, 5_000), () => run.devices?.chipReader.repeat());
  },
  mrzReaderDead: device('mrzReader'),
  mrzGarbage: babble(true),
  mrzRepeats: babble(false),
  faceLate: face('late'),
  faceNaN: face('nan'),
  faceSilent: face('silent'),
  faceCrashed: face('crashed'),
  riskHang: risk('hang'),
  riskError: risk('error'),
  trustLost: ({ run }) => {
    run.isTrustWhole = false;
    return () => {
      run.isTrustWhole = true;
    };
  },
  wallJump: ({ world }, random) => {
    const by_ms = Math.round(between(random, -3_600_000, 3_600_000));
    world.time.jumpWall(by_ms);
    return () => world.time.jumpWall(-by_ms);
  },
  diskSlow: disk(5, 700),
  diskHangs: disk(3_100, 6_000),
  powerCut: (fate, _, { for_ms }) => {
    excuse(fate, 'host', for_ms + aftermath_ms);
    fate.run.cut(1_500 + for_ms);
  },
  powerCutBeforeDurable: armed('beforeDurable'),
  powerCutAfterDurable: armed('afterDurable'),
  powerCutAtCommand: armed('atCommand'),
  fire: contact('isFireAlarm'),
  emergencyRelease: contact('isEmergencyOpen'),
  officerClosesLane: ({ officers }) => officers.closeLane(),
  officerConfused: ({ officers }, _, { seed }) => officers.confuse(seed),
  onUPS: contact('isOnUPS'),
  officerLocksLane: ({ officers }, random) => officers.lockLane(random() < 0.3),
  officerAssists: ({ officers }) => {
    officers.assist(true);
    return () => officers.assist(false);
  },
  officerSetsProfile: ({ officers }, random) => officers.setProfile(random() < 0.7 ? 'accessible' : 'standard'),
  officersAway: ({ officers }) => {
    officers.isAway = true;
    return () => {
      officers.isAway = false;
    };
  },
  maintenance: (fate, random, { for_ms }) => {
    excuse(fate, 'doors', for_ms);
    void fate.officers.maintain(random, for_ms);
  },
};
