/** Makes a scenario's document and face: issues the passport, puts its chip together, dresses the bearer. */
import { createIssuer } from './passport/issuer.ts';
import type { Issuer } from './passport/issuer.ts';
import type { Chip } from './passport/chip.ts';
import { createPassportChip } from './passport/passport-chip.ts';
import { issuePassport } from './passport/passport.ts';
import { forkedRandom } from './hall/random.ts';
import { expired, identityOf } from './scenarios/identities.ts';
import type { Identity } from './scenarios/identities.ts';
import type { Scenario } from './scenarios/scenarios.ts';
import type { PictureSource, Scene } from './pictures.ts';
import { listPeople } from './travellers/people.ts';

export type Document = { readonly mrzLines: readonly string[]; readonly chip: Chip };
export type Outfit = {
  readonly holder: Identity;
  readonly bearer: Identity;
  readonly document: Document;
  readonly scene: Scene;
};

export type Issuers = { readonly trusted: Issuer; readonly unknown: Issuer };

const day_ms = 86_400_000;
/** Certificates began so many days ago, documents were signed so many days ago. */
const issuerAge_days = 400;
const documentAge_days = 200;

/** Seeded bytes for serial numbers, UIDs and challenges of simulated documents; nothing here is secret. */
export function seededEntropy(seed: number, purpose: string): (bytes: number) => Uint8Array {
  const random = forkedRandom(seed, purpose);
  return (bytes) => Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256));
}

/** Two issuers of one state; the certificate of `unknown` is given to nobody. */
export function createIssuers(now_ms: () => number, seed: number): Issuers {
  const make = (purpose: string): Issuer =>
    createIssuer({
      state: 'UTO',
      country: 'UT',
      now_ms,
      entropy: seededEntropy(seed, purpose),
      validityShift_days: -issuerAge_days,
    });
  return { trusted: make('trusted issuer'), unknown: make('unknown issuer') };
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
  const holder = identityOf(scenario.holder, today);
  const [document, scene] = await Promise.all([
    issueDocument(scenario, scenario.document.isExpired === true ? expired(holder, today) : holder, o),
    o.pictures.openScene(scenario.bearer, o.seed),
  ]);
  return { holder, bearer: identityOf(scenario.bearer, today), document, scene };
}

async function issueDocument(
  scenario: Scenario,
  holder: Identity,
  { issuers, pictures, now_ms, seed }: Workshop,
): Promise<Document> {
  const portrait = await pictures.portraitOf(scenario.holder);
  const isAltered = scenario.document.isPortraitAltered === true;
  const passport = issuePassport({
    holder,
    portrait,
    issuer: issuers[scenario.document.issuer],
    signedAt_ms: now_ms() - documentAge_days * day_ms,
    ...(isAltered ? { alter: { kind: 'flip-bit', file: 'DG2', offset: Math.floor(portrait.bytes.length / 2) } } : {}),
  });
  const index = listPeople().findIndex((person) => person.id === scenario.holder);
  const chip = createPassportChip(passport, {
    // Both radio interfaces occur in the field.
    kind: index % 3 === 2 ? 'type-b' : 'type-a',
    entropy: seededEntropy(seed, 'chip'),
  });
  return { mrzLines: passport.mrzLines, chip };
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
