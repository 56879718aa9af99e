/** Documents that are other than they should be, or are presented otherwise. */
import { admitted, type Chapter, good, ordinary, redirected, referred } from './scenario.ts';

/** A typical document takes more than 20, of which the last are for the portrait. */
const midRead_commands = 18;

/** The printed zone was not taken, and the document was asked for again. */
const triedAgain = ['awaitingDocument'] as const;

export const documentScenarios = {
  'expired-document': {
    ...ordinary('p02'),
    title: 'The document ran out some weeks ago',
    covers: [16],
    document: { ...good, validUntil: 'weeks-ago' },
    expects: referred('DOCUMENT_EXPIRED'),
  },
  'altered-portrait': {
    ...ordinary('p08'),
    title: 'One byte of the portrait in the chip was changed after it was signed',
    covers: [11],
    document: { ...good, isPortraitAltered: true },
    expects: referred('DOCUMENT_ALTERED'),
  },
  'unknown-issuer': {
    ...ordinary('p02'),
    title: 'The document was signed by an issuer whose certificate is not at hand',
    covers: [12],
    document: { issuer: 'unknown' },
    expects: referred('ISSUER_UNKNOWN'),
  },
  'chip-removed': {
    ...ordinary('p07'),
    title: 'The document is taken away while its chip is read',
    covers: [10],
    behaviour: { takesDocumentAwayAfter_commands: midRead_commands },
    expects: {
      ...referred('CHIP_NOT_READ'),
      findings: { 'data-group-1-hash': 'passed', 'data-group-2-hash': 'aborted CHIP_LOST' },
    },
  },
  'cloned-chip': {
    ...ordinary('p02'),
    title: 'A copy of a genuine document on another chip',
    covers: [17],
    document: { ...good, profile: 'typical-eu', isCloned: true },
    expects: {
      ...referred('CHIP_NOT_GENUINE'),
      findings: {
        'security-object-signature': 'passed',
        'data-group-2-hash': 'passed',
        'chip-authentication': 'failed CHIP_AUTHENTICATION_UNPROVEN',
        'chip-authenticity': 'failed CHIP_IS_A_COPY',
      },
    },
  },
  'revoked-signer': {
    ...ordinary('p06'),
    title: 'The document was signed with a key that its issuer has revoked',
    covers: [13],
    document: { issuer: 'revoked', profile: 'typical-eu' },
    expects: {
      ...referred('SIGNER_REVOKED'),
      findings: { 'security-object-signature': 'passed', 'certificate-revocation': 'failed SIGNER_REVOKED' },
    },
  },
  'pace-only': {
    ...ordinary('p08'),
    title: 'A new document that PACE alone opens',
    covers: [1],
    document: { ...good, profile: 'pace-only' },
    expects: { ...admitted, findings: { 'access-pace': 'passed', 'access-bac': 'not-supported PACE_USED' } },
  },
  'bac-only': {
    ...ordinary('p08'),
    title: 'An old document that knows Basic Access Control and no PACE',
    covers: [1],
    document: { ...good, profile: 'bac-only' },
    expects: {
      ...admitted,
      findings: {
        'chip-access': 'passed BASIC_ACCESS_USED',
        'access-pace': 'not-supported PACE_NOT_OFFERED',
        'access-bac': 'passed',
        'chip-authenticity': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
      },
    },
  },
  'mrz-differs-from-chip': {
    ...ordinary('p08'),
    title: 'The name on the data page is not the one in the chip',
    covers: [14],
    document: { ...good, isPrintedNameAltered: true },
    expects: {
      ...referred('MRZ_DIFFERS_FROM_CHIP'),
      findings: { 'data-group-1-hash': 'passed', 'mrz-matches-chip': 'failed MRZ_DIFFERS' },
    },
  },
  'iso39794-portrait': {
    ...ordinary('p06'),
    title: 'A new document whose portrait is encoded by ISO/IEC 39794-5',
    covers: [1],
    document: { ...good, profile: 'iso39794' },
    expects: { ...admitted, evidence: { 'data-group-2-hash': { encoding: '39794-5' } } },
  },
  'slow-chip': {
    ...ordinary('p05'),
    title: 'The chip answers so slowly that reading takes too long',
    covers: [10],
    document: { ...good, profile: 'typical-eu', chip: 'slow' },
    expects: {
      ...referred('CHIP_NOT_READ'),
      findings: { 'access-pace': 'passed', 'data-group-2-hash': 'aborted INSPECTION_TIMEOUT' },
    },
  },
  'hostile-chip': {
    ...ordinary('p03'),
    title: 'The chip announces files of four gigabytes and falsifies its checksums',
    covers: [69],
    document: { ...good, profile: 'typical-eu', chip: 'hostile' },
    expects: {
      ...referred('CHIP_DATA_MALFORMED'),
      findings: {
        'files-consistent': 'undetermined FILE_TOO_LARGE',
        'data-group-2-hash': 'aborted SECURE_MESSAGING_FAILED',
      },
    },
  },
  'expired-yesterday': {
    ...ordinary('p02'),
    title: 'The document ran out at the end of yesterday',
    covers: [16],
    document: { ...good, validUntil: 'yesterday' },
    expects: referred('DOCUMENT_EXPIRED'),
  },
  'expires-today': {
    ...ordinary('p02'),
    title: 'The document is valid for the last day',
    covers: [16],
    document: { ...good, validUntil: 'today' },
    expects: admitted,
  },
  'upside-down': {
    ...ordinary('p03'),
    title: 'The document is presented upside down every time',
    covers: [8],
    document: { ...good, zone: { reads: 'upsideDown', times: 9 } },
    expects: {
      ...referred('DOCUMENT_UNREADABLE'),
      states: [...triedAgain, 'redirecting'],
      never: ['inspectingDocument', 'entering'],
      leftBy: 'neverEntered',
    },
  },
  'upside-down-once': {
    ...ordinary('p02'),
    title: 'The document is presented upside down, and turned over when asked to',
    covers: [8],
    document: { ...good, zone: { reads: 'upsideDown', times: 1 } },
    expects: { ...admitted, states: [...triedAgain, 'inspectingDocument'], leftBy: 'exit' },
  },
  'in-cover': {
    ...ordinary('p06'),
    title: 'The document stays in its cover: half of the zone is hidden',
    covers: [8],
    document: { ...good, zone: { reads: 'inCover', times: 9 } },
    expects: { ...referred('DOCUMENT_UNREADABLE'), states: [...triedAgain, 'redirecting'] },
  },
  'zero-for-o': {
    ...ordinary('p07'),
    title: 'The reader takes a zero for a letter every time',
    covers: [9],
    document: { ...good, zone: { reads: 'zeroForO', times: 9 } },
    expects: {
      ...referred('MRZ_CHECK_DIGIT_WRONG'),
      states: [...triedAgain, 'redirecting'],
      never: ['inspectingDocument', 'entering'],
    },
  },
  'zero-for-o-once': {
    ...ordinary('p01'),
    title: 'The reader takes a zero for a letter, and reads it right the second time',
    covers: [9],
    document: { ...good, zone: { reads: 'zeroForO', times: 1 } },
    expects: { ...admitted, states: [...triedAgain, 'inspectingDocument'] },
  },
  'forged-digit': {
    ...ordinary('p04'),
    title: 'A digit of the expiry was printed over; the check digit gives it away',
    covers: [9],
    document: { ...good, zone: { reads: 'forged', times: 9 } },
    expects: { ...referred('MRZ_CHECK_DIGIT_WRONG'), never: ['inspectingDocument', 'entering'] },
  },
  'silent-chip': {
    ...ordinary('p05'),
    title: 'The chip falls silent as soon as it is spoken to',
    covers: [10],
    document: { ...good, profile: 'typical-eu', chip: 'silent' },
    expects: { ...referred('CHIP_NOT_READ'), never: ['entering'] },
  },
  'no-chip': {
    ...ordinary('p05'),
    title: 'A passport without a chip',
    covers: [19],
    document: { ...good, chip: 'none' },
    expects: { ...referred('CHIP_NOT_READ'), never: ['entering'], leftBy: 'neverEntered' },
  },
  'identity-card': {
    ...ordinary('p06'),
    title: 'An identity card, which this lane does not take',
    covers: [19],
    document: { ...good, profile: 'td1-card' },
    expects: { ...redirected('DOCUMENT_TYPE_NOT_ELIGIBLE'), never: ['entering', 'held'], leftBy: 'neverEntered' },
  },
  child: {
    ...ordinary('p08'),
    title: 'A child of nine with a passport of its own',
    covers: [19],
    document: { ...good, age_years: 9 },
    expects: { ...redirected('AGE_NOT_ELIGIBLE'), never: ['entering', 'held'], leftBy: 'neverEntered' },
  },
  'foreign-state': {
    ...ordinary('p08'),
    title: 'The document names another state than the one whose authority signed it',
    covers: [14],
    document: { ...good, profile: 'typical-eu', isStateForeign: true },
    expects: {
      ...referred('ISSUER_CERTIFICATE_INVALID'),
      findings: { 'security-object-signature': 'passed', 'issuing-state-matches': 'failed ISSUING_STATE_DIFFERS' },
    },
  },
  'stale-revocation-list': {
    ...ordinary('p06'),
    title: 'The issuer’s newest revocation list is past its next update; the lane does not insist',
    covers: [13],
    document: { issuer: 'stale-list', profile: 'typical-eu' },
    expects: {
      ...admitted,
      findings: { 'certificate-revocation': 'undetermined REVOCATION_LIST_STALE', 'issuer-certificate': 'passed' },
    },
  },
  'stale-revocation-list-required': {
    ...ordinary('p06'),
    title: 'The same at a lane that insists on knowing',
    covers: [13],
    document: { issuer: 'stale-list', profile: 'typical-eu' },
    lane: { policy: { revocation: 'required' } },
    expects: {
      ...referred('REVOCATION_UNKNOWN'),
      findings: { 'certificate-revocation': 'undetermined REVOCATION_LIST_STALE' },
    },
  },
  'known-defect': {
    ...ordinary('p08'),
    title: 'A file list that the defect list says is short for this signer’s documents',
    covers: [15],
    document: { issuer: 'known-defect', profile: 'typical-eu', isFileListShort: true },
    expects: {
      ...referred('CHIP_DATA_MALFORMED'),
      findings: { 'files-consistent': 'undetermined DEFECT_EXPLAINS_FAILURE', 'data-group-2-hash': 'passed' },
    },
  },
  'unknown-defect': {
    ...ordinary('p08'),
    title: 'The same short file list, which no defect list explains',
    covers: [15],
    document: { ...good, profile: 'typical-eu', isFileListShort: true },
    expects: { ...referred('DOCUMENT_ALTERED'), findings: { 'files-consistent': 'failed COM_INCOMPLETE' } },
  },
  'document-left': {
    ...ordinary('p06'),
    title: 'The document is forgotten on the reader',
    covers: [35],
    behaviour: { manner: 'forgets-document' },
    expects: {
      ...referred('DOCUMENT_LEFT_ON_READER'),
      states: ['awaitingRemoval', 'redirecting'],
      never: ['entering'],
      leftBy: 'neverEntered',
    },
  },
} as const satisfies Chapter;
