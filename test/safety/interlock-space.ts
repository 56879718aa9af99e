/**
 * The whole input space of the interlock, and the rule stated a second time: not as the steps of a decision but as the
 * invariants that a command would break. The two must agree everywhere.
 */
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import { type DoorState, type Hall, unknownHall } from '../../gate-controller/safety/hall.ts';
import type { ExitAuthority, InterlockInput, InterlockRefusal } from '../../gate-controller/safety/interlock.ts';

export const now_ms = 1_000;
export const doorNames: readonly DoorName[] = ['entry', 'exit'];
export const commands: readonly DoorCommand[] = ['hold', 'open', 'close'];
export const transactions: readonly (string | null)[] = [null, 'current', 'earlier'];
const booleans = [false, true] as const;
const doorStates: readonly DoorState[] = ['closed', 'open', 'between', 'unknown'];

const ends_ms = [now_ms - 1, now_ms, now_ms + 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

export const authorities: readonly (ExitAuthority | null)[] = [
  null,
  ...(['admit', 'officer'] as const).flatMap((by) =>
    ['current', 'earlier'].flatMap((transactionId) =>
      ends_ms.map((validUntil_ms) => ({ transactionId, by, validUntil_ms })),
    ),
  ),
];

/** What the rule speaks of. That it reads nothing else of a hall is tested, so that these halls are all there are. */
export const spokenOf: readonly (keyof Hall)[] = [
  'isKnown',
  'isEntryFree',
  'isExitFree',
  'isSecondPersonSeen',
  'isFireAlarm',
  'isEmergencyOpen',
];

/** Every combination of door states and of the named flags. */
function hallsOver(names: readonly (keyof Hall)[]): readonly Hall[] {
  let halls: Hall[] = doorStates.flatMap((entry) => doorStates.map((exit) => ({ ...unknownHall, entry, exit })));
  for (const name of names) halls = halls.flatMap((hall) => booleans.map((value) => ({ ...hall, [name]: value })));
  return halls;
}

/** Every hall that differs in something the rule speaks of. */
export const halls: readonly Hall[] = hallsOver(spokenOf);

/** Every input. One object is used again and again, so that millions of them cost no memory. */
export function* everything(clock_ms = now_ms, over: readonly Hall[] = halls): Generator<InterlockInput> {
  const input = { now_ms: clock_ms } as { -readonly [K in keyof InterlockInput]: InterlockInput[K] };
  for (input.hall of over)
    for (input.door of doorNames)
      for (input.command of commands)
        for (input.otherCommand of commands)
          for (input.isMaintenance of booleans)
            for (input.currentTransactionId of transactions) for (input.authority of authorities) yield input;
}

export const other = { entry: 'exit', exit: 'entry' } as const;
const isFree = ({ hall, door }: InterlockInput): boolean => (door === 'entry' ? hall.isEntryFree : hall.isExitFree);
const opens = ({ command }: InterlockInput): boolean => command === 'open';
const opensExitInService = (input: InterlockInput): boolean =>
  opens(input) && input.door === 'exit' && !input.isMaintenance;

/** For each refusal, what would be wrong with doing what was asked. */
export const breaks: Readonly<Record<InterlockRefusal, (input: InterlockInput) => boolean>> = {
  // Nothing is moved blindly.
  HALL_UNKNOWN: ({ command, hall }) => command !== 'hold' && !hall.isKnown,
  // I6: no software command while the hardware keeps the doors open.
  EMERGENCY_RULES: ({ command, hall }) => command !== 'hold' && (hall.isFireAlarm || hall.isEmergencyOpen),
  // I5: no closing force on an obstacle, in every mode.
  CLOSING_ZONE_OBSTRUCTED: (input) => input.command === 'close' && !isFree(input),
  // I1: never both doors open together, except in maintenance.
  OTHER_DOOR_NOT_CLOSED: (input) => opens(input) && !input.isMaintenance && input.hall[other[input.door]] !== 'closed',
  OTHER_DOOR_COMMANDED_OPEN: (input) => opens(input) && !input.isMaintenance && input.otherCommand === 'open',
  // I2: the exit moves only on an unexpired permission for the current transaction.
  EXIT_NOT_AUTHORISED: (input) =>
    opensExitInService(input) && (input.authority === null || input.currentTransactionId === null),
  EXIT_AUTHORITY_OF_OTHER_TRANSACTION: (input) =>
    opensExitInService(input) && input.authority?.transactionId !== input.currentTransactionId,
  EXIT_AUTHORITY_EXPIRED: (input) =>
    opensExitInService(input) && !((input.authority?.validUntil_ms ?? Number.NaN) >= input.now_ms),
  // An admit is for the one person who was compared.
  EXIT_FOR_ONE_PERSON_ONLY: (input) =>
    opensExitInService(input) && input.authority?.by === 'admit' && input.hall.isSecondPersonSeen,
};

const broken = Object.values(breaks);

/**
 * Where a rule and the invariants disagree: a command that breaks one is let through, one that breaks none is refused, or
 * the refusal names something that is not so. Undefined when they agree everywhere.
 */
export function disagreement(
  rule: (input: InterlockInput) => InterlockRefusal | undefined,
  inputs: Iterable<InterlockInput>,
): { readonly input: InterlockInput; readonly answer: unknown } | undefined {
  for (const input of inputs) {
    const answer = rule(input);
    const mayBe = !broken.some((isBroken) => isBroken(input));
    const isRight = answer === undefined ? mayBe : breaks[answer](input);
    if (!isRight) return { input: { ...input }, answer };
  }
  return undefined;
}
