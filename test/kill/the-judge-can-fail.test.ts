/** Each rule of the judge is broken once, in a life that was made up; the life that it is made from breaks none. */
import { expect, test } from 'vitest';
import { type ChainedRecord, genesisHash, hashOf } from '../../gate-controller/journal/record.ts';
import { chainBegin } from '../../gate-controller/journal/verify.ts';
import { type Evidence, judge, type Rule } from './judge.ts';
import type { Report } from './report.ts';

type Told = {
  readonly subject: string;
  readonly event: string;
  readonly value: unknown;
  readonly effects?: readonly { readonly type: string; readonly params: unknown }[];
  readonly context?: Readonly<Record<string, unknown>>;
  readonly isEnded?: boolean;
};

/** A chain of records of what is told. */
function chained(told: readonly Told[]): readonly ChainedRecord[] {
  let head = genesisHash;
  return told.map(({ subject, event, value, effects = [], context = {}, isEnded = false }, n) => {
    const record = {
      seq: n + 1,
      at_ms: n,
      subject,
      kind: subject === 'lane' ? 'lane' : 'transaction',
      event: JSON.stringify({ type: event }),
      state: JSON.stringify({ value, context }),
      effects: JSON.stringify({ effects, timers: [], isIgnored: false, isEnded }),
    };
    head = hashOf(head, record);
    return { ...record, hash: head };
  });
}

const admit = { decision: 'admit', reasons: [] };
const openExit = { type: 'openExit', params: { by: 'admit' } };
const told: readonly Told[] = [
  { subject: 'lane', event: 'RESTARTED', value: 'starting', effects: [{ type: 'holdDoors', params: null }] },
  {
    subject: 'p1',
    event: 'RESTARTED',
    value: 'interrupted',
    context: { interruption: 'CONTROLLER_RESTARTED' },
    isEnded: true,
  },
  { subject: 'lane', event: 'HALL_CHANGED', value: 'selfTest' },
  { subject: 'p2', event: 'STARTED', value: 'inspectingDocument' },
  { subject: 'p2', event: 'FACE_VERIFIED', value: { leaving: 'opening' }, effects: [openExit], context: admit },
];
const reports: readonly Report[] = [
  { at_ms: 0, type: 'opened', seq: 0 },
  { at_ms: 0, type: 'begun', seq: 2 },
  { at_ms: 0, type: 'durable', seq: 2 },
  { at_ms: 0, type: 'ask', door: 'entry', command: 'hold' },
  { at_ms: 0, type: 'ask', door: 'exit', command: 'hold' },
  { at_ms: 1, type: 'begun', seq: 3 },
  { at_ms: 1, type: 'durable', seq: 3 },
  { at_ms: 1, type: 'state', subject: 'lane', state: 'selfTest', because: [] },
  { at_ms: 2, type: 'begun', seq: 5 },
  { at_ms: 2, type: 'durable', seq: 5 },
  { at_ms: 2, type: 'ask', door: 'exit', command: 'open' },
];
const sound: Evidence = {
  life: { reports, wasKilled: true, death: { at: 'ask', count: 3, after_ms: 0 } },
  records: chained(told),
  before: chainBegin,
  underWay: ['p1'],
};

const withReports = (changed: readonly Report[]): Evidence => ({ ...sound, life: { ...sound.life, reports: changed } });
const withTold = (n: number, changed: Partial<Told>): Evidence => ({
  ...sound,
  records: chained(told.map((one, at) => (at === n ? { ...one, ...changed } : one))),
});
const broken = (evidence: Evidence): readonly Rule[] => judge(evidence).map(({ rule }) => rule);

test('a sound life breaks no rule', () => {
  expect(judge(sound)).toEqual([]);
});

test.for<readonly [string, Rule, Evidence]>([
  ['a process that ended by itself', 'ended', withReports([...reports, { at_ms: 3, type: 'unforeseen', what: 'X' }])],
  [
    'a record that is not what was chained',
    'chain',
    { ...sound, records: sound.records.map((one) => ({ ...one, at_ms: one.at_ms + 1 })) },
  ],
  ['a confirmed record that is gone', 'chain', { ...sound, records: sound.records.slice(0, 4) }],
  ['a record that nobody began', 'chain', withReports(reports.filter((one) => !('seq' in one) || one.seq < 5))],
  [
    'a door that is asked before its record is durable',
    'I4',
    withReports(reports.toSpliced(8, 3, reports[10] as Report, ...reports.slice(8, 10))),
  ],
  ['a door that no record asks for', 'I4', withTold(4, { effects: [] })],
  [
    'an exit that opens after a referral',
    'exit',
    withTold(4, { context: { decision: 'refer', reasons: ['WATCHLIST_HIT'] } }),
  ],
  ['an exit that opens for a passage without a face', 'exit', withTold(4, { event: 'HALL_CHANGED' })],
  ['an exit that opens for a passage from before', 'exit', withTold(3, { event: 'RISK_ANSWERED' })],
  [
    'a passage from before that goes on',
    'I9',
    withTold(1, { event: 'HALL_CHANGED', value: 'capturing', isEnded: false }),
  ],
  [
    'a passage from before that moves a door in its end',
    'I9',
    withTold(1, { effects: [{ type: 'openEntry', params: null }] }),
  ],
  ['a lane that goes on', 'I9', withTold(0, { event: 'HALL_CHANGED' })],
  [
    'a door that moves first',
    'hold',
    withReports(reports.filter((one) => !(one.type === 'ask' && one.door === 'exit' && one.command === 'hold'))),
  ],
  ['a passage that begins before the cabin was clear', 'cleared', withTold(2, { value: 'starting' })],
  [
    'a cabin that is called clear with somebody in it',
    'cleared',
    withReports([
      {
        at_ms: 0,
        type: 'hall',
        hall: {
          leaves: { entry: 0, exit: 0 },
          commands: { entry: 'hold', exit: 'hold' },
          bodies: [{ id: 'p', position_mm: 1_300 }],
          things: [],
        },
      },
      ...reports,
    ]),
  ],
])('the judge finds %s', ([, rule, evidence]) => {
  expect(broken(evidence)).toContain(rule);
});
