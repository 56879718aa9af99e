/**
 * What the controller and the technician's page say to each other, beside `messages.ts`. Nothing here is personal: a passage
 * is a state and a number of steps, and no record of a traveller can be reached from it.
 */

import type { TransitionRow } from '../kernel/transition-table.ts';
import type { DoorView, LaneMode, LaneView } from './messages.ts';

export type { TransitionRow };

/** GET /api/machines: both statecharts, as they run. */
export type MachinesView = Readonly<Record<MachineKind, readonly TransitionRow[]>>;

export type MachineKind = 'lane' | 'transaction';

/** Where one machine stands. */
export type StandingView = {
  readonly machine: MachineKind;
  /** `current`, or `next` whose document is read while the current one leaves; the lane is `lane`. */
  readonly role: 'lane' | 'current' | 'next';
  /** Every state that holds, outer before inner, as paths: `fault`, `fault.waiting`. */
  readonly states: readonly string[];
  /** Since when the innermost set holds, as recorded. */
  readonly since_ms: number | null;
};

/** One recorded step; newest last. */
export type StepView = {
  readonly seq: number;
  readonly at_ms: number;
  /** Since the step before it, ms; null for the first. */
  readonly after_ms: number | null;
  readonly machine: MachineKind | 'late';
  readonly event: string;
  readonly state: string;
  /** The state had no use for the event. */
  readonly isIgnored: boolean;
};

export type DeviceFaultView = {
  readonly code: string;
  readonly meaning: string;
  /** What to do, one sentence. */
  readonly advice: string;
  readonly since_ms: number;
  readonly isBlocking: boolean;
};

export type DeviceView = {
  readonly device: string;
  readonly title: string;
  /** Port or address that it is configured on; null for what is inside the controller. */
  readonly connection: string | null;
  /** Model and firmware as the device says; null while it has not answered. */
  readonly identification: string | null;
  readonly faults: readonly DeviceFaultView[];
};

export type DoorCommandView = 'hold' | 'open' | 'close';

export type DoorStandingView = {
  /** What is asked of the door now, and since when. */
  readonly commanded: DoorCommandView;
  readonly commandedAt_ms: number | null;
  /** Null while the gate hardware has not answered. */
  readonly observed: (DoorView & { readonly isAtOpenLimit: boolean; readonly isAtClosedLimit: boolean }) | null;
  /** `waiting`: asked for, on its way or held up by an obstacle. */
  readonly agreement: 'agrees' | 'waiting' | 'disagrees' | 'unknown';
};

export type TimerView = {
  readonly machine: MachineKind;
  /** Name of the wait, as in the transition table. */
  readonly name: string;
  readonly left_ms: number;
};

/** One line of the lane's health. */
export type HealthView = {
  readonly name: string;
  readonly value: string;
  readonly isGood: boolean;
};

export type TechnicianCommandName = 'askMaintenance' | 'endMaintenance' | 'moveDoor';

/** Server-sent event `technician` on /api/technician/events; snapshot on GET /api/technician. */
export type TechnicianView = {
  readonly laneId: string;
  readonly name: string;
  readonly mode: LaneMode;
  readonly seq: number;
  readonly at_ms: number;
  readonly version: string;
  readonly standings: readonly StandingView[];
  readonly steps: readonly StepView[];
  readonly devices: readonly DeviceView[];
  readonly doors: { readonly entry: DoorStandingView; readonly exit: DoorStandingView };
  readonly inputs: readonly { readonly name: string; readonly isOn: boolean }[];
  readonly timers: readonly TimerView[];
  readonly health: readonly HealthView[];
  readonly maintenance: LaneView['maintenance'];
  /** Commands a technician may give now. */
  readonly commands: readonly TechnicianCommandName[];
};

/** POST /api/technician. Answered like an officer's command. */
export type TechnicianCommand = {
  readonly commandId: string;
  readonly command: TechnicianCommandName;
  readonly laneId: string;
  readonly expectedSeq: number;
  readonly givenAt_ms: number;
  /** Number of the technician (`personNumberPattern`). */
  readonly technician: string;
  /** Both only for moveDoor. */
  readonly door: 'entry' | 'exit' | null;
  readonly motion: DoorCommandView | null;
};
