/** Passages of one traveller in the walks' hall: documents, faces, risk and people as they are; officers by chance. */
import { zoneOf, type Papers } from '../walks/papers.ts';
import {
  type Happening,
  type LaneKind,
  type MisfortuneName,
  type Plan,
  planOf,
  type Traveller,
} from '../walks/plan.ts';
import { walk } from '../walks/walk.ts';
import type { Recording, Step } from './recording.ts';
import { recordingsOf } from './recordings-in.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';

type Story = {
  readonly title: string;
  readonly lane?: LaneKind;
  readonly traveller?: Partial<Traveller>;
  readonly papers?: Partial<Papers>;
  readonly printed?: Partial<Record<'isExpired' | 'isMinor' | 'isIneligible', true>>;
  /** Strikes so long after the traveller has come. */
  readonly misfortune?: readonly [what: MisfortuneName, after_ms: number, for_ms: number];
  /** How the passage that is looked for ends, and with which reason. */
  readonly ends: string;
  readonly because?: string;
};

const stories: Readonly<Record<string, Story>> = {
  admit: { title: 'a genuine traveller is admitted', ends: 'admitted' },
  'admit-overlapping': { title: 'admitted in an overlapping lane', lane: 'overlapping', ends: 'admitted' },
  'admit-one-step': { title: 'admitted in a one-step lane', lane: 'one-step', ends: 'admitted' },
  'admit-segregated': { title: 'admitted with the document as ticket', lane: 'segregated', ends: 'admitted' },
  'unreadable-then-read': {
    title: 'the zone is read at the third try',
    papers: { unreadableTries: 2 },
    ends: 'admitted',
  },
  unreadable: {
    title: 'the zone cannot be read',
    papers: { unreadableTries: 5 },
    ends: 'referred',
    because: 'DOCUMENT_UNREADABLE',
  },
  'signature-invalid': {
    title: 'the security object is not signed by its signer',
    papers: { forgery: 'signature' },
    ends: 'referred',
    because: 'DOCUMENT_SIGNATURE_INVALID',
  },
  altered: {
    title: 'the portrait was altered',
    papers: { forgery: 'altered' },
    ends: 'referred',
    because: 'DOCUMENT_ALTERED',
  },
  copied: { title: 'the chip is a copy', papers: { forgery: 'copied' }, ends: 'referred', because: 'CHIP_NOT_GENUINE' },
  'unknown-issuer': { title: 'nobody vouches for the issuer', papers: { forgery: 'unknown-issuer' }, ends: 'referred' },
  'chip-absent': { title: 'there is no chip', papers: { chip: 'absent' }, ends: 'referred' },
  'chip-silent': { title: 'the chip does not answer', papers: { chip: 'silent' }, ends: 'referred' },
  'chip-deaf': { title: 'the inspection forgets its own deadline', papers: { chip: 'deaf' }, ends: 'referred' },
  expired: {
    title: 'the document has expired',
    printed: { isExpired: true },
    ends: 'referred',
    because: 'DOCUMENT_EXPIRED',
  },
  minor: { title: 'a minor goes to the desk', printed: { isMinor: true }, ends: 'redirected' },
  'not-eligible': {
    title: 'a document that may not use the lane',
    printed: { isIneligible: true },
    ends: 'redirected',
  },
  impostor: {
    title: 'somebody else than the holder',
    traveller: { isImpostor: true },
    papers: { holder: 'somebody' },
    ends: 'referred',
    because: 'FACE_MISMATCH',
  },
  attack: { title: 'a picture of the holder', traveller: { isAttack: true }, ends: 'referred' },
  'hit-returned': {
    title: 'a hit on a list, returned by an officer',
    traveller: { isHit: true },
    ends: 'referred',
    because: 'WATCHLIST_HIT',
  },
  'hit-released': {
    title: 'a hit on a list, released by two officers',
    traveller: { isHit: true },
    ends: 'released',
    because: 'WATCHLIST_HIT',
  },
  'risk-late': {
    title: 'the risk service does not answer',
    traveller: { risk: 'hang' },
    ends: 'referred',
    because: 'RISK_LATE',
  },
  'risk-late-inside': {
    title: 'face and document are done before the risk service is given up',
    lane: 'one-step',
    traveller: { risk: 'hang', reaction_ms: 400 },
    papers: { chip_ms: 1_500 },
    ends: 'referred',
    because: 'RISK_LATE',
  },
  'risk-failed': { title: 'the risk service fails', traveller: { risk: 'error' }, ends: 'referred' },
  tailgated: {
    title: 'somebody comes in behind the traveller',
    traveller: { habit: 'isTailgated' },
    ends: 'referred',
    because: 'TAILGATING',
  },
  child: { title: 'a child comes along and goes back', traveller: { habit: 'bringsChild' }, ends: 'admitted' },
  suitcase: { title: 'a suitcase stays in the cabin', traveller: { habit: 'leavesSuitcase' }, ends: 'admitted' },
  help: {
    title: 'the traveller asks for help',
    traveller: { habit: 'pushesHelp' },
    ends: 'referred',
    because: 'HELP_REQUESTED',
  },
  'document-left': {
    title: 'the document is left on the reader',
    traveller: { habit: 'leavesDocument' },
    ends: 'referred',
    because: 'DOCUMENT_LEFT_ON_READER',
  },
  withdrawn: { title: 'the traveller walks away', traveller: { habit: 'turnsBack' }, ends: 'interrupted' },
  'stays-in-cabin': {
    title: 'the traveller does not leave',
    traveller: { habit: 'neverLeaves' },
    ends: 'referred',
    because: 'TRAVELLER_DID_NOT_LEAVE',
  },
  evacuation: {
    title: 'fire while somebody is in the cabin',
    misfortune: ['fire', 24_000, 20_000],
    ends: 'interrupted',
  },
  restart: { title: 'the controller is restarted', misfortune: ['powerCut', 24_000, 3_000], ends: 'interrupted' },
  'door-not-opening': {
    title: 'the exit does not open',
    misfortune: ['exitStuck', 20_000, 60_000],
    ends: 'referred',
    because: 'DOOR_NOT_OPENING',
  },
  'door-forced': {
    title: 'the entry is forced',
    misfortune: ['entryForced', 6_000, 5_000],
    ends: 'referred',
    because: 'DOOR_FORCED',
  },
  'device-fault': {
    title: 'the camera dies',
    misfortune: ['cameraDead', 22_000, 60_000],
    ends: 'referred',
    because: 'DEVICE_FAULT',
  },
};

const arrives_ms = 40_000;
const seeds_max = 60;

export async function walkedStories(): Promise<ReadonlyMap<string, Recording>> {
  const found = new Map<string, Recording>();
  const missing: string[] = [];
  for (const [name, story] of Object.entries(stories)) {
    const recording = await lookFor(story);
    if (recording === undefined) missing.push(name);
    else found.set(name, recording);
  }
  if (missing.length > 0) throw new Error(`STORIES_NOT_FOUND: ${missing.join(', ')}`);
  return found;
}

/** The first seed that tells the story. */
async function lookFor(story: Story): Promise<Recording | undefined> {
  for (let seed = 1; seed <= seeds_max; seed += 1) {
    const records: JournalRecord[] = [];
    const plan = planFor(story, seed);
    await walk(plan, { intensity: 1, isTold: false, onRecord: (record) => records.push(record) });
    const passages = records.filter(({ kind }) => kind === 'transaction');
    const about = { title: story.title, recordedFrom: `a walk, seed ${seed}, lane ${plan.lane}` };
    for (const recording of recordingsOf(passages, about).values()) if (tells(recording, story)) return recording;
  }
  return undefined;
}

function planFor({ lane = 'two-step', traveller, papers, printed, misfortune }: Story, seed: number): Plan {
  const plan = planOf({ seed, transactions: 1, intensity: 0, lane });
  const drawn = plan.happenings.find((one): one is Traveller => one.kind === 'traveller');
  if (drawn === undefined) throw new Error('a plan without a traveller');
  const flaws = { isExpired: false, isMinor: false, isIneligible: false, ...printed };
  const lines = zoneOf({ number: drawn.papers.number, ...flaws });
  const one: Traveller = {
    ...drawn,
    at_ms: arrives_ms,
    habit: 'ordinary',
    ...traveller,
    papers: { ...drawn.papers, ...flaws, lines, ...papers },
  };
  const happenings: Happening[] = [one];
  if (misfortune !== undefined) {
    const [what, after_ms, for_ms] = misfortune;
    happenings.push({
      kind: 'misfortune',
      id: 'm0',
      seed,
      what,
      at_ms: arrives_ms + after_ms - 8_000 + seed * 400,
      for_ms,
    });
  }
  return { ...plan, happenings, end_ms: arrives_ms + 60_000 };
}

function tells({ steps }: Recording, { ends, because }: Story): boolean {
  return steps.at(-1)?.state === ends && (because === undefined || reasonsIn(steps).includes(because));
}

const reasonsIn = (steps: readonly Step[]): readonly unknown[] =>
  steps.flatMap(({ judged }) => (Array.isArray(judged?.reasons) ? (judged.reasons as unknown[]) : []));
