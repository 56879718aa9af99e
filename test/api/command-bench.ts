/** Officers' commands on a real kernel, journal and lane; a traveller is reduced to being held, let go and held again. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assign, setup } from 'xstate';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { type CommandRefusal, give } from '../../gate-controller/api/commands.ts';
import type { OfficerCommand, OfficerCommandName } from '../../gate-controller/api/messages.ts';
import { CaseFiles } from '../../gate-controller/cases/case-files.ts';
import { type Journal, openJournal } from '../../gate-controller/journal/journal.ts';
import { Kernel } from '../../gate-controller/kernel/kernel.ts';
import { laneSubject, tellLane } from '../../gate-controller/kernel/lane-parts.ts';
import { defaultLaneTimings, laneMachine } from '../../gate-controller/lane/machine.ts';
import { type Hall, unknownHall } from '../../gate-controller/safety/hall.ts';
import { VirtualClock } from '../kernel/virtual-clock.ts';

export const transactionId = 'a3f0c1de-0000-4000-8000-000000000001';

const heldMachine = setup({
  types: { context: {} as { isAcknowledged: boolean }, events: {} as { type: string; at_ms: number } },
}).createMachine({
  context: { isAcknowledged: false },
  initial: 'held',
  on: { OFFICER_ACKNOWLEDGED: { actions: assign({ isAcknowledged: true }) }, END: '.gone' },
  states: {
    held: { on: { OFFICER_RELEASED: 'leaving', OFFICER_RETURNED: 'leaving' } },
    leaving: { on: { HELD_AGAIN: 'held' } },
    gone: { type: 'final' },
  },
});

export const quietHall: Hall = {
  ...unknownHall,
  isKnown: true,
  entry: 'closed',
  exit: 'closed',
  isCabinOccupied: false,
  isEntryFree: true,
  isExitFree: true,
};

export class CommandBench {
  readonly cases = new CaseFiles();
  readonly #folder = mkdtempSync(join(tmpdir(), 'commands-'));
  kernel!: Kernel;
  journal!: Journal;
  /** Commits wait for this. */
  disk: Promise<void> = Promise.resolve();

  async open(): Promise<this> {
    this.journal = await openJournal(join(this.#folder, 'journal.db'));
    const { standing } = this.journal;
    this.kernel = new Kernel({
      journal: {
        ...this.journal,
        standing,
        append: async (entry) => {
          await this.disk;
          await this.journal.append(entry);
        },
      },
      machines: { lane: laneMachine, transaction: heldMachine },
      clock: new VirtualClock(),
      execute: () => {},
      observe: () => {},
      onFatal: () => {},
    });
    const input = { laneId: 'lane-1', opensByItself: false, timings: defaultLaneTimings };
    this.kernel.start({ subject: laneSubject, kind: 'lane', input });
    this.kernel.start({ subject: transactionId, kind: 'transaction', input: undefined });
    await this.kernel.idle();
    return this;
  }

  async close(): Promise<void> {
    this.kernel.stop();
    await this.kernel.idle();
    await this.journal.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  give(command: OfficerCommandName, expectedSeq: number, change: Partial<OfficerCommand> = {}) {
    const isOfLane = command === 'openLane' || command === 'closeLane' || command === 'resetEvacuation';
    const body: OfficerCommand = {
      commandId: randomUUID(),
      command,
      laneId: 'lane-1',
      transactionId: isOfLane ? null : transactionId,
      expectedSeq,
      reason: 'compared by eye',
      ...change,
    };
    const { kernel, cases } = this;
    return give(body, { kernel, cases, laneId: 'lane-1', officer: 'local', acknowledgeEnded: () => false });
  }

  async seeHall(hall: Hall): Promise<void> {
    tellLane(this.kernel, { type: 'HALL_CHANGED', hall });
    await this.kernel.idle();
  }

  async tell(type: string): Promise<void> {
    this.kernel.send(transactionId, { type });
    await this.kernel.idle();
  }

  state(subject: string): unknown {
    return this.kernel.snapshot(subject)?.value;
  }

  holder(names: Pick<MRZ, 'surname' | 'givenNames' | 'documentNumber'>): void {
    this.cases.open(transactionId, 1_000).mrz = {
      kind: 'travel-document',
      format: 'TD3',
      lines: [],
      documentCode: 'P',
      issuingState: 'UTO',
      nationality: 'UTO',
      birthDate: '740812',
      sex: 'F',
      expiryDate: '300415',
      optionalData: '',
      ...names,
    };
  }
}

export const codeOf = (refusal: CommandRefusal | undefined): string | undefined => refusal?.code;
