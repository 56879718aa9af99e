import { type ChainedRecord, genesisHash, hashOf } from './record.ts';

export type ChainVerdict =
  | { readonly isIntact: true; readonly records: number; readonly head: string }
  | { readonly isIntact: false; readonly brokenAt: number; readonly because: 'hash' | 'sequence' };

/** Walks the chain from the first record. `brokenAt` is the first sequence number that cannot be believed. */
export function verifyChain(records: Iterable<ChainedRecord>): ChainVerdict {
  let previous = genesisHash;
  let expected = 1;
  for (const record of records) {
    if (record.seq !== expected) return { isIntact: false, brokenAt: expected, because: 'sequence' };
    const hash = hashOf(previous, record);
    if (Buffer.compare(hash, record.hash) !== 0) return { isIntact: false, brokenAt: record.seq, because: 'hash' };
    previous = record.hash;
    expected += 1;
  }
  return { isIntact: true, records: expected - 1, head: Buffer.from(previous).toString('hex') };
}
