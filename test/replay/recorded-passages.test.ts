/** What was recorded is decided, commanded and remembered in the same way by this version. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { type MachineKind, parseRecording, type Recording, type Step } from './recording.ts';
import { recordingsIn } from './recordings-in.ts';
import { replay, replayInto } from './replay.ts';

const folder = new URL('./recordings/', import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
const texts = new Map(
  await Promise.all(files.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const)),
);
const recordings = new Map([...texts].map(([name, text]) => [name, parseRecording(text)]));
const ofKind = (kind: MachineKind): readonly Recording[] =>
  [...recordings.values()].filter(({ head }) => head.machine === kind);
/** As it would stand in a file. */
const written = (steps: readonly Step[]): unknown => JSON.parse(JSON.stringify(steps));

describe('the same events lead to the same states, decisions, reasons, commands and waits', () => {
  test.for([...recordings])('%s', async ([name, recording]) => {
    expect(written(await replay(recording)), `${name}: ${recording.head.title}`).toEqual(recording.steps);
  });
});

test('an event that is changed changes what comes of it', async () => {
  const recording = recordings.get('admit.jsonl');
  if (recording === undefined) throw new Error('admit.jsonl is missing');
  const steps = recording.steps.map((step) =>
    step.event.type === 'FACE_VERIFIED'
      ? { ...step, event: { ...step.event, similarity: { status: 'measured', value: 0.1, at_ms: 0, by: 'x' } } }
      : step,
  );
  expect((await replay({ ...recording, steps })).at(-1)?.state).not.toBe('admitted');
});

test('a recording survives the way through a journal on a disk and the recorder', async () => {
  const at = await mkdtemp(join(tmpdir(), 'replay-'));
  try {
    for (const name of ['admit.jsonl', 'lane-open.jsonl']) {
      const recording = recordings.get(name);
      if (recording === undefined) throw new Error(`${name} is missing`);
      const file = join(at, `${name}.db`);
      const journal = await openJournal(file);
      await replayInto(journal, recording);
      await journal.close();
      const recorded = recordingsIn(file, { title: 'again', recordedFrom: 'a disk' }).get('recorded');
      expect(recorded?.steps).toEqual(recording.steps);
      expect(recorded?.head.input).toEqual(recording.head.input);
    }
  } finally {
    await rm(at, { recursive: true, force: true });
  }
});

describe('the recordings cover', () => {
  test('every mode of the lane and every state of a passage that lasts', () => {
    // States without a clock of their own are left in the same step; no record shows them.
    const momentary = [
      'cleared',
      'tested',
      'betweenTravellers',
      'arriving',
      'checkingZone',
      'weighingDocument',
      'deciding',
      'refusing',
      'handedOver',
      'left',
    ];
    for (const [kind, machine] of [
      ['lane', laneMachine],
      ['transaction', transactionMachine],
    ] as const) {
      const seen = new Set(ofKind(kind).flatMap(({ steps }) => steps.map(({ state }) => outermost(state))));
      const missing = Object.keys(machine.config.states ?? {}).filter((state) => !seen.has(state));
      expect(
        missing.filter((state) => !momentary.includes(state)),
        kind,
      ).toEqual([]);
    }
  });

  test('every outcome, every topology, and the families of referrals', () => {
    const passages = ofKind('transaction');
    expect(passages.length).toBeGreaterThan(30);
    const ends = new Set(passages.map(({ steps }) => steps.at(-1)?.state));
    expect([...ends].map(String).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'admitted',
      'interrupted',
      'redirected',
      'referred',
      'released',
    ]);
    expect(new Set(passages.map(({ head }) => head.input.topology)).size).toBe(3);
    const reasons = new Set(
      passages.flatMap(({ steps }) => steps.flatMap(({ judged }) => (judged?.reasons as string[]) ?? [])),
    );
    expect([...reasons]).toEqual(
      expect.arrayContaining([
        'AGE_NOT_ELIGIBLE',
        'CHIP_NOT_GENUINE',
        'CHIP_NOT_READ',
        'COMPANION_PROCEDURE',
        'DEVICE_FAULT',
        'DOCUMENT_ALTERED',
        'DOCUMENT_EXPIRED',
        'DOCUMENT_LEFT_ON_READER',
        'DOCUMENT_SIGNATURE_INVALID',
        'DOCUMENT_UNREADABLE',
        'DOOR_FORCED',
        'DOOR_NOT_OPENING',
        'FACE_MISMATCH',
        'HELP_REQUESTED',
        'ISSUER_UNKNOWN',
        'LANE_LOCKED_DOWN',
        'OFFICER_CONFIRMATION_REQUIRED',
        'PRESENTATION_ATTACK_SUSPECTED',
        'REVERSE_ENTRY',
        'RISK_LATE',
        'TAILGATING',
        'TRAVELLER_DID_NOT_LEAVE',
        'WATCHLIST_HIT',
      ]),
    );
  });

  test('nobody: no printed zone, no number of a document, no picture', () => {
    for (const [name, text] of texts) {
      expect(text, name).not.toMatch(
        /[A-Z0-9]<[A-Z0-9<]{8}|documentNumber|surname|givenNames|birthDate|jpeg|embedding/,
      );
    }
  });
});
