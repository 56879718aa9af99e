/** Takes the pure transaction machine through events and tells what it asked for. No clock: timers are fired by name. */
import { type AnyMachineSnapshot, initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { FaceEvidence, MRZEvidence } from '../../gate-controller/decision/evidence.ts';
import type { Hall } from '../../gate-controller/safety/hall.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import type { TransactionInput } from '../../gate-controller/transaction/context.ts';
import type { TransactionHappening } from '../../gate-controller/transaction/events.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { at_ms, passedChipChecks, point, policy, soundEvidence, zoneRead } from '../decision/evidence-samples.ts';
import { quietHall } from '../safety/sample-halls.ts';

type Spoken =
  | { readonly type: 'OFFICER_ACKNOWLEDGED' | 'OFFICER_RELEASED' | 'OFFICER_RETURNED' | 'OFFICER_ALLOWED_COMPANION' }
  | { readonly type: 'OFFICER_SET_PROFILE'; readonly profile: 'standard' | 'accessible' };

type Asked = { readonly type: string; readonly params?: unknown };

export class Drive {
  #snapshot: SnapshotFrom<typeof transactionMachine>;
  #now_ms = at_ms;
  #hall: Hall = quietHall;
  /** Everything asked for since the last `take`. */
  #asked: Asked[] = [];

  constructor(mrz: MRZEvidence | null = zoneRead, how: Partial<TransactionInput> = {}) {
    const input = {
      transactionId: 'current',
      startedAt_ms: at_ms,
      mrz,
      hall: quietHall,
      policy,
      operatingPoint: point,
      timings: defaultTimings,
      versions: {},
      topology: 'integrated-two-step' as const,
      profile: 'standard' as const,
      isAssisted: false,
      isCabinFree: true,
      ...how,
    };
    const [snapshot, actions] = initialTransition(transactionMachine, input);
    this.#snapshot = snapshot;
    this.#asked = actions;
  }

  get state(): string {
    return outermost(this.#snapshot.value);
  }

  get context() {
    return this.#snapshot.context;
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#snapshot;
  }

  /** Names of effects asked for since the last call; timers and cancellations left out. */
  take(): readonly string[] {
    const names = this.#asked.filter(({ type }) => !type.startsWith('xstate.')).map(({ type }) => type);
    this.#asked = [];
    return names;
  }

  tell(event: TransactionHappening): this {
    this.#now_ms += 100;
    const [snapshot, actions] = transition(transactionMachine, this.#snapshot, { ...event, at_ms: this.#now_ms });
    this.#snapshot = snapshot;
    this.#asked.push(...(actions as Asked[]));
    return this;
  }

  /** An officer's word, given now. */
  officer(event: Spoken, officer = 'local'): this {
    return this.tell({
      reason: 'because',
      ...event,
      officer,
      validUntil_ms: this.#now_ms + 5_000,
    } as TransactionHappening);
  }

  hall(change: Partial<Hall>): this {
    this.#hall = { ...this.#hall, ...change };
    return this.tell({ type: 'HALL_CHANGED', hall: this.#hall });
  }

  /** Lets a named delay of a state run out, e.g. `enter` of `entering`. */
  timeOut(delay: string, state: string): this {
    return this.tell({ type: `xstate.after.${delay}.transaction${state === '' ? '' : `.${state}`}` } as never);
  }

  inspected(checks = passedChipChecks): this {
    return this.tell({ type: 'CHIP_INSPECTED', checks, aborted: null, report: null });
  }

  riskClear(): this {
    return this.tell({ type: 'RISK_ANSWERED', risk: soundEvidence.risk! });
  }

  /** Document read, taken, entry open. */
  toEntering(): this {
    return this.inspected()
      .tell({ type: 'REFERENCE_PREPARED', portrait: soundEvidence.face!.portrait })
      .tell({ type: 'DOCUMENT_TAKEN' });
  }

  /** One person inside behind a closed entry. */
  toCapturing(): this {
    return this.toEntering()
      .hall({ entry: 'between' })
      .hall({ entry: 'open' })
      .hall({ isEntryFree: false })
      .hall({ isCabinOccupied: true })
      .hall({ isEntryFree: true })
      .hall({ entry: 'closed' });
  }

  faceVerified(similarity = 0.7, attack: FaceEvidence['attack'] = soundEvidence.face!.attack): this {
    return this.tell({
      type: 'FACE_VERIFIED',
      captured: soundEvidence.face!.captured,
      similarity: { status: 'measured', value: similarity, at_ms: this.#now_ms, by: 'test' },
      attack,
      frames: { none: 1 },
    });
  }
}
