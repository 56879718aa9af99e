import { Type } from 'typebox';
import { personNumberPattern } from './messages.ts';

/** Shapes of what pages send. Types with a meaning stand in `messages.ts` and `technician-messages.ts`. */

export const closed = { additionalProperties: false } as const;

export const Id = Type.String({ format: 'uuid' });
export const Problem = Type.Object({ code: Type.String(), message: Type.String() });

const PersonNumber = Type.String({ pattern: personNumberPattern });
const LaneId = Type.String({ maxLength: 32 });
const Seq = Type.Integer({ minimum: 0 });
/** Milliseconds since the epoch; a page may reckon in fractions. */
const Moment = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const Commanding = Type.Object(
  {
    commandId: Id,
    command: Type.Union([
      Type.Literal('openLane'),
      Type.Literal('assistLane'),
      Type.Literal('closeLane'),
      Type.Literal('lockLane'),
      Type.Literal('duress'),
      Type.Literal('resetLockdown'),
      Type.Literal('resetEvacuation'),
      Type.Literal('consentMaintenance'),
      Type.Literal('acknowledge'),
      Type.Literal('releaseToExit'),
      Type.Literal('returnToEntry'),
      Type.Literal('allowCompanion'),
      Type.Literal('useAccessibleProfile'),
      Type.Literal('useStandardProfile'),
    ]),
    laneId: LaneId,
    transactionId: Type.Union([Id, Type.Null()]),
    expectedSeq: Seq,
    givenAt_ms: Moment,
    officer: PersonNumber,
    reason: Type.Union([Type.String({ maxLength: 500 }), Type.Null()]),
  },
  closed,
);

export const Attending = Type.Object({ officer: PersonNumber }, closed);

export const TechnicianCommanding = Type.Object(
  {
    commandId: Id,
    command: Type.Union([Type.Literal('askMaintenance'), Type.Literal('endMaintenance'), Type.Literal('moveDoor')]),
    laneId: LaneId,
    expectedSeq: Seq,
    givenAt_ms: Moment,
    technician: PersonNumber,
    door: Type.Union([Type.Literal('entry'), Type.Literal('exit'), Type.Null()]),
    motion: Type.Union([Type.Literal('hold'), Type.Literal('open'), Type.Literal('close'), Type.Null()]),
  },
  closed,
);
