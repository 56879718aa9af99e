import { expect, test } from 'vitest';
import { History } from '../../gate-controller/api/history.ts';
import type { Committed } from '../../gate-controller/kernel/kernel.ts';

const step = (seq: number, change: Partial<Committed> = {}): Committed => ({
  seq,
  at_ms: 1_000 + seq,
  subject: 't',
  kind: 'transaction',
  event: { type: `EVENT_${seq}` },
  value: 'held',
  context: { startedAt_ms: 1_000 },
  effects: [],
  isIgnored: false,
  isEnded: false,
  ...change,
});

test('of a long passage the beginning and the newest events are kept', () => {
  const history = new History();
  for (let seq = 1; seq <= 500; seq += 1) history.observe(step(seq));
  const events = history.get('t')?.timeline.map(({ event }) => event) ?? [];
  expect(events.length).toBe(200);
  expect(events[0]).toBe('EVENT_1');
  expect(events[1]).toBe('EVENT_302');
  expect(events.at(-1)).toBe('EVENT_500');
});

test('a traveller who is only sent to the desk is no case for the officers’ list', () => {
  const history = new History();
  history.observe(step(1, { effects: [{ type: 'callOfficer', params: null }] }));
  expect(history.referrals().length).toBe(1);
  history.observe(step(2, { value: 'redirected', isEnded: true }));
  expect(history.referrals()).toEqual([]);
});

test('a view is as new as the last step that pages were told of', () => {
  const history = new History();
  history.observe(step(7));
  history.observe(step(8, { kind: 'lane', subject: 'lane' }));
  expect(history.seq).toBe(8);
});
