import type {
  DoorView,
  LaneMode,
  Outcome,
  OfficerCommandName,
  TransactionStep,
  CheckResultView,
  ReasonView,
} from '../api/messages.ts';

/** Words for what the controller says in codes. */
export const modeWords: Readonly<Record<LaneMode, string>> = {
  starting: 'Starting',
  selfTest: 'Self-test',
  closed: 'Closed',
  open: 'Open',
  assisted: 'Assisted: an officer confirms each traveller',
  draining: 'Closing after this traveller',
  lockdown: 'Locked down',
  evacuation: 'Evacuation',
  maintenance: 'Maintenance',
  fault: 'Out of service: fault',
};

export type Tone = 'good' | 'bad' | 'warn' | 'none' | 'accent';

export const modeTones: Readonly<Record<LaneMode, Tone>> = {
  starting: 'accent',
  selfTest: 'accent',
  closed: 'none',
  open: 'good',
  assisted: 'warn',
  draining: 'warn',
  lockdown: 'bad',
  evacuation: 'bad',
  maintenance: 'none',
  fault: 'bad',
};

export const stepWords: Readonly<Record<TransactionStep, string>> = {
  awaitingDocument: 'Waiting for a document',
  inspectingDocument: 'Reading the document',
  awaitingRemoval: 'Waiting until the document is taken',
  awaitingGate: 'Walking from the kiosk to the gate',
  awaitingCabin: 'Waiting until the cabin is free',
  entering: 'Traveller enters',
  separating: 'Entry closes, one person expected',
  capturing: 'Capturing the face',
  joiningRisk: 'Waiting for the risk services',
  leaving: 'Exit open, traveller leaves',
  closingExit: 'Exit closes',
  held: 'Traveller in the cabin: officer needed',
  returning: 'Traveller goes back to the entry side',
  redirecting: 'Traveller is sent to the desk',
  admitted: 'Admitted',
  referred: 'Referred to an officer',
  redirected: 'Sent to the desk',
  released: 'Released by an officer',
  interrupted: 'Interrupted',
};

export const outcomeTones: Readonly<Record<Outcome, Tone>> = {
  admitted: 'good',
  referred: 'warn',
  redirected: 'none',
  released: 'accent',
  interrupted: 'none',
};

/** Severity of a reason or an incident, the gravest in red. */
export const severityTones: Readonly<Record<ReasonView['severity'], Tone>> = {
  high: 'bad',
  normal: 'warn',
  low: 'none',
};

export const motionWords: Readonly<Record<DoorView['motion'], string>> = {
  unknown: 'unknown',
  calibrating: 'calibrating',
  open: 'open',
  closed: 'closed',
  partial: 'partly open',
  stopped: 'stopped',
  opening: 'opening',
  closing: 'closing',
};

export const resultWords: Readonly<Record<CheckResultView, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  undetermined: 'Undetermined',
  'not-supported': 'Not supported',
  aborted: 'Aborted',
};

/** BSI TR-03135-1 section 5.2: green, red, yellow, grey, grey. The symbol tells the last two apart. */
export const resultTones: Readonly<Record<CheckResultView, Tone>> = {
  passed: 'good',
  failed: 'bad',
  undetermined: 'warn',
  'not-supported': 'none',
  aborted: 'none',
};

const acronyms = new Set(
  'mrz can sod dg1 dg2 dg7 dg11 dg12 dg13 dg14 dg15 dg16 crl csca ds pace bac pad apdu ef'.split(' '),
);

/** `CHIP_READ` and `chipRead` become `Chip read`; the standards' acronyms stay in capitals. */
export function wordsOfCode(code: string): string {
  const words = code
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[_\s-]+/)
    .map((word) => (acronyms.has(word) ? word.toUpperCase() : word))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An event of the timeline in words; a timer that ran out is named by the wait that it ended. */
export function wordsOfEvent(event: string): string {
  const wait = /^TIME_OVER:(\w+)$/.exec(event)?.[1];
  return wait === undefined ? wordsOfCode(event) : `Time is over: ${wordsOfCode(wait).toLowerCase()}`;
}

export type CommandWords = {
  readonly label: string;
  /** Question and consequence for the dialog; null when the command is given at once. */
  readonly asks: {
    readonly title: string;
    readonly consequence: string;
    /** Empty when the command is only to be confirmed: it takes no reason. */
    readonly usualReasons: readonly string[];
  } | null;
};

export const commandWords: Readonly<Record<OfficerCommandName, CommandWords>> = {
  openLane: { label: 'Open lane', asks: null },
  assistLane: { label: 'Confirm each traveller', asks: null },
  closeLane: { label: 'Close lane', asks: null },
  lockLane: {
    label: 'Lock lane down',
    asks: {
      title: 'Lock this lane down?',
      consequence: 'Both doors shut and nobody is served. Only two officers together can end it.',
      usualReasons: [],
    },
  },
  // Given by holding a button; it is never written anywhere.
  duress: { label: '', asks: null },
  resetLockdown: {
    label: 'End lockdown',
    asks: {
      title: 'End the lockdown of this lane?',
      consequence: 'Takes two officers. The lane then tests itself and stays closed until an officer opens it.',
      usualReasons: [
        'Lane walked through: nobody inside, doors in order',
        'Person in the cabin controlled and led out',
      ],
    },
  },
  consentMaintenance: {
    label: 'Consent to maintenance',
    asks: {
      title: 'Let the technician work in this lane?',
      consequence: 'Nobody is served and both doors may open. Afterwards an officer opens the lane again.',
      usualReasons: [],
    },
  },
  useAccessibleProfile: { label: 'Give more time', asks: null },
  useStandardProfile: { label: 'Ordinary times', asks: null },
  allowCompanion: {
    label: 'Allow a companion',
    asks: {
      title: 'Allow a second person in the cabin?',
      consequence: 'Nobody is admitted by the machine then: you control both and release them yourself.',
      usualReasons: ['Child with a parent', 'Traveller who needs a companion', 'Interpreter or staff'],
    },
  },
  acknowledge: { label: 'Acknowledge', asks: null },
  releaseToExit: {
    label: 'Release to exit',
    asks: {
      title: 'Release the traveller to the exit?',
      consequence: 'The exit opens. The passage is recorded as cleared by an officer, with your reason.',
      usualReasons: [
        'Face and document compared by officer: same person',
        'Document examined by officer: genuine',
        'Ordinary control carried out at the gate',
      ],
    },
  },
  returnToEntry: {
    label: 'Return to entry',
    asks: {
      title: 'Let the traveller out to the entry side?',
      consequence: 'The entry opens and the exit stays shut. The traveller comes to the desk.',
      usualReasons: ['Ordinary control at the desk', 'Traveller needs help', 'Second line control'],
    },
  },
  resetEvacuation: {
    label: 'Reset evacuation',
    asks: {
      title: 'End the evacuation of this lane?',
      consequence: 'Only after the alarm is cleared and somebody has walked through the lane. Doors may close again.',
      usualReasons: ['Alarm cleared, lane walked through and empty', 'Planned drill has ended'],
    },
  },
};

/** Shortest reason that the controller accepts, in characters. */
export const reason_minLength = 3;

/** Longest reason that the page lets an officer write, in characters. */
export const reason_maxLength = 300;
