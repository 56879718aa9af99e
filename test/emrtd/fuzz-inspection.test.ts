/**
 * Whole inspections of chips that answer wrongly, in virtual time: what is mutated is drawn from a seed that a failure
 * names. Counts are printed. Together at least 100,000 mutated responses.
 */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import type { Transceiver } from '../../drivers/contracts/chip-reader.ts';
import { coreCheckIds, inspectionCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import { type DocumentInspection, type InspectionOptions, inspectDocument } from '../../drivers/emrtd/inspection.ts';
import { elementaryFiles, FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import type { Misbehaviour } from '../../simulator/passport/misbehaviour.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { cloneOf, type Passport } from '../../simulator/passport/passport.ts';
import { type ProfileName, profileNamed } from '../../simulator/passport/profiles.ts';
import { seeded } from '../drivers/harness.ts';
import { intBelow, lineFailure, mutated, type Random } from './fuzz-mutations.ts';
import {
  chipOf,
  lineTo,
  mrzOf,
  NOW_MS,
  passportOf,
  portraitOf,
  seededEntropy,
  trusting,
  utopia,
} from './simulated-document.ts';

const trust = trusting(utopia);
const apdu_ms = 20;
/** Every file read to its bound, plus access and authentication. */
const apdus_max =
  256 + Object.values(elementaryFiles).reduce((sum, { size_max }) => sum + 2 * 16 + Math.ceil(size_max / 32), 0);

type Kind = { readonly passport: Passport; readonly mrz: MRZ; readonly responses: readonly Uint8Array[] };

const kinds = new Map<ProfileName, Promise<Kind>>();

/** A document with its dialogue when nothing is wrong. */
function kindOf(name: ProfileName): Promise<Kind> {
  const known = kinds.get(name) ?? record(name);
  kinds.set(name, known);
  return known;
}

async function record(name: ProfileName): Promise<Kind> {
  const passport = passportOf({ portrait: portraitOf(700), profile: profileNamed(name), entropy: seededEntropy(name) });
  const mrz = mrzOf(passport.mrzLines);
  const responses: Uint8Array[] = [];
  const line = lineTo(chipOf(passport));
  const transceive: Transceiver['transceive'] = async (command, options) => {
    const response = await line.transceive(command, options);
    responses.push(response);
    return response;
  };
  const { inspection } = await inspected({ passport, mrz, transceive });
  expect(inspection.aborted).toBeNull();
  expect(inspection.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  return { passport, mrz, responses };
}

type Inspected = { readonly inspection: DocumentInspection; readonly groups: ReadonlyMap<number, Uint8Array> };

async function inspected(o: {
  readonly passport: Passport;
  readonly mrz: MRZ;
  readonly transceive: Transceiver['transceive'];
  readonly reconnect?: InspectionOptions['reconnect'];
}): Promise<Inspected> {
  let now_ms = NOW_MS;
  const groups = new Map<number, Uint8Array>();
  const transceive: Transceiver['transceive'] = (command, options) => {
    now_ms += apdu_ms;
    return o.transceive(command, options);
  };
  const inspection = await inspectDocument({
    transceiver: { transceive },
    mrz: o.mrz,
    trust,
    now_ms: () => now_ms,
    entropy: seededEntropy('reader'),
    signal: new AbortController().signal,
    onDataGroup: (number, file) => groups.set(number, file),
    ...(o.passport.can !== null && { can: o.passport.can }),
    ...(o.reconnect !== undefined && { reconnect: o.reconnect }),
  });
  return { inspection, groups };
}

/** What holds whatever a chip has said. Plain assertions: there are a million of them. */
function assertSound({ passport }: Kind, { inspection, groups }: Inspected, isClone: boolean): void {
  const { checks, aborted, dg1, portrait, reading } = inspection;
  assert.notEqual(aborted, 'INSPECTION_ERROR');
  const ids = checks.map(({ id }) => id);
  assert.deepEqual(
    ids,
    inspectionCheckIds.filter((id) => ids.includes(id)),
  );
  for (const id of coreCheckIds) assert(ids.includes(id), `no check ${id}`);
  for (const { id, result, because } of checks) assert(result === 'passed' || because !== null, `${id} says no reason`);
  assert(reading.apdus <= apdus_max, `${reading.apdus} commands`);
  // What is said to agree with what was signed, is what was signed.
  for (const { id, result } of checks) {
    const number = Number(/^data-group-(\d+)-hash$/.exec(id)?.[1] ?? 0);
    if (number === 0 || result !== 'passed') continue;
    const file = passport.files.get(FileId.DG1 - 1 + number) ?? new Uint8Array(0);
    assert.equal(Buffer.compare(groups.get(number) ?? new Uint8Array(0), file), 0, id);
  }
  if (dg1 !== null) assert.deepEqual(dg1.lines, passport.mrzLines);
  if (portrait !== null) assert.equal(Buffer.compare(portrait.bytes, portraitOf(700).bytes), 0);
  if (isClone) assert.notEqual(checks.find(({ id }) => id === 'chip-authenticity')?.result, 'passed');
}

type Tally = { runs: number; mutated: number; ended: number; aborted: number; readonly codes: Map<string, number> };
const total: Tally = { runs: 0, mutated: 0, ended: 0, aborted: 0, codes: new Map() };

function count({ inspection }: Inspected, mutatedResponses: number): void {
  total.runs++;
  total.mutated += mutatedResponses;
  if (inspection.aborted === null) total.ended++;
  else total.aborted++;
  const code = inspection.aborted ?? 'none';
  total.codes.set(code, (total.codes.get(code) ?? 0) + 1);
}

/** One run after the other; after every so many, a genuine document is read as ever. */
async function campaign(
  name: ProfileName,
  runs: number,
  run: (kind: Kind, random: Random) => Promise<{ outcome: Inspected; mutatedResponses: number; isClone: boolean }>,
): Promise<void> {
  const kind = await kindOf(name);
  for (let seed = 1; seed <= runs; seed++) {
    try {
      const { outcome, mutatedResponses, isClone } = await run(kind, seeded(seed));
      assertSound(kind, outcome, isClone);
      count(outcome, mutatedResponses);
    } catch (error) {
      throw new Error(`profile ${name}, seed ${seed}`, { cause: error });
    }
    if (seed % 200 === 0) await expectNextIsFine();
  }
  await expectNextIsFine();
}

async function expectNextIsFine(): Promise<void> {
  const kind = await kindOf('bac-only');
  let at = 0;
  const transceive = (): Promise<Uint8Array> => Promise.resolve(kind.responses[at++] ?? Uint8Array.of(0x6f, 0x00));
  const { inspection } = await inspected({ ...kind, transceive });
  expect(inspection.aborted).toBeNull();
  expect(inspection.portrait?.bytes).toHaveLength(700);
}

const replayed: readonly (readonly [ProfileName, number])[] = [
  ['bac-only', 1200],
  ['bac-aa-rsa', 600],
  ['pace-gm-bp256', 250],
  ['pace-cam-bp256', 150],
  ['typical-eu', 250],
  ['td1-card', 150],
  ['all-groups', 150],
];

/**
 * A recorded dialogue in which the answers from some point on are wrong, one in three of them. The reader draws the same
 * random bytes as it did then, so that up to that point everything is right, checksums included.
 */
test.each(replayed)(
  'a recorded dialogue of %s gone wrong on the line, %i times, ends in a sound sheet',
  async (name, runs) => {
    await campaign(name, runs, async (kind, random) => {
      const from = intBelow(random, kind.responses.length);
      let at = 0;
      let mutatedResponses = 0;
      const transceive = (): Promise<Uint8Array> => {
        const index = at++;
        const right = kind.responses[index] ?? Uint8Array.of(0x6f, 0x00);
        if (index < from || (index > from && random() > 0.33)) return Promise.resolve(right);
        mutatedResponses++;
        if (random() < 0.02) return Promise.reject(lineFailure(random));
        return Promise.resolve(mutated(right, { random, others: kind.responses }));
      };
      return { outcome: await inspected({ ...kind, transceive }), mutatedResponses, isClone: false };
    });
  },
);

/** Wrong in its own answers, rightly sealed: a chip whose maker is the attacker. */
function lying(random: Random, share: number, onLie: () => void): Misbehaviour {
  const others: Uint8Array[] = [];
  let drip_bytes = random() < 0.1 ? 1 + intBelow(random, 40) : 0;
  return {
    answer: (moment, honest) => {
      const answer = honest();
      const data = answer.data ?? new Uint8Array(0);
      if (moment.isProtected && drip_bytes > 0 && data.length > drip_bytes) {
        onLie();
        return { statusWord: 0x9000, data: data.slice(0, drip_bytes) };
      }
      if (random() > share) return answer;
      onLie();
      drip_bytes = random() < 0.9 ? drip_bytes : 0;
      const whole = Uint8Array.of(...data, answer.statusWord >> 8, answer.statusWord & 0xff);
      others.push(whole.slice(0, 300));
      if (others.length > 20) others.shift();
      const wrong = mutated(whole, { random, others });
      const statusWord = ((wrong.at(-2) ?? 0x90) << 8) | (wrong.at(-1) ?? 0);
      return { statusWord, data: wrong.slice(0, Math.min(Math.max(0, wrong.length - 2), 200)) };
    },
    protect: (answer, _, checksumOver) => {
      if (random() > share / 4) return answer;
      onLie();
      const wrong = (part: Uint8Array | null): Uint8Array | null =>
        part === null || random() < 0.3 ? part : mutated(part, { random, others }).slice(0, 230);
      const [cryptogram, status] = [wrong(answer.cryptogram), wrong(answer.status)];
      const objects = Uint8Array.from(Buffer.concat([cryptogram ?? new Uint8Array(0), status ?? new Uint8Array(0)]));
      const checksum = random() < 0.7 ? checksumOver(objects) : wrong(answer.checksum);
      return { ...answer, cryptogram, status, checksum };
    },
  };
}

function liar(passport: Passport, random: Random, share: number, onLie: () => void): Chip {
  const entropy = seededEntropy(`chip ${random()}`);
  return createPassportChip(passport, { kind: 'type-a', entropy, misbehaviour: lying(random, share, onLie) });
}

const lies: readonly (readonly [ProfileName, number, number])[] = [
  ['bac-only', 700, 0.12],
  ['bac-only', 2000, 0.7],
  ['typical-eu', 60, 0.1],
  ['typical-eu', 1500, 0.8],
  ['bac-aa-ecdsa', 250, 0.15],
  ['pace-gm-bp256', 1500, 0.8],
];

test.each(lies)(
  'a chip of %s that lies under its own seal, %i times, in a share of %f of its answers, proves nothing false',
  async (name, runs, share) => {
    await campaign(name, runs, async (kind, random) => {
      let mutatedResponses = 0;
      // A clone half the time: whatever it says, it is not the original.
      const isClone = random() < 0.5 && name !== 'bac-only';
      const passport = isClone ? cloneOf(kind.passport, seededEntropy('clone')) : kind.passport;
      const chip = liar(passport, random, share, () => mutatedResponses++);
      const line = lineTo(chip);
      const transceive: Transceiver['transceive'] = (command, options) => line.transceive(command, options);
      const reconnect = (): Promise<Transceiver> => {
        chip.reset();
        return Promise.resolve({ transceive });
      };
      const outcome = await inspected({ ...kind, transceive, ...(random() < 0.5 && { reconnect }) });
      return { outcome, mutatedResponses, isClone };
    });
  },
);

/** Before access nothing is sealed: every answer can be wrong, and a chip can keep a reader busy. */
const stubborn: readonly (readonly [string, (random: Random) => Uint8Array])[] = [
  [
    '61xx without end',
    (random) => Uint8Array.of(...new Uint8Array(intBelow(random, 256)), 0x61, intBelow(random, 256)),
  ],
  ['one byte at a time', (random) => Uint8Array.of(intBelow(random, 256), 0x90, 0x00)],
  [
    'a file of 64 kB in drops',
    (random) => Uint8Array.of(0x31, 0x82, 0xff, 0xff, ...new Uint8Array(intBelow(random, 30)), 0x90, 0x00),
  ],
  ['6Cxx without end', (random) => Uint8Array.of(0x6c, intBelow(random, 256))],
  ['9000 and nothing else', () => Uint8Array.of(0x90, 0x00)],
  ['zeros', (random) => new Uint8Array(intBelow(random, 256))],
  ['noise', (random) => Uint8Array.from({ length: intBelow(random, 258) }, () => intBelow(random, 256))],
];

test.each(stubborn)('a chip that answers everything with %s is given up', async (_, answer) => {
  await campaign('typical-eu', 300, async (kind, random) => {
    let mutatedResponses = 0;
    const honest = intBelow(random, 6);
    let at = 0;
    const transceive = (): Promise<Uint8Array> => {
      const index = at++;
      if (index < honest) return Promise.resolve(kind.responses[index] ?? Uint8Array.of(0x6f, 0x00));
      mutatedResponses++;
      return Promise.resolve(answer(random));
    };
    const outcome = await inspected({ ...kind, transceive });
    return { outcome, mutatedResponses, isClone: false };
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
collect();
const heapBefore_bytes = process.memoryUsage().heapUsed;

afterAll(() => {
  collect();
  const grown_MB = (process.memoryUsage().heapUsed - heapBefore_bytes) / 2 ** 20;
  const codes = [...total.codes].sort(([, a], [, b]) => b - a).map(([code, n]) => `${code} ${n}`);
  const { runs, mutated: responses, ended, aborted } = total;
  console.log(
    `${responses} mutated responses in ${runs} inspections: ${ended} went to their end, ${aborted} were aborted`,
  );
  console.log(`${codes.join(', ')}; heap grown by ${grown_MB.toFixed(1)} MB`);
  expect(grown_MB).toBeLessThan(64);
  expect(responses).toBeGreaterThan(100_000);
});
