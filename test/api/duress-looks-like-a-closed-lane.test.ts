/** Every page's view of one real lane that was locked under duress while a traveller is in the cabin. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { give } from '../../gate-controller/api/commands.ts';
import { displayView } from '../../gate-controller/api/display-view.ts';
import { HelpCalls } from '../../gate-controller/api/help-calls.ts';
import type { OfficerCommand, OfficerCommandName } from '../../gate-controller/api/messages.ts';
import { transactionRecord } from '../../gate-controller/api/record.ts';
import { giveTechnician } from '../../gate-controller/api/technician-commands.ts';
import { technicianView } from '../../gate-controller/api/technician-view.ts';
import { officerView } from '../../gate-controller/api/views.ts';
import { laneSnapshot, laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { laneShown, pageSources } from '../lane/page-sources.ts';
import { VirtualLane } from '../lane/virtual-lane.ts';

let lane: VirtualLane;
const help = new HelpCalls();
afterEach(() => lane.kill());

/** Words that no page of an ordinary closed lane shows. */
const telling = /duress|lock(ed|down)|LOCKED|LOCKDOWN/i;

const sources = () =>
  pageSources(lane, {
    help,
    health: () => [{ name: 'Serves travellers', value: lane.controller.notReadyBecause().join(), isGood: false }],
  });

const officers = () => laneShown(sources());

const context = () => ({
  kernel: lane.controller.kernel,
  cases: lane.controller.cases,
  laneId: 'lane-1',
  acknowledgeEnded: () => false,
  answerHelp: () => false,
  now_ms: () => lane.clock.now_ms(),
});

async function order(command: OfficerCommandName, change: Partial<OfficerCommand> = {}) {
  const body = { commandId: randomUUID(), command, laneId: 'lane-1', transactionId: null, officer: 'B-114' };
  const given = { expectedSeq: officers().seq, givenAt_ms: lane.clock.now_ms(), reason: 'walked through, in order' };
  const answer = give({ ...body, ...given, ...change }, context());
  await lane.run(100);
  return answer;
}

const state = (): string => outermost(laneSnapshot(lane.controller.kernel)?.value);

/** Everything that any page of this lane shows, beside the names of commands. */
function shown(): string {
  const { lanes, referrals } = officerView(sources());
  const named = lanes.map(({ commands: _, ...rest }) => rest);
  const { commands: _, ...technician } = technicianView(sources());
  return JSON.stringify([named, referrals, technician, displayView(sources()), lane.controller.notReadyBecause()]);
}

test('a silent alarm with somebody in the cabin leaves no word of it on any page of the lane', async () => {
  lane = await VirtualLane.open();
  const id = await lane.toCapturing();
  expect(await order('duress')).toBeUndefined();
  expect(state()).toBe('lockdown');
  const view = officers();
  expect(view).toMatchObject({ mode: 'closed', incidents: [], transaction: { step: 'held' } });
  expect(view.transaction?.reasons.map(({ code }) => code)).toEqual(['OFFICER_CONFIRMATION_REQUIRED']);
  expect(technicianView(sources())).toMatchObject({ mode: 'closed' });
  expect(technicianView(sources()).standings[0]).toMatchObject({ states: ['closed', 'closed.shut'] });
  expect(technicianView(sources()).steps.map(({ event }) => event)).toContain('OFFICER_CLOSED_LANE');
  expect(lane.controller.notReadyBecause()).toContain('lane:closed');
  expect(shown()).not.toMatch(telling);
  expect(JSON.stringify(transactionRecord(lane.journal.recordsOf(id)))).not.toMatch(telling);
});

test('and so it stays while nobody comes, on the sign of an empty lane too', async () => {
  lane = await VirtualLane.open();
  expect(await order('duress')).toBeUndefined();
  expect(displayView(sources())).toMatchObject({ screen: 'closed', help: 'none' });
  await lane.run(130_000);
  expect(state()).toBe('lockdown');
  expect(displayView(sources()).screen).toBe('closed');
  expect(shown()).not.toMatch(telling);
});

test('it offers what a closed lane offers, and answers like one; nothing comes of it', async () => {
  lane = await VirtualLane.open();
  expect(await order('closeLane')).toBeUndefined();
  await lane.until(() => state() === 'closed');
  const { commands } = officers();
  const technicians = technicianView(sources()).commands;
  await order('duress');
  expect(officers().commands).toEqual(commands);
  expect(technicianView(sources()).commands).toEqual(technicians);
  for (const command of ['openLane', 'assistLane', 'duress', 'useAccessibleProfile'] as const) {
    expect([command, await order(command)]).toEqual([command, undefined]);
  }
  const asked = giveTechnician(
    {
      commandId: randomUUID(),
      command: 'askMaintenance',
      laneId: 'lane-1',
      expectedSeq: officers().seq,
      givenAt_ms: lane.clock.now_ms(),
      technician: 'T-7',
      door: null,
      motion: null,
    },
    context(),
  );
  await lane.run(100);
  expect(await asked).toBeUndefined();
  expect(state()).toBe('lockdown');
  expect(JSON.stringify(await order('resetEvacuation'))).not.toMatch(telling);
  expect(shown()).not.toMatch(telling);
  expect(await order('lockLane')).toBeUndefined();
});

test('two officers end it, and nobody can tell from the offers of a closed lane whether there is something to end', async () => {
  lane = await VirtualLane.open();
  await order('closeLane');
  await lane.until(() => state() === 'closed');
  expect(officers().commands).toContain('resetLockdown');
  expect(await order('resetLockdown')).toBeUndefined();
  expect(state()).toBe('closed');
  await order('duress');
  expect(await order('resetLockdown')).toBeUndefined();
  expect(await order('resetLockdown', { officer: 'B-115' })).toBeUndefined();
  expect(laneSnapshot(lane.controller.kernel)?.context.lockdown).toBeNull();
  expect(lane.controller.kernel.since(laneSubject)).toBeDefined();
});

test('the locking commands are offered in every state, whatever they change there', async () => {
  lane = await VirtualLane.open();
  expect(officers().commands).toEqual(expect.arrayContaining(['lockLane', 'duress']));
  await order('lockLane');
  expect(officers().mode).toBe('lockdown');
  expect(officers().commands).toEqual(expect.arrayContaining(['lockLane', 'duress']));
});
