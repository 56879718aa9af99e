import type { CaptureHint, DisplayView, Screen } from '../api/messages.ts';
import { longerTexts } from './longer-texts.ts';
import { hintTexts, screenTexts, type Words } from './texts.ts';

/** Look of the whole sign. Referrals are `neutral`: nobody in the hall can read from the colour why. */
export type Look = 'stop' | 'act' | 'wait' | 'go' | 'neutral' | 'escape';

export const looks: Readonly<Record<Screen, Look>> = {
  starting: 'stop',
  outOfService: 'stop',
  closed: 'stop',
  placeDocument: 'act',
  tryAgain: 'act',
  readingDocument: 'wait',
  takeDocument: 'act',
  enter: 'go',
  standClear: 'act',
  onePersonOnly: 'act',
  lookAtCamera: 'act',
  pleaseWait: 'wait',
  leave: 'go',
  officerComing: 'neutral',
  goBack: 'neutral',
  goToDesk: 'neutral',
  evacuate: 'escape',
  goToGate: 'act',
  waitForCabin: 'wait',
  stepIn: 'go',
  officerConfirms: 'neutral',
  helpComing: 'neutral',
  maintenance: 'stop',
};

/** Where the traveller is on the way through; null where a way would promise too much. */
export type WayStep = 'document' | 'enter' | 'face' | 'leave';
export const waySteps: readonly WayStep[] = ['document', 'enter', 'face', 'leave'];

const wayOf: Partial<Readonly<Record<Screen, WayStep>>> = {
  placeDocument: 'document',
  tryAgain: 'document',
  readingDocument: 'document',
  takeDocument: 'document',
  goToGate: 'enter',
  waitForCabin: 'enter',
  stepIn: 'enter',
  enter: 'enter',
  standClear: 'enter',
  onePersonOnly: 'enter',
  lookAtCamera: 'face',
  pleaseWait: 'face',
  leave: 'leave',
};

export type Sign = {
  readonly laneName: string;
  readonly screen: Screen;
  /** The picture; a hint in front of the camera replaces that of the screen. */
  readonly picture: Screen | CaptureHint;
  readonly words: Words;
  /** One more sentence, for whoever needs it said at length; null where the words say it all. */
  readonly more: Words | null;
  readonly isAccessible: boolean;
  readonly help: DisplayView['help'];
  readonly look: Look;
  readonly way: WayStep | null;
  /** 0…1 while the chip is read, null while there is nothing to measure. */
  readonly progress: number | null;
};

/** After so long without a word from the controller the sign says that the lane is out of service. */
export const outOfServiceAfter_ms = 2_000;

const known = (screen: string): screen is Screen => Object.hasOwn(screenTexts, screen);

/**
 * What the sign shows. Without a view, with a lost connection, or with a screen that this page does not know it shows
 * out of service: a sign that is wrong is worse than one that sends people to the next lane.
 */
export function signOf(view: DisplayView | null, isLost: boolean): Sign {
  const isUsable = view !== null && !isLost && known(view.screen);
  const screen = isUsable ? view.screen : 'outOfService';
  const hint = isUsable && screen === 'lookAtCamera' ? knownHint(view.hint) : null;
  return {
    laneName: view?.laneName ?? '',
    screen,
    picture: hint ?? screen,
    words: hint === null ? screenTexts[screen] : hintTexts[hint],
    more: isUsable && view.profile === 'accessible' && hint === null ? (longerTexts[screen] ?? null) : null,
    isAccessible: isUsable && view.profile === 'accessible',
    help: isUsable ? view.help : 'none',
    look: looks[screen],
    way: wayOf[screen] ?? null,
    progress: isUsable && screen === 'readingDocument' ? clamped(view.progress) : null,
  };
}

function knownHint(hint: CaptureHint | null): CaptureHint | null {
  return hint !== null && Object.hasOwn(hintTexts, hint) ? hint : null;
}

function clamped(progress: number | null): number | null {
  return progress === null || !Number.isFinite(progress) ? null : Math.min(1, Math.max(0, progress));
}
