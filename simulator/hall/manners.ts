/** Ways in which travellers do otherwise than most. A traveller has one at most; each is a few plain habits. */
import { bodyWidth_mm } from './geometry.ts';

export type Manner = {
  /** Words for whoever sends such a traveller. */
  readonly title: string;
  /** Goes away when the entry door opens. */
  readonly turnsBack?: boolean;
  /** Leaves the document on the reader. */
  readonly leavesDocument?: boolean;
  /** Takes the document up so much later than others. */
  readonly takesUpAfter_ms?: number;
  /** Stops in the entry door for so long. */
  readonly stopsInEntry_ms?: number;
  /** Stays at the mark so long after the exit has opened. */
  readonly ignoresExit_ms?: number;
  /** Stays at the mark so long after the way back has opened. */
  readonly ignoresWayBack_ms?: number;
  /** On the way out, turns round here and walks back into the chamber, once. */
  readonly turnsRoundAt_mm?: number;
  /** Everything takes so many times as long, walking included. */
  readonly slowness?: number;
  readonly width_mm?: number;
};

const never_ms = 600_000;

export const manners = {
  ordinary: { title: 'does what the gate asks' },
  'turns-back': { title: 'turns back when the entry door opens', turnsBack: true },
  'forgets-document': { title: 'forgets the document on the reader', leavesDocument: true },
  dawdles: { title: 'stops in the entry door and looks for something', stopsInEntry_ms: 5_000 },
  'blocks-entry': { title: 'stays standing in the entry door', stopsInEntry_ms: 22_000 },
  'stays-inside': { title: 'does not walk out through the open exit', ignoresExit_ms: never_ms },
  // Longer than the way back is offered; then staff come.
  'sits-down': { title: 'sits down in the cabin', ignoresExit_ms: never_ms, ignoresWayBack_ms: 45_000 },
  'steps-back-in': {
    title: 'turns round in the exit door and stays in the cabin',
    turnsRoundAt_mm: 2_080,
    ignoresExit_ms: never_ms,
  },
  'comes-back-in': {
    title: 'turns round behind the exit and walks back in',
    turnsRoundAt_mm: 3_000,
    ignoresExit_ms: 6_000,
  },
  wheelchair: { title: 'comes in a wheelchair', slowness: 2, takesUpAfter_ms: 11_000, width_mm: 700 },
} as const satisfies Readonly<Record<string, Manner>>;

export type MannerName = keyof typeof manners;

export const mannerNamed = (name: MannerName = 'ordinary'): Manner => manners[name];

export const widthOf = (manner: Manner): number => manner.width_mm ?? bodyWidth_mm;
