/**
 * Chip Authentication Mapping (ICAO 9303-11 section 4.4.3.3.3): in PACE the chip sends the number that its static private
 * key and its mapping key have in common. Times the public key of EF.CardSecurity it gives the mapping key; nobody
 * without the private key knows such a number. EF.CardSecurity must have been verified.
 */
import { timingSafeEqual } from 'node:crypto';
import { numberFrom } from '../access/domain-parameters.ts';
import type { ChipMapping } from '../access/pace.ts';
import { type Finding, failed, passed, undetermined, withEvidence } from '../finding.ts';
import type { SecurityInfos } from '../lds/security-infos.ts';
import { groupOfPublicKey } from './key-of-spki.ts';

const KEYS_MAX = 8;

/**
 * Passed when the number belongs to one of the keys of `cardSecurity` on the curve of PACE. Failed with
 * CHIP_MAPPING_UNPROVEN when it does not; undetermined with CHIP_MAPPING_KEY_ABSENT when there is no such key.
 */
export function verifyChipAuthenticationMapping(mapping: ChipMapping, cardSecurity: SecurityInfos): Finding {
  const { group } = mapping;
  const keys = cardSecurity.chipAuthenticationKeys
    .slice(0, KEYS_MAX)
    .map(({ spki }) => groupOfPublicKey(spki))
    .flatMap((key) => (key?.group.name === group.name && key.publicKey.kind === 'ec' ? [key.publicKey.point] : []));
  if (keys.length === 0) return undetermined('CHIP_MAPPING_KEY_ABSENT');
  const number = numberFrom(mapping.decrypted);
  const isInRange = number > 0n && number < group.order;
  const isProven =
    isInRange && keys.some((key) => isEqual(key.multiply(number).toBytes(false), mapping.chipMappingKey));
  return withEvidence(isProven ? passed : failed('CHIP_MAPPING_UNPROVEN'), { curve: group.name });
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
