/** What is going to happen, drawn from one seed before anything does: a list that can be shortened and played again. */
import { between, pick, type Random, seededRandom } from '../../simulator/hall/random.ts';
import { type ChipConduct, type Forgery, type Papers, zoneOf } from './papers.ts';
import type { RiskConduct } from './risk-service.ts';

/** How many go through the lane otherwise than most. */
const habitShares = {
  dawdles: 0.03,
  turnsBack: 0.006,
  stepsInAndOut: 0.006,
  standsInDoor: 0.006,
  bringsChild: 0.008,
  isTailgated: 0.004,
  leavesSuitcase: 0.003,
  snatchesDocument: 0.01,
  leavesDocument: 0.003,
  walksAway: 0.005,
  neverLeaves: 0.002,
  comesBack: 0.002,
  pushesHelp: 0.002,
};
export type Habit = 'ordinary' | keyof typeof habitShares;

export type Traveller = {
  readonly kind: 'traveller';
  readonly at_ms: number;
  readonly id: string;
  readonly seed: number;
  readonly habit: Habit;
  readonly papers: Papers;
  /** Somebody else than the holder, or a picture of the holder. */
  readonly isImpostor: boolean;
  readonly isAttack: boolean;
  readonly isHit: boolean;
  readonly risk: RiskConduct;
  readonly risk_ms: number;
  readonly reaction_ms: number;
  readonly speed_mm_s: number;
};

export const misfortunes = [
  'lineSilent',
  'lineCut',
  'lineLate',
  'gateRestarts',
  'clearsLost',
  'coverOpen',
  'entryStuck',
  'exitStuck',
  'entrySlow',
  'exitSlow',
  'entryForced',
  'exitForced',
  'switchDead',
  'beamLies',
  'chamberLies',
  'zoneLies',
  'secondPersonLies',
  'cameraDead',
  'cameraFrozen',
  'chipReaderDead',
  'chipReaderRepeats',
  'mrzReaderDead',
  'mrzGarbage',
  'mrzRepeats',
  'faceLate',
  'faceNaN',
  'faceSilent',
  'faceCrashed',
  'riskHang',
  'riskError',
  'trustLost',
  'wallJump',
  'diskSlow',
  'diskHangs',
  'powerCut',
  'powerCutBeforeDurable',
  'powerCutAfterDurable',
  'powerCutAtCommand',
  'fire',
  'emergencyRelease',
  'officerClosesLane',
  'officerConfused',
  'onUPS',
  'officerLocksLane',
  'officerAssists',
  'officerSetsProfile',
  'officersAway',
  'maintenance',
] as const;
export type MisfortuneName = (typeof misfortunes)[number];

export type Misfortune = {
  readonly kind: 'misfortune';
  readonly at_ms: number;
  readonly id: string;
  readonly seed: number;
  readonly what: MisfortuneName;
  readonly for_ms: number;
};

export type Happening = Traveller | Misfortune;

/** What is built: where the document is read, and whether the next one is read while somebody leaves. */
export const laneKinds = ['two-step', 'overlapping', 'one-step', 'segregated'] as const;
export type LaneKind = (typeof laneKinds)[number];

export type Plan = {
  readonly seed: number;
  readonly lane: LaneKind;
  readonly happenings: readonly Happening[];
  /** The lane is open until then; what is under way is finished. */
  readonly end_ms: number;
};

export const travellersOf = ({ happenings }: Plan): readonly Traveller[] =>
  happenings.filter((one): one is Traveller => one.kind === 'traveller');

export const gateDay_ms = 18 * 3_600_000;
/** Travellers of an ordinary gate-day, 13 an hour: two waves and a trickle between them. */
export const travellersADay = 240;

export type PlanOptions = {
  readonly seed: number;
  readonly transactions: number;
  /** 1: what happens in the field; more: so many times as often. */
  readonly intensity: number;
  /** Drawn from the seed when left out: half of them two-step. */
  readonly lane?: LaneKind;
};

/** How often in a gate-day each misfortune comes, at intensity 1. */
const misfortunesADay = 8;

export function planOf({ seed, transactions, intensity, lane }: PlanOptions): Plan {
  const random = seededRandom(seed);
  const drawn = pick(random, ['two-step', 'two-step', 'two-step', ...laneKinds] as const);
  const end_ms = (gateDay_ms * transactions) / travellersADay / rush(intensity);
  const arrivals = Array.from({ length: transactions }, () => arrivalIn(random, end_ms)).sort((a, b) => a - b);
  const travellers = arrivals.map((at_ms, n) => travellerOf(n, at_ms, seedFrom(random), intensity));
  const count = Math.round((misfortunesADay * intensity * transactions) / travellersADay + random());
  const unlucky = Array.from({ length: count }, (_, n) => misfortuneOf(n, random, arrivals, end_ms));
  return {
    seed,
    lane: lane ?? drawn,
    end_ms,
    happenings: [...travellers, ...unlucky].sort((a, b) => a.at_ms - b.at_ms),
  };
}

/** In a storm travellers come in crowds as well, up to 120 an hour. */
const rush = (intensity: number): number => Math.min(6, Math.max(1, intensity / 3));

/** Morning and evening wave, and a trickle: half, a third, the rest. */
function arrivalIn(random: Random, end_ms: number): number {
  const choice = random();
  const [from, to] = choice < 0.5 ? [0.1, 0.3] : choice < 0.85 ? [0.6, 0.8] : [0.02, 0.98];
  return Math.round(between(random, from * end_ms, to * end_ms)) + 60_000;
}

const seedFrom = (random: Random): number => Math.floor(random() * 2 ** 32);

/** The rare ones by their share at intensity 1; at higher intensity more often, at most half of all. */
function rarely<T extends string>(random: Random, intensity: number, rare: Readonly<Record<T, number>>): T | undefined {
  const names = Object.keys(rare) as T[];
  const total = names.reduce((sum, name) => sum + rare[name], 0);
  const scale = Math.min(intensity, 0.5 / total);
  let left = random();
  for (const name of names) {
    left -= rare[name] * scale;
    if (left < 0) return name;
  }
  return undefined;
}

const forgeryShares: Readonly<Record<Forgery, number>> = {
  signature: 0.001,
  altered: 0.001,
  copied: 0.001,
  'unknown-issuer': 0.01,
};
const chipShares: Readonly<Record<Exclude<ChipConduct, 'good'>, number>> = {
  absent: 0.004,
  silent: 0.002,
  vanishes: 0.006,
  deaf: 0.001,
};
const riskShares: Readonly<Record<Exclude<RiskConduct, 'good'>, number>> = {
  hang: 0.002,
  error: 0.002,
  truncated: 0.001,
  late: 0.001,
  'wrong-echo': 0.001,
  slow: 0.004,
};
const flawShares = {
  expired: 0.004,
  minor: 0.004,
  ineligible: 0.004,
  impostor: 0.002,
  attack: 0.001,
  hit: 0.003,
  unreadable: 0.02,
};

function travellerOf(n: number, at_ms: number, seed: number, intensity: number): Traveller {
  const random = seededRandom(seed);
  const flaw = rarely(random, intensity, flawShares);
  const number = `W${String(n).padStart(7, '0')}`;
  const id = `t${n}`;
  const printed = {
    number,
    isExpired: flaw === 'expired',
    isMinor: flaw === 'minor',
    isIneligible: flaw === 'ineligible',
  };
  const papers: Papers = {
    ...printed,
    holder: flaw === 'impostor' ? `${id}-holder` : id,
    lines: zoneOf(printed),
    unreadableTries: flaw === 'unreadable' ? 1 + Math.floor(random() * 4) : 0,
    forgery: rarely(random, intensity, forgeryShares) ?? null,
    chip: rarely(random, intensity, chipShares) ?? 'good',
    chip_ms: Math.round(between(random, 1_500, 4_500)),
  };
  return {
    kind: 'traveller',
    at_ms,
    id,
    seed: seedFrom(random),
    habit: rarely(random, intensity, habitShares) ?? 'ordinary',
    papers,
    isImpostor: flaw === 'impostor',
    isAttack: flaw === 'attack',
    isHit: flaw === 'hit',
    risk: rarely(random, intensity, riskShares) ?? 'good',
    risk_ms: Math.round(between(random, 30, 700)),
    reaction_ms: Math.round(between(random, 400, 2_500)),
    speed_mm_s: Math.round(between(random, 700, 1_400)),
  };
}

/** Most misfortunes are of interest while somebody is there. */
function misfortuneOf(n: number, random: Random, arrivals: readonly number[], end_ms: number): Misfortune {
  const near = arrivals.length > 0 && random() < 0.75 ? pick(random, arrivals) : between(random, 30_000, end_ms);
  const at_ms = Math.round(near + between(random, 0, 40_000));
  const what = pick(random, misfortunes);
  return { kind: 'misfortune', at_ms, id: `m${n}`, seed: seedFrom(random), what, for_ms: durationOf(random) };
}

/** Flaps, outages and long ones. */
function durationOf(random: Random): number {
  const choice = random();
  const [from, to] = choice < 0.4 ? [100, 1_500] : choice < 0.85 ? [1_500, 20_000] : [20_000, 120_000];
  return Math.round(between(random, from, to));
}
