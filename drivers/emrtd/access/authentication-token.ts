/** Authentication tokens of PACE (ICAO 9303-11 section 4.4.3.4), with which each side proves that it knows the keys. */
import { writeTLV } from '../iso7816/tlv.ts';
import { type CipherSuite, macOf } from './cipher-suite.ts';
import type { Group } from './domain-parameters.ts';
import { objectIdentifierBytes } from './object-identifier.ts';

const Tag = { PUBLIC_KEY: 0x7f49, OBJECT_IDENTIFIER: 0x06, PUBLIC_VALUE: 0x84, PUBLIC_POINT: 0x86 } as const;

/**
 * Token of 8 bytes over the ephemeral public key that its sender received, as it came (sections 9.4.3 to 9.4.5).
 *
 * @param protocol dotted object identifier that MSE:Set AT named
 */
export function authenticationToken(
  suite: CipherSuite,
  macKey: Uint8Array,
  o: { readonly protocol: string; readonly kind: Group['kind']; readonly publicKey: Uint8Array },
): Uint8Array {
  const identifier = writeTLV(Tag.OBJECT_IDENTIFIER, objectIdentifierBytes(o.protocol));
  const key = writeTLV(o.kind === 'ec' ? Tag.PUBLIC_POINT : Tag.PUBLIC_VALUE, o.publicKey);
  return macOf(suite, macKey, writeTLV(Tag.PUBLIC_KEY, identifier, key));
}
