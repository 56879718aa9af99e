/** What the evaluation and its child processes say to each other. Every job has exactly one answer. */
import type { AttackScores } from './attack-signals.ts';
import type { Sample } from './sample.ts';

export type Job =
  | { readonly ask: 'open'; readonly modelFolder: string }
  | {
      readonly ask: 'embed';
      /** Where the picture lies. */
      readonly path: string;
      /** Words that the random source of the degradation is started from; null: the picture as it is, for both sides. */
      readonly degradeFrom: readonly string[] | null;
      readonly isMirroredToo: boolean;
    }
  | { readonly ask: 'judge'; readonly path: string };

export type Answer =
  | { readonly answer: 'opened'; readonly models: Readonly<Record<string, string>> }
  | { readonly answer: 'refused'; readonly detail: string }
  /** `probe` is null when the one sample stands on both sides. */
  | { readonly answer: 'embedded'; readonly reference: Sample; readonly probe: Sample | null }
  /** Null: no face to judge. */
  | { readonly answer: 'judged'; readonly scores: AttackScores | null };
