/** What a scenario is: who comes with what, what misbehaves and when, what officers do, and how it has to end. */
import type { CheckResult } from '../../drivers/contracts/evidence.ts';
import type { MannerName } from '../hall/manners.ts';
import type { SecondPerson } from '../hall/party.ts';
import type { TravellerState } from '../hall/doings.ts';
import type { Side } from '../hall/traveller.ts';
import type { ProfileName } from '../passport/profiles.ts';
import type { SceneOptions } from '../travellers/scene.ts';

/** Result of a check and its code, if it has one: 'passed', 'failed CHIP_IS_A_COPY'. */
export type ExpectedFinding = CheckResult | `${CheckResult} ${string}`;

export type DocumentOptions = {
  /**
   * `unknown`: signed under a CSCA whose certificate is not in the trust folder; `revoked`: by a document signer of the
   * trusted CSCA that its revocation list names; `stale-list`: under a CSCA whose newest list is past its next update;
   * `known-defect`: by a signer whom the defect list names.
   */
  readonly issuer: 'trusted' | 'unknown' | 'revoked' | 'stale-list' | 'known-defect';
  /** Last day of validity. Default: in some years. */
  readonly validUntil?: 'weeks-ago' | 'yesterday' | 'today';
  /** Completed years, in place of the holder's own. */
  readonly age_years?: number;
  /** One byte of DG2 is not what the issuer signed. */
  readonly isPortraitAltered?: boolean;
  /** What kind of document it is; default: the kind that the holder has. */
  readonly profile?: ProfileName;
  /** Every file of the genuine document on another chip, without its private keys. */
  readonly isCloned?: boolean;
  /** The name on the data page is not the one in the chip; what opens the chip is. */
  readonly isPrintedNameAltered?: boolean;
  /** The state in both zones is not the one whose authority signed the chip. */
  readonly isStateForeign?: boolean;
  /** EF.COM does not list what EF.SOD lists. */
  readonly isFileListShort?: boolean;
  /**
   * `slow`: each answer takes much longer than the standard allows for; `hostile`: answers that break every rule;
   * `silent`: falls silent after its activation; `none`: there is none.
   */
  readonly chip?: 'slow' | 'hostile' | 'silent' | 'none';
  /** What the reader of the printed zone makes of it, and how many times; after that it reads what is printed. */
  readonly zone?: {
    /**
     * `upsideDown`, `inCover`: nothing that has the shape of a zone; `zeroForO`: a digit taken for a letter; `forged`: a
     * digit of the expiry printed over, its check digit not.
     */
    readonly reads: 'upsideDown' | 'inCover' | 'zeroForO' | 'forged';
    readonly times: number;
  };
};

/** A fault that begins at a moment of the traveller's. */
export type Mishap = {
  /** What the traveller does then; `inView`: has come into the camera's view. */
  readonly when: TravellerState | 'inView';
  readonly after_ms?: number;
  /** Names of faults (`faults.ts`). */
  readonly fault: string;
  /** Until it goes by itself; default: until the traveller has left. */
  readonly for_ms?: number;
  /** Stays until somebody takes it away. */
  readonly stays?: boolean;
};

/** Commands of the officers' API that scenarios use. */
export type ScriptedCommand =
  | 'openLane'
  | 'assistLane'
  | 'closeLane'
  | 'lockLane'
  | 'duress'
  | 'resetLockdown'
  | 'resetEvacuation'
  | 'consentMaintenance'
  | 'acknowledge'
  | 'releaseToExit'
  | 'returnToEntry'
  | 'allowCompanion'
  | 'useAccessibleProfile';

/** What has to be seen on the officers' page before the next act. Everything that is said must hold. */
export type Seen = {
  readonly mode?: string;
  /** Step of the passage under way; `none`: there is no passage. */
  readonly step?: string;
  /** Of the passage under way: an officer has to look. */
  readonly hasReason?: string;
  readonly offers?: ScriptedCommand;
  readonly fault?: string;
  /** The traveller and everybody with them have left the hall. */
  readonly isHallEmpty?: boolean;
};

/** One thing that an officer or a technician does. Acts follow one another; each waits for what it has to see. */
export type Act = { readonly seen?: Seen; readonly after_ms?: number } & (
  | {
      readonly does: 'command';
      readonly command: ScriptedCommand;
      readonly officer?: OfficerNumber;
      /** Given so long before it arrives. */
      readonly age_ms?: number;
      /** HTTP status of the answer; default 202. */
      readonly answer?: number;
    }
  | { readonly does: 'ask-maintenance' | 'end-maintenance'; readonly answer?: number }
  | { readonly does: 'attend' | 'go-away' }
  | { readonly does: 'switch'; readonly fault: string; readonly isOn: boolean }
  /** Nothing: what is seen is all that matters, no later than so long after the act before. */
  | { readonly does: 'watch'; readonly within_ms?: number }
);

/** Two officers, where two are needed. */
export type OfficerNumber = 'B-101' | 'B-202';

export type ScenarioEnd = 'admitted' | 'referred' | 'redirected' | 'released' | 'interrupted';

export type Expectation = {
  /** `none`: no passage begins. */
  readonly outcome: ScenarioEnd | 'none';
  readonly reasons: readonly string[];
  /** Reasons that may stand beside them, or in their place: what the face pipeline can tell depends on the frames it gets. */
  readonly reasonsElse?: readonly (readonly string[])[];
  /** What the record's report says of single checks of the document, by their id. */
  readonly findings?: Readonly<Record<string, ExpectedFinding>>;
  /** What a check in the report rests on, in part. */
  readonly evidence?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** States that the record passes in this order, among others. */
  readonly states?: readonly string[];
  /** States that the record never shows. */
  readonly never?: readonly string[];
  readonly leftBy?: Side;
  /** The exit opened so many times, as the hall saw it; default: not looked at. */
  readonly exitOpenings?: number;
  /** Of the next traveller: their passage begins before that of the one before has ended. */
  readonly beginsBeforeEnd?: boolean;
  /** Whole passage, from the printed zone to its end. */
  readonly max_ms?: number;
};

export type Scenario = {
  readonly name: string;
  readonly title: string;
  /** Number in the list of acceptance scenarios (docs of the product); empty: beyond it. */
  readonly covers: readonly number[];
  /** Whose document it is, and who carries it: ids of people. */
  readonly holder: string;
  readonly bearer: string;
  readonly document: DocumentOptions;
  readonly behaviour: {
    readonly manner?: MannerName;
    readonly second?: SecondPerson;
    /** Takes the document away once its chip has answered so many commands. */
    readonly takesDocumentAwayAfter_commands?: number;
  };
  /** What the camera sees; default: the bearer, live. A picture that the bearer holds up is one of the holder. */
  readonly appearance?: Pick<SceneOptions, 'presentation' | 'misfortunes'>;
  /** Names of faults (`faults.ts`) that are on from the traveller's setting out until they are gone. */
  readonly faults: readonly string[];
  readonly mishaps?: readonly Mishap[];
  /** Parts of the lane's configuration that differ from the default, as in gate.json. */
  readonly lane?: Readonly<Record<string, unknown>>;
  /** Nobody comes: what happens, happens to the lane. */
  readonly isNobody?: boolean;
  /** What officers do before the traveller comes. */
  readonly before?: readonly Act[];
  /**
   * What officers do, in place of the usual: acknowledge a referral and send the traveller back to the entry side. A
   * traveller who is sent from the bench alone meets whoever is there.
   */
  readonly acts?: readonly Act[];
  /** Who comes next, by name of scenario, and whether close behind. */
  readonly next?: { readonly scenario: string; readonly isClose: boolean; readonly expects: Expectation };
  readonly expects: Expectation;
};

export type ScenarioRow = Omit<Scenario, 'name'>;

/** The rows of one chapter, which lose nothing of their names. */
export type Chapter = Readonly<Record<string, ScenarioRow>>;

export const admitted: Expectation = { outcome: 'admitted', reasons: [] };
export const referred = (...reasons: readonly string[]): Expectation => ({ outcome: 'referred', reasons });
export const redirected = (...reasons: readonly string[]): Expectation => ({ outcome: 'redirected', reasons });
export const interrupted = (reason: string): Expectation => ({ outcome: 'interrupted', reasons: [reason] });
export const good = { issuer: 'trusted' } as const;

/** A traveller with their own valid document. */
export const ordinary = (person: string) =>
  ({ holder: person, bearer: person, document: good, behaviour: {}, faults: [] }) as const;

/** True when the scenario asks nothing of the lane's configuration or of officers beyond the usual. */
export const isForAnyLane = ({ lane, before, acts, next, isNobody }: Scenario): boolean =>
  [lane, before, acts, next, isNobody].every((part) => part === undefined);
