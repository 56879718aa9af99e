import type { AttackVerdictView, FaceView } from '../api/messages.ts';
import { type Tone, wordsOfCode } from './words.ts';

/** Words for what the capture of a face found. */
export const verdictWords: Readonly<Record<AttackVerdictView, string>> = {
  live: 'A living face',
  attack: 'Attack suspected',
  undetermined: 'Not certain that the face is live',
};

export const verdictTones: Readonly<Record<AttackVerdictView, Tone>> = {
  live: 'good',
  attack: 'bad',
  undetermined: 'warn',
};

/** What one signal says by itself; `live` is that it found nothing to object to. */
export const signalVerdictWords: Readonly<Record<AttackVerdictView, string>> = {
  live: 'Nothing found',
  attack: 'Objects',
  undetermined: 'Says nothing',
};

const signalWords: Readonly<Record<string, string>> = {
  'passive-network': 'Look of the face',
  'face-in-rectangle': 'Edge of a sheet or screen round the face',
  'second-face': 'Second face in view',
  'covered-face': 'Covered mouth or nose',
  'frozen-frames': 'Nothing moves',
  'repeated-frames': 'Pictures that came before',
  'person-changed': 'Another person during the capture',
  'head-turn': 'Turn of the head when asked',
  'flat-under-turn': 'Flat while it turns',
};

export const wordsOfSignal = (name: string): string => signalWords[name] ?? wordsOfCode(name);

const hintWords: Readonly<Record<string, string>> = {
  lookAtCamera: 'look at the camera',
  stepCloser: 'step closer',
  stepBack: 'step back',
  moveIntoView: 'stand in front of the camera',
  onePersonOnly: 'one person only',
  holdStill: 'hold still',
  moreLight: 'lift the face to the light',
  evenLight: 'turn out of the glare',
  removeCover: 'uncover the face',
  openEyes: 'open the eyes',
  turnHeadLeft: 'turn the head to the left',
  turnHeadRight: 'turn the head to the right',
};

/** What the traveller is asked, as an officer reads it. */
export const wordsOfHint = (hint: string): string => hintWords[hint] ?? wordsOfCode(hint);

const percent = (share: number): string => (Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–');

/** Rows of label and figure. The picture has passed every limit, so that these say how well, not whether. */
export function qualityRows(quality: NonNullable<FaceView['quality']>): readonly (readonly [string, string])[] {
  return [
    [
      'Between the eyes',
      Number.isFinite(quality.interEyeDistance_px) ? `${Math.round(quality.interEyeDistance_px)} px` : '–',
    ],
    ['Light on the face', percent(quality.luminanceMean)],
    ['Evenness of the light', percent(quality.illuminationUniformity)],
    ['Sharpness', Number.isFinite(quality.sharpness) ? quality.sharpness.toFixed(3) : '–'],
    ['Eyes open', percent(quality.eyesOpen_min)],
    ['Head turned', turned(quality.yaw_deg)],
  ];
}

function turned(yaw_deg: number): string {
  if (!Number.isFinite(yaw_deg)) return '–';
  const degrees = Math.round(Math.abs(yaw_deg));
  return degrees === 0 ? '0°' : `${degrees}° to their ${yaw_deg > 0 ? 'left' : 'right'}`;
}
