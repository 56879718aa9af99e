/** The named misfortunes: who shows up with which document, what misbehaves, and how it has to end. */
import { lookalikes } from '../travellers/people.ts';

export type ScenarioName =
  | 'genuine'
  | 'impostor'
  | 'expired-document'
  | 'altered-portrait'
  | 'unknown-issuer'
  | 'chip-removed'
  | 'tailgating'
  | 'watchlist-hit'
  | 'risk-unavailable';

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
    /** `unknown`: signed by a CSCA whose certificate is not in the trust folder. */
    readonly issuer: 'trusted' | 'unknown';
  };
  readonly behaviour: {
    readonly isTailgated?: boolean;
    /** Takes the document away once its chip has answered so many commands. */
    readonly takesDocumentAwayAfter_commands?: number;
  };
  /** Names of faults (`faults.ts`) that are on from the traveller's setting out until they are gone. */
  readonly faults: readonly string[];
  readonly expects: { readonly outcome: 'admitted' | 'referred'; readonly reasons: readonly string[] };
};

const admitted: Scenario['expects'] = { outcome: 'admitted', reasons: [] };
const referred = (reason: string): Scenario['expects'] => ({ outcome: 'referred', reasons: [reason] });
const good = { issuer: 'trusted' } as const;

/** The holder who is on the invented watchlist. */
export const watchlistedPerson = 'p09';

/** More than opens the chip, fewer than it takes to read a portrait. */
const midRead_commands = 30;

const table: Readonly<Record<ScenarioName, Omit<Scenario, 'name'>>> = {
  genuine: {
    title: 'A traveller with their own valid document',
    holder: 'p01',
    bearer: 'p01',
    document: good,
    behaviour: {},
    faults: [],
    expects: admitted,
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
    expects: referred('CHIP_NOT_READ'),
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
