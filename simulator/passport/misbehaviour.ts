/**
 * The seam through which a simulated chip can be made to misbehave. An honest chip has none of these hooks. Each hook is
 * given what the honest chip would do and decides what happens instead; a hook that is absent changes nothing.
 *
 * A command passes through three of them, from the inside out:
 *
 *   command -> (secure messaging off) -> answer -> protect -> transmit -> delay_ms -> antenna
 *
 * `answer` speaks of plain commands and status words, `protect` of the data objects of secure messaging, `transmit` of
 * the bytes that the reader gets. Altered files need no hook: they are altered in the `Passport`.
 */
import type { CommandAPDU } from '../../drivers/emrtd/iso7816/apdu.ts';
import type { Answer } from './chip-answer.ts';

/** What is known of the command that is being answered. */
export type ChipMoment = {
  /** Commands since the field came on, this one included: 1, 2, 3. */
  readonly number: number;
  /** The command with its protection taken off; undefined: bytes that are no command, or whose protection is wrong. */
  readonly command: CommandAPDU | undefined;
  /** Whether the command came under secure messaging, rightly or not. */
  readonly isProtected: boolean;
  /** Whether the command had extended length fields. */
  readonly isExtended: boolean;
  /** The elementary file that a SELECT names or a READ BINARY reads. EF.SOD and EF.CardSecurity share an identifier. */
  readonly file: { readonly in: 'master-file' | 'emrtd'; readonly id: number } | undefined;
};

/** A protected answer in its parts, each a whole data object with tag and length; null: left out. */
export type ProtectedAnswer = {
  /** DO'87', after odd instructions DO'85'. */
  readonly cryptogram: Uint8Array | null;
  /** DO'99'. */
  readonly status: Uint8Array | null;
  /** DO'8E' over the other two. */
  readonly checksum: Uint8Array | null;
  /** The status word behind the data objects, outside the protection. */
  readonly statusWord: number;
};

export type Misbehaviour = {
  /**
   * The answer to a command, before secure messaging is laid over it. `honest` lets the chip do what it would do, with
   * this command or another in its place; a hook that does not call it leaves the chip's state as it was.
   */
  readonly answer?: (moment: ChipMoment, honest: (command?: CommandAPDU) => Answer) => Answer;
  /**
   * The parts of a protected answer. `checksumOver` makes the DO'8E' that the session's key gives over any other
   * objects in this place.
   */
  readonly protect?: (
    answer: ProtectedAnswer,
    moment: ChipMoment,
    checksumOver: (objects: Uint8Array) => Uint8Array,
  ) => ProtectedAnswer;
  /** The bytes that the reader gets, status word included; undefined: none, the chip has fallen silent. */
  readonly transmit?: (response: Uint8Array | undefined, moment: ChipMoment) => Uint8Array | undefined;
  /** How long the answer takes, ms. `honest_ms` comes from the chip's `ChipTiming`. */
  readonly delay_ms?: (honest_ms: number, moment: ChipMoment) => number;
};

/** Several at once. The first is nearest the antenna: what the others have made of an answer is honest to it. */
export function misbehavingAs(...behaviours: readonly Misbehaviour[]): Misbehaviour {
  const fromWithin = behaviours.toReversed();
  return {
    answer: (moment, honest) =>
      fromWithin.reduce<(command?: CommandAPDU) => Answer>(
        (inner, { answer }) =>
          answer === undefined
            ? inner
            : (command) => answer(command === undefined ? moment : { ...moment, command }, (c) => inner(c ?? command)),
        honest,
      )(),
    protect: (answer, moment, checksumOver) =>
      fromWithin.reduce((made, { protect }) => protect?.(made, moment, checksumOver) ?? made, answer),
    transmit: (response, moment) =>
      fromWithin.reduce((made, { transmit }) => (transmit === undefined ? made : transmit(made, moment)), response),
    delay_ms: (honest_ms, moment) => fromWithin.reduce((ms, { delay_ms }) => delay_ms?.(ms, moment) ?? ms, honest_ms),
  };
}
