/** What a command has around it: two ways to speak, and somebody who may stop it. */
export type Surroundings = {
  /** A line of standard output. */
  readonly say: (line: string) => void;
  /** A line for people, on standard error. */
  readonly complain: (line: string) => void;
  /** Aborts when whoever started the command wants it to end. */
  readonly signal: AbortSignal;
};
