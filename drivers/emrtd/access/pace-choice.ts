/** Which of the PACE variants that a chip offers this reader takes. */
import type { PACEInfo, SecurityInfos } from '../lds/security-infos.ts';
import { type Group, fieldBits, standardizedGroup } from './domain-parameters.ts';
import { isIntegratedMappingPossible } from './mapping-integrated.ts';
import { keyBytesOf } from './cipher-suite.ts';

/** The version of PACE that travel documents speak (ICAO 9303-11 section 9.2.1). */
const PACE_VERSION = 2;

/**
 * The best PACEInfo that this reader can carry out: chip authentication mapping before the others, because it also
 * proves the chip (BSI TR-03135-1 section 5.6.2); AES before 3DES; then the stronger group and the longer key; then what
 * stands first. Undefined when none is usable.
 */
export function choosePACE(infos: Pick<SecurityInfos, 'pace'>): PACEInfo | undefined {
  const usable = infos.pace.flatMap((info) => {
    const group = paceGroup(info);
    return group === undefined ? [] : [{ info, rank: rankOf(info, group) }];
  });
  return usable.toSorted((one, other) => compareRanks(other.rank, one.rank))[0]?.info;
}

/**
 * The group of a variant that this reader can carry out, otherwise undefined: another version, domain parameters that
 * are not standardized ones of this kind, integrated mapping onto a curve that has none, or chip authentication mapping
 * without elliptic curves and AES, which the standard does not have.
 */
export function paceGroup(info: PACEInfo): Group | undefined {
  const group = info.parameterId === null ? undefined : standardizedGroup(info.parameterId);
  if (group === undefined || info.version !== PACE_VERSION) return undefined;
  if ((group.kind === 'ec') !== (info.keyAgreement === 'ecdh')) return undefined;
  if (info.mapping === 'integrated' && !isIntegratedMappingPossible(group)) return undefined;
  if (info.mapping === 'chip-authentication' && (group.kind !== 'ec' || info.suite === '3des')) return undefined;
  return group;
}

function rankOf(info: PACEInfo, group: Group): readonly number[] {
  const isChipProven = info.mapping === 'chip-authentication' ? 1 : 0;
  return [isChipProven, info.suite === '3des' ? 0 : 1, strengthBits(group), keyBytesOf(info.suite)];
}

/** Of two ranks, the one with the greater number at the first difference comes later. */
function compareRanks(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, i) => value !== other[i]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

/** Security strength (NIST SP 800-57 part 1, table 2); half the field for a curve. */
function strengthBits(group: Group): number {
  if (group.kind === 'ec') return fieldBits(group) / 2;
  return fieldBits(group) < 2048 ? 80 : 112;
}
