/**
 * A person at the gate. Acts on what a person sees (lamps, doors, the own place) after a human reaction time, with a
 * document in hand. Every wait has a limit, so that every passage ends.
 */
import type { Lamps } from '../../drivers/contracts/gate-io.ts';
import { lane, passable_percent } from './geometry.ts';
import { type Manner, manners } from './manners.ts';
import { type TravellerState, words } from './doings.ts';
import type { Pace } from './pace.ts';

export type Sight = {
  readonly lamps: Lamps;
  readonly entryDoor_percent: number;
  readonly exitDoor_percent: number;
  readonly isAlarmSounding: boolean;
  /** The own place on the lane. */
  readonly position_mm: number;
  /** Somebody stands close behind. */
  readonly isFollowed: boolean;
  /** Name of what the display at the gate shows; null where nobody can read one. */
  readonly screen: string | null;
};

/** Asked to step in before anything else, through a door that is open. */
const isAskedIn = ({ screen, lamps, entryDoor_percent }: Sight): boolean =>
  screen === stepInScreen && lamps.entry === 'green' && entryDoor_percent >= openEnough_percent;

/** What hands can do to the devices. */
export interface Hands {
  /** Passes the data page over the MRZ reader. */
  swipe(): void;
  /** Lays the document on the chip reader. */
  lay(): void;
  /** Takes the document up, wherever it lies. */
  lift(): void;
  /** Presses the emergency-open button inside the chamber. */
  pressEmergencyOpen(): void;
}

/** Which side a person left by. */
export type Side = 'exit' | 'entry' | 'neverEntered';

/** How long a person puts up with something, ms. */
export const patience = {
  toPresent_ms: 120_000,
  reading_ms: 60_000,
  entry_ms: 30_000,
  inChamber_ms: 180_000,
  /** A red lamp after presenting is believed after it has stood so long. */
  redLamp_ms: 1_200,
  /** The reader still asks for a document: it did not take this one. */
  placeAgain_ms: 3_000,
  /** The entry door stays open behind somebody who stands inside: this means go back. */
  openBehind_ms: 6_000,
  /** With somebody standing behind, the open door is meant for them first. */
  openBehindFollowed_ms: 14_000,
} as const;

/** Screens that ask for patience although the lamp is red. */
const waitingScreens: ReadonlySet<string | null> = new Set([
  'waitForCabin',
  'goToGate',
  'officerConfirms',
  'helpComing',
]);
/** Of a lane whose document reader stands in the cabin: first in, then the document. */
const stepInScreen = 'stepIn';
/** Of a lane whose document reader stands apart: the document opens the gate by being shown once more. */
const showAgainScreen = 'goToGate';

export const presentationsMax = 3;
const openEnough_percent = 90;
const shut_percent = 10;
/** From here a person counts as gone. */
export const behindExit_mm = lane.exit_mm + 1200;
export const backInHall_mm = -1800;

export class Traveller {
  readonly #pace: Pace;
  readonly #hands: Hands;
  readonly #manner: Manner;
  readonly #tell: (event: string) => void;
  readonly #seen = new Map<string, { for_ms: number; reaction_ms: number }>();
  #state: TravellerState = 'approaching';
  #in_ms = 0;
  #handling_ms = 0;
  #presentations = 0;
  #hasSnatched = false;
  #hasBeenInside = false;
  #hasSeenEntryShut = false;
  #hasPressedEmergency = false;
  #hasTurnedRound = false;
  #isReaderInside = false;
  #stoppedFor_ms = 0;
  #leftBy: Side | null = null;

  /** `tell` hears in words what the person does. */
  constructor(pace: Pace, hands: Hands, tell: (event: string) => void, manner: Manner = manners.ordinary) {
    this.#pace = pace;
    this.#hands = hands;
    this.#manner = manner;
    this.#tell = tell;
  }

  get state(): TravellerState {
    return this.#state;
  }

  get doing(): string {
    return words[this.#state];
  }

  get leftBy(): Side | null {
    return this.#leftBy;
  }

  get speed_mm_s(): number {
    return this.#pace.speed_mm_s;
  }

  /** Takes the document away although it is being read, and does not put it back. */
  snatchDocument(): void {
    if (this.#state !== 'waitingForReading') return;
    this.#hasSnatched = true;
    this.#tell('takes the document away while it is read');
    this.#hands.lift();
    this.#become('waitingForEntry');
  }

  /** Looks, acts, and says where to walk to. */
  tick(dt_ms: number, sight: Sight): { readonly target_mm: number } {
    this.#in_ms += dt_ms;
    if (sight.isAlarmSounding) this.#flee(dt_ms, sight);
    else this.#act(dt_ms, sight);
    return { target_mm: this.#target(sight) };
  }

  #act(dt_ms: number, sight: Sight): void {
    switch (this.#state) {
      case 'approaching':
        if (Math.abs(sight.position_mm - lane.reader_mm) < 20) this.#become('waitingToPresent');
        else this.#giveUpAfter(patience.toPresent_ms);
        break;
      case 'waitingToPresent':
        if (this.#notices('place', sight.lamps.document === 'place', dt_ms)) this.#present();
        else if (this.#notices('stepIn', isAskedIn(sight), dt_ms)) this.#become('enteringChamber');
        else this.#giveUpAfter(patience.toPresent_ms);
        break;
      case 'swiping':
        if (this.#in_ms < this.#handling_ms) break;
        this.#hands.swipe();
        this.#become('laying');
        this.#handling_ms = this.#pace.lay_ms();
        break;
      case 'laying':
        if (this.#in_ms < this.#handling_ms) break;
        this.#hands.lay();
        this.#become('waitingForReading');
        break;
      case 'waitingForReading':
        this.#watchReading(dt_ms, sight);
        break;
      case 'waitingForEntry':
        this.#watchEntry(dt_ms, sight);
        break;
      case 'enteringChamber':
        this.#walkIn(dt_ms, sight);
        break;
      case 'standingAtMark':
        this.#stand(dt_ms, sight);
        break;
      case 'leaving':
        if (sight.position_mm >= behindExit_mm) this.#end('exit');
        else if (this.#isTurningRound(sight)) this.#become('comingBackIn');
        else if (sight.position_mm < lane.exit_mm && sight.exitDoor_percent < passable_percent)
          this.#become('standingAtMark');
        break;
      case 'comingBackIn':
        if (Math.abs(sight.position_mm - lane.mark_mm) < 20) this.#become('standingAtMark');
        else if (sight.position_mm > lane.exit_mm && sight.exitDoor_percent < passable_percent) this.#become('leaving');
        break;
      case 'walkingBack':
        if (sight.position_mm <= backInHall_mm) this.#end('entry');
        else if (sight.position_mm > 0 && sight.entryDoor_percent < passable_percent) this.#become('standingAtMark');
        break;
      case 'goingToDesk':
        if (sight.position_mm <= backInHall_mm) this.#end(this.#hasBeenInside ? 'entry' : 'neverEntered');
        break;
      case 'gone':
        break;
      default:
        this.#state satisfies never;
    }
  }

  #present(): void {
    this.#presentations++;
    this.#become('swiping');
    this.#handling_ms = this.#pace.swipe_ms();
  }

  #watchReading(dt_ms: number, sight: Sight): void {
    const { entry, document } = sight.lamps;
    const isTaken = this.#hasLasted('take', document === 'take', dt_ms, this.#manner.takesUpAfter_ms ?? 0);
    const isRed = entry === 'red' && document === 'off' && !waitingScreens.has(sight.screen);
    const isRefused = this.#hasLasted('refused', isRed, dt_ms, patience.redLamp_ms);
    const isOpen = this.#notices('open', entry === 'green' && sight.entryDoor_percent >= openEnough_percent, dt_ms);
    if (isTaken || isRefused || isOpen) {
      this.#takeUp();
      this.#become(sight.position_mm > 0 ? 'standingAtMark' : 'waitingForEntry');
    } else if (this.#hasLasted('placeAgain', document === 'place', dt_ms, patience.placeAgain_ms)) {
      this.#hands.lift();
      if (this.#presentations < presentationsMax) this.#present();
      else this.#goToDesk('gives up after three tries');
    } else if (this.#in_ms > patience.reading_ms) {
      this.#hands.lift();
      this.#goToDesk('loses patience');
    }
  }

  /** The document is in hand again. Green and open: in. Red: to the desk. Asked once more: once more. */
  #watchEntry(dt_ms: number, sight: Sight): void {
    const { entry, document } = sight.lamps;
    const isOpen = sight.entryDoor_percent >= openEnough_percent;
    if (this.#notices('entryOpen', entry === 'green' && isOpen, dt_ms)) {
      this.#hasSeenEntryShut = false;
      if (this.#manner.turnsBack === true) this.#goToDesk('turns back');
      else this.#become('enteringChamber');
      return;
    }
    const isRed =
      entry === 'red' && document !== 'place' && document !== 'reading' && !waitingScreens.has(sight.screen);
    const patience_ms = sight.screen === showAgainScreen ? 0 : patience.placeAgain_ms;
    const isAskedAgain = this.#hasLasted('askedAgain', document === 'place', dt_ms, patience_ms);
    if (this.#hasLasted('red', isRed, dt_ms, patience.redLamp_ms)) this.#goToDesk('sees the red lamp');
    else if (isAskedAgain && !this.#hasSnatched && this.#presentations < presentationsMax) this.#present();
    else if (isAskedAgain) this.#goToDesk('does not try again');
    else this.#giveUpAfter(patience.entry_ms);
  }

  #walkIn(dt_ms: number, sight: Sight): void {
    if (this.#isStopping(sight)) this.#stoppedFor_ms += dt_ms;
    const isInside = sight.position_mm > lane.chamberFrom_mm + lane.closingZone_mm;
    if (isInside) this.#hasBeenInside = true;
    if (sight.entryDoor_percent <= shut_percent) this.#hasSeenEntryShut = true;
    if (Math.abs(sight.position_mm - lane.mark_mm) < 20) this.#become('standingAtMark');
    else if (sight.position_mm < 0 && sight.entryDoor_percent < passable_percent) this.#become('waitingForEntry');
    else if (this.#in_ms > patience.openBehind_ms && isInside) this.#become('standingAtMark');
  }

  #stand(dt_ms: number, sight: Sight): void {
    const isExitOpen = sight.exitDoor_percent >= openEnough_percent;
    const isExitShut = sight.exitDoor_percent <= shut_percent;
    const isEntryOpen = sight.entryDoor_percent >= openEnough_percent;
    if (sight.entryDoor_percent <= shut_percent) this.#hasSeenEntryShut = true;
    if (this.#isAskedInside(dt_ms, sight)) return this.#present();
    if (this.#hasLasted('exitOpen', isExitOpen, dt_ms, this.#ignoresExit_ms())) return this.#become('leaving');
    const isWayBack = isEntryOpen && isExitShut;
    const { ignoresWayBack_ms = 0 } = this.#manner;
    const isReopened = isWayBack && this.#hasSeenEntryShut && !sight.isFollowed;
    const hasReopened = this.#hasLasted('reopened', isReopened, dt_ms, ignoresWayBack_ms);
    const enough_ms = sight.isFollowed ? patience.openBehindFollowed_ms : patience.openBehind_ms;
    const staysOpen = this.#hasLasted('openBehind', isWayBack, dt_ms, Math.max(enough_ms, ignoresWayBack_ms));
    if (hasReopened || staysOpen) this.#become('walkingBack');
    else if (this.#in_ms > patience.inChamber_ms && !this.#hasPressedEmergency) {
      this.#hasPressedEmergency = true;
      this.#tell('presses the emergency button');
      this.#hands.pressEmergencyOpen();
    }
  }

  /** The lamp means whoever has not been asked before the entry. */
  #isAskedInside(dt_ms: number, { lamps }: Sight): boolean {
    const isFirst = this.#presentations === 0;
    if (isFirst) this.#isReaderInside = true;
    const mayPresent = this.#isReaderInside && this.#presentations < presentationsMax;
    const isAsked = mayPresent && lamps.document === 'place';
    return this.#hasLasted('place', isAsked, dt_ms, isFirst ? 0 : patience.placeAgain_ms);
  }

  /** An alarm is heard everywhere: whoever is inside leaves by a door that opens, others walk away. */
  #flee(dt_ms: number, sight: Sight): void {
    if (this.#state === 'leaving' || this.#state === 'walkingBack' || this.#state === 'goingToDesk') {
      this.#act(dt_ms, sight);
      return;
    }
    if (this.#state === 'gone' || !this.#notices('alarm', true, dt_ms)) return;
    if (sight.position_mm < 0) {
      this.#hands.lift();
      this.#goToDesk('hears the alarm');
    } else if (sight.exitDoor_percent >= passable_percent) this.#become('leaving');
    else if (sight.entryDoor_percent >= passable_percent) this.#become('walkingBack');
  }

  #target(sight: Sight): number {
    switch (this.#state) {
      case 'enteringChamber':
        return this.#isStopping(sight) ? sight.position_mm : lane.mark_mm;
      case 'standingAtMark':
      case 'comingBackIn':
        return lane.mark_mm;
      case 'leaving':
        return lane.exit_mm + lane.hall_mm;
      case 'walkingBack':
      case 'goingToDesk':
        return -lane.hall_mm;
      case 'gone':
        return sight.position_mm;
      default:
        return sight.position_mm > 0 ? lane.mark_mm : lane.reader_mm;
    }
  }

  /** Takes the document up, or forgets to. */
  #takeUp(): void {
    if (this.#manner.leavesDocument === true) this.#tell('leaves the document lying');
    else this.#hands.lift();
  }

  #isStopping({ position_mm }: Sight): boolean {
    return (
      position_mm >= 0 && position_mm < lane.closingZone_mm && this.#stoppedFor_ms < (this.#manner.stopsInEntry_ms ?? 0)
    );
  }

  #isTurningRound({ position_mm }: Sight): boolean {
    const { turnsRoundAt_mm } = this.#manner;
    if (turnsRoundAt_mm === undefined || this.#hasTurnedRound || position_mm < turnsRoundAt_mm) return false;
    this.#hasTurnedRound = true;
    return true;
  }

  /** Whoever turns round in the exit has gone there before. */
  #ignoresExit_ms(): number {
    const { turnsRoundAt_mm, ignoresExit_ms = 0 } = this.#manner;
    return turnsRoundAt_mm === undefined || this.#hasTurnedRound ? ignoresExit_ms : 0;
  }

  #giveUpAfter(limit_ms: number): void {
    if (this.#in_ms > limit_ms) this.#goToDesk('loses patience');
  }

  #goToDesk(why: string): void {
    this.#tell(why);
    this.#become('goingToDesk');
  }

  #end(side: Side): void {
    this.#leftBy = side;
    this.#become('gone');
  }

  #become(state: TravellerState): void {
    this.#state = state;
    this.#in_ms = 0;
    this.#seen.clear();
    this.#tell(words[state]);
  }

  /** True once a condition has been seen without a break for a reaction time, drawn when it began. */
  #notices(what: string, isSeen: boolean, dt_ms: number): boolean {
    return this.#hasLasted(what, isSeen, dt_ms, 0);
  }

  /** True once a condition has been seen without a break for `limit_ms` and a reaction time. */
  #hasLasted(what: string, isSeen: boolean, dt_ms: number, limit_ms: number): boolean {
    if (!isSeen) {
      this.#seen.delete(what);
      return false;
    }
    const memory = this.#seen.get(what) ?? { for_ms: 0, reaction_ms: this.#pace.reaction_ms() };
    memory.for_ms += dt_ms;
    this.#seen.set(what, memory);
    return memory.for_ms >= limit_ms + memory.reaction_ms;
  }
}
