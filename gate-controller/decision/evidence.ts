import type { Evidence } from '../../drivers/contracts/evidence.ts';
import type { Check } from './checks.ts';

/** What the printed zone says, reduced to what the decision needs: nothing in it names the holder. */
export type DocumentFacts = {
  readonly documentCode: string;
  readonly issuingState: string;
  readonly nationality: string;
  /** ISO 8601 date; null when the zone gives no valid date. */
  readonly expiresOn: string | null;
  /** Completed years; null when the date of birth is not complete. */
  readonly age_years: number | null;
  /** Since this document last let somebody out of this lane, ms; null when it did not in the time that is remembered. */
  readonly lastUse_ms: number | null;
  /** The gate's local date when the zone was read, ISO 8601. */
  readonly today: string;
};

/** Result of reading the printed zone. Codes of `unavailable`: MRZ_NOT_READ, MRZ_BAD_SHAPE, MRZ_CHECK_DIGIT. */
export type MRZEvidence = Evidence<DocumentFacts>;

/** Answer of a risk service. `hit`: at least one candidate at or above the service's threshold. */
export type RiskAnswer = {
  readonly verdict: 'clear' | 'hit';
  readonly candidates: number;
  readonly topScore: number | null;
};

/** Codes of `unavailable`: RISK_UNAVAILABLE, RISK_LATE, RISK_MALFORMED. */
export type RiskEvidence = Evidence<RiskAnswer>;

/** What the signals of a presentation attack said; names and codes are those of the face pipeline. */
export type AttackFinding = {
  readonly verdict: 'live' | 'attack' | 'undetermined';
  /** Code of the rule that decided. */
  readonly because: string;
  readonly signals: readonly {
    readonly name: string;
    readonly version: string;
    /** Frames in which it could measure. */
    readonly frames: number;
    /** In the signal's own unit; null when there was too little. */
    readonly value: number | null;
    readonly verdict: 'live' | 'attack' | 'undetermined';
    readonly because: string;
  }[];
};

export type FaceEvidence = {
  /** `remarks`: codes of what is unusual about a portrait that was taken all the same. Codes of `unavailable`: see ReferenceEvidence of the face pipeline. */
  readonly portrait: Evidence<{ readonly interEye_px: number; readonly remarks: readonly string[] }>;
  readonly captured: Evidence<{ readonly framesSeen: number; readonly framesCompared: number }>;
  /** Cosine similarity of the fused frames. */
  readonly similarity: Evidence<number>;
  readonly attack: Evidence<AttackFinding>;
};

export type OccupancyEvidence = Evidence<{ readonly persons: 'one' | 'several' }>;

/** Everything one transaction gathers; null = nothing was gathered yet, which never counts as passed. */
export type TransactionEvidence = {
  readonly mrz: MRZEvidence | null;
  /** Chip checks as the inspection reported them. */
  readonly chip: readonly Check[] | null;
  readonly occupancy: OccupancyEvidence | null;
  readonly face: FaceEvidence | null;
  readonly risk: RiskEvidence | null;
};

export const noEvidence: TransactionEvidence = { mrz: null, chip: null, occupancy: null, face: null, risk: null };
