/** Brings misfortunes about and compares what the inspection finds with what the catalogue expects. */
import { describe, expect, test } from 'vitest';
import { type InspectionCheckId, coreCheckIds, inspectionCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import { type DocumentInspection, type InspectionOptions, inspectDocument } from '../../drivers/emrtd/inspection.ts';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { authenticateRevocationList, parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { type TrustStore, createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import type { DocumentProfile } from '../../simulator/passport/document-profile.ts';
import { type MisfortuneUnit, misfortunesByUnit } from '../../simulator/passport/misfortunes/catalogue.ts';
import type { Arrangement, Expectation, Misfortune } from '../../simulator/passport/misfortunes/misfortune.ts';
import { Workshop } from '../../simulator/passport/misfortunes/workshop.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { NOW_MS, holder, lineTo, mrzOf, portraitOf, seededEntropy } from './simulated-document.ts';

/** Keys are slow to make: one workshop serves a file of tests. */
const workshop = new Workshop({
  now_ms: NOW_MS,
  entropy: seededEntropy('workshop'),
  holder,
  portrait: portraitOf(2000),
});

/** Reads the document as a gate would; the chip and the reader take no time. */
function inspectArranged(arrangement: Arrangement): Promise<DocumentInspection> {
  const { passport, misbehaviour, opensWith } = arrangement;
  const chip = createPassportChip(passport, {
    kind: 'type-a',
    entropy: seededEntropy('chip'),
    ...(misbehaviour === undefined ? {} : { misbehaviour }),
  });
  const password: Partial<InspectionOptions> = opensWith === 'can' ? { can: passport.can ?? '' } : {};
  return inspectDocument({
    transceiver: lineTo(chip),
    mrz: mrzOf(passport.mrzLines),
    trust: trustOf(arrangement),
    now_ms: () => NOW_MS,
    entropy: seededEntropy('reader'),
    signal: new AbortController().signal,
    ...password,
  });
}

function trustOf({ trusted, revocationLists = [], documentSigners = [] }: Arrangement): TrustStore {
  const { trust } = createTrustStore(trusted);
  const lists = revocationLists.map((file) => {
    const list = parseRevocationList(file);
    authenticateRevocationList(list, trust.certificates);
    return list;
  });
  const parts = { revocationLists: lists, documentSigners: documentSigners.map(parseCertificate) };
  return createTrustStore(trusted, parts).trust;
}

type Outcomes = Readonly<Record<InspectionCheckId, string>>;

const outcomesOf = ({ checks }: DocumentInspection): Outcomes => {
  const outcomes = inspectionCheckIds.map((id): [InspectionCheckId, string] => {
    const check = checks.find((made) => made.id === id);
    return [id, check === undefined ? 'absent' : [check.result, check.because ?? []].flat().join(' ')];
  });
  return Object.fromEntries(outcomes) as Outcomes;
};

const genuineByProfile = new Map<DocumentProfile, Promise<Outcomes>>();

/** What an inspection finds of a genuine document of this profile. */
function genuineOutcomes(profile: DocumentProfile): Promise<Outcomes> {
  const known = genuineByProfile.get(profile);
  const outcomes = known ?? inspectArranged(workshop.arrange(workshop.issue(profile))).then(outcomesOf);
  genuineByProfile.set(profile, outcomes);
  return outcomes;
}

function expectedOutcomes(genuine: Outcomes, expected: Expectation): Outcomes {
  const { aborted = null, checks = {}, kept = [] } = expected;
  const rest = aborted === null ? expected.rest : `aborted ${aborted}`;
  const outcomes = inspectionCheckIds.map((id): [InspectionCheckId, string] => {
    if (rest === undefined || kept.includes(id)) return [id, checks[id] ?? genuine[id]];
    return [id, checks[id] ?? (coreCheckIds.includes(id) ? rest : 'absent')];
  });
  return Object.fromEntries(outcomes) as Outcomes;
}

async function verify(misfortune: Misfortune): Promise<void> {
  const { profile, expected } = misfortune;
  const inspection = await inspectArranged(misfortune.arrange(workshop));
  const outcomes = outcomesOf(inspection);
  expect(outcomes).toEqual(expectedOutcomes(await genuineOutcomes(profile), expected));
  expect(inspection.aborted).toBe(expected.aborted ?? null);
  expect(inspection.portraitUnavailable).toBe(expected.portraitUnavailable ?? null);
  const isAgreed = outcomes['data-group-2-hash'].startsWith('passed');
  expect(inspection.portrait !== null).toBe(isAgreed && expected.portraitUnavailable === undefined);
  for (const [id, evidence] of Object.entries(expected.evidence ?? {})) {
    expect(inspection.checks.find((check) => check.id === id)?.evidence).toMatchObject(evidence);
  }
}

/** One test for each misfortune of these units. Where the reader is known to be wrong, it fails once that is mended. */
export function conformity(...units: readonly MisfortuneUnit[]): void {
  describe.each(units)('%s', (unit) => {
    const ofUnit: readonly Misfortune[] = misfortunesByUnit[unit];
    for (const misfortune of ofUnit) {
      const run = misfortune.openDefect === undefined ? test : test.fails;
      run(`${misfortune.name}: ${misfortune.sentence}`, () => verify(misfortune));
    }
  });
}
