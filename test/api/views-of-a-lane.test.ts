/** Every page's view of one real lane: machines, kernel, inputs and hall, in virtual time. */
import { afterEach, describe, expect, test } from 'vitest';
import { give } from '../../gate-controller/api/commands.ts';
import { displayView } from '../../gate-controller/api/display-view.ts';
import { callForHelp, HelpCalls } from '../../gate-controller/api/help-calls.ts';
import type { OfficerCommandName } from '../../gate-controller/api/messages.ts';
import { technicianView } from '../../gate-controller/api/technician-view.ts';
import { officerView } from '../../gate-controller/api/views.ts';
import { laneShown, pageSources } from '../lane/page-sources.ts';
import { VirtualLane, watchlistHit } from '../lane/virtual-lane.ts';

let lane: VirtualLane;
const help = new HelpCalls();
afterEach(() => lane.kill());

const chipReader = { device: 'chip-reader', title: 'Chip reader', connection: '/dev/ttyUSB1', identification: null };
const sources = () => pageSources(lane, { help, devices: () => [chipReader] });

const officers = () => laneShown(sources());

/** An officer's order on the newest view, and what became of it. */
async function order(command: OfficerCommandName, transactionId: string | null = null, officer = 'B-114') {
  const { cases, history, kernel } = lane.controller;
  const answer = give(
    {
      commandId: '7c1f0a52-0000-4000-8000-0000000000aa',
      command,
      laneId: 'lane-1',
      transactionId,
      expectedSeq: officers().seq,
      givenAt_ms: lane.clock.now_ms(),
      officer,
      reason: 'compared by eye',
    },
    {
      kernel,
      cases,
      laneId: 'lane-1',
      acknowledgeEnded: (id) => history.acknowledge(id),
      answerHelp: () => help.answer(lane.clock.now_ms()),
      now_ms: () => lane.clock.now_ms(),
    },
  );
  await lane.run(100);
  return answer;
}

describe('what a technician sees', () => {
  test('holds nothing of the traveller, whose name the officer has before him at the same moment', async () => {
    lane = await VirtualLane.open();
    const id = await lane.toCapturing();
    const personal = [id, 'ERIKSSON', 'ANNA', 'L898902C3', '740812'];
    expect(JSON.stringify(officerView(sources()))).toContain('ERIKSSON');
    for (const view of [technicianView(sources()), displayView(sources())]) {
      for (const word of personal) expect(JSON.stringify(view)).not.toContain(word);
    }
  });

  test('is where both machines stand, which waits are under way, and the steps that led there', async () => {
    lane = await VirtualLane.open();
    await lane.toCapturing();
    const view = technicianView(sources());
    expect(view.standings).toMatchObject([
      { machine: 'lane', role: 'lane', states: ['open', 'open.shut'] },
      { machine: 'transaction', role: 'current', states: ['capturing'] },
    ]);
    const capture = view.timers.find(({ name }) => name === 'capture');
    expect(capture).toMatchObject({ machine: 'transaction' });
    expect(capture?.left_ms).toBeGreaterThan(0);
    expect(view.timers.every(({ left_ms, name }) => left_ms >= 0 && /^\w+$/.test(name))).toBe(true);
    expect(view.steps.length).toBeLessThanOrEqual(30);
    expect(view.steps.at(-1)?.seq).toBe(view.seq);
    expect(view.steps.every(({ after_ms }) => after_ms === null || after_ms >= 0)).toBe(true);
  });

  test('is a door as it was asked and as it is, and that it is still on its way', async () => {
    lane = await VirtualLane.open();
    await lane.toEntering();
    await lane.until(() => lane.position('entry') > 5);
    expect(technicianView(sources()).doors).toMatchObject({
      entry: { commanded: 'open', agreement: 'waiting', observed: { isAtOpenLimit: false } },
      exit: { agreement: 'agrees', observed: { isAtClosedLimit: true } },
    });
    await lane.until(() => lane.position('entry') === 100);
    await lane.run(200);
    expect(technicianView(sources()).doors.entry).toMatchObject({ commanded: 'open', agreement: 'agrees' });
  });

  test('is a dead device with its port, its fault in words, and what to do', async () => {
    lane = new VirtualLane();
    lane.isCameraDead = true;
    await lane.boot();
    await lane.until(() => officers().mode === 'fault');
    const { devices, mode } = technicianView(sources());
    expect(mode).toBe('fault');
    expect(devices[0]).toMatchObject({ device: 'chip-reader', connection: '/dev/ttyUSB1', faults: [] });
    expect(devices.find(({ device }) => device === 'camera')?.faults).toMatchObject([
      { code: 'DEVICE_DISCONNECTED', isBlocking: true, meaning: expect.stringContaining('check cable') },
    ]);
  });
});

describe('a lane that has to be attended', () => {
  test('says that nobody does and stays shut; with an officer’s sign of life it may be opened', async () => {
    lane = await VirtualLane.open({ attendance: 'required' });
    expect(officers()).toMatchObject({ isAttended: false, mode: 'closed' });
    expect(officers().incidents.map(({ code }) => code)).toEqual(['LANE_UNATTENDED']);
    lane.controller.attend();
    await lane.run(2_000);
    expect(officers()).toMatchObject({ isAttended: true, incidents: [] });
    if (officers().commands.includes('openLane')) await order('openLane');
    await lane.until(() => officers().mode === 'open');
  });

  test('closes by itself when the officer goes away', async () => {
    lane = await VirtualLane.open({ attendance: 'required' });
    lane.controller.attend();
    await lane.run(2_000);
    if (officers().commands.includes('openLane')) await order('openLane');
    await lane.until(() => officers().mode === 'open');
    await lane.until(() => officers().mode === 'closed', 40_000);
    expect(officers().isAttended).toBe(false);
  });
});

test('where an officer confirms everybody, whoever waits in the cabin is told that an officer completes the check', async () => {
  lane = await VirtualLane.open();
  expect(await order('assistLane')).toBeUndefined();
  expect(officers().mode).toBe('assisted');
  const id = await lane.toCapturing();
  lane.faceMatches(id);
  await lane.until(() => officers().transaction?.step === 'held');
  expect(officers().transaction).toMatchObject({ isAssisted: true, decision: 'refer' });
  expect(displayView(sources()).screen).toBe('officerConfirms');
  expect(await order('releaseToExit', id)).toBeUndefined();
  await lane.until(() => officers().transaction?.step === 'leaving');
});

test('more time is given to the next traveller, and the sign knows', async () => {
  lane = await VirtualLane.open();
  expect(displayView(sources()).profile).toBe('standard');
  expect(await order('useAccessibleProfile')).toBeUndefined();
  expect(officers()).toMatchObject({ profile: 'accessible' });
  expect(officers().commands).toContain('useStandardProfile');
  expect(officers().commands).not.toContain('useAccessibleProfile');
  expect(displayView(sources()).profile).toBe('accessible');
  await lane.toEntering();
  expect(officers()).toMatchObject({ profile: 'standard', transaction: { profile: 'accessible' } });
});

test('a traveller who asks for help is an officer’s case, and the sign says that help is coming', async () => {
  lane = await VirtualLane.open();
  await lane.toCapturing();
  expect(displayView(sources()).help).toBe('offered');
  callForHelp({ kernel: lane.controller.kernel, help, now_ms: () => lane.clock.now_ms() });
  await lane.run(100);
  expect(officers().transaction?.hasAskedForHelp).toBe(true);
  expect(displayView(sources()).help).toBe('coming');
});

test('who calls for help before a passage is an incident of the lane until an officer has seen it', async () => {
  lane = await VirtualLane.open();
  help.ask(lane.clock.now_ms());
  expect(displayView(sources())).toMatchObject({ screen: 'helpComing', help: 'coming' });
  expect(officers().incidents).toMatchObject([{ code: 'HELP_REQUESTED', exception: 'Traveller who needs assistance' }]);
  expect(officers().commands).toContain('acknowledge');
  expect(await order('acknowledge')).toBeUndefined();
  expect([officers().incidents, displayView(sources()).screen]).toEqual([[], 'placeDocument']);
  expect(await order('acknowledge')).toMatchObject({ code: 'COMMAND_STALE' });
});

test('with overlap the officer sees both travellers, and the technician where both stand', async () => {
  lane = await VirtualLane.open({ isOverlapping: true });
  const id = await lane.toCapturing();
  lane.faceMatches(id);
  await lane.until(() => officers().transaction?.step === 'leaving');
  lane.presentOtherDocument();
  await lane.until(() => officers().next !== null);
  expect(officers().next?.transactionId).not.toBe(id);
  const roles = technicianView(sources()).standings.map(({ role }) => role);
  expect(roles).toEqual(['lane', 'current', 'next']);
});

test('after a watchlist hit one officer’s release opens nothing; the page asks for a second, whose word does', async () => {
  lane = await VirtualLane.open();
  lane.risk = watchlistHit;
  const id = await lane.toCapturing();
  lane.faceMatches(id);
  await lane.until(() => officers().transaction?.step === 'held');
  expect(await order('releaseToExit', id, 'B-114')).toBeUndefined();
  expect(officers().transaction).toMatchObject({
    step: 'held',
    waitingForSecondOfficer: { command: 'releaseToExit', officer: 'B-114' },
  });
  expect(await order('releaseToExit', id, 'B-114')).toMatchObject({ code: 'SECOND_OFFICER_NEEDED' });
  expect(officers().transaction?.commands).toContain('releaseToExit');
  expect(await order('releaseToExit', id, 'B-115')).toBeUndefined();
  await lane.until(() => officers().transaction?.step === 'leaving');
});
