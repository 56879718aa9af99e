/**
 * What must hold after every step, judged from outside: physical truth and what was true of a traveller against what
 * the lane asked for and recorded. It shares no rule with the lane; limits are the state catalogue's with some slack.
 */
import type { DoorCommand, DoorName, GateReading } from '../../drivers/contracts/gate-io.ts';
import { lane } from '../../simulator/hall/geometry.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import { currentTransactionId, laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import type { LaneContext } from '../../gate-controller/lane/context.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import type { TransactionContext } from '../../gate-controller/transaction/context.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { addWants, nothingWanted } from './door-wants.ts';
import type { Excuse, Fate } from './fate.ts';
import { doorNames } from './hall.ts';
import { policy } from './lane-run.ts';
import type { Traveller } from './plan.ts';
import {
  afterRestart_max_ms,
  type Broken,
  closeReaction_ms,
  fireReaction_ms,
  interruption_max_ms,
  intruder_max_ms,
  type Rule,
  shutIn_max_ms,
  slit_percent,
  transaction_max_ms,
  verdictSlack_ms,
  withdrawal_ms,
} from './rules.ts';
import { findingsOf, truthsFor } from './truth.ts';

type Permission = { readonly id: string; readonly by: 'admit' | 'officer'; readonly at_ms: number };

type Passage = {
  readonly id: string;
  readonly process: number;
  traveller: Traveller | undefined;
  readonly startedAt_ms: number;
  state: string;
  capturedAt_ms: number;
  decidedAt_ms: number;
  isDecided: boolean;
  isAdmitted: boolean;
  hasOfficerReleased: boolean;
};

export type WatchParts = {
  readonly fate: Fate;
  readonly travellerOf: (documentNumber: string) => Traveller | undefined;
};

export class Watch {
  readonly broken: Broken[] = [];
  readonly outcomes: Record<string, number> = {};
  checks = 0;
  /** Travellers whose passage ended, by what the lane made of it. */
  readonly passages = new Map<string, Passage>();
  readonly #p: WatchParts;
  #permission: Permission | null = null;
  /** The one that opened the exit as it stands: whoever is in the doorway when it ends may go on. */
  #lastPermission: Permission | null = null;
  #commands: Record<DoorName, DoorCommand> = { entry: 'hold', exit: 'hold' };
  #wanted = nothingWanted();
  #isAftermath = false;
  #isIntruderHeld = false;
  #isMaintained = false;
  #isLockedDown = false;
  #emergencySince_ms: number | null = null;
  #shutIn: { readonly since_ms: number } | null = null;
  readonly #positions = new Map<string, number>();

  constructor(parts: WatchParts) {
    this.#p = parts;
  }

  fail(rule: Rule, what: string): void {
    const at_ms = this.#now;
    this.#p.fate.world.tell(`BROKEN ${rule}: ${what}`);
    this.broken.push({ rule, at_ms, what });
  }

  get #now(): number {
    return this.#p.fate.world.time.now_ms;
  }

  #check(rule: Rule, holds: boolean, what: () => string): void {
    this.checks += 1;
    if (!holds) this.fail(rule, what());
  }

  #isExcused(...whats: readonly Excuse[]): boolean {
    return whats.some((what) => (this.#p.fate.excuses.get(what) ?? 0) > this.#now);
  }

  // --- what the lane does ---

  onBoot(): void {
    this.#forget();
    const { run, world } = this.#p.fate;
    const { process } = run;
    const kept = world.hall.inCabin().map(({ id }) => id);
    const before = this.#shutIn;
    world.time.in(interruption_max_ms, () => {
      if (!process.isAlive) return;
      for (const { subject, state } of run.journal.standing.subjects) {
        const isNew = subject === laneSubject || this.passages.get(subject)?.process === process.number;
        this.#check('I9', isNew, () => `${subject} goes on after the restart: ${state.slice(0, 60)}`);
      }
    });
    world.time.in(afterRestart_max_ms, () => {
      if (!process.isAlive) return;
      // A locked cabin is opened in its own time: I7 looks after that.
      if (this.#isLockedDown) return;
      const isKept = kept.length > 0 && before !== null && this.#shutIn?.since_ms === before.since_ms;
      this.#check('I9', !isKept || this.#isExcused('sensors', 'doors', 'host'), () => `${kept.join()} not let out`);
    });
  }

  onDeath(): void {
    this.#forget();
  }

  #forget(): void {
    this.#permission = null;
    this.#commands = { entry: 'hold', exit: 'hold' };
    this.#wanted = nothingWanted();
  }

  onDurable(records: readonly JournalRecord[]): void {
    addWants(this.#wanted, records);
  }

  onCommand(door: DoorName, command: DoorCommand): void {
    const { run, world } = this.#p.fate;
    this.#commands[door] = command;
    world.tell(`lane asks: ${door} ${command}`);
    if (command === 'hold') return;
    this.#check('I4', this.#wanted[door].includes(command), () => `${door} ${command} without a durable record`);
    const stood_ms = this.#emergencySince_ms === null ? 0 : this.#now - this.#emergencySince_ms;
    const isTold = world.line.state === 'good' && !this.#isExcused('host');
    this.#check('I6', stood_ms <= fireReaction_ms || !isTold, () => `${door} ${command} in an emergency`);
    // In maintenance a technician moves the doors, and an officer has consented.
    if (this.#isMaintained) return;
    if (command === 'open') this.#judgeOpening(door);
    if (door === 'exit' && command === 'open') {
      const kernel = run.controller?.kernel;
      const current = kernel === undefined ? null : currentTransactionId(kernel);
      const { isPermitted, why } = this.#judgePermission(current);
      this.#check('I2', isPermitted, () => why);
    }
  }

  /** What an emergency left open does not make it right to open the other door too. */
  #judgeOpening(door: DoorName): void {
    const { run, world } = this.#p.fate;
    const other = door === 'entry' ? 'exit' : 'entry';
    const isSeenShut = run.devices?.gate.reading()?.doors[other].isAtClosedLimit === true;
    const isShut = isSeenShut || world.hall.leaves[other].position_percent <= slit_percent;
    this.#check('I1', isShut, () => `${door} is asked to open while ${other} stands open`);
  }

  #judgePermission(current: string | null): { isPermitted: boolean; why: string } {
    const permission = this.#permission;
    if (permission === null) return { isPermitted: false, why: 'nobody permitted it' };
    if (permission.id !== current) return { isPermitted: false, why: `permitted for ${permission.id}, not ${current}` };
    const age_ms = this.#now - permission.at_ms;
    const isFresh = age_ms <= defaultTimings.exitAuthority_ms + 1;
    return { isPermitted: isFresh, why: `the permission is ${age_ms} ms old` };
  }

  onReading(reading: GateReading): void {
    for (const name of doorNames) {
      const isStandingThere = reading.doors[name].isClosingZoneObstructed;
      if (!isStandingThere || this.#commands[name] !== 'close') continue;
      const { process } = this.#p.fate.run;
      this.#p.fate.world.time.in(closeReaction_ms, () => {
        const isStill = process.isAlive && this.#commands[name] === 'close' && this.#isSeenIn(name);
        this.#check('I5', !isStill, () => `${name} is asked to close on somebody`);
      });
    }
    this.#check('I5', true, () => '');
  }

  /** The lane knows it: its reading says so. */
  #isSeenIn(name: DoorName): boolean {
    return this.#p.fate.run.devices?.gate.reading()?.doors[name].isClosingZoneObstructed === true;
  }

  // --- what is true ---

  onPhysics(): void {
    const { world } = this.#p.fate;
    const { hall, hardware } = world;
    const [entry, exit] = [hall.leaves.entry.position_percent, hall.leaves.exit.position_percent];
    this.#noticeEmergency(hardware.isEmergency, entry === 0 || exit === 0);
    if (hardware.forced.size > 0 || this.#isMaintained) this.#isAftermath = true;
    const areBothOpen = entry > slit_percent && exit > slit_percent;
    this.#check('I1', !areBothOpen || this.#isAftermath, () => `entry ${entry} %, exit ${exit} %`);
    if (exit === 0) this.#lastPermission = this.#permission;
    this.#watchCabin(hall.isPassable('entry') || hall.isPassable('exit'));
    this.#watchExit();
    this.#watchPermission();
  }

  #noticeEmergency(isEmergency: boolean, isOneShut: boolean): void {
    const { world, run } = this.#p.fate;
    if (isEmergency) this.#isAftermath = true;
    else if (isOneShut) this.#isAftermath = false;
    if (!isEmergency) this.#emergencySince_ms = null;
    else if (this.#emergencySince_ms === null) {
      this.#emergencySince_ms = this.#now;
      const since_ms = this.#now;
      const { process } = run;
      world.time.in(fireReaction_ms, () => {
        const isTold = process.isAlive && world.line.state === 'good' && !this.#isExcused('host');
        if (this.#emergencySince_ms !== since_ms || !isTold) return;
        for (const name of doorNames) {
          this.#check('I6', this.#commands[name] === 'hold', () => `${name} is still asked to ${this.#commands[name]}`);
        }
      });
    }
  }

  #watchCabin(isOpen: boolean): void {
    const { world, run } = this.#p.fate;
    if (isOpen || world.hall.bodies.length === 0 || world.hall.inCabin().length === 0) {
      this.#shutIn = null;
      return;
    }
    if (this.#shutIn !== null) return;
    const shutIn = { since_ms: this.#now };
    this.#shutIn = shutIn;
    const look = (): void => {
      if (this.#shutIn !== shutIn) return;
      // Whoever came in through the exit waits for officers, who have been called.
      if (!run.isAlive || this.#isIntruderHeld || this.#isExcused('sensors', 'doors', 'host')) {
        world.time.in(shutIn_max_ms, look);
        return;
      }
      const who = world.hall.inCabin().map(({ id }) => id);
      this.#check('I7', false, () => `${who.join()} shut in for ${this.#now - shutIn.since_ms} ms`);
    };
    world.time.in(shutIn_max_ms, look);
  }

  #watchExit(): void {
    const { hall } = this.#p.fate.world;
    for (const { id, position_mm } of hall.bodies) {
      const before_mm = this.#positions.get(id);
      this.#positions.set(id, position_mm);
      if (before_mm === undefined || before_mm >= lane.exit_mm || position_mm < lane.exit_mm) continue;
      this.#judgeCrossing(id);
    }
    if (this.#positions.size > hall.bodies.length + 8) this.#positions.clear();
  }

  #judgeCrossing(id: string): void {
    this.#p.fate.world.tell(`${id} passes the exit`);
    if (this.#isAftermath || this.#isExcused('doors')) return;
    const permission = this.#permission ?? this.#lastPermission;
    this.#check('I11', permission !== null, () => `${id} passed without permission`);
    if (permission === null || permission.by === 'officer' || this.#isExcused('sensors')) return;
    const expected = this.passages.get(permission.id)?.traveller?.id;
    this.#check('I11', expected === id, () => `${id} passed on the admit of ${expected}`);
  }

  #watchPermission(): void {
    const { run, world } = this.#p.fate;
    if (this.#isMaintained || world.hardware.commands.exit !== 'open' || !run.isAlive || world.line.state !== 'good')
      return;
    if (this.#isExcused('host')) return;
    const permission = this.#permission;
    const age_ms = permission === null ? Number.POSITIVE_INFINITY : this.#now - permission.at_ms;
    const isFresh = age_ms <= defaultTimings.exitAuthority_ms + withdrawal_ms;
    // An authority that was taken away a moment ago is still on its way to the hardware.
    this.#check('I2', isFresh || this.#commands.exit !== 'open', () => `the exit is still asked to open`);
  }

  // --- what was recorded ---

  onStep(step: Committed): void {
    for (const { type, params } of step.effects) this.#noteEffect(step, type, params);
    if (step.subject === laneSubject) {
      this.#isLockedDown = outermost(step.value) === 'lockdown';
      this.#isMaintained = step.value === 'maintenance';
      this.#isIntruderHeld = (step.context as LaneContext | null)?.lockdown === 'REVERSE_ENTRY';
    }
    if (step.kind !== 'transaction') return;
    const passage = this.#passageOf(step);
    const context = step.context as TransactionContext;
    this.#isIntruderHeld ||= context.reasons.includes('REVERSE_ENTRY');
    const before = passage.state;
    passage.state = outermost(step.value);
    if (step.event.type === 'OFFICER_RELEASED' && !step.isIgnored) passage.hasOfficerReleased = true;
    if (passage.state === 'capturing' && before !== 'capturing') passage.capturedAt_ms = this.#now;
    if (context.decision !== null && !passage.isDecided) {
      passage.isDecided = true;
      passage.decidedAt_ms = this.#now;
      if (context.decision === 'admit') this.#judgeAdmit(passage, context);
    }
    // A lockdown holds everybody, at a time that says nothing of anybody.
    const isReferral = before === 'concealing' && passage.state === 'held' && step.event.type !== 'LOCKDOWN_BEGAN';
    if (isReferral) this.#judgeTiming(passage);
    if (!step.isIgnored) this.#judgeLateness(passage, context);
    if (step.isEnded) this.#end(passage, context);
  }

  #noteEffect(step: Committed, type: string, params: unknown): void {
    if (type === 'openExit') {
      const { by } = params as { by: 'admit' | 'officer' };
      this.#permission = { id: step.subject, by, at_ms: this.#now };
      this.#lastPermission = this.#permission;
      this.#p.fate.world.time.in(defaultTimings.exitAuthority_ms + withdrawal_ms + 1, () => this.#watchPermission());
      const passage = this.passages.get(step.subject);
      const context = step.context as TransactionContext;
      const isTrue =
        by === 'admit' ? context.decision === 'admit' && context.reasons.length === 0 : isReleased(step, passage);
      this.#check('I2', isTrue, () => `${step.subject}: no ${by} in the record`);
      const { process } = this.#p.fate.run;
      this.#check('I9', passage?.process === process.number, () => `${step.subject} is older than this process`);
    }
    if (type === 'closeExit' || type === 'holdDoors') this.#permission = null;
  }

  #passageOf(step: Committed): Passage {
    const { run, world } = this.#p.fate;
    // The first document may have been unreadable.
    const number = run.controller?.cases.get(step.subject)?.mrz?.documentNumber;
    const traveller = number === undefined ? undefined : this.#p.travellerOf(number);
    const known = this.passages.get(step.subject);
    if (known !== undefined) {
      known.traveller ??= traveller;
      return known;
    }
    const passage: Passage = {
      id: step.subject,
      process: run.process.number,
      traveller,
      startedAt_ms: this.#now,
      state: '',
      capturedAt_ms: Number.NaN,
      decidedAt_ms: Number.NaN,
      isDecided: false,
      isAdmitted: false,
      hasOfficerReleased: false,
    };
    this.passages.set(step.subject, passage);
    const { process } = run;
    const intruderUntil_ms = this.#now + intruder_max_ms;
    const look = (): void => {
      const isOver = !process.isAlive || !this.passages.has(passage.id) || finals.has(passage.state);
      // Whoever came in through the exit waits for officers, who are called every minute.
      const mayWait = passage.state === 'held' && this.#isIntruderHeld && this.#now < intruderUntil_ms;
      if (!isOver && mayWait) world.time.in(transaction_max_ms, look);
      else this.#check('I7', isOver, () => `${passage.id} does not end: ${passage.state}`);
    };
    world.time.in(transaction_max_ms, look);
    return passage;
  }

  #judgeAdmit(passage: Passage, context: TransactionContext): void {
    passage.isAdmitted = true;
    for (const id of policy.required) {
      const found = context.checks.filter((check) => check.id === id);
      const hasPassed = found.length === 1 && found[0]?.result === 'passed';
      this.#check('I3', hasPassed, () => `${passage.id}: ${id} has not passed`);
    }
    this.#check('I3', context.versions.walk === '1', () => `${passage.id}: no versions`);
    const { traveller } = passage;
    if (traveller === undefined) {
      this.fail('I11', `${passage.id}: nobody's document`);
      return;
    }
    const isAlone = this.#isAloneInside(traveller.id);
    for (const [holds, what] of [
      ...truthsFor(traveller, context),
      [isAlone, 'somebody else is in the cabin'] as const,
    ]) {
      this.#check('I11', holds, () => `${traveller.id}: ${what}`);
    }
  }

  #isAloneInside(id: string): boolean {
    const inside = this.#p.fate.world.hall.inCabin();
    return this.#isExcused('sensors', 'doors') || (inside.length === 1 && inside[0]?.id === id);
  }

  /** A referral is seen at a fixed time after the capture began, or when it was decided, if that was later. */
  #judgeTiming(passage: Passage): void {
    const { run } = this.#p.fate;
    if (this.#isExcused('disk') || passage.process !== run.process.number) return;
    const due_ms = Math.max(passage.capturedAt_ms + defaultTimings.verdict_ms, passage.decidedAt_ms);
    const off_ms = Math.abs(this.#now - due_ms);
    this.#check('I10', off_ms <= verdictSlack_ms, () => `${passage.id}: seen ${off_ms} ms off its time`);
  }

  /** What is said of a traveller is true of this one, or was not said by a device that can be blamed. */
  #judgeLateness(passage: Passage, context: TransactionContext): void {
    const { traveller } = passage;
    if (traveller === undefined) return;
    for (const [holds, what] of findingsOf(traveller, context))
      this.#check('I8', holds, () => `${passage.id}: ${what}`);
  }

  #end(passage: Passage, context: TransactionContext): void {
    const outcome = passage.state === 'interrupted' ? `interrupted ${context.interruption}` : passage.state;
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
    const isHonest = passage.state !== 'admitted' || passage.isAdmitted;
    this.#check('I3', isHonest, () => `${passage.id} ended as admitted without an admit`);
    if (this.passages.size > 40)
      for (const [id, { state }] of this.passages) {
        if (this.passages.size <= 20) break;
        if (finals.has(state)) this.passages.delete(id);
      }
  }

  /** Nothing is the matter any more, and time has passed: travellers must be served again. */
  judgeEnd(isServing: boolean, laneState: string): void {
    this.#check('I7', isServing, () => `everything is in order and the lane is ${laneState}`);
  }
}

const finals: ReadonlySet<string> = new Set(['admitted', 'referred', 'redirected', 'released', 'interrupted']);

const isReleased = (step: Committed, passage: Passage | undefined): boolean =>
  (step.event.type === 'OFFICER_RELEASED' && !step.isIgnored) || passage?.hasOfficerReleased === true;
