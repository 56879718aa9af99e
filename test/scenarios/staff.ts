/** Officers and technicians of a scenario: they see what the pages show, and act over the same HTTP as the pages. */
import { randomUUID } from 'node:crypto';
import type { LaneView, OfficerCommand } from '../../gate-controller/api/messages.ts';
import type { TechnicianCommand, TechnicianCommandName } from '../../gate-controller/api/technician-messages.ts';
import type { Act, OfficerNumber, ScriptedCommand } from '../../simulator/scenarios/scenario.ts';
import { pause, postJSON, setFault } from './http.ts';
import type { Onlooker } from './onlooker.ts';

const ofTraveller: ReadonlySet<ScriptedCommand> = new Set([
  'acknowledge',
  'releaseToExit',
  'returnToEntry',
  'allowCompanion',
]);
const unreasoned: ReadonlySet<ScriptedCommand> = new Set(['acknowledge', 'openLane', 'closeLane', 'assistLane']);

/** Longer than any wait of the machines. */
const see_ms = 90_000;
const attend_ms = 5_000;
const tries_max = 10;
const again_ms = 200;

type Answer = { readonly status: number; readonly answer: unknown };

/** As the officers' page sends it: about the lane as it was seen, and given at that moment of the controller's clock. */
export function giveCommand(
  controller: string,
  command: ScriptedCommand,
  { lane, at_ms, officer = 'B-101' }: { lane: LaneView; at_ms: number; officer?: OfficerNumber },
): Promise<Answer> {
  const body: OfficerCommand = {
    commandId: randomUUID(),
    command,
    laneId: lane.laneId,
    transactionId: ofTraveller.has(command) ? (lane.transaction?.transactionId ?? null) : null,
    expectedSeq: lane.seq,
    givenAt_ms: Math.round(at_ms),
    officer,
    reason: unreasoned.has(command) ? null : 'seen and decided at the desk',
  };
  return postJSON(`${controller}/api/commands`, body);
}

export class Staff {
  readonly #urls: { readonly controller: string; readonly bench: string };
  readonly #onlooker: Onlooker;
  #attending: NodeJS.Timeout | undefined;

  constructor(urls: { readonly controller: string; readonly bench: string }, onlooker: Onlooker) {
    this.#urls = urls;
    this.#onlooker = onlooker;
  }

  /** Carries out the acts one after another. Rejects when what one waits for is never seen, or is answered otherwise. */
  async play(acts: readonly Act[]): Promise<void> {
    let last_ms = performance.now();
    for (const act of acts) {
      if (act.seen !== undefined) await this.#onlooker.see(act.seen, see_ms);
      const took_ms = performance.now() - last_ms;
      if (act.does === 'watch' && act.within_ms !== undefined && took_ms > act.within_ms) {
        throw new Error(`${JSON.stringify(act.seen)} took ${Math.round(took_ms)} ms, more than ${act.within_ms}`);
      }
      if (act.after_ms !== undefined) await pause(act.after_ms);
      await this.#carryOut(act);
      last_ms = performance.now();
    }
  }

  /** Idempotent. */
  leave(): void {
    clearInterval(this.#attending);
  }

  async #carryOut(act: Act): Promise<void> {
    switch (act.does) {
      case 'command': {
        const expected = act.answer ?? 202;
        const { status, answer } = await this.#giveUntilSeen(act, expected);
        if (status !== expected)
          throw new Error(`${act.command}: ${status} ${JSON.stringify(answer)}, not ${expected}`);
        break;
      }
      case 'ask-maintenance':
        return this.#giveAsTechnician('askMaintenance', act.answer);
      case 'end-maintenance':
        return this.#giveAsTechnician('endMaintenance', act.answer);
      case 'attend':
        await this.#attend();
        this.#attending = setInterval(() => void this.#attend().catch(() => undefined), attend_ms);
        break;
      case 'go-away':
        this.leave();
        break;
      case 'switch':
        return setFault(this.#urls.bench, act.fault, act.isOn);
      case 'watch':
        break;
      default:
        act satisfies never;
    }
  }

  /** As an officer whose page was a moment behind presses again. */
  async #giveUntilSeen(act: Act & { readonly does: 'command' }, expected: number): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const given = await this.give(act.command, act);
      const isBehind = given.status === 409 && expected !== 409 && tries < tries_max;
      if (!isBehind) return given;
      await pause(again_ms);
    }
  }

  give(
    command: ScriptedCommand,
    { officer = 'B-101', age_ms = 0 }: { readonly officer?: OfficerNumber; readonly age_ms?: number } = {},
  ): Promise<Answer> {
    const { lane, now_ms } = this.#onlooker.lane();
    return giveCommand(this.#urls.controller, command, { lane, at_ms: now_ms - age_ms, officer });
  }

  async #giveAsTechnician(command: TechnicianCommandName, expected = 202): Promise<void> {
    const { lane, now_ms } = this.#onlooker.lane();
    const body: TechnicianCommand = {
      commandId: randomUUID(),
      command,
      laneId: lane.laneId,
      expectedSeq: lane.seq,
      givenAt_ms: Math.round(now_ms),
      technician: 'T-7',
      door: null,
      motion: null,
    };
    const { status, answer } = await postJSON(`${this.#urls.controller}/api/technician`, body);
    if (status !== expected) throw new Error(`${command}: ${status} ${JSON.stringify(answer)}, not ${expected}`);
  }

  async #attend(): Promise<void> {
    const { status } = await postJSON(`${this.#urls.controller}/api/attendance`, { officer: 'B-101' });
    if (status !== 204) throw new Error(`attendance: ${status}`);
  }
}

/** The officer whom nothing was said of: acknowledges a referral and sends whoever is held back to the entry side. */
export function usualOfficer(staff: Staff, onlooker: Onlooker, patience_ms: number): () => void {
  const given = new Set<string>();
  const stopListening = onlooker.listen((_, { commands, step, transactionId }) => {
    for (const command of ['acknowledge', 'returnToEntry'] as const) {
      const key = `${transactionId} ${command}`;
      const isWanted = command === 'acknowledge' || step === 'held';
      if (!isWanted || !commands.includes(command) || given.has(key)) continue;
      given.add(key);
      setTimeout(() => {
        // The passage may be over by now; what became of it is in the record.
        staff.give(command).then(
          ({ status }) => {
            if (status === 409) given.delete(key);
          },
          () => undefined,
        );
      }, patience_ms);
    }
  });
  return stopListening;
}
