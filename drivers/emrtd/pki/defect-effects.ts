/** What defects of a signer's documents change in checks that are not part of passive authentication. Pure. */
import type { SignerDefect } from './defect-list.ts';
import { type Finding, failed, undetermined } from '../finding.ts';

export type DefectSensitiveCheck =
  | 'chip-authentication'
  | 'pace-chip-authentication-mapping'
  | 'active-authentication'
  | 'files-consistent';
/** Both prove the chip by the key pair of Chip Authentication (ICAO 9303-11 section 4.4.3.3.3). */
const byChipAuthenticationKeys: readonly DefectSensitiveCheck[] = [
  'chip-authentication',
  'pace-chip-authentication-mapping',
];

/**
 * The finding after BSI TR-03135-1 section 5.8.2: keys in other hands prove nothing, whatever the chip answered; where
 * EF.COM is known to differ, what EF.SOD lists is what there is; other failures stay failures.
 */
export function withDefects(check: DefectSensitiveCheck, finding: Finding, defects: readonly SignerDefect[]): Finding {
  const has = (kind: SignerDefect['kind']): boolean => defects.some((defect) => defect.kind === kind);
  if (finding.result !== 'passed' && finding.result !== 'failed') return finding;
  if (byChipAuthenticationKeys.includes(check) && has('chip-authentication-keys-compromised')) {
    return failed('CHIP_AUTHENTICATION_KEYS_COMPROMISED');
  }
  if (check === 'active-authentication' && has('active-authentication-keys-compromised')) {
    return failed('ACTIVE_AUTHENTICATION_KEYS_COMPROMISED');
  }
  const isExplained = check === 'files-consistent' && finding.because === 'COM_INCOMPLETE' && has('com-differs');
  return isExplained ? undetermined('DEFECT_EXPLAINS_FAILURE') : finding;
}
