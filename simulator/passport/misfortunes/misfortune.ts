/** A misfortune: a document or a chip that is not as it should be, and what an inspection finds of it. */
import type { InspectionCheck, InspectionCheckId } from '../../../drivers/emrtd/check-sheet.ts';
import type { InspectionCode } from '../../../drivers/emrtd/codes.ts';
import type { CheckEvidence } from '../../../drivers/emrtd/finding.ts';
import type { DocumentProfile } from '../document-profile.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import type { Passport } from '../passport.ts';
import type { Workshop } from './workshop.ts';

/** Result and code of a check as one text, 'passed' or 'failed SIGNATURE_INVALID'; 'absent': not on the sheet. */
export type Outcome = InspectionCheck['result'] | `${InspectionCheck['result']} ${InspectionCode}` | 'absent';

export type Outcomes = Partial<Record<InspectionCheckId, Outcome>>;

/** How the inspection differs from that of a genuine document of the same profile. */
export type Expectation = {
  /** What ended the inspection early; null or left out: nothing. Every check that is not named ends aborted then. */
  readonly aborted?: InspectionCode | null;
  /** Checks whose outcome is another than that of a genuine document. */
  readonly checks?: Outcomes;
  /** Outcome of every check that every sheet has and that is named neither in `checks` nor in `kept`. */
  readonly rest?: Outcome;
  /** With `rest` or `aborted`: checks that end as with a genuine document. */
  readonly kept?: readonly InspectionCheckId[];
  /** Why a DG2 that agrees with its hash gives no portrait; default: it gives one. */
  readonly portraitUnavailable?: InspectionCode;
  /** What a check rests on, in part. */
  readonly evidence?: Partial<Record<InspectionCheckId, CheckEvidence>>;
};

/** A document with its chip, and what the reader's side has to have at hand. */
export type Arrangement = {
  readonly passport: Passport;
  readonly misbehaviour?: Misbehaviour;
  /** CSCA certificates that the reader trusts, DER. */
  readonly trusted: readonly Uint8Array[];
  /** Revocation lists of these CSCAs, DER. */
  readonly revocationLists?: readonly Uint8Array[];
  /** Document signers that came to the reader by another way than the chip, DER. */
  readonly documentSigners?: readonly Uint8Array[];
  /** What the reader opens the chip with; default the printed zone. */
  readonly opensWith?: 'mrz' | 'can';
};

export type Misfortune = {
  /** Kebab case, once in the catalogue. */
  readonly name: string;
  /** Test cases of BSI TR-03105-5.1 version 1.5 that this is one of the ways to bring about. */
  readonly cases: readonly string[];
  /** What is wrong, or what is out of the ordinary and right. */
  readonly sentence: string;
  readonly profile: DocumentProfile;
  /** Every call makes a new arrangement: behaviours may remember what they saw. */
  arrange(workshop: Workshop): Arrangement;
  readonly expected: Expectation;
  /** Why the reader takes the document although it breaks a rule of its standard. */
  readonly tolerated?: string;
  /** What the reader still does otherwise than `expected`, which is what the standard asks. */
  readonly openDefect?: string;
};
