/** CSCA master lists (ICAO 9303-12 section 9): the CSCA certificates that one state vouches for, as signed. */
import { integer, sequence, setOf } from './der.ts';
import { type ListSigner, signList } from './list-signer.ts';

export const MASTER_LIST = '2.23.136.1.1.2';

/** CMS SignedData in DER over CscaMasterList, with these certificates (DER). */
export function writeMasterList(
  signer: ListSigner,
  o: { readonly certificates: readonly Uint8Array[]; readonly signedAt_ms: number },
): Uint8Array {
  const content = sequence(integer(0), setOf(...o.certificates));
  return signList(signer, { contentType: MASTER_LIST, content, signedAt_ms: o.signedAt_ms });
}
