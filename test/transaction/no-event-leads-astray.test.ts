import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../../drivers/contracts/evidence.ts';
import type { FaceEvidence } from '../../gate-controller/decision/evidence.ts';
import type { Hall } from '../../gate-controller/safety/hall.ts';
import type { TransactionHappening } from '../../gate-controller/transaction/events.ts';
import { attackOf, passedChipChecks, soundEvidence, zoneRead } from '../decision/evidence-samples.ts';
import { Drive } from './drive.ts';

const hall = fc.record<Hall>({
  isKnown: fc.boolean(),
  entry: fc.constantFrom('closed', 'open', 'between', 'unknown'),
  exit: fc.constantFrom('closed', 'open', 'between', 'unknown'),
  isCabinOccupied: fc.boolean(),
  isEntryFree: fc.boolean(),
  isExitFree: fc.boolean(),
  isSecondPersonSeen: fc.boolean(),
  isObjectLeft: fc.boolean(),
  isOnUPS: fc.boolean(),
  isHelpRequested: fc.boolean(),
  isFireAlarm: fc.constant(false),
  isEmergencyOpen: fc.constant(false),
});

const timers = [
  'chip.transaction.inspectingDocument',
  'removal.transaction.awaitingRemoval',
  'enter.transaction.entering',
  'separate.transaction.separating',
  'tailgate.transaction.clearingTailgate',
  'capture.transaction.capturing',
  'door.transaction.leaving.opening',
  'leave.transaction.leaving.walking',
  'hold.transaction.held',
  'return.transaction.returning',
  'transaction.transaction',
].map((id) => ({ type: `xstate.after.${id}` }) as unknown as TransactionHappening);

const similarity = fc.oneof(
  fc.constant({ status: 'measured', value: 0.8, at_ms: 0, by: 't' } as const),
  fc.double({ min: -1, max: 1 }).map((value) => ({ status: 'measured', value, at_ms: 0, by: 't' }) as const),
  fc.constant({ status: 'measured', value: Number.NaN, at_ms: 0, by: 't' } as const),
  fc.constant({ status: 'unavailable', because: 'FACE_NOT_CAPTURED' } as const),
);

const attack = fc.oneof(
  { arbitrary: fc.constant(soundEvidence.face!.attack), weight: 6 },
  fc.constantFrom('attack', 'undetermined').map((verdict) => attackOf(verdict)),
  fc.constant({ status: 'unavailable', because: 'FACE_NOT_CAPTURED' } as const),
);

const verified = (value: Evidence<number>, verdict: FaceEvidence['attack']): TransactionHappening => ({
  type: 'FACE_VERIFIED',
  captured: soundEvidence.face!.captured,
  similarity: value,
  attack: verdict,
  frames: {},
});

const happening: fc.Arbitrary<TransactionHappening> = fc.oneof(
  { arbitrary: fc.tuple(similarity, attack).map(([value, verdict]) => verified(value, verdict)), weight: 4 },
  { arbitrary: hall.map((h) => ({ type: 'HALL_CHANGED', hall: h }) as const), weight: 8 },
  fc.constantFrom<TransactionHappening>(...timers),
  fc.constant({ type: 'CHIP_INSPECTED', checks: passedChipChecks, aborted: null, report: null } as const),
  fc.constant({
    type: 'CHIP_INSPECTED',
    checks: passedChipChecks.slice(1),
    aborted: 'CHIP_LOST',
    report: null,
  } as const),
  fc.constant({ type: 'DOCUMENT_PRESENTED', presentationId: 'p', mrz: zoneRead } as const),
  fc.constant({ type: 'DOCUMENT_TAKEN' } as const),
  fc.constant({ type: 'REFERENCE_PREPARED', portrait: soundEvidence.face!.portrait } as const),
  fc.constant({ type: 'RISK_ANSWERED', risk: soundEvidence.risk! } as const),
  fc.constantFrom<TransactionHappening>(
    { type: 'RISK_ANSWERED', risk: { status: 'unavailable', because: 'RISK_UNAVAILABLE' } },
    { type: 'RISK_SLOW' },
    { type: 'RISK_DEADLINE' },
    { type: 'LANE_FAULTED', codes: ['x:y'] },
    { type: 'DOOR_MISMATCH', door: 'entry', code: 'DOOR_NOT_OPENING' },
    { type: 'OFFICER_ACKNOWLEDGED', officer: 'local', validUntil_ms: Number.MAX_VALUE },
    { type: 'OFFICER_RELEASED', officer: 'local', reason: 'because', validUntil_ms: Number.MAX_VALUE },
    { type: 'OFFICER_RETURNED', officer: 'local', reason: 'because', validUntil_ms: Number.MAX_VALUE },
  ),
);

test('whatever happens in whatever order, the exit is asked to open only with proof or an officer’s word', () => {
  let admits = 0;
  fc.assert(
    fc.property(fc.array(happening, { minLength: 5, maxLength: 60 }), fc.boolean(), (story, isSound) => {
      const drive = isSound ? new Drive().riskClear().toCapturing() : new Drive();
      drive.take();
      for (const event of story) {
        drive.tell(event);
        const { decision, checks, reasons, release } = drive.context;
        if (decision === 'refer') expect(reasons.length).toBeGreaterThan(0);
        if (!drive.take().includes('openExit')) continue;
        if (release !== null) continue;
        admits += 1;
        expect(decision).toBe('admit');
        expect(reasons).toEqual([]);
        for (const id of drive.context.policy.required) {
          expect(
            checks.filter((check) => check.id === id).map(({ result }) => result),
            id,
          ).toEqual(['passed']);
        }
      }
      expect(drive.snapshot.status).not.toBe('error');
    }),
    { numRuns: 600 },
  );
  expect(admits).toBeGreaterThan(0);
});

test('from every state that is reached, time alone leads to an end (I7)', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
      const drive = new Drive();
      for (const event of story) drive.tell(event);
      // Every timer of every state in turn: those that do not belong to the state at hand are ignored by it.
      for (let round = 0; round < 12 && drive.snapshot.status === 'active'; round += 1) {
        for (const wait of waitsOf(drive)) drive.tell(wait);
      }
      expect(drive.snapshot.status).toBe('done');
    }),
    { numRuns: 300 },
  );
});

/** The delayed transitions of the state at hand, as the kernel would send them. */
function waitsOf(drive: Drive): readonly TransactionHappening[] {
  const nodes = drive.snapshot._nodes as readonly { readonly after: readonly { readonly eventType: string }[] }[];
  return [
    ...nodes.flatMap(({ after }) =>
      after.map(({ eventType }) => ({ type: eventType }) as unknown as TransactionHappening),
    ),
    { type: 'RISK_DEADLINE' },
  ];
}
