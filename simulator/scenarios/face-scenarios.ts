/** What the camera sees: other people, pictures of people, faces that cannot be compared, and nothing. */
import { lookalikes } from '../travellers/people.ts';
import { type Chapter, good, ordinary, referred } from './scenario.ts';

export const faceScenarios = {
  impostor: {
    title: "Somebody who looks alike carries another person's document",
    covers: [21],
    holder: lookalikes[0],
    bearer: lookalikes[1],
    document: good,
    behaviour: {},
    faults: [],
    // On a busy machine the head turn may miss its frames.
    expects: { ...referred('FACE_MISMATCH'), reasonsElse: [['FACE_MISMATCH', 'ATTACK_NOT_RULED_OUT']] },
  },
  lookalike: {
    title: 'The document of somebody who looks alike, the other way round',
    covers: [21],
    holder: lookalikes[1],
    bearer: lookalikes[0],
    document: good,
    behaviour: {},
    faults: [],
    // On a busy machine the head turn may miss its frames.
    expects: { ...referred('FACE_MISMATCH'), reasonsElse: [['FACE_MISMATCH', 'ATTACK_NOT_RULED_OUT']] },
  },
  'printed-photo': {
    title: 'Somebody holds a print of the holder’s photograph up to the camera',
    covers: [22],
    holder: 'p01',
    bearer: 'p06',
    document: good,
    behaviour: {},
    appearance: { presentation: 'printed-photo' },
    faults: [],
    expects: referred('PRESENTATION_ATTACK_SUSPECTED'),
  },
  'screen-replay': {
    title: 'Somebody plays a recording of the holder to the camera on a screen',
    covers: [22],
    holder: 'p01',
    bearer: 'p06',
    document: good,
    behaviour: {},
    appearance: { presentation: 'screen-replay' },
    faults: [],
    expects: referred('PRESENTATION_ATTACK_SUSPECTED'),
  },
  'turned-head': {
    ...ordinary('p02'),
    title: 'The traveller looks aside all the time',
    covers: [20],
    appearance: { misfortunes: ['turned-head'] },
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'covered-face': {
    ...ordinary('p06'),
    title: 'Mouth and nose are covered',
    covers: [20],
    appearance: { misfortunes: ['covered-face'] },
    // Seen as a cover by the capture, or by the signals of an attack.
    expects: { ...referred('FACE_NOT_CAPTURED'), reasonsElse: [['ATTACK_NOT_RULED_OUT']] },
  },
  'closed-eyes': {
    ...ordinary('p02'),
    title: 'The traveller keeps the eyes closed',
    covers: [20],
    appearance: { misfortunes: ['closed-eyes'] },
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'two-faces': {
    ...ordinary('p07'),
    title: 'Another person stands before the camera beside the traveller',
    covers: [24],
    appearance: { misfortunes: ['two-faces'] },
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'dark-hall': {
    ...ordinary('p08'),
    title: 'The light of the hall has failed',
    covers: [25],
    appearance: { misfortunes: ['dark-hall'] },
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'frozen-camera': {
    ...ordinary('p02'),
    title: 'The camera repeats one picture from the traveller’s coming into view on',
    covers: [25],
    mishaps: [{ when: 'inView', fault: 'camera-frozen' }],
    expects: referred('DEVICE_FAULT'),
  },
  'camera-unplugged': {
    ...ordinary('p08'),
    title: 'The cable of the camera is pulled while it looks at the traveller',
    covers: [25],
    mishaps: [{ when: 'inView', fault: 'camera-refused' }],
    expects: referred('DEVICE_FAULT'),
  },
} as const satisfies Chapter;
