/** Who a risk service is asked about. Personal data: it goes to the service and nowhere else. */
export type RiskSubject = {
  readonly firstName: string;
  readonly lastName: string;
  /** ISO 8601 date; null when the document gives none that is complete. */
  readonly birthDate: string | null;
  /** MRZ code of three letters. */
  readonly nationality: string;
  readonly documentNumber: string;
};

/** A person the service proposes, for the officer's eyes. */
export type RiskCandidate = {
  readonly id: string;
  readonly caption: string;
  readonly score: number;
  readonly features: readonly string[];
};
