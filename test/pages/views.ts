// Invented views for the pages: nobody here exists. Shaped by the contracts, so a change there shows at compile time.
import type {
  CheckView,
  DisplayView,
  HolderView,
  LaneView,
  OfficerView,
  ReasonView,
  ReferralView,
  TransactionView,
} from '../../gate-controller/api/messages.ts';
import type { BenchView } from '../../simulator/bench/messages.ts';

export const start_ms = Date.UTC(2026, 10, 23, 9, 30);

export const holder: HolderView = {
  surname: 'MUSTERFRAU',
  givenNames: 'ELVIRA TEST',
  documentNumber: 'X00000T00',
  documentCode: 'P',
  issuingState: 'UTO',
  nationality: 'UTO',
  birthDate: '1984-02-29',
  expiryDate: '2031-05-31',
  sex: 'F',
};

export const longHolder: HolderView = {
  ...holder,
  surname: 'VON UND ZU WOLFESCHLEGELSTEINHAUSENBERGERDORFF',
  givenNames: 'ADOLPHINA BERNADETTE CHARLOTTINA DOROTHEA EMANUELLA FREDERICA',
};

export const reason = (code: string, severity: ReasonView['severity'], title: string, advice: string): ReasonView => ({
  code,
  severity,
  title,
  advice,
  exception: 'System malfunction',
});

export const mismatch = reason(
  'FACE_MISMATCH',
  'high',
  'The face is not similar enough to the portrait in the chip.',
  'Compare face and portrait yourself; suspect an impostor.',
);
export const riskLate = reason(
  'RISK_LATE',
  'normal',
  'A risk service did not answer in time.',
  'Ask the service by hand before you decide.',
);
export const leftDocument = reason(
  'DOCUMENT_LEFT_ON_READER',
  'low',
  'The document was not taken from the reader.',
  'Bring the traveller and the document together.',
);

export const check = (id: string, label: string, change: Partial<CheckView> = {}): CheckView => ({
  id,
  label,
  result: 'passed',
  because: null,
  isRequired: true,
  at_ms: 1_800,
  ...change,
});

export const checks: readonly CheckView[] = [
  check('mrz-check-digits', 'Printed zone: check digits', { at_ms: 900 }),
  check('document-type', 'Kind of document', { at_ms: 900 }),
  check('document-expiry', 'Date of expiry', { at_ms: 900 }),
  check('nationality', 'Nationality', { at_ms: 900 }),
  check('age', 'Age', { at_ms: 900 }),
  check('chip-access', 'Access to the chip', { at_ms: 2_100 }),
  check('files-consistent', 'List of files agrees with the security object', { at_ms: 4_200 }),
  check('security-object-hash', 'Security object: digest', { at_ms: 4_200 }),
  check('security-object-signature', 'Security object: signature', { at_ms: 4_200 }),
  check('issuer-certificate', 'Signer under a trusted issuer', { at_ms: 4_200 }),
  check('certificate-validity', 'Certificates valid today', { at_ms: 4_200 }),
  check('certificate-revocation', 'Signer not revoked', {
    at_ms: 4_200,
    result: 'undetermined',
    because: 'CRL_MISSING',
    isRequired: false,
  }),
  check('data-group-1-hash', 'Holder data unaltered (DG1)', { at_ms: 4_300 }),
  check('data-group-2-hash', 'Portrait unaltered (DG2)', { at_ms: 4_300 }),
  check('mrz-matches-chip', 'Printed zone equals chip', { at_ms: 4_300 }),
  check('issuing-state-matches', 'Issuing state equals signer’s country', { at_ms: 4_300 }),
  check('chip-authenticity', 'Chip is the original', { at_ms: 5_000, result: 'not-supported', isRequired: false }),
  check('single-occupant', 'One person in the cabin', { at_ms: 9_000 }),
  check('portrait', 'Portrait usable', { at_ms: 5_100 }),
  check('face-captured', 'Face captured', { at_ms: 11_400 }),
  check('face-match', 'Face matches the portrait', { at_ms: 11_900, result: 'failed' }),
  check('watchlist', 'Watchlist', { at_ms: 8_900, result: 'aborted', because: 'RISK_LATE' }),
];

export const timeline = [
  'DOCUMENT_PRESENTED',
  'DOCUMENT_READ',
  'CHIP_READ',
  'DOCUMENT_REMOVED',
  'ENTRY_OPENED',
  'TRAVELLER_ENTERED',
  'ENTRY_CLOSED',
  'FACE_CAPTURED',
  'FACE_COMPARED',
  'DECISION_MADE',
].map((event, index) => ({ at_ms: 700 + index * 1_240, event }));

export const transaction = (change: Partial<TransactionView> = {}): TransactionView => ({
  transactionId: '7c1f0a52-0000-4000-8000-000000000001',
  startedAt_ms: start_ms,
  endedAt_ms: null,
  step: 'held',
  decision: 'refer',
  outcome: null,
  reasons: [riskLate, mismatch],
  checks,
  holder,
  images: { portrait: '/api/images/portrait.jpg', live: '/api/images/live.jpg' },
  report: null,
  similarity: { value: 0.318, min: 0.45, operatingPoint: 'strict' },
  face: null,
  risk: { state: 'unknown', detail: 'watchlist: no answer within 8 s' },
  chip: { bytesRead: 21_400, bytesTotal: 21_400 },
  timeline,
  profile: 'standard',
  isAssisted: false,
  companionBy: null,
  hasAskedForHelp: false,
  waitingForSecondOfficer: null,
  commands: ['acknowledge', 'returnToEntry', 'releaseToExit', 'allowCompanion'],
  ...change,
});

export const lane = (change: Partial<LaneView> = {}): LaneView => ({
  laneId: 'lane-1',
  name: 'Lane 1',
  mode: 'open',
  seq: 412,
  at_ms: start_ms + 14_000,
  doors: {
    entry: { motion: 'closed', position_percent: 0, isObstructed: false },
    exit: { motion: 'closed', position_percent: 0, isObstructed: false },
  },
  sensors: {
    isCabinOccupied: true,
    isSecondPersonSeen: false,
    isEntryBeamInterrupted: false,
    isExitBeamInterrupted: false,
    isDocumentPresent: false,
    isFireAlarm: false,
    isEmergencyOpen: false,
  },
  faults: [],
  transaction: null,
  next: null,
  topology: 'integrated-two-step',
  profile: 'standard',
  isAttended: true,
  incidents: [],
  maintenance: null,
  waitingForSecondOfficer: null,
  uncontrolledCrossings: 0,
  today: { admitted: 214, referred: 11, other: 3 },
  commands: ['closeLane', 'assistLane', 'useAccessibleProfile', 'lockLane', 'duress'],
  ...change,
});

export const referral = (change: Partial<TransactionView> = {}, isAcknowledged = false): ReferralView => ({
  transaction: transaction(change),
  isAcknowledged,
});

/** One lane that holds a traveller whose face does not match. */
export const heldView = (change: Partial<TransactionView> = {}): OfficerView => {
  const held = transaction(change);
  return { lanes: [lane({ transaction: held })], referrals: [{ transaction: held, isAcknowledged: false }] };
};

export const idleView = (): OfficerView => ({ lanes: [lane()], referrals: [] });

/** As many ended cases as asked for, of every severity, some of them acknowledged. */
export const manyReferrals = (count: number): readonly ReferralView[] =>
  Array.from({ length: count }, (_, index) => {
    const reasons = [[mismatch], [riskLate, mismatch], [riskLate], [leftDocument]][index % 4] ?? [riskLate];
    const transactionId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const startedAt_ms = start_ms - index * 137_000;
    return referral(
      {
        transactionId,
        startedAt_ms,
        endedAt_ms: startedAt_ms + 16_000,
        step: 'referred',
        outcome: 'referred',
        reasons,
        commands: index > 12 ? [] : ['acknowledge'],
      },
      index > 12,
    );
  });

export const display = (change: Partial<DisplayView> = {}): DisplayView => ({
  laneName: 'Lane 1',
  screen: 'placeDocument',
  hint: null,
  progress: null,
  profile: 'standard',
  help: 'offered',
  ...change,
});

const story = [
  'Walks up to the reader',
  'Places the document',
  'Takes the document',
  'Walks in',
  'Looks at the camera',
];

export const bench = (change: Partial<BenchView> = {}): BenchView => ({
  hall: {
    at_ms: 48_000,
    lane: { exit_mm: 2_000, hall_mm: 3_000 },
    exitOpenings: 0,
    doors: {
      entry: { position_percent: 62, motion: 'opening', isObstructed: false },
      exit: { position_percent: 0, motion: 'closed', isObstructed: false },
    },
    sensors: {
      entryBeam: true,
      chamberFront: false,
      chamberRear: false,
      exitBeam: false,
      entryClosingZone: false,
      exitClosingZone: false,
      floorMat: false,
      secondPerson: false,
      leftObject: false,
      emergencyOpen: false,
      fireAlarm: false,
    },
    lamps: { entry: 'green', exit: 'red', document: 'take' },
    bodies: [
      { id: 'b1', kind: 'traveller', position_mm: -300, doing: 'walks in' },
      { id: 'b2', kind: 'tailgater', position_mm: -1_250, doing: 'follows closely' },
    ],
    invariants: { checked: 184_220, broken: [] },
  },
  wires: [
    wire('mrz-reader', '/dev/pts/3', 115_200, 'MRZ, 2 lines'),
    wire('chip-reader', '/dev/pts/4', 115_200, 'APDU 00 B0, 9000'),
    wire('gate-io', '/dev/pts/5', 38_400, 'read inputs, unit 1'),
  ],
  passages: [
    {
      id: 'p3',
      scenario: 'genuine',
      traveller: 'Elvira Musterfrau',
      state: 'walking',
      story: story.map((event, index) => ({ at_ms: 1_000 + index * 2_200, event })),
      leftBy: null,
    },
    { id: 'p4', scenario: 'tailgating', traveller: 'Two people', state: 'queued', story: [], leftBy: null },
    {
      id: 'p2',
      scenario: 'expired-document',
      traveller: 'Otto Probe',
      state: 'done',
      story: story.slice(0, 2).map((event, index) => ({ at_ms: 1_000 + index * 2_200, event })),
      leftBy: 'neverEntered',
    },
    {
      id: 'p1',
      scenario: 'genuine',
      traveller: 'Ada Beispiel',
      state: 'done',
      story: story.map((event, index) => ({ at_ms: 1_000 + index * 2_200, event })),
      leftBy: 'exit',
    },
  ],
  stream: { isRunning: true, isPaused: false },
  services: { watchlist: { url: 'http://127.0.0.1:8091/match', mode: 'answers', requests: 38 } },
  camera: { url: 'http://127.0.0.1:8092/stream', mode: 'live', frames: 18_204 },
  faults: [
    { name: 'chip-silent', title: 'Chip does not answer', isOn: false },
    { name: 'camera-frozen', title: 'Camera repeats one frame', isOn: false },
    { name: 'door-obstructed', title: 'Something stands in the entry door', isOn: true },
    { name: 'fire-alarm', title: 'Fire alarm', isOn: false },
    { name: 'watchlist-slow', title: 'Watchlist answers after 9 s', isOn: false },
  ],
  scenarios: [
    scenario('genuine', 'Genuine document, same person', 'admitted', []),
    scenario('impostor', 'Genuine document, another person', 'referred', ['FACE_MISMATCH']),
    scenario('expired-document', 'Document expired last year', 'redirected', ['DOCUMENT_EXPIRED']),
    scenario('cloned-chip', 'Copied chip', 'redirected', ['CHIP_NOT_GENUINE']),
    scenario('tailgating', 'A second person slips in', 'referred', ['TAILGATING']),
    scenario('altered-portrait', 'Portrait in the chip altered', 'redirected', ['DOCUMENT_ALTERED']),
    scenario('watchlist-hit', 'Holder is on the watchlist', 'referred', ['WATCHLIST_HIT']),
  ],
  ...change,
});

function wire(device: string, path: string, baudRate: number, lastExchange: string): BenchView['wires'][number] {
  return { device, path, baudRate, isPlugged: true, bytesToHost: 182_340, bytesFromHost: 9_120, lastExchange };
}

function scenario(
  name: string,
  title: string,
  outcome: string,
  reasons: readonly string[],
): BenchView['scenarios'][number] {
  return { name, title, chapter: 'Documents', isForAnyLane: true, expects: { outcome, reasons } };
}
