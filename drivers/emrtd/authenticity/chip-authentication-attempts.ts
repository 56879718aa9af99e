/** Which keys of DG14 to try, with which protocol and in which order: Chip Authentication before anything is sent. */
import { type Group, fieldBits } from '../access/domain-parameters.ts';
import type { CipherSuite } from '../access/cipher-suite.ts';
import { DocumentError } from '../codes.ts';
import type {
  ChipAuthenticationInfo,
  ChipAuthenticationPublicKeyInfo,
  KeyAgreement,
  SecurityInfos,
} from '../lds/security-infos.ts';
import { type AgreementKey, groupOfPublicKey } from './key-of-spki.ts';

export type ChipAuthenticationAttempt = {
  readonly key: AgreementKey;
  /** Null: the key has no number, and no command names one. */
  readonly keyId: bigint | null;
  readonly suite: CipherSuite;
  /** Dotted object identifier. */
  readonly protocol: string;
  readonly form: 'general-authenticate' | 'set-kat';
};

type Form = ChipAuthenticationAttempt['form'];
type Protocol = Pick<ChipAuthenticationAttempt, 'protocol' | 'suite'> & { readonly forms: readonly Form[] };

/** More than any document has; a list without end costs the chip's time and ours. */
const KEYS_MAX = 8;
const ATTEMPTS_MAX = 8;
/** Version 2 belongs to terminal authentication of identity cards and runs otherwise (BSI TR-03110-3). */
const VERSION = 1;

const tripleDES: Readonly<Record<KeyAgreement, string>> = {
  dh: '0.4.0.127.0.7.2.2.3.1.1',
  ecdh: '0.4.0.127.0.7.2.2.3.2.1',
};

/**
 * Strongest first. Throws DocumentError CHIP_AUTHENTICATION_NOT_OFFERED without any key, CHIP_AUTHENTICATION_KEY_UNUSABLE
 * when none of the keys may be used, and CHIP_AUTHENTICATION_UNSUPPORTED when no protocol belongs to a usable key.
 */
export function chipAuthenticationAttempts(infos: SecurityInfos): readonly ChipAuthenticationAttempt[] {
  const offered = infos.chipAuthenticationKeys.slice(0, KEYS_MAX);
  if (offered.length === 0) throw new DocumentError('CHIP_AUTHENTICATION_NOT_OFFERED');
  const usable = offered.flatMap((info) => {
    const key = groupOfPublicKey(info.spki);
    return key !== undefined && key.group.kind === groupKinds[info.keyAgreement] ? [{ info, key }] : [];
  });
  if (usable.length === 0) throw new DocumentError('CHIP_AUTHENTICATION_KEY_UNUSABLE', `${offered.length} keys`);
  const attempts = usable
    .flatMap(({ info, key }) => protocolsOf(info, infos).map((protocol) => ({ info, key, protocol })))
    .sort((a, b) => strengthOf(b.key.group, b.protocol.suite) - strengthOf(a.key.group, a.protocol.suite))
    .flatMap(({ info, key, protocol: { protocol, suite, forms } }) =>
      forms.map((form) => ({ key, keyId: info.keyId, suite, protocol, form })),
    );
  if (attempts.length === 0) throw new DocumentError('CHIP_AUTHENTICATION_UNSUPPORTED', `${usable.length} keys`);
  return attempts.slice(0, ATTEMPTS_MAX);
}

const groupKinds: Readonly<Record<KeyAgreement, Group['kind']>> = { dh: 'dh', ecdh: 'ec' };

/**
 * The ChipAuthenticationInfos with the number of this key. A document without any such info speaks 3DES: French ones came
 * before there was one, and know MSE:Set KAT only (section 6.2.4.1). With an info, 3DES is asked for as AES is, and by
 * MSE:Set KAT when the chip refuses that: Malaysian documents know the first form, the standard allows either.
 */
function protocolsOf(key: ChipAuthenticationPublicKeyInfo, infos: SecurityInfos): readonly Protocol[] {
  const announced = infos.chipAuthentication.filter((info) => info.keyAgreement === key.keyAgreement);
  if (announced.length === 0) {
    return [{ protocol: tripleDES[key.keyAgreement], suite: '3des', forms: ['set-kat', 'general-authenticate'] }];
  }
  const isOnlyKey = infos.chipAuthenticationKeys.length === 1;
  const matching = announced.filter((info) => info.version === VERSION && belongs(info, key, isOnlyKey));
  return distinct(matching).map(({ protocol, suite }) => ({
    protocol,
    suite,
    forms: suite === '3des' ? ['general-authenticate', 'set-kat'] : ['general-authenticate'],
  }));
}

/** Section 9.2.6: the number may be left out when there is one key; two numbers that differ belong to nothing. */
function belongs(info: ChipAuthenticationInfo, key: ChipAuthenticationPublicKeyInfo, isOnlyKey: boolean): boolean {
  return info.keyId === key.keyId || (isOnlyKey && (info.keyId === null || key.keyId === null));
}

function distinct(infos: readonly ChipAuthenticationInfo[]): readonly ChipAuthenticationInfo[] {
  return infos.filter((info, index) => infos.findIndex((other) => other.protocol === info.protocol) === index);
}

const suiteBits: Readonly<Record<CipherSuite, number>> = {
  '3des': 112,
  'aes-128': 128,
  'aes-192': 192,
  'aes-256': 256,
};
/** Bits of security of a prime field by its length (NIST SP 800-57 part 1, table 2). */
const fieldStrengths: readonly (readonly [bits: number, strength: number])[] = [
  [3072, 128],
  [2048, 112],
  [1024, 80],
];
/** Weighs the weaker part a thousand times the sum of both, which decides between equals. */
const WEAKER_PART = 1000;

function strengthOf(group: Group, suite: CipherSuite): number {
  const bits = fieldBits(group);
  const ofGroup = group.kind === 'ec' ? bits / 2 : (fieldStrengths.find(([length]) => bits >= length)?.[1] ?? 0);
  return Math.min(ofGroup, suiteBits[suite]) * WEAKER_PART + ofGroup + suiteBits[suite];
}
