/** The named misfortunes: who shows up with which document, what misbehaves, and how it has to end. */
import type { CheckResult } from '../../drivers/contracts/evidence.ts';
import type { ProfileName } from '../passport/profiles.ts';
import { lookalikes } from '../travellers/people.ts';
import type { SceneOptions } from '../travellers/scene.ts';

export type ScenarioName =
  | 'genuine'
  | 'impostor'
  | 'expired-document'
  | 'altered-portrait'
  | 'unknown-issuer'
  | 'chip-removed'
  | 'tailgating'
  | 'watchlist-hit'
  | 'risk-unavailable'
  | 'cloned-chip'
  | 'revoked-signer'
  | 'pace-only'
  | 'bac-only'
  | 'mrz-differs-from-chip'
  | 'iso39794-portrait'
  | 'slow-chip'
  | 'hostile-chip'
  | 'printed-photo'
  | 'screen-replay'
  | 'turned-head'
  | 'covered-face'
  | 'closed-eyes'
  | 'two-faces'
  | 'dark-hall'
  | 'frozen-camera'
  | 'camera-unplugged'
  | 'lookalike';

/** Result of a check and its code, if it has one: 'passed', 'failed CHIP_IS_A_COPY'. */
export type ExpectedFinding = CheckResult | `${CheckResult} ${string}`;

export type Scenario = {
  readonly name: ScenarioName;
  readonly title: string;
  /** Whose document it is, and who carries it: ids of people. */
  readonly holder: string;
  readonly bearer: string;
  readonly document: {
    readonly isExpired?: boolean;
    /** One byte of DG2 is not what the issuer signed. */
    readonly isPortraitAltered?: boolean;
    /**
     * `unknown`: signed under a CSCA whose certificate is not in the trust folder; `revoked`: by a document signer of
     * the trusted CSCA that its revocation list names.
     */
    readonly issuer: 'trusted' | 'unknown' | 'revoked';
    /** What kind of document it is; default: the kind that the holder has. */
    readonly profile?: ProfileName;
    /** Every file of the genuine document on another chip, without its private keys. */
    readonly isCloned?: boolean;
    /** The name on the data page is not the one in the chip; what opens the chip is. */
    readonly isPrintedNameAltered?: boolean;
    /** `slow`: each answer takes much longer than the standard allows for. `hostile`: answers that break every rule. */
    readonly chip?: 'slow' | 'hostile';
  };
  readonly behaviour: {
    readonly isTailgated?: boolean;
    /** Takes the document away once its chip has answered so many commands. */
    readonly takesDocumentAwayAfter_commands?: number;
  };
  /** What the camera sees; default: the bearer, live. A picture that the bearer holds up is one of the holder. */
  readonly appearance?: Pick<SceneOptions, 'presentation' | 'misfortunes'>;
  /** Names of faults (`faults.ts`) that are on from the traveller's setting out until they are gone. */
  readonly faults: readonly string[];
  /** Faults that begin when the traveller comes into the camera's view: a lane that has one before admits nobody. */
  readonly faultsInView?: readonly string[];
  readonly expects: {
    readonly outcome: 'admitted' | 'referred';
    readonly reasons: readonly string[];
    /** What the record's report says of single checks of the document, by their id. */
    readonly findings?: Readonly<Record<string, ExpectedFinding>>;
    /** What a check in the report rests on, in part. */
    readonly evidence?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
};

const admitted: Scenario['expects'] = { outcome: 'admitted', reasons: [] };
const referred = (reason: string): Scenario['expects'] => ({ outcome: 'referred', reasons: [reason] });
const good = { issuer: 'trusted' } as const;

/** The holder who is on the invented watchlist. */
export const watchlistedPerson = 'p09';

/** A typical document takes more than 20, of which the last are for the portrait. */
const midRead_commands = 18;

const table: Readonly<Record<ScenarioName, Omit<Scenario, 'name'>>> = {
  genuine: {
    title: 'A traveller with their own valid document',
    holder: 'p01',
    bearer: 'p01',
    document: good,
    behaviour: {},
    faults: [],
    expects: { ...admitted, findings: { 'certificate-revocation': 'passed' } },
  },
  impostor: {
    title: "Somebody who looks alike carries another person's document",
    holder: lookalikes[0],
    bearer: lookalikes[1],
    document: good,
    behaviour: {},
    faults: [],
    expects: referred('FACE_MISMATCH'),
  },
  'expired-document': {
    title: 'The document ran out some weeks ago',
    holder: 'p02',
    bearer: 'p02',
    document: { ...good, isExpired: true },
    behaviour: {},
    faults: [],
    expects: referred('DOCUMENT_EXPIRED'),
  },
  'altered-portrait': {
    title: 'One byte of the portrait in the chip was changed after it was signed',
    holder: 'p04',
    bearer: 'p04',
    document: { ...good, isPortraitAltered: true },
    behaviour: {},
    faults: [],
    expects: referred('DOCUMENT_ALTERED'),
  },
  'unknown-issuer': {
    title: 'The document was signed by an issuer whose certificate is not at hand',
    holder: 'p05',
    bearer: 'p05',
    document: { issuer: 'unknown' },
    behaviour: {},
    faults: [],
    expects: referred('ISSUER_UNKNOWN'),
  },
  'chip-removed': {
    title: 'The document is taken away while its chip is read',
    holder: 'p07',
    bearer: 'p07',
    document: good,
    behaviour: { takesDocumentAwayAfter_commands: midRead_commands },
    faults: [],
    expects: {
      ...referred('CHIP_NOT_READ'),
      findings: { 'data-group-1-hash': 'passed', 'data-group-2-hash': 'aborted CHIP_LOST' },
    },
  },
  tailgating: {
    title: 'A second person slips in behind the traveller',
    holder: 'p01',
    bearer: 'p01',
    document: good,
    behaviour: { isTailgated: true },
    faults: [],
    expects: referred('TAILGATING'),
  },
  'watchlist-hit': {
    title: 'The holder is on the watchlist under another spelling',
    holder: watchlistedPerson,
    bearer: watchlistedPerson,
    document: good,
    behaviour: {},
    faults: [],
    expects: referred('WATCHLIST_HIT'),
  },
  'risk-unavailable': {
    title: 'The watchlist service answers nobody',
    holder: 'p01',
    bearer: 'p01',
    document: good,
    behaviour: {},
    faults: ['watchlist-unavailable'],
    expects: referred('RISK_UNAVAILABLE'),
  },
  'cloned-chip': {
    title: 'A copy of a genuine document on another chip',
    holder: 'p02',
    bearer: 'p02',
    document: { ...good, profile: 'typical-eu', isCloned: true },
    behaviour: {},
    faults: [],
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
    title: 'The document was signed with a key that its issuer has revoked',
    holder: 'p06',
    bearer: 'p06',
    document: { issuer: 'revoked', profile: 'typical-eu' },
    behaviour: {},
    faults: [],
    expects: {
      ...referred('SIGNER_REVOKED'),
      findings: { 'security-object-signature': 'passed', 'certificate-revocation': 'failed SIGNER_REVOKED' },
    },
  },
  'pace-only': {
    title: 'A new document that PACE alone opens',
    holder: 'p08',
    bearer: 'p08',
    document: { ...good, profile: 'pace-only' },
    behaviour: {},
    faults: [],
    expects: { ...admitted, findings: { 'access-pace': 'passed', 'access-bac': 'not-supported PACE_USED' } },
  },
  'bac-only': {
    title: 'An old document that knows Basic Access Control and no PACE',
    holder: 'p10',
    bearer: 'p10',
    document: { ...good, profile: 'bac-only' },
    behaviour: {},
    faults: [],
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
    title: 'The name on the data page is not the one in the chip',
    holder: 'p04',
    bearer: 'p04',
    document: { ...good, isPrintedNameAltered: true },
    behaviour: {},
    faults: [],
    expects: {
      ...referred('MRZ_DIFFERS_FROM_CHIP'),
      findings: { 'data-group-1-hash': 'passed', 'mrz-matches-chip': 'failed MRZ_DIFFERS' },
    },
  },
  'iso39794-portrait': {
    title: 'A new document whose portrait is encoded by ISO/IEC 39794-5',
    holder: 'p07',
    bearer: 'p07',
    document: { ...good, profile: 'iso39794' },
    behaviour: {},
    faults: [],
    expects: { ...admitted, evidence: { 'data-group-2-hash': { encoding: '39794-5' } } },
  },
  'slow-chip': {
    title: 'The chip answers so slowly that reading takes too long',
    holder: 'p05',
    bearer: 'p05',
    document: { ...good, profile: 'typical-eu', chip: 'slow' },
    behaviour: {},
    faults: [],
    expects: {
      ...referred('CHIP_NOT_READ'),
      findings: { 'access-pace': 'passed', 'data-group-2-hash': 'aborted INSPECTION_TIMEOUT' },
    },
  },
  'hostile-chip': {
    title: 'The chip announces files of four gigabytes and falsifies its checksums',
    holder: 'p03',
    bearer: 'p03',
    document: { ...good, profile: 'typical-eu', chip: 'hostile' },
    behaviour: {},
    faults: [],
    expects: {
      ...referred('CHIP_DATA_MALFORMED'),
      findings: {
        'files-consistent': 'undetermined FILE_TOO_LARGE',
        'data-group-2-hash': 'aborted SECURE_MESSAGING_FAILED',
      },
    },
  },
  'printed-photo': {
    title: 'Somebody holds a print of the holder’s photograph up to the camera',
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
    holder: 'p01',
    bearer: 'p06',
    document: good,
    behaviour: {},
    appearance: { presentation: 'screen-replay' },
    faults: [],
    expects: referred('PRESENTATION_ATTACK_SUSPECTED'),
  },
  'turned-head': {
    title: 'The traveller looks aside all the time',
    holder: 'p02',
    bearer: 'p02',
    document: good,
    behaviour: {},
    appearance: { misfortunes: ['turned-head'] },
    faults: [],
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'covered-face': {
    title: 'Mouth and nose are covered',
    holder: 'p04',
    bearer: 'p04',
    document: good,
    behaviour: {},
    appearance: { misfortunes: ['covered-face'] },
    faults: [],
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'closed-eyes': {
    title: 'The traveller keeps the eyes closed',
    holder: 'p05',
    bearer: 'p05',
    document: good,
    behaviour: {},
    appearance: { misfortunes: ['closed-eyes'] },
    faults: [],
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'two-faces': {
    title: 'Another person stands before the camera beside the traveller',
    holder: 'p07',
    bearer: 'p07',
    document: good,
    behaviour: {},
    appearance: { misfortunes: ['two-faces'] },
    faults: [],
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'dark-hall': {
    title: 'The light of the hall has failed',
    holder: 'p08',
    bearer: 'p08',
    document: good,
    behaviour: {},
    appearance: { misfortunes: ['dark-hall'] },
    faults: [],
    expects: referred('FACE_NOT_CAPTURED'),
  },
  'frozen-camera': {
    title: 'The camera repeats one picture from the traveller’s coming into view on',
    holder: 'p02',
    bearer: 'p02',
    document: good,
    behaviour: {},
    faults: [],
    faultsInView: ['camera-frozen'],
    expects: referred('DEVICE_FAULT'),
  },
  'camera-unplugged': {
    title: 'The cable of the camera is pulled while it looks at the traveller',
    holder: 'p04',
    bearer: 'p04',
    document: good,
    behaviour: {},
    faults: [],
    faultsInView: ['camera-refused'],
    expects: referred('DEVICE_FAULT'),
  },
  lookalike: {
    title: 'The document of somebody who looks alike, the other way round',
    holder: lookalikes[1],
    bearer: lookalikes[0],
    document: good,
    behaviour: {},
    faults: [],
    expects: referred('FACE_MISMATCH'),
  },
};

export const scenarioNames = Object.keys(table) as readonly ScenarioName[];

export const scenarios: readonly Scenario[] = scenarioNames.map((name) => ({ name, ...table[name] }));

export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

/** The genuine scenario played by somebody else. */
export function genuineWith(person: string): Scenario {
  return { name: 'genuine', ...table.genuine, holder: person, bearer: person };
}
