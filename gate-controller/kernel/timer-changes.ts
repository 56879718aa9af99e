import type { TimerRow } from '../journal/database.ts';

/** Something a machine asked for, to be carried out after its record is durable. */
export type Effect = { readonly type: string; readonly params: unknown };

export type KernelEvent = { readonly type: string };

/** The row carries wall time for the record; the wait itself is counted from the monotonic time of the step. */
export type DueTimer = { readonly row: TimerRow; readonly due_ms: number };
export type TimerChanges = { readonly set: readonly DueTimer[]; readonly cancelled: readonly string[] };

/** What of a step matters here. */
type TimedStep = { readonly timers: TimerChanges; readonly record: { readonly subject: string } };

export const timerKey = (subject: string, id: string): string => `${subject} ${id}`;

export const noTimers: TimerChanges = { set: [], cancelled: [] };

/** What a batch leaves of its timers: one that is set and cancelled within it never was. */
export function foldTimers(steps: readonly TimedStep[]): {
  set: readonly DueTimer[];
  cancelled: readonly Pick<TimerRow, 'subject' | 'id'>[];
} {
  const set = new Map<string, DueTimer>();
  const cancelled = new Map<string, Pick<TimerRow, 'subject' | 'id'>>();
  for (const { timers, record } of steps) {
    for (const id of timers.cancelled) {
      set.delete(timerKey(record.subject, id));
      cancelled.set(timerKey(record.subject, id), { subject: record.subject, id });
    }
    for (const timer of timers.set) set.set(timerKey(timer.row.subject, timer.row.id), timer);
  }
  return { set: [...set.values()], cancelled: [...cancelled.values()] };
}

/** XState's own actions become timer changes, named actions become effects. Anything else is a machine we cannot run. */
export function sortActions(
  subject: string,
  actions: readonly unknown[],
  { at_ms, now_ms }: { readonly at_ms: number; readonly now_ms: number },
): { effects: Effect[]; timers: TimerChanges } {
  const effects: Effect[] = [];
  const set = new Map<string, DueTimer>();
  const cancelled = new Set<string>();
  for (const action of actions as readonly { type: string; params?: unknown }[]) {
    const { type, params } = action;
    if (type === 'xstate.raise') {
      const { id, delay, event } = params as { id: string; delay: number; event: KernelEvent };
      const row = { subject, id, deadline_ms: at_ms + Math.round(delay), event: JSON.stringify(event) };
      set.set(id, { row, due_ms: now_ms + delay });
    } else if (type === 'xstate.cancel') {
      const { sendId } = params as { sendId: string };
      set.delete(sendId);
      cancelled.add(sendId);
    } else if (type.startsWith('xstate.')) {
      throw new Error(`KERNEL_ACTION_UNKNOWN: ${type}`);
    } else {
      effects.push({ type, params: params ?? null });
    }
  }
  return { effects, timers: { set: [...set.values()], cancelled: [...cancelled] } };
}
