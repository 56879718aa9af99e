/** Officers' commands on a real kernel, journal and lane; a traveller is reduced to being held, let go and held again. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assign, setup } from 'xstate';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { type CommandRefusal, give } from '../../gate-controller/api/commands.ts';
import { HelpCalls } from '../../gate-controller/api/help-calls.ts';
import { History } from '../../gate-controller/api/history.ts';
import type { LaneView, OfficerCommand, OfficerCommandName } from '../../gate-controller/api/messages.ts';
import { Metrics } from '../../gate-controller/api/metrics.ts';
import { giveTechnician } from '../../gate-controller/api/technician-commands.ts';
import type { TechnicianCommand, TechnicianCommandName } from '../../gate-controller/api/technician-messages.ts';
import type { ViewSources } from '../../gate-controller/api/view-sources.ts';
import { CaseFiles } from '../../gate-controller/cases/case-files.ts';
import { type Journal, openJournal } from '../../gate-controller/journal/journal.ts';
import { Kernel } from '../../gate-controller/kernel/kernel.ts';
import { laneSubject, tellLane } from '../../gate-controller/kernel/lane-parts.ts';
import { defaultLaneTimings, type LaneInput } from '../../gate-controller/lane/context.ts';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import type { Hall } from '../../gate-controller/safety/hall.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { VirtualClock } from '../kernel/virtual-clock.ts';
import { laneShown } from '../lane/page-sources.ts';

export const transactionId = 'a3f0c1de-0000-4000-8000-000000000001';

type Told = { type: string; at_ms: number; validUntil_ms?: number; officer?: string };

const isFresh = ({ event }: { event: Told }): boolean => event.at_ms <= (event.validUntil_ms ?? -1);

const heldMachine = setup({
  types: {
    context: {} as {
      isAcknowledged: boolean;
      firstConsent: { officer: string; at_ms: number } | null;
      companion: null;
      profile: 'standard' | 'accessible';
      timings: typeof defaultTimings;
    },
    events: {} as Told,
  },
  guards: { isFresh },
}).createMachine({
  context: { isAcknowledged: false, firstConsent: null, companion: null, profile: 'standard', timings: defaultTimings },
  initial: 'held',
  on: {
    OFFICER_ACKNOWLEDGED: { guard: 'isFresh', actions: assign({ isAcknowledged: true }) },
    FIRST_OFFICER: {
      actions: assign(({ event }) => ({ firstConsent: { officer: event.officer ?? '', at_ms: event.at_ms } })),
    },
    END: '.gone',
  },
  states: {
    held: {
      on: {
        OFFICER_RELEASED: { guard: 'isFresh', target: 'leaving' },
        OFFICER_RETURNED: { guard: 'isFresh', target: 'leaving' },
      },
    },
    leaving: { on: { HELD_AGAIN: 'held' } },
    gone: { type: 'final' },
  },
});

const ofPassage: ReadonlySet<OfficerCommandName> = new Set(['acknowledge', 'releaseToExit', 'returnToEntry']);

export class CommandBench {
  readonly cases = new CaseFiles();
  readonly clock = new VirtualClock();
  readonly history = new History();
  readonly metrics = new Metrics();
  readonly help = new HelpCalls();
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
      clock: this.clock,
      execute: () => {},
      observe: (step) => {
        this.history.observe(step);
        if (step.kind === 'lane') this.metrics.observe(step);
      },
      onFatal: () => {},
    });
    const input: LaneInput = {
      laneId: 'lane-1',
      opensByItself: false,
      topology: 'integrated-two-step',
      isOverlapping: false,
      attendance: 'notRequired',
      usualProfile: 'standard',
      timings: defaultLaneTimings,
    };
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
    const body: OfficerCommand = {
      commandId: randomUUID(),
      command,
      laneId: 'lane-1',
      transactionId: ofPassage.has(command) ? transactionId : null,
      expectedSeq,
      givenAt_ms: this.clock.now_ms(),
      officer: 'B-114',
      reason: 'compared by eye',
      ...change,
    };
    const { clock, kernel, cases } = this;
    return give(body, {
      kernel,
      cases,
      laneId: 'lane-1',
      acknowledgeEnded: () => false,
      answerHelp: () => this.help.answer(clock.now_ms()),
      now_ms: () => clock.now_ms(),
    });
  }

  giveAsTechnician(command: TechnicianCommandName, change: Partial<TechnicianCommand> = {}) {
    const { clock, kernel } = this;
    const body: TechnicianCommand = {
      commandId: randomUUID(),
      command,
      laneId: 'lane-1',
      expectedSeq: kernel.seq,
      givenAt_ms: clock.now_ms(),
      technician: 'T-7',
      door: null,
      motion: null,
      ...change,
    };
    return giveTechnician(body, { kernel, laneId: 'lane-1', now_ms: () => clock.now_ms() });
  }

  /** What the views of this lane are made from, while no device has said anything but `hall`. */
  sources(): ViewSources {
    const { cases, clock, help, history, kernel } = this;
    return {
      laneId: 'lane-1',
      laneName: 'Lane 1',
      kernel,
      history,
      cases,
      help,
      board: () => [],
      reading: () => undefined,
      isDocumentPresent: () => false,
      guidance: () => 'none',
      now_ms: () => clock.now_ms(),
    };
  }

  /** The one lane as officers see it. */
  lane(): LaneView {
    return laneShown(this.sources());
  }

  async seeHall(hall: Hall): Promise<void> {
    tellLane(this.kernel, { type: 'HALL_CHANGED', hall });
    await this.kernel.idle();
  }

  async tell(type: string, more: object = {}): Promise<void> {
    this.kernel.send(transactionId, { type, ...more });
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
