import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OfficerCommand } from '../../gate-controller/api/messages.ts';
import {
  basisOf,
  condense,
  laneOfCase,
  newReferrals,
  orderReferrals,
  reasonsByGravity,
  severityOf,
  show,
} from '../../gate-controller/console/cases.ts';
import { AttendanceSigns } from '../../gate-controller/console/attendance.ts';
import { Identity } from '../../gate-controller/console/identity.ts';
import { Newcomers } from '../../gate-controller/console/newcomers.ts';
import { LaneClock } from '../../gate-controller/console/lane-clock.ts';
import { groupChecks, groupOfCheck } from '../../gate-controller/console/checks.ts';
import { sendCommand } from '../../gate-controller/console/command-sender.ts';
import { duration, similarityBar } from '../../gate-controller/console/figures.ts';
import { qualityRows, wordsOfHint, wordsOfSignal } from '../../gate-controller/console/face-words.ts';
import { wordsOfCode, wordsOfEvent } from '../../gate-controller/console/words.ts';
import { signals as attackSignals } from '../../biometrics/attack/signals.ts';
import { hintTexts } from '../../gate-controller/display/texts.ts';
import { checkDefinitions, checkIds } from '../../gate-controller/decision/checks.ts';
import {
  check,
  checks,
  heldView,
  lane,
  leftDocument,
  manyReferrals,
  mismatch,
  referral,
  riskLate,
  start_ms,
  transaction,
} from './views.ts';

const attackedFace = {
  guidance: null,
  hints: [],
  attack: { verdict: 'attack', because: 'FLAT_UNDER_TURN', signals: [] },
  quality: null,
} as const;

test('F52: open cases stand before acknowledged ones, grave before light, and who waits longest first', () => {
  const at = (transactionId: string, minutes: number, reason: typeof mismatch, isAcknowledged = false) =>
    referral({ transactionId, startedAt_ms: start_ms + minutes * 60_000, reasons: [reason] }, isAcknowledged);
  const ordered = orderReferrals([
    at('low new', 9, leftDocument),
    at('high done', 8, mismatch, true),
    at('high old', 1, mismatch),
    at('normal', 7, riskLate),
    at('high new', 5, mismatch),
  ]);
  expect(ordered.map((each) => each.transaction.transactionId)).toEqual([
    'high old',
    'high new',
    'normal',
    'low new',
    'high done',
  ]);
});

test('the next traveller of an overlapping lane is found by the same road as the one in the cabin', () => {
  const next = transaction({ transactionId: 'next', step: 'inspectingDocument' });
  const view = { lanes: [lane({ transaction: transaction(), next })], referrals: [] };
  const shown = show(view, { kind: 'case', transactionId: 'next' });
  expect([shown.lane?.laneId, shown.transaction?.step]).toEqual(['lane-1', 'inspectingDocument']);
});

test('an order carries the controller’s clock, however wrong the page’s own is, and none before the first view', () => {
  let monotonic_ms = 5_000;
  const clock = new LaneClock(() => monotonic_ms);
  expect(clock.now_ms()).toBe(0);
  clock.hear(start_ms);
  monotonic_ms += 1_250;
  expect(clock.now_ms()).toBe(start_ms + 1_250);
});

/** The officer whose number the tab keeps. */
const identityIn = (kept: Map<string, string>): Identity =>
  new Identity({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  });

test('a number is kept for the tab when it is one, and nothing else is', () => {
  const kept = new Map<string, string>();
  const identity = identityIn(kept);
  expect([identity.take('Erika Mustermann'), identity.officer]).toEqual([false, null]);
  expect([identity.take(' B-114 '), identity.officer]).toEqual([true, 'B-114']);
  kept.set('officer', '<script>');
  expect(identity.officer).toBeNull();
  identity.leave();
  expect(kept.size).toBe(0);
});

test('a sign of life goes out every time, but never from a page that nobody sees or of nobody', () => {
  const posted: string[] = [];
  let [isVisible, tick] = [true, (): void => {}];
  let officer: string | null = null;
  const signs = new AttendanceSigns(() => officer, {
    isVisible: () => isVisible,
    onVisibility: () => () => {},
    every: (_, call) => {
      tick = call;
      return () => (tick = () => {});
    },
    post: (number) => void posted.push(number),
  });
  signs.start();
  expect(posted).toEqual([]);
  officer = 'B-114';
  tick();
  isVisible = false;
  tick();
  isVisible = true;
  tick();
  signs.stop();
  tick();
  expect(posted).toEqual(['B-114', 'B-114']);
});

test('ordering loses no case and does not depend on the order of arrival', () => {
  const cases = manyReferrals(20);
  fc.assert(
    fc.property(fc.shuffledSubarray([...cases], { minLength: 20, maxLength: 20 }), (shuffled) => {
      expect(orderReferrals(shuffled)).toEqual(orderReferrals(cases));
    }),
  );
});

test('the gravest reason names the case, and a case without reasons is not taken for a light one', () => {
  expect(severityOf(transaction({ reasons: [leftDocument, mismatch, riskLate] }))).toBe('high');
  expect(severityOf(transaction({ reasons: [] }))).toBe('normal');
  expect(reasonsByGravity(transaction({ reasons: [leftDocument, mismatch] }))[0]).toBe(mismatch);
});

test('only a case that was not on the list before is new, and nothing is new when the page opens', () => {
  const before = { lanes: [lane()], referrals: manyReferrals(2) };
  const after = { lanes: [lane()], referrals: [...heldView().referrals, ...manyReferrals(2)] };
  expect(newReferrals(null, after)).toEqual([]);
  expect(newReferrals(before, after)).toEqual(heldView().referrals);
  expect(newReferrals(after, before)).toEqual([]);
});

test('a chosen case that is still in its lane is shown as the lane reports it now', () => {
  const view = heldView();
  const older = { ...view, referrals: [referral({ step: 'capturing' })] };
  const shown = show(older, { kind: 'case', transactionId: transaction().transactionId });
  expect(shown.transaction?.step).toBe('held');
  expect(shown.isReferral).toBe(true);
});

test('a chosen case that is gone from the list gives way to the lane', () => {
  const shown = show({ lanes: [lane()], referrals: [] }, { kind: 'case', transactionId: 'gone' });
  expect(shown.lane?.laneId).toBe('lane-1');
  expect(shown.transaction).toBeNull();
});

test('with several lanes the lane of an ended case is not guessed', () => {
  const lanes = [lane({ transaction: transaction() }), lane({ laneId: 'lane-2' })];
  expect(laneOfCase({ lanes, referrals: [] }, transaction().transactionId)?.laneId).toBe('lane-1');
  expect(laneOfCase({ lanes, referrals: [] }, 'ended')).toBeNull();
  expect(laneOfCase({ lanes: [lane()], referrals: [] }, 'ended')?.laneId).toBe('lane-1');
});

test('repeats that follow each other are one line of the timeline, others are not', () => {
  const at = (event: string, at_ms: number) => ({ event, at_ms });
  const entries = [at('HALL_CHANGED', 1), at('HALL_CHANGED', 2), at('DOOR_OPENED', 3), at('HALL_CHANGED', 4)];
  expect(condense(entries)).toEqual([
    { event: 'HALL_CHANGED', at_ms: 1, times: 2 },
    { event: 'DOOR_OPENED', at_ms: 3, times: 1 },
    { event: 'HALL_CHANGED', at_ms: 4, times: 1 },
  ]);
});

test('what a decision rests on changes with mode, step, decision and reasons, not with progress', () => {
  const basis = basisOf(lane(), transaction());
  const passed = transaction().checks.filter(({ result }) => result !== 'passed');
  expect(basisOf(lane({ seq: 999, at_ms: 1 }), transaction({ timeline: [], checks: passed }))).toBe(basis);
  expect(basisOf(lane({ mode: 'evacuation' }), transaction())).not.toBe(basis);
  expect(basisOf(lane(), transaction({ step: 'returning' }))).not.toBe(basis);
  expect(basisOf(lane(), transaction({ reasons: [mismatch] }))).not.toBe(basis);
});

test.each<[string, Parameters<typeof transaction>[0]]>([
  ['the answer of a risk service', { risk: { state: 'hit', detail: 'A. N., score 0.91' } }],
  ['the candidate of a risk service', { risk: { state: 'unknown', detail: 'another word' } }],
  ['a check that fails', { checks: [...checks, check('portrait', 'Portrait usable', { result: 'failed' })] }],
  [
    'why a check failed',
    { checks: checks.map((each) => (each.result === 'failed' ? { ...each, because: 'X' } : each)) },
  ],
  ['the verdict on an attack', { face: attackedFace }],
  ['the similarity of the face', { similarity: { value: 0.51, min: 0.45, operatingPoint: 'strict' } }],
  ['a companion', { companionBy: 'B-115' }],
])('%s changes what a decision about a case rests on', (_, change) => {
  expect(basisOf(lane(), transaction(change))).not.toBe(basisOf(lane(), transaction()));
});

test('who asks for maintenance and why a lane is locked change what an order to the lane rests on', () => {
  const maintenance = { technician: 'T-7', officer: null, askedAt_ms: 1 };
  const asked = basisOf(lane({ maintenance }), null);
  expect(asked).not.toBe(basisOf(lane(), null));
  expect(basisOf(lane({ maintenance: { ...maintenance, technician: 'T-8' } }), null)).not.toBe(asked);
  const locked = (code: string) =>
    basisOf(lane({ mode: 'lockdown', incidents: [{ ...mismatch, code, since_ms: 1 }] }), null);
  expect(locked('DOOR_FORCED')).not.toBe(locked('LANE_LOCKED_DOWN'));
});

test('an officer’s number is one number, however it is written', () => {
  const kept = new Map([['officer', 'b-113']]);
  const identity = identityIn(kept);
  expect(identity.officer).toBe('B-113');
  identity.take('b-114 ');
  expect([identity.officer, kept.get('officer')]).toEqual(['B-114', 'B-114']);
});

test('a button acts only once it has stood there for a moment; one that went and came back is new', () => {
  const newcomers = new Newcomers<string>();
  newcomers.see(['open', 'close'], 1_000);
  expect([newcomers.isNew('open', 1_299), newcomers.isNew('open', 1_300)]).toEqual([true, false]);
  newcomers.see(['open'], 2_000);
  newcomers.see(['open', 'close'], 2_100);
  expect([newcomers.isNew('open', 2_100), newcomers.isNew('close', 2_100)]).toEqual([false, true]);
  expect([newcomers.left_ms(2_150), newcomers.left_ms(2_400)]).toEqual([250, 0]);
  newcomers.forget();
  newcomers.see(['open'], 3_000);
  expect(newcomers.isNew('open', 3_000)).toBe(true);
});

test('the page puts every check of the decision into the group that the decision has for it', () => {
  const asDecided = checkIds.map((id) => [id, checkDefinitions[id].group]);
  expect(checkIds.map((id) => [id, groupOfCheck(id)])).toEqual(asDecided);
});

test('a group is as good as the worst of its required checks, and what did not pass stands first', () => {
  const groups = groupChecks(checks);
  expect(groups.map((group) => [group.group, group.result])).toEqual([
    ['document', 'passed'],
    ['chip', 'passed'],
    ['face', 'failed'],
    ['risk', 'aborted'],
    ['lane', 'passed'],
  ]);
  expect(groups.find((group) => group.group === 'face')?.checks[0]?.id).toBe('face-match');
  expect(groups.flatMap((group) => group.checks).length).toBe(checks.length);
});

test('a group without required checks is judged by all it has', () => {
  const optional = check('watchlist', 'Watchlist', { isRequired: false, result: 'undetermined' });
  expect(groupChecks([optional])[0]?.result).toBe('undetermined');
});

test('a similarity that was not measured or lies below the threshold is never drawn as enough', () => {
  expect(similarityBar({ value: Number.NaN, min: 0.45 })).toMatchObject({ isEnough: false, value_percent: 0 });
  expect(similarityBar({ value: -0.2, min: 0.45 })).toMatchObject({ isEnough: false, value_percent: 0 });
  expect(similarityBar({ value: 0.45, min: 0.45 }).isEnough).toBe(true);
});

test('rounding never makes a similarity look equal to the threshold that it misses', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 1e-4, max: 1e-1, noNaN: true }),
      (min, gap) => {
        const bar = similarityBar({ value: min - gap, min });
        expect(bar.isEnough).toBe(false);
        expect(bar.value).not.toBe(bar.min);
      },
    ),
  );
});

test('durations are read in seconds, minutes and hours', () => {
  expect([0, 59_999, 65_000, 7_380_000, -5, Number.NaN].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 05 s',
    '2 h 03 min',
    '0 s',
    '–',
  ]);
});

test('codes become words, and the acronyms of the standards stay', () => {
  expect(['CHIP_READ', 'MRZ_CHECK_DIGIT_WRONG', 'exitOpened', 'CRL_MISSING'].map(wordsOfCode)).toEqual([
    'Chip read',
    'MRZ check digit wrong',
    'Exit opened',
    'CRL missing',
  ]);
});

test('a timer that ran out is named by the wait that it ended', () => {
  expect(wordsOfEvent('TIME_OVER:redirect')).toBe('Time is over: redirect');
  expect(wordsOfEvent('DOCUMENT_TAKEN')).toBe('Document taken');
});

const command: OfficerCommand = {
  commandId: '7c1f0a52-0000-4000-8000-0000000000aa',
  command: 'acknowledge',
  laneId: 'lane-1',
  transactionId: null,
  expectedSeq: 1,
  givenAt_ms: start_ms,
  officer: 'B-114',
  reason: null,
};
const answering = (status: number, body: string) => () => Promise.resolve(new Response(body, { status }));

test('a command is recorded, refused, or unanswered, and nothing else', async () => {
  expect(await sendCommand(command, answering(202, '{}'))).toEqual({ kind: 'recorded' });
  expect(await sendCommand(command, answering(409, '{"code":"STALE"}'))).toMatchObject({
    kind: 'refused',
    code: 'STALE',
  });
  expect(await sendCommand(command, answering(409, '{"code":"COMMAND_EXPIRED","message":"Old."}'))).toEqual({
    kind: 'refused',
    code: 'COMMAND_EXPIRED',
    message: 'Not done: too late. Old. Look again, then decide again.',
  });
  expect(await sendCommand(command, answering(422, '{"code":"NO","message":"Not now."}'))).toEqual({
    kind: 'refused',
    code: 'NO',
    message: 'Not done: Not now.',
  });
  expect(await sendCommand(command, answering(500, 'not JSON'))).toMatchObject({ kind: 'refused', code: 'HTTP_500' });
  expect(await sendCommand(command, answering(503, '{"code":"LANE_STOPPED"}'))).toEqual({ kind: 'unanswered' });
  expect(await sendCommand(command, () => Promise.reject(new TypeError('gone')))).toEqual({ kind: 'unanswered' });
});

test('an officer reads every hint and every signal of an attack in words', () => {
  for (const hint of Object.keys(hintTexts)) expect(wordsOfHint(hint)).not.toBe(wordsOfCode(hint));
  for (const { name } of attackSignals) expect(wordsOfSignal(name)).not.toBe(wordsOfCode(name));
  expect([wordsOfHint('standOnOneLeg'), wordsOfSignal('new-signal')]).toEqual(['Stand on one leg', 'New signal']);
});

test('the quality of the live picture has a unit each, and what was not measured is no zero', () => {
  const quality = {
    interEyeDistance_px: 91.6,
    luminanceMean: 0.52,
    illuminationUniformity: 0.4,
    sharpness: 0.0716,
    eyesOpen_min: 0.98,
    yaw_deg: -3.4,
  };
  expect(qualityRows(quality).map(([, figure]) => figure)).toEqual([
    '92 px',
    '52 %',
    '40 %',
    '0.072',
    '98 %',
    '3° to their right',
  ]);
  const unmeasured = Object.fromEntries(Object.keys(quality).map((name) => [name, Number.NaN])) as typeof quality;
  expect(new Set(qualityRows(unmeasured).map(([, figure]) => figure))).toEqual(new Set(['–']));
});
