import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Check } from '../decision/checks.ts';
import type { Committed } from '../kernel/kernel.ts';
import type { LaneContext } from '../lane/context.ts';
import { outermost } from '../lane/presentation.ts';
import type { TransactionContext } from '../transaction/context.ts';
import type { TransactionHappening } from '../transaction/events.ts';

const isFaceVerified = (event: object): event is Extract<TransactionHappening, { type: 'FACE_VERIFIED' }> =>
  'type' in event && event.type === 'FACE_VERIFIED' && 'attack' in event;

const inspectedChecks = (event: Committed['event']): readonly Check[] =>
  event.type === 'CHIP_INSPECTED' && 'checks' in event ? (event.checks as readonly Check[]) : [];

/** Figures of one lane for Prometheus. Labels are codes; nothing personal can be a label. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #ended = this.#counter('gate_transactions_total', 'Transactions that ended', ['outcome']);
  readonly #reasons = this.#counter('gate_referral_reasons_total', 'Referral reasons', ['reason']);
  readonly #ignored = this.#counter('gate_events_ignored_total', 'Events the state at hand had no use for', ['event']);
  readonly #captures = this.#counter('gate_face_captures_total', 'Face captures that ended', ['similarity', 'attack']);
  readonly #frames = this.#counter('gate_face_frames_total', 'Examined frames by what was to be mended', ['guidance']);
  readonly #checks = this.#counter('gate_document_checks_total', 'Checks of chips by result', ['check', 'result']);
  readonly #duration = new Histogram({
    name: 'gate_transaction_seconds',
    help: 'From the printed zone to the end of the passage',
    buckets: [5, 8, 10, 12, 15, 20, 25, 30, 45, 60, 120],
    registers: [this.#registry],
  });
  /** The road of a silent alarm to whoever supervises: no page of the lane shows it. */
  readonly #duress = new Gauge({
    name: 'gate_silent_alarm',
    help: '1 while the lane is locked because an officer gave the alarm silently',
    registers: [this.#registry],
  });
  /** Counted in every state of the lane, also where it changes nothing there. */
  readonly #alarms = this.#counter('gate_silent_alarms_total', 'Silent alarms that officers gave', []);
  readonly #seq = new Gauge({ name: 'gate_journal_seq', help: 'Last journal record', registers: [this.#registry] });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  observe(step: Committed): void {
    this.#seq.set(step.seq);
    if (step.isIgnored) this.#ignored.inc({ event: step.event.type });
    if ('isDuress' in step.event && step.event.isDuress === true) this.#alarms.inc();
    if (step.kind === 'lane') this.#duress.set((step.context as LaneContext).lockdown === 'DURESS' ? 1 : 0);
    if (step.kind !== 'transaction') return;
    if (isFaceVerified(step.event) && !step.isIgnored) this.#countCapture(step.event);
    for (const { id, result } of inspectedChecks(step.event)) this.#checks.inc({ check: id, result });
    if (!step.isEnded) return;
    const { reasons, startedAt_ms } = step.context as TransactionContext;
    this.#ended.inc({ outcome: outermost(step.value) });
    for (const reason of reasons) this.#reasons.inc({ reason });
    this.#duration.observe((step.at_ms - startedAt_ms) / 1_000);
  }

  /** Scores are no labels: whether one was measured, or the code of why not. */
  #countCapture({ similarity, attack, frames }: Extract<TransactionHappening, { type: 'FACE_VERIFIED' }>): void {
    this.#captures.inc({
      similarity: similarity.status === 'measured' ? 'measured' : similarity.because,
      attack: attack.status === 'measured' ? attack.value.verdict : attack.because,
    });
    for (const [guidance, count] of Object.entries(frames)) this.#frames.inc({ guidance }, count);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}
