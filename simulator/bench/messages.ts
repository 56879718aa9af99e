/**
 * What the simulator and its bench page say to each other. Served on the simulator's own port; technicians drive the
 * simulated hall with it. Nothing here reaches the controller except through the wires.
 */

export type ScenarioView = {
  readonly name: string;
  readonly title: string;
  /** Heading under which it stands. */
  readonly chapter: string;
  /** False: it also needs officers, or a lane that is configured for it; a traveller sent alone may end otherwise. */
  readonly isForAnyLane: boolean;
  readonly expects: { readonly outcome: string; readonly reasons: readonly string[] };
};

export type BodyView = {
  readonly id: string;
  readonly kind: 'traveller' | 'tailgater' | 'companion' | 'intruder';
  /** Along the lane: 0 is the entry door, `lane.exit_mm` the exit door; negative is the public hall. */
  readonly position_mm: number;
  /** What the body is doing, in words. */
  readonly doing: string;
};

export type HallView = {
  readonly at_ms: number;
  readonly lane: { readonly exit_mm: number; readonly hall_mm: number };
  readonly doors: Readonly<
    Record<
      'entry' | 'exit',
      { readonly position_percent: number; readonly motion: string; readonly isObstructed: boolean }
    >
  >;
  readonly sensors: Readonly<Record<string, boolean>>;
  readonly lamps: { readonly entry: string; readonly exit: string; readonly document: string };
  readonly bodies: readonly BodyView[];
  /** Times that the exit door has left its closed position since the start. */
  readonly exitOpenings: number;
  /** Invariants the hall itself watches from outside, and those it saw broken. */
  readonly invariants: { readonly checked: number; readonly broken: readonly string[] };
};

export type WireView = {
  readonly device: string;
  readonly path: string;
  readonly baudRate: number | null;
  readonly isPlugged: boolean;
  readonly bytesToHost: number;
  readonly bytesFromHost: number;
  readonly lastExchange: string | null;
};

export type PassageView = {
  readonly id: string;
  readonly scenario: string;
  readonly traveller: string;
  readonly state: 'queued' | 'walking' | 'done';
  readonly story: readonly { readonly at_ms: number; readonly event: string }[];
  /** How it ended as seen from the hall: which side the traveller left by. */
  readonly leftBy: 'exit' | 'entry' | 'neverEntered' | null;
};

/** Server-sent event `bench` on /api/events. */
export type BenchView = {
  readonly hall: HallView;
  readonly wires: readonly WireView[];
  readonly passages: readonly PassageView[];
  readonly stream: { readonly isRunning: boolean; readonly isPaused: boolean };
  readonly services: { readonly watchlist: { readonly url: string; readonly mode: string; readonly requests: number } };
  readonly camera: { readonly url: string; readonly mode: string; readonly frames: number };
  readonly faults: readonly { readonly name: string; readonly title: string; readonly isOn: boolean }[];
  readonly scenarios: readonly ScenarioView[];
};

/** POST /api/travellers → 202 { id } */
export type SendTraveller = {
  readonly scenario: string;
  readonly fast?: boolean;
  /** Comes up to the reader while the traveller before is still in the lane. */
  readonly close?: boolean;
};
/** POST /api/stream */
export type SetStream = { readonly paused: boolean };
/** POST /api/faults */
export type SetFault = { readonly name: string; readonly on: boolean };
