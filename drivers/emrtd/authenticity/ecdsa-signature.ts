/** ECDSA signatures of chips (ICAO 9303-11 section 6.1, BSI TR-03111 section 5.2): plain r and s, or DER as some send. */
import { type KeyObject, verify } from 'node:crypto';
import { TLVError, concatBytes, readTLV, readTLVs } from '../iso7816/tlv.ts';
import type { HashAlgorithm } from '../pki/algorithms.ts';
import { fixedLength } from './fixed-length.ts';

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** True when `signature`, in either form, is one over `message`. `order_bytes`: length of the order of the curve. */
export function verifyECDSA(o: {
  readonly key: KeyObject;
  readonly order_bytes: number;
  readonly hash: HashAlgorithm;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}): boolean {
  // Bytes can be read in both ways; whichever way verifies, it is a signature over the message.
  const pairs = [halvesOf(o.signature), pairInDER(o.signature)];
  return pairs.some((pair) => {
    const numbers = pair?.map((digits) => fixedLength(digits, o.order_bytes)) ?? [];
    const [r, s] = numbers;
    return r !== undefined && s !== undefined && isSignature(o, concatBytes(r, s));
  });
}

function isSignature(
  o: { readonly key: KeyObject; readonly hash: HashAlgorithm; readonly message: Uint8Array },
  plain: Uint8Array,
): boolean {
  try {
    return verify(o.hash, o.message, { key: o.key, dsaEncoding: 'ieee-p1363' }, plain);
  } catch {
    // OpenSSL throws for numbers that no signature has instead of answering false.
    return false;
  }
}

type Pair = readonly [r: Uint8Array, s: Uint8Array];

function halvesOf(signature: Uint8Array): Pair | undefined {
  const half = signature.length / 2;
  return Number.isInteger(half) ? [signature.subarray(0, half), signature.subarray(half)] : undefined;
}

function pairInDER(signature: Uint8Array): Pair | undefined {
  try {
    const sequence = readTLV(signature);
    const [r, s, ...more] = sequence.tag === SEQUENCE ? readTLVs(sequence.value) : [];
    if (r?.tag !== INTEGER || s?.tag !== INTEGER || more.length > 0) return undefined;
    return sequence.raw.length === signature.length ? [r.value, s.value] : undefined;
  } catch (error) {
    if (error instanceof TLVError) return undefined;
    throw error;
  }
}
