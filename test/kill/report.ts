/** What a lane that will be killed says about itself while it lives: one JSON line each, written before it goes on. */
import type { LaneKind } from '../walks/plan.ts';
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';

/** Where leaves stand and who is in the hall. It outlives the process, as doors and people do. */
export type HallState = {
  readonly leaves: Readonly<Record<DoorName, number>>;
  readonly commands: Readonly<Record<DoorName, DoorCommand>>;
  readonly bodies: readonly { readonly id: string; readonly position_mm: number }[];
  readonly things: readonly { readonly from_mm: number; readonly to_mm: number }[];
};

/** `at_ms`: virtual milliseconds since this process was born into the hall. */
export type Report = { readonly at_ms: number } /** The modules are loaded; waiting for a `Birth`. */ & (
  | { readonly type: 'ready' }
  /** The journal is open, and stands here. */
  | { readonly type: 'opened'; readonly seq: number }
  /** The controller starts. */
  | { readonly type: 'boot' }
  /** Records up to this one were handed to the journal. */
  | { readonly type: 'begun'; readonly seq: number }
  /** The journal has confirmed records up to this one. */
  | { readonly type: 'durable'; readonly seq: number }
  /** The lane or a passage has come to this state. */
  | { readonly type: 'state'; readonly subject: string; readonly state: string; readonly because: readonly string[] }
  /** A door is about to be asked. */
  | { readonly type: 'ask'; readonly door: DoorName; readonly command: DoorCommand }
  | { readonly type: 'hall'; readonly hall: HallState }
  /** Something that nobody foresaw; the process ends. */
  | { readonly type: 'unforeseen'; readonly what: string }
  /** Everything that was to happen has happened. */
  | { readonly type: 'over' }
);

/** What a process is born into. */
export type Birth = {
  readonly journal: string;
  /** Draws who comes and what goes wrong. */
  readonly seed: number;
  readonly generation: number;
  readonly lane: LaneKind;
  readonly hall: HallState;
  /** Wall clock of the hall, ms since the epoch. */
  readonly wall_ms: number;
  /** How long the controller has been down already when its successor starts, virtual ms. */
  readonly down_ms: number;
  /** `calm`: sound travellers and no misfortune. */
  readonly weather: 'rough' | 'calm';
};
