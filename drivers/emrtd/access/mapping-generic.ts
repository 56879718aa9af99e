/** Generic mapping of the PACE nonce (ICAO 9303-11 section 4.4.3.3.1), which the chip authentication mapping shares. */
import { pow } from '@noble/curves/abstract/modular.js';
import { type Group, type PublicKey, numberFrom, orderOf, sharedPoint } from './domain-parameters.ts';

/**
 * The group with the generator that nonce and shared secret determine: s*G + H, or g^s * h. Undefined when that is the
 * neutral element, which no honest pair of keys gives. Throws TypeError for a public key of another kind of group.
 */
export function mapGenerically(group: Group, nonce: Uint8Array, secret: bigint, chipKey: PublicKey): Group | undefined {
  const s = numberFrom(nonce) % orderOf(group);
  if (group.kind === 'ec' && chipKey.kind === 'ec') {
    const shared = sharedPoint(secret, chipKey);
    // The library refuses to multiply by zero, which an honest nonce can be modulo the order.
    const generator = s === 0n ? shared : group.generator.multiply(s).add(shared);
    return generator.is0() ? undefined : { ...group, generator };
  }
  if (group.kind === 'dh' && chipKey.kind === 'dh') {
    const g = (pow(group.g, s, group.p) * pow(chipKey.y, secret, group.p)) % group.p;
    return g === 1n ? undefined : { ...group, g };
  }
  throw new TypeError('public key of another kind of group');
}
