import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import { type DoorState, type Hall, isEmergency } from './hall.ts';

/** Limits in milliseconds. */
export type DoorWatchLimits = {
  /** Longest travel of a leaf; a drive needs 1 to 1.5 s (research on gates), slow ones up to 6 s. */
  readonly travel_ms: number;
  /**
   * A leaf that was asked to move has left its end switch by then. Commands take two cycles of the line, and a drive that
   * reversed on an obstacle rests for half a second before it closes. Looked at every 100 ms, a fault stands within 1 s.
   */
  readonly leave_ms: number;
  /**
   * A shut door that reads as not closed for no longer than this has not moved: one reading of 40 ms, a lost answer, and
   * the bounce of a switch (tens of ms). A leaf that is moved at full speed is open by a sixth then: nobody is through.
   */
  readonly blink_ms: number;
  /** A door counts as shut once it has read closed, and nobody has asked it to open, for so long. */
  readonly settle_ms: number;
  /** After a gap in the readings that is longer, the hardware may have acted by itself: what was expected is forgotten. */
  readonly forget_ms: number;
};

export const doorWatchLimits: Omit<DoorWatchLimits, 'travel_ms'> = {
  leave_ms: 900,
  blink_ms: 200,
  settle_ms: 500,
  forget_ms: 1_000,
};

export const doorMismatchCodes = [
  'DOOR_NOT_OPENING',
  'DOOR_NOT_CLOSING',
  'DOOR_FORCED',
  'DOOR_SWITCH_IMPLAUSIBLE',
] as const;

export type DoorMismatchCode = (typeof doorMismatchCodes)[number];

export type DoorMismatch = { readonly door: DoorName; readonly code: DoorMismatchCode };

/** What is remembered of one door. Monotonic milliseconds. */
type WatchedDoor = {
  /** What is asked of it, and since when without anything new having been asked. */
  readonly command: DoorCommand;
  readonly since_ms: number;
  /** Since when it has not been asked to open; null while it is. */
  readonly unaskedSince_ms: number | null;
  /** What it reads; null before the first reading and during a gap. */
  readonly state: DoorState | null;
  readonly stateSince_ms: number;
  readonly seen_ms: number;
  readonly freeSince_ms: number | null;
  /** It has been where the command leads; since when it is not there any more. */
  readonly hasReached: boolean;
  readonly lostSince_ms: number | null;
  /** It stands shut by right: whoever opens it now does so without having been asked. */
  readonly isShut: boolean;
  readonly unshutSince_ms: number | null;
};

export type DoorWatch = Readonly<Record<DoorName, WatchedDoor>>;

const unwatched: WatchedDoor = {
  command: 'hold',
  since_ms: 0,
  unaskedSince_ms: null,
  state: null,
  stateSince_ms: 0,
  seen_ms: 0,
  freeSince_ms: null,
  hasReached: false,
  lostSince_ms: null,
  isShut: false,
  unshutSince_ms: null,
};

export const unwatchedDoors: DoorWatch = { entry: unwatched, exit: unwatched };

export type DoorSight = {
  readonly commands: Readonly<Record<DoorName, DoorCommand>>;
  readonly hall: Hall;
  /** Doors may be moved by hand: maintenance, and an evacuation until it has been reset. */
  readonly isMovedByHand: boolean;
  readonly now_ms: number;
};

/**
 * The watch after one look at both doors. In an emergency the hardware moves them: nothing is expected any more, until a
 * door is seen shut again.
 */
export function watchDoors(watch: DoorWatch, sight: DoorSight, limits: DoorWatchLimits): DoorWatch {
  const { commands, hall, isMovedByHand, now_ms } = sight;
  if (isEmergency(hall)) return unwatchedDoors;
  if (!hall.isKnown) return { entry: unseen(watch.entry), exit: unseen(watch.exit) };
  const look = (door: DoorName): WatchedDoor => {
    const known = seenAgain(watch[door], now_ms, limits);
    const isFree = door === 'entry' ? hall.isEntryFree : hall.isExitFree;
    const next = seen(known, { command: commands[door], state: hall[door], isFree, now_ms }, limits);
    return isMovedByHand ? { ...next, isShut: false } : next;
  };
  return { entry: look('entry'), exit: look('exit') };
}

/** The same is asked of a door anew: every wait begins again. */
export const restated = (watch: DoorWatch, door: DoorName, now_ms: number): DoorWatch => ({
  ...watch,
  [door]: { ...watch[door], since_ms: now_ms, hasReached: false, lostSince_ms: null },
});

/**
 * Doors that do not do what they were asked for, do what they were not asked for, or report what cannot be. A closing door
 * with something in its zone is no mismatch: waiting is right.
 */
export function doorMismatches(watch: DoorWatch, now_ms: number, limits: DoorWatchLimits): readonly DoorMismatch[] {
  const found: DoorMismatch[] = [];
  for (const door of ['entry', 'exit'] as const) {
    const watched = watch[door];
    if (watched.state === null) continue;
    if (isImplausible(watched, now_ms, limits)) found.push({ door, code: 'DOOR_SWITCH_IMPLAUSIBLE' });
    if (isForced(watched, now_ms, limits)) found.push({ door, code: 'DOOR_FORCED' });
    else if (isNotOpening(watched, now_ms, limits)) found.push({ door, code: 'DOOR_NOT_OPENING' });
    else if (isNotClosing(watched, now_ms, limits)) found.push({ door, code: 'DOOR_NOT_CLOSING' });
  }
  return found;
}

const unseen = (watched: WatchedDoor): WatchedDoor => ({ ...watched, state: null });

/** After a gap all waits begin again; what was expected of a shut door outlives a short one. */
function seenAgain(watched: WatchedDoor, now_ms: number, limits: DoorWatchLimits): WatchedDoor {
  if (watched.state !== null) return watched;
  const isLong = now_ms - watched.seen_ms > limits.forget_ms;
  return {
    ...watched,
    since_ms: now_ms,
    unaskedSince_ms: null,
    freeSince_ms: null,
    hasReached: false,
    lostSince_ms: null,
    isShut: watched.isShut && !isLong,
    unshutSince_ms: null,
  };
}

type DoorLook = {
  readonly command: DoorCommand;
  readonly state: DoorState;
  readonly isFree: boolean;
  readonly now_ms: number;
};

const ends: Readonly<Record<DoorCommand, DoorState | null>> = { open: 'open', close: 'closed', hold: null };

function seen(before: WatchedDoor, { command, state, isFree, now_ms }: DoorLook, limits: DoorWatchLimits): WatchedDoor {
  const isSameCommand = command === before.command;
  const unaskedSince_ms = command === 'open' ? null : (before.unaskedSince_ms ?? now_ms);
  const stateSince_ms = state === before.state ? before.stateSince_ms : now_ms;
  const isAtEnd = state === ends[command];
  const hasReached = isAtEnd || (isSameCommand && before.hasReached);
  const isSettled =
    state === 'closed' &&
    unaskedSince_ms !== null &&
    now_ms - Math.max(stateSince_ms, unaskedSince_ms) >= limits.settle_ms;
  return {
    command,
    since_ms: isSameCommand ? before.since_ms : now_ms,
    unaskedSince_ms,
    state,
    stateSince_ms,
    seen_ms: now_ms,
    freeSince_ms: isFree ? (before.freeSince_ms ?? now_ms) : null,
    hasReached,
    lostSince_ms: isAtEnd || !hasReached ? null : (before.lostSince_ms ?? now_ms),
    isShut: command !== 'open' && (before.isShut || isSettled),
    unshutSince_ms: state === 'open' || state === 'between' ? (before.unshutSince_ms ?? now_ms) : null,
  };
}

const isImplausible = ({ state, stateSince_ms }: WatchedDoor, now_ms: number, { leave_ms }: DoorWatchLimits): boolean =>
  state === 'unknown' && now_ms - stateSince_ms >= leave_ms;

const isForced = ({ isShut, unshutSince_ms }: WatchedDoor, now_ms: number, { blink_ms }: DoorWatchLimits): boolean =>
  isShut && unshutSince_ms !== null && now_ms - unshutSince_ms > blink_ms;

function isNotOpening(watched: WatchedDoor, now_ms: number, { leave_ms, travel_ms }: DoorWatchLimits): boolean {
  const { command, since_ms, state, stateSince_ms, lostSince_ms } = watched;
  if (command !== 'open' || state === 'open') return false;
  const hasNotLeft = state === 'closed' && now_ms - Math.max(since_ms, stateSince_ms) >= leave_ms;
  const hasLost = lostSince_ms !== null && now_ms - lostSince_ms >= leave_ms;
  return hasNotLeft || hasLost || now_ms - since_ms > travel_ms;
}

function isNotClosing(watched: WatchedDoor, now_ms: number, { leave_ms, travel_ms }: DoorWatchLimits): boolean {
  const { command, since_ms, state, stateSince_ms, freeSince_ms, lostSince_ms } = watched;
  if (command !== 'close' || state === 'closed' || freeSince_ms === null) return false;
  const from_ms = Math.max(since_ms, freeSince_ms);
  const hasNotLeft = state === 'open' && now_ms - Math.max(from_ms, stateSince_ms) >= leave_ms;
  const hasLost = lostSince_ms !== null && now_ms - lostSince_ms >= leave_ms;
  return hasNotLeft || hasLost || now_ms - from_ms > travel_ms;
}
