import { createHash } from 'node:crypto';

/** One committed event: what happened to whom, the state it led to, and what was asked for. Texts are JSON. */
export type JournalRecord = {
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  /** Wall-clock milliseconds of the commit. */
  readonly at_ms: number;
  /** `lane`, or a transaction's id. */
  readonly subject: string;
  readonly kind: string;
  readonly event: string;
  readonly state: string;
  readonly effects: string;
};

export type ChainedRecord = JournalRecord & { readonly hash: Uint8Array };

/**
 * Kind of a record of an event that came for a subject which was not under way: it says nothing of where its subject
 * stands.
 */
export const lateKind = 'late';

/** What the first record is chained to. */
export const genesisHash: Uint8Array = new Uint8Array(32);

/** SHA-256 over the previous hash and every field; lengths are written before texts so that no two records read alike. */
export function hashOf(previous: Uint8Array, record: JournalRecord): Uint8Array {
  let text = `${record.seq}\n${record.at_ms}\n`;
  for (const field of [record.subject, record.kind, record.event, record.state, record.effects]) {
    text += `${Buffer.byteLength(field)}\n${field}`;
  }
  // In one piece: each update costs as much as the few kilobytes of a record.
  return createHash('sha256').update(previous).update(text).digest();
}
