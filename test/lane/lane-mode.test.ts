import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defaultLaneTimings, type LaneInput } from '../../gate-controller/lane/context.ts';
import type { LaneHappening } from '../../gate-controller/lane/events.ts';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import { outermost, present } from '../../gate-controller/lane/presentation.ts';
import { type Hall, unknownHall } from '../../gate-controller/safety/hall.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { zoneRead } from '../decision/evidence-samples.ts';
import { quietHall } from '../safety/sample-halls.ts';

class Lane {
  #snapshot: SnapshotFrom<typeof laneMachine>;
  #asked: string[] = [];

  constructor(opensByItself = true, how: Partial<LaneInput> = {}) {
    const [snapshot] = initialTransition(laneMachine, {
      laneId: 'l',
      opensByItself,
      topology: 'integrated-two-step',
      isOverlapping: false,
      attendance: 'notRequired',
      usualProfile: 'standard',
      timings: defaultLaneTimings,
      ...how,
    });
    this.#snapshot = snapshot;
  }

  get state(): string {
    return outermost(this.#snapshot.value);
  }

  get context() {
    return this.#snapshot.context;
  }

  take(): readonly string[] {
    return this.#asked.splice(0);
  }

  tell(event: LaneHappening): this {
    const [snapshot, actions] = transition(laneMachine, this.#snapshot, { ...event, at_ms: 0 });
    this.#snapshot = snapshot;
    this.#asked.push(...actions.map(({ type }) => type).filter((type) => !type.startsWith('xstate.')));
    return this;
  }

  hall(change: Partial<Hall> = {}): this {
    return this.tell({ type: 'HALL_CHANGED', hall: { ...quietHall, ...change } });
  }

  healthy(): this {
    return this.tell({ type: 'HEALTH_CHANGED', blocking: [], degraded: [] });
  }

  tested(failures: readonly string[] = []): this {
    return this.tell({ type: 'SELF_TEST_ENDED', failures });
  }

  timeOut(delay: string, state: string): this {
    return this.tell({ type: `xstate.after.${delay}.lane.${state}` } as never);
  }
}

const openLane = () => new Lane().healthy().hall().tested();
const present1 = { type: 'DOCUMENT_PRESENTED', transactionId: 't1', mrz: zoneRead } as const;

describe('a lane opens', () => {
  test('when it sees a healthy, empty hall and its self-test has passed', () => {
    expect(openLane().state).toBe('open');
  });

  test('never before its devices have been heard', () => {
    expect(new Lane().hall().state).toBe('starting');
    expect(new Lane().healthy().state).toBe('starting');
  });

  test('not while a self-test failure stands', () => {
    const lane = new Lane().healthy().hall().tested(['TRUST_STORE_EMPTY']);
    expect(lane.state).toBe('fault');
    expect(lane.context.selfTestFailures).toEqual(['TRUST_STORE_EMPTY']);
  });

  test('only on an officer’s word unless it is told otherwise', () => {
    const lane = new Lane(false).healthy().hall().tested();
    expect(lane.state).toBe('closed');
    lane.tell({ type: 'OFFICER_OPENED_LANE', officer: 'local', validUntil_ms: 5_000 });
    expect(lane.state).toBe('selfTest');
    expect(lane.tested().state).toBe('open');
  });
});

describe('somebody in the cabin at the start', () => {
  test('is let out to the entry side before anything else', () => {
    const lane = new Lane().healthy().hall({ isCabinOccupied: true });
    expect(lane.take()).toEqual(['openEntry']);
    expect(lane.state).toBe('clearingCabin');
    lane.hall({ entry: 'open' });
    expect(lane.take()).toEqual(['closeEntry']);
    lane.hall();
    expect(lane.state).toBe('selfTest');
  });
});

test('an entry that was wanted open for a traveller who is gone does not open once the exit has shut', () => {
  const ended = { type: 'TRANSACTION_ENDED', transactionId: 't1', outcome: 'referred' } as const;
  const lane = openLane().tell(present1).hall({ exit: 'open', isCabinOccupied: true });
  lane.take();
  // The passage was letting somebody out to the entry side, behind an exit in which somebody else stands.
  lane.tell(ended);
  expect(lane.take()).toEqual(['holdEntry', 'closeExit']);
  lane.hall({ exit: 'open' }).hall();
  expect(lane.take()).toEqual(['runSelfTest']);
});

test('a closed lane that is undisturbed again wants its entry shut, whatever was wanted of it before', () => {
  const lane = openLane().tell(present1).hall({ exit: 'open', isCabinOccupied: true });
  lane.tell({ type: 'OFFICER_CLOSED_LANE', officer: 'o', validUntil_ms: 5_000 });
  lane.tell({ type: 'TRANSACTION_ENDED', transactionId: 't1', outcome: 'referred' });
  lane.hall().tested();
  expect(lane.state).toBe('closed');
  lane.hall({ entry: 'between' });
  lane.take();
  lane.hall();
  expect(lane.take()).toEqual(['closeEntry']);
});

test('whoever lies still after an evacuation, so that they read as an object, keeps the open entry', () => {
  const lane = openLane().hall({ isFireAlarm: true, entry: 'open', exit: 'open' });
  lane.hall({ entry: 'open', exit: 'open', isObjectLeft: true, isCabinOccupied: true });
  lane.tell({ type: 'OFFICER_RESET_EVACUATION', officer: 'local', reason: 'walked', validUntil_ms: 5_000 });
  lane.take();
  lane.hall({ entry: 'open', isObjectLeft: true, isCabinOccupied: true });
  expect(lane.take()).toEqual(['openEntry']);
});

describe('an open lane', () => {
  test('starts one transaction and ignores further documents until it has ended', () => {
    const lane = openLane();
    lane.take();
    lane.tell(present1);
    expect(lane.take()).toEqual(['startTransaction']);
    lane.tell({ ...present1, transactionId: 't2' });
    expect(lane.take()).toEqual([]);
    expect(lane.context.transactionId).toBe('t1');
  });

  test('is not freed by the end of another transaction', () => {
    const lane = openLane()
      .tell(present1)
      .tell({ type: 'TRANSACTION_ENDED', transactionId: 't0', outcome: 'admitted' });
    expect(lane.context.transactionId).toBe('t1');
  });

  test('takes the next traveller when the cabin is empty and shut, else clears it first', () => {
    const ended = { type: 'TRANSACTION_ENDED', transactionId: 't1', outcome: 'admitted' } as const;
    expect(openLane().tell(present1).tell(ended).state).toBe('open');
    expect(openLane().tell(present1).hall({ isCabinOccupied: true }).tell(ended).state).toBe('clearingCabin');
  });

  test('goes out of service on a fault, tells the transaction, and comes back when health has settled', () => {
    const lane = openLane().tell(present1);
    lane.take();
    lane.tell({ type: 'HEALTH_CHANGED', blocking: ['camera:CAMERA_NO_FRAMES'], degraded: [] });
    expect(lane.state).toBe('fault');
    expect(lane.take()).toEqual(['faultTransaction']);
    lane.healthy();
    expect(lane.state).toBe('fault');
    lane.tell({ type: 'TRANSACTION_ENDED', transactionId: 't1', outcome: 'referred' });
    lane.timeOut('settle', 'fault.settling').tested();
    expect(lane.state).toBe('open');
  });

  test('that an officer closes serves the traveller in it to the end and takes no new one', () => {
    const lane = openLane()
      .tell(present1)
      .tell({ type: 'OFFICER_CLOSED_LANE', officer: 'local', validUntil_ms: 5_000 });
    expect(lane.state).toBe('draining');
    lane.tell({ type: 'TRANSACTION_ENDED', transactionId: 't1', outcome: 'admitted' });
    expect(lane.state).toBe('closed');
  });
});

describe('fire or emergency release', () => {
  test.each([{ isFireAlarm: true }, { isEmergencyOpen: true }])(
    '%o wins in every state and asks for no door',
    (emergency) => {
      const lanes = [new Lane(), new Lane(false).healthy().hall().tested(), openLane(), openLane().tell(present1)];
      for (const lane of lanes) {
        lane.take();
        lane.hall(emergency);
        expect(lane.state).toBe('evacuation');
        expect(lane.take()).toEqual(['holdDoors', 'evacuateTransaction']);
      }
    },
  );

  test('ends only when the inputs are quiet and an officer resets it, and the lane stays closed', () => {
    const reset = {
      type: 'OFFICER_RESET_EVACUATION',
      officer: 'local',
      validUntil_ms: 5_000,
      reason: 'walked through',
    } as const;
    const lane = openLane().hall({ isFireAlarm: true }).tell(reset);
    expect(lane.state).toBe('evacuation');
    lane.hall();
    expect(lane.state).toBe('evacuation');
    lane.tell(reset).tested();
    expect(lane.state).toBe('closed');
  });
});

test('after a restart nothing of what was seen is believed', () => {
  const lane = openLane().tell(present1).tell({ type: 'RESTARTED' });
  expect(lane.state).toBe('starting');
  expect(lane.context).toMatchObject({ transactionId: null, hall: unknownHall });
});

describe('the display', () => {
  test('shows something in every state of lane and transaction', () => {
    const laneStates = Object.keys(laneMachine.states);
    const finals = ['admitted', 'referred', 'redirected', 'released', 'interrupted'];
    const transient = ['left', 'handedOver', ...finals];
    for (const state of laneStates)
      expect(present(state, null).screen, state).not.toBe('outOfService' + (state === 'fault' ? '?' : ''));
    for (const state of Object.keys(transactionMachine.states).filter((name) => !transient.includes(name))) {
      const { screen } = present('open', state);
      expect(screen, state).not.toBe('placeDocument');
    }
  });

  test('shows evacuation whatever the transaction was doing', () => {
    expect(present('evacuation', 'capturing').screen).toBe('evacuate');
  });

  test('shows a green exit only while somebody may leave by it', () => {
    const green = Object.keys(transactionMachine.states).filter(
      (state) => present('open', state).lamps.exit === 'green',
    );
    expect(green).toEqual(['leaving']);
  });
});

test('with overlap the signs before the entry are the next traveller’s, but never while the one inside is let back out', () => {
  const beside = (next: unknown) => ({ topology: 'integrated-two-step', next, isNextWelcome: false }) as const;
  expect(present('open', { leaving: 'walking' }, beside('inspectingDocument')).lamps).toEqual({
    entry: 'red',
    exit: 'green',
    document: 'reading',
  });
  expect(present('open', { returning: 'lettingOut' }, beside('inspectingDocument'))).toEqual({
    screen: 'goBack',
    lamps: { entry: 'green', exit: 'red', document: 'off' },
  });
});
