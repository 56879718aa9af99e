/** Makes a scenario's document and face: issues the passport, puts its chip together, dresses the bearer. */
import { Instruction } from '../drivers/emrtd/iso7816/apdu.ts';
import { FileId } from '../drivers/emrtd/lds/data-groups.ts';
import { createIssuer, withNewSigner } from './passport/issuer.ts';
import type { Issuer } from './passport/issuer.ts';
import type { Chip } from './passport/chip.ts';
import { type Misbehaviour, misbehavingAs } from './passport/misbehaviour.ts';
import {
  aboutFile,
  all,
  enormousLength,
  instruction,
  slow,
  wrongChecksum,
} from './passport/misbehaviour-ingredients.ts';
import { writeMRZ } from './passport/mrz-writer.ts';
import { createPassportChip } from './passport/passport-chip.ts';
import { writeCOM } from './passport/logical-data-structure.ts';
import { type Passport, cloneOf, issuePassport } from './passport/passport.ts';
import { profileNamed } from './passport/profiles.ts';
import { forkedRandom } from './hall/random.ts';
import { profileOf, profilesInUse } from './scenarios/documents.ts';
import { expiring, identityOf, listIdentities, ofAge } from './scenarios/identities.ts';
import type { Identity } from './scenarios/identities.ts';
import { zoneAsRead } from './scenarios/printed-zone.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { PictureSource, TravellerScene } from './pictures.ts';
import { listPeople } from './travellers/people.ts';

export type Document = {
  readonly mrzLines: readonly string[];
  /** What the reader makes of the zone at the `nth` presentation, from 1. */
  readonly zoneAsRead: (nth: number) => readonly string[];
  /** Null: the document has none. */
  readonly chip: Chip | null;
};
export type Outfit = {
  readonly holder: Identity;
  readonly bearer: Identity;
  readonly document: Document;
  readonly scene: TravellerScene;
};

export type Issuers = Readonly<Record<Scenario['document']['issuer'], Issuer>>;

const day_ms = 86_400_000;
/** Certificates began so many days ago, documents were signed so many days ago. */
const issuerAge_days = 400;
const documentAge_days = 200;
/** What a forger printed over the holder's surname. */
const alteredSurname = 'Falsificata';
/** A state whose authority signed nothing here. */
const foreignState = 'D';

/** Seeded bytes for serial numbers, UIDs and challenges of simulated documents; nothing here is secret. */
export function seededEntropy(seed: number, purpose: string): (bytes: number) => Uint8Array {
  const random = forkedRandom(seed, purpose);
  return (bytes) => Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256));
}

/**
 * CSCAs of one state. The certificate of `unknown` is given to nobody, `stale-list` is another authority, whose list is old.
 * `trusted`, `revoked` and `known-defect` are document signers under one CSCA.
 */
export function createIssuers(now_ms: () => number, seed: number): Issuers {
  const options = (purpose: string) => ({
    state: 'UTO',
    country: 'UT',
    now_ms,
    entropy: seededEntropy(seed, purpose),
    validityShift_days: -issuerAge_days,
  });
  const trusted = createIssuer(options('trusted issuer'));
  return {
    trusted,
    unknown: createIssuer(options('unknown issuer')),
    revoked: withNewSigner(trusted, options('revoked signer')),
    'stale-list': createIssuer({
      ...options('issuer with a stale list'),
      authority: 'Simulated CSCA of the provinces',
    }),
    'known-defect': withNewSigner(trusted, options('signer of the defect list')),
  };
}

/**
 * Computes once with every group that documents have. The first time takes up to a tenth of a second each, for tables and
 * for the compiler; later it would hold up the hall.
 */
export function warmUp({ trusted }: Issuers, now_ms: () => number): void {
  const [holder] = listIdentities(new Date(now_ms()));
  if (holder === undefined) return;
  const portrait = { bytes: new Uint8Array(1), format: 'jpeg', width_px: 1, height_px: 1 } as const;
  for (const profile of profilesInUse) {
    issuePassport({ holder, portrait, issuer: trusted, signedAt_ms: now_ms(), profile });
  }
}

export type Workshop = {
  readonly issuers: Issuers;
  readonly pictures: PictureSource;
  readonly now_ms: () => number;
  readonly seed: number;
};

/** Makes everything that the scenario's party carries. */
export async function dress(scenario: Scenario, o: Workshop): Promise<Outfit> {
  const today = new Date(o.now_ms());
  const holder = holderOf(scenario, today);
  const [document, scene] = await Promise.all([issueDocument(scenario, holder, o), openScene(scenario, o)]);
  return { holder, bearer: identityOf(scenario.bearer, today), document, scene };
}

/** Before the camera stands the bearer, or a picture of the holder that the bearer holds up. */
function openScene(
  { holder, bearer, appearance = {} }: Scenario,
  { pictures, seed }: Workshop,
): Promise<TravellerScene> {
  const isLive = (appearance.presentation ?? 'live') === 'live';
  return isLive
    ? pictures.openScene(bearer, seed, appearance)
    : pictures.openScene(holder, seed, { ...appearance, heldUpBy: bearer });
}

async function issueDocument(
  scenario: Scenario,
  holder: Identity,
  { issuers, pictures, now_ms, seed }: Workshop,
): Promise<Document> {
  const portrait = await pictures.portraitOf(scenario.holder);
  const { isPortraitAltered = false, isPrintedNameAltered = false, isCloned = false, ...kind } = scenario.document;
  const signer = issuers[kind.issuer];
  const issuer = kind.isStateForeign === true ? { ...signer, state: foreignState } : signer;
  const issued = issuePassport({
    holder,
    portrait,
    issuer,
    signedAt_ms: now_ms() - documentAge_days * day_ms,
    profile: kind.profile === undefined ? profileOf(scenario.holder) : profileNamed(kind.profile),
    ...(isPortraitAltered
      ? { alter: { kind: 'flip-bit', file: 'DG2', offset: Math.floor(portrait.bytes.length / 2) } }
      : {}),
  });
  const passport = withFileList(isCloned ? cloneOf(issued) : issued, kind);
  const index = listPeople().findIndex((person) => person.id === scenario.holder);
  const misbehaviour = misbehaviourOf(kind.chip);
  const chip = createPassportChip(passport, {
    // Both radio interfaces occur in the field.
    kind: index % 3 === 2 ? 'type-b' : 'type-a',
    entropy: seededEntropy(seed, 'chip'),
    ...(misbehaviour === undefined ? {} : { misbehaviour }),
  });
  const printed = { ...holder, surname: alteredSurname };
  const mrzLines = isPrintedNameAltered ? writeMRZ(passport.profile.format, printed, issuer.state) : passport.mrzLines;
  return {
    mrzLines,
    zoneAsRead: (nth) => zoneAsRead(mrzLines, nth, kind.zone),
    chip: kind.chip === 'none' ? null : kind.chip === 'silent' ? silentChip(chip) : chip,
  };
}

function holderOf({ holder, document }: Scenario, today: Date): Identity {
  const own = identityOf(holder, today);
  const aged = document.age_years === undefined ? own : ofAge(own, document.age_years, today);
  return document.validUntil === undefined ? aged : expiring(aged, document.validUntil, today);
}

/** EF.COM that names the first two data groups alone. */
const withFileList = (passport: Passport, { isFileListShort = false }: Scenario['document']): Passport =>
  isFileListShort ? { ...passport, files: new Map(passport.files).set(FileId.COM, writeCOM([1, 2])) } : passport;

/** Answers its activation and nothing after. */
const silentChip = (chip: Chip): Chip => ({
  kind: chip.kind,
  uid: chip.uid,
  historicalBytes: chip.historicalBytes,
  reset: () => chip.reset(),
  transceive: () => Promise.resolve(undefined),
});

/**
 * On top of every answer. A typical document takes more than 20 commands: at this pace the time that an inspection may
 * take (BSI TR-03135-1 section 4.1.4: 10 to 15 s) ends while the portrait is read.
 */
const slowBy_ms = 900;

/** A new behaviour for each chip, for some remember what they saw. Undefined: the chip is honest. */
function misbehaviourOf(chip: Scenario['document']['chip']): Misbehaviour | undefined {
  if (chip === 'slow') return slow({ extra_ms: slowBy_ms });
  if (chip === undefined) return undefined;
  return misbehavingAs(
    enormousLength(FileId.COM),
    wrongChecksum(all(instruction(Instruction.READ_BINARY), aboutFile(FileId.DG2))),
  );
}

/** A chip that tells when it has answered so many commands. */
export function countingChip(chip: Chip, limit: number, onLimit: () => void): Chip {
  let answered = 0;
  return {
    kind: chip.kind,
    uid: chip.uid,
    historicalBytes: chip.historicalBytes,
    reset: () => chip.reset(),
    transceive: async (command) => {
      const response = await chip.transceive(command);
      if (++answered === limit) onLimit();
      return response;
    },
  };
}
