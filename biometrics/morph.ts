/**
 * The place of differential morph detection: does the portrait show one person or a mixture of two, judged against a live
 * face? No model for it is in the manifest, and a similarity says nothing about it: until a detector is configured the
 * check is `not-supported`, which is a result of its own and neither passed nor failed.
 */
import type { Evidence } from '../drivers/contracts/evidence.ts';

/** What a detector compares: both unit embeddings of one session. It keeps neither. */
export type MorphSubject = { readonly reference: Float32Array; readonly probe: Float32Array };

export interface MorphDetector {
  readonly name: string;
  readonly version: string;
  /** Score 0…1, higher = more like a morph. */
  judge(subject: MorphSubject): Promise<number>;
}

export type MorphDetection =
  | { readonly status: 'not-supported' }
  | { readonly status: 'supported'; readonly score: Evidence<number> };

/** Without a detector `not-supported`; a score outside 0…1 is no score. Rejects as the detector does. */
export async function detectMorph(
  detector: MorphDetector | undefined,
  subject: MorphSubject,
  now_ms: () => number,
): Promise<MorphDetection> {
  if (detector === undefined) return { status: 'not-supported' };
  const value = await detector.judge(subject);
  if (!(value >= 0 && value <= 1)) {
    return { status: 'supported', score: { status: 'unavailable', because: 'MORPH_NOT_MEASURED' } };
  }
  const by = `${detector.name} ${detector.version}`;
  return { status: 'supported', score: { status: 'measured', value, at_ms: now_ms(), by } };
}
