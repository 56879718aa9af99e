/**
 * Passages and lane modes in the virtual lane: production controller, simulated hall and gate hardware, officers on time.
 * What chip and face came to is told.
 */
import { laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import { officer, technician, VirtualLane } from '../lane/virtual-lane.ts';
import { type Recording, recordingOf } from './recording.ts';

/** What is kept of it: the passage that is named, or else the lane. */
type Told = { readonly lane: VirtualLane; readonly id?: string };
type Story = { readonly title: string; readonly tell: () => Promise<Told> };

const minute_ms = 60_000;
const stateOf = (lane: VirtualLane): string => JSON.stringify(lane.state);

/** The face compares like this. */
const compares = (lane: VirtualLane, id: string, similarity: number): void =>
  lane.tell(id, {
    type: 'FACE_VERIFIED',
    captured: measured({ framesSeen: 5, framesCompared: 3 }),
    similarity: measured(similarity),
    attack: measured({ verdict: 'live', because: 'LOOKS_LIVE', signals: [] }),
    frames: { none: 3 },
  });
const measured = <T>(value: T) => ({ status: 'measured', value, at_ms: 0, by: 'told' }) as const;

async function leavesBy(lane: VirtualLane, door: 'entry' | 'exit'): Promise<void> {
  await lane.until(() => lane.position(door) === 100, 2 * minute_ms);
  lane.walkTo(door === 'exit' ? 4_500 : -900);
  await lane.run(6_000);
  lane.hall.leave('p');
  await lane.until(() => lane.transactionId === null, 3 * minute_ms);
}

async function comparedWith(similarity: number, door: 'entry' | 'exit'): Promise<Told> {
  const lane = await VirtualLane.open();
  const id = await lane.toCapturing();
  compares(lane, id, similarity);
  if (door === 'entry') {
    await lane.until(() => lane.isHeld, minute_ms);
    lane.tell(id, { type: 'OFFICER_RETURNED', reason: 'somebody else', ...officer('a', lane) });
  }
  await leavesBy(lane, door);
  return { lane, id };
}

async function toOverlap(lane: VirtualLane, first: string): Promise<string> {
  const next = await lane.toNext(first);
  lane.takeDocument();
  await lane.run(1_000);
  return next;
}

const stories: Readonly<Record<string, Story>> = {
  'similarity-just-enough': {
    title: 'a similarity just above the threshold of the strict operating point',
    tell: () => comparedWith(0.451, 'exit'),
  },
  'similarity-just-not': {
    title: 'a similarity just below the threshold of the strict operating point',
    tell: () => comparedWith(0.449, 'entry'),
  },
  assisted: {
    title: 'an assisted lane: an officer confirms',
    tell: async () => {
      const lane = await VirtualLane.open();
      lane.tellLane({ type: 'OFFICER_ASSISTED_LANE', ...officer('a', lane) });
      const id = await lane.toCapturing();
      lane.faceMatches(id);
      await lane.until(() => lane.isHeld, minute_ms);
      lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('a', lane) });
      await leavesBy(lane, 'exit');
      return { lane, id };
    },
  },
  companion: {
    title: 'an officer lets a companion come along',
    tell: async () => {
      const lane = await VirtualLane.open();
      const id = await lane.toEntering();
      lane.tell(id, { type: 'OFFICER_ALLOWED_COMPANION', reason: 'a child', ...officer('a', lane) });
      await lane.walkIn('capturing');
      lane.faceMatches(id);
      await lane.until(() => lane.isHeld, minute_ms);
      lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'both seen', ...officer('a', lane) });
      await leavesBy(lane, 'exit');
      return { lane, id };
    },
  },
  'tailgated-twice': {
    title: 'a second person goes back when asked, and comes in again',
    tell: async () => {
      const lane = await VirtualLane.open();
      const id = await lane.toEntering();
      await lane.walkIn('separating');
      for (const time of ['first', 'second']) {
        await lane.run(400);
        lane.hall.enter(time, 'traveller', 400);
        await lane.until(() => lane.step !== 'separating');
        lane.hall.leave(time);
        await lane.until(() => lane.step !== 'clearingTailgate');
      }
      await leavesBy(lane, 'entry');
      return { lane, id };
    },
  },
  'reverse-entry': {
    title: 'somebody comes in through the open exit, and is let out there and nowhere else',
    tell: async () => {
      const lane = await VirtualLane.open();
      const id = await lane.toOpenExit();
      lane.walkTo(4_500);
      await lane.until(() => lane.step === 'closingExit');
      lane.hall.enter('intruder', 'traveller', 1_500);
      await lane.until(() => stateOf(lane).includes('lockdown'), 5_000);
      await lane.run(90_000);
      lane.tell(id, { type: 'OFFICER_RETURNED', reason: 'wrong', ...officer('a', lane) });
      for (const name of ['a', 'a', 'b']) {
        lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer(name, lane) });
        await lane.run(500);
      }
      await lane.until(() => lane.position('exit') === 100);
      lane.hall.leave('intruder');
      await lane.until(() => lane.transactionId === null);
      return { lane, id };
    },
  },
  'lockdown-inside': {
    title: 'the lane is locked down while somebody is in the cabin',
    tell: async () => {
      const lane = await VirtualLane.open();
      const id = await lane.toCapturing();
      lane.tellLane({ type: 'OFFICER_LOCKED_LANE', isDuress: false, ...officer('a', lane) });
      await lane.run(2_000);
      await leavesBy(lane, 'entry');
      return { lane, id };
    },
  },
  'overlap-next': {
    title: 'the document is read while the traveller before walks out',
    tell: async () => {
      const lane = await VirtualLane.open({ isOverlapping: true });
      const id = await toOverlap(lane, await lane.toCapturing());
      lane.walkTo(4_500);
      await lane.until(() => lane.transactionId === id && lane.step === 'entering', minute_ms);
      lane.hall.leave('p');
      await lane.run(2 * minute_ms);
      return { lane, id };
    },
  },
  'lane-open': {
    title: 'starting, open, one passage, closed by an officer',
    tell: async () => {
      const { lane } = await comparedWith(0.8, 'exit');
      await lane.run(3_000);
      lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...officer('a', lane) });
      await lane.run(3_000);
      return { lane };
    },
  },
  'lane-overlapping': {
    title: 'two travellers at once',
    tell: async () => {
      const lane = await VirtualLane.open({ isOverlapping: true });
      await toOverlap(lane, await lane.toCapturing());
      lane.walkTo(4_500);
      await lane.run(3 * minute_ms);
      return { lane };
    },
  },
  'lane-inviting': {
    title: 'a one-step lane invites, shuts, serves and invites',
    tell: async () => {
      const lane = await VirtualLane.open({ topology: 'one-step' });
      await lane.run(2_000);
      lane.hall.enter('p', 'traveller', -900);
      lane.walkTo(1_300);
      await lane.until(() => lane.step === 'awaitingDocument');
      const id = lane.transactionId ?? '';
      lane.presentDocument();
      await lane.until(() => lane.step === 'inspectingDocument');
      lane.chipInspected(id);
      lane.takeDocument();
      await lane.until(() => lane.step === 'capturing');
      lane.faceMatches(id);
      await leavesBy(lane, 'exit');
      await lane.run(3_000);
      return { lane };
    },
  },
  'lane-unattended': {
    title: 'attended, open, left alone, draining, closed',
    tell: async () => {
      const lane = await VirtualLane.open({ attendance: 'required' });
      lane.controller.attend();
      lane.tellLane({ type: 'OFFICER_OPENED_LANE', ...officer('a', lane) });
      await lane.run(3_000);
      await lane.toCapturing();
      await lane.run(3 * minute_ms);
      lane.hall.leave('p');
      await lane.run(2 * minute_ms);
      return { lane };
    },
  },
  'lane-assisted': {
    title: 'the risk service is down, and comes back',
    tell: async () => {
      const lane = await VirtualLane.open();
      lane.isRiskDown = true;
      await lane.until(() => stateOf(lane).includes('assisted'), minute_ms);
      lane.isRiskDown = false;
      await lane.run(90_000);
      return { lane };
    },
  },
  'lane-lockdown': {
    title: 'duress with somebody in the cabin; two officers end it',
    tell: async () => {
      const lane = await VirtualLane.open();
      await lane.toCapturing();
      lane.tellLane({ type: 'OFFICER_LOCKED_LANE', isDuress: false, ...officer('a', lane) });
      await lane.run(75_000);
      lane.hall.leave('p');
      await lane.run(2 * minute_ms);
      for (const name of ['a', 'a', 'b']) {
        lane.tellLane({ type: 'OFFICER_RESET_LOCKDOWN', reason: 'seen', ...officer(name, lane) });
        await lane.run(1_000);
      }
      await lane.run(10_000);
      return { lane };
    },
  },
  'lane-door-forced': {
    title: 'a shut door comes open by itself',
    tell: async () => {
      const lane = await VirtualLane.open();
      await lane.run(2_000);
      lane.hall.doors.exit.position_percent = 40;
      await lane.run(5_000);
      return { lane };
    },
  },
  'lane-maintenance': {
    title: 'a technician asks, an officer consents, doors are moved by hand',
    tell: async () => {
      const lane = await VirtualLane.open();
      lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...officer('a', lane) });
      await lane.run(500);
      lane.tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...officer('a', lane) });
      lane.tellLane({ type: 'TECHNICIAN_ASKED_MAINTENANCE', ...technician('tech', lane) });
      lane.tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...officer('a', lane) });
      await lane.run(500);
      for (const command of ['open', 'close'] as const) {
        lane.tellLane({ type: 'TECHNICIAN_MOVED_DOOR', door: 'entry', command, ...technician('tech', lane) });
        await lane.run(3_000);
      }
      lane.presentDocument();
      lane.tellLane({ type: 'TECHNICIAN_ENDED_MAINTENANCE', ...technician('tech', lane) });
      await lane.run(20_000);
      return { lane };
    },
  },
  'lane-fault': {
    title: 'the camera dies and comes back',
    tell: async () => {
      const lane = await VirtualLane.open();
      lane.camera.faults.raise('DEVICE_DISCONNECTED');
      await lane.run(20_000);
      lane.presentDocument();
      lane.camera.faults.clear('DEVICE_DISCONNECTED');
      await lane.run(10_000);
      return { lane };
    },
  },
  'lane-evacuation': {
    title: 'fire with somebody in the cabin; reset once it is over',
    tell: async () => {
      const lane = await VirtualLane.open();
      await lane.toCapturing();
      lane.hall.contacts.isFireAlarm = true;
      await lane.run(3_000);
      lane.tellLane({ type: 'OFFICER_RESET_EVACUATION', reason: 'too early', ...officer('a', lane) });
      lane.walkTo(4_500);
      await lane.run(5_000);
      lane.hall.leave('p');
      lane.hall.contacts.isFireAlarm = false;
      await lane.run(5_000);
      lane.tellLane({ type: 'OFFICER_RESET_EVACUATION', reason: 'walked through', ...officer('a', lane) });
      await lane.run(20_000);
      return { lane };
    },
  },
  'lane-restart': {
    title: 'killed with somebody in the cabin, started again',
    tell: async () => {
      const lane = await VirtualLane.open();
      await lane.toCapturing();
      await lane.restart();
      await lane.run(5_000);
      lane.walkTo(-900);
      await lane.run(2_000);
      lane.hall.leave('p');
      await lane.run(10_000);
      return { lane };
    },
  },
};

export async function virtualStories(): Promise<ReadonlyMap<string, Recording>> {
  const found = new Map<string, Recording>();
  for (const [name, { title, tell }] of Object.entries(stories)) {
    const { lane, id = laneSubject } = await tell();
    const recording = recordingOf(lane.journal.recordsOf(id), { title, recordedFrom: 'the virtual lane' });
    if (recording === undefined) throw new Error(`STORY_NOT_TOLD: ${name}`);
    found.set(name, recording);
  }
  return found;
}
