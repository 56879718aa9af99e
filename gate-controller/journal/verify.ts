import { type ChainedRecord, genesisHash, hashOf } from './record.ts';

export type ChainVerdict =
  | { readonly isIntact: true; readonly records: number; readonly head: string }
  | { readonly isIntact: false; readonly brokenAt: number; readonly because: BrokenBecause };

/**
 * `hash`, `sequence`: a record is not what was chained, or is missing. `head`: a record that was confirmed is not there, or
 * is another one. `standing`: what is under way is not what the last records say.
 */
export type BrokenBecause = 'hash' | 'sequence' | 'head' | 'standing';

/** A place in the chain: what the record after it must be chained to. */
export type ChainPlace = { readonly seq: number; readonly hash: Uint8Array };

export const chainBegin: ChainPlace = { seq: 0, hash: genesisHash };

/** Walks the whole chain. `brokenAt` is the first sequence number that cannot be believed. */
export function verifyChain(records: Iterable<ChainedRecord>): ChainVerdict {
  const walked = walkChain(records, chainBegin);
  if ('because' in walked) return walked;
  return { isIntact: true, records: walked.seq, head: Buffer.from(walked.hash).toString('hex') };
}

/** The same from the record after `from`; answers the place where the walk ended, so that it can go on from there. */
export function walkChain(
  records: Iterable<ChainedRecord>,
  from: ChainPlace,
): ChainPlace | Extract<ChainVerdict, { isIntact: false }> {
  let { seq, hash: previous } = from;
  for (const record of records) {
    if (record.seq !== seq + 1) return { isIntact: false, brokenAt: seq + 1, because: 'sequence' };
    const hash = hashOf(previous, record);
    if (Buffer.compare(hash, record.hash) !== 0) return { isIntact: false, brokenAt: record.seq, because: 'hash' };
    previous = hash;
    seq = record.seq;
  }
  return { seq, hash: previous };
}
