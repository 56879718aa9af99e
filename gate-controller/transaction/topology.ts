/**
 * How document and face are arranged along the lane (Frontex technical guidelines: one-step, integrated two-step and
 * segregated two-step). `integrated-two-step`: document outside the entry, face in the cabin. `one-step`: both in the cabin.
 * `segregated`: document at a kiosk, then the same document again as a ticket at the gate, face in the cabin.
 */
export type Topology = 'integrated-two-step' | 'one-step' | 'segregated';

export const topologies = ['integrated-two-step', 'one-step', 'segregated'] as const satisfies readonly Topology[];

/** `accessible`: every wait for a person is twice as long. */
export type Profile = 'standard' | 'accessible';

export const profiles = ['standard', 'accessible'] as const satisfies readonly Profile[];
