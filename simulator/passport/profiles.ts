/** Kinds of documents by name: every protocol, mapping, curve and file form that ICAO 9303 allows occurs in one of them. */
import type { CipherSuite } from '../../drivers/emrtd/access/cipher-suite.ts';
import {
  type ChipAuthenticationOffer,
  type DocumentProfile,
  type PACEOffer,
  basicProfile,
} from './document-profile.ts';

/** What a profile adds to the basic one. */
type Difference = Omit<Partial<DocumentProfile>, 'name' | 'access'> & {
  readonly access?: Partial<DocumentProfile['access']>;
};

/** Identifiers of the standardized curves (ICAO 9303-11 section 9.5.1). */
const CurveId = {
  p192: 8,
  bp192: 9,
  p224: 10,
  bp224: 11,
  p256: 12,
  bp256: 13,
  bp320: 14,
  p384: 15,
  bp384: 16,
  bp512: 17,
  p521: 18,
} as const;

const generic = (parameterId: number, suite: CipherSuite = 'aes-128'): PACEOffer => ({
  mapping: 'generic',
  keyAgreement: parameterId < CurveId.p192 ? 'dh' : 'ecdh',
  suite,
  parameterId,
});
const integrated = (parameterId: number, suite: CipherSuite = 'aes-128'): PACEOffer => ({
  ...generic(parameterId, suite),
  mapping: 'integrated',
});
/** ICAO 9303-11 section 4.4: a chip with chip authentication mapping offers another mapping too. */
const chipAuthenticationMapping = (parameterId: number, suite: CipherSuite = 'aes-128'): readonly PACEOffer[] => [
  generic(parameterId, suite),
  { ...generic(parameterId, suite), mapping: 'chip-authentication' },
];
const withPACE = (...pace: readonly PACEOffer[]): Difference => ({ access: { pace } });

const ecdhKey: ChipAuthenticationOffer = {
  group: 'brainpoolP256r1',
  suite: 'aes-128',
  keyId: 'none',
  form: 'general-authenticate',
};
const setKATKey: ChipAuthenticationOffer = { group: 'prime256v1', suite: '3des', keyId: 'none', form: 'set-kat' };

/** Keys and signatures of 2048 bits do not fit short length fields: such a chip has the others (9303-11 section 9.3.1.1). */
const LONG_KEYS = { extendedLength_bytes: 1024 } as const;

/** A number that is printed on every simulated document that has one; no secret. */
const CAN = '123456';

const differences = {
  'bac-only': {},
  'bac-aa-rsa': { ...LONG_KEYS, activeAuthentication: { kind: 'rsa-2048', hash: 'sha256' } },
  'bac-aa-rsa-sha1': { activeAuthentication: { kind: 'rsa-1024', hash: 'sha1' } },
  'bac-aa-ecdsa': { activeAuthentication: { kind: 'ecdsa-brainpoolP256r1', hash: 'sha256' } },
  'bac-aa-ecdsa-p384': { activeAuthentication: { kind: 'ecdsa-secp384r1', hash: 'sha384' } },
  'bac-ca-ecdh': { chipAuthentication: [ecdhKey] },
  'bac-ca-dh': { ...LONG_KEYS, chipAuthentication: [{ ...ecdhKey, group: 'rfc5114-2048-256' }] },
  'ca-3des-set-kat': { chipAuthentication: [setKATKey] },
  'ca-without-info': { chipAuthentication: [{ ...setKATKey, isAnnounced: false }] },
  'two-ca-keys': {
    chipAuthentication: [
      { ...ecdhKey, keyId: 1, group: 'prime256v1', suite: '3des' },
      { ...ecdhKey, keyId: 2, group: 'brainpoolP384r1', suite: 'aes-256' },
    ],
  },
  'pace-gm-p192': withPACE(generic(CurveId.p192)),
  'pace-gm-p224': withPACE(generic(CurveId.p224)),
  'pace-gm-p256': withPACE(generic(CurveId.p256)),
  'pace-gm-p384': withPACE(generic(CurveId.p384, 'aes-192')),
  'pace-gm-p521': withPACE(generic(CurveId.p521, 'aes-256')),
  'pace-gm-bp192': withPACE(generic(CurveId.bp192)),
  'pace-gm-bp224': withPACE(generic(CurveId.bp224)),
  'pace-gm-bp256': withPACE(generic(CurveId.bp256)),
  'pace-gm-bp320': withPACE(generic(CurveId.bp320)),
  'pace-gm-bp384': withPACE(generic(CurveId.bp384, 'aes-192')),
  'pace-gm-bp512': withPACE(generic(CurveId.bp512, 'aes-256')),
  'pace-gm-3des': withPACE(generic(CurveId.bp256, '3des')),
  'pace-gm-aes192': withPACE(generic(CurveId.bp256, 'aes-192')),
  'pace-gm-aes256': withPACE(generic(CurveId.bp256, 'aes-256')),
  'pace-dh-gm-1024-160': withPACE(generic(0)),
  'pace-dh-gm-2048-224': { ...LONG_KEYS, ...withPACE(generic(1)) },
  'pace-dh-gm-2048-256': { ...LONG_KEYS, ...withPACE(generic(2)) },
  'pace-im-ecdh': withPACE(integrated(CurveId.bp256)),
  'pace-im-ecdh-p384': withPACE(integrated(CurveId.p384, 'aes-256')),
  'pace-im-dh': { ...LONG_KEYS, ...withPACE(integrated(2)) },
  'pace-cam-bp256': withPACE(...chipAuthenticationMapping(CurveId.bp256)),
  'pace-cam-p256': withPACE(...chipAuthenticationMapping(CurveId.p256, 'aes-256')),
  'pace-several': withPACE(generic(CurveId.p256, '3des'), generic(CurveId.bp384, 'aes-256'), integrated(CurveId.bp256)),
  'pace-only': { access: { bac: false, pace: [generic(CurveId.bp256)] } },
  'pace-can': { access: { pace: [generic(CurveId.bp256)], can: CAN } },
  iso39794: { ...withPACE(generic(CurveId.bp256)), portraitEncoding: '39794-5' },
  'td1-card': { format: 'TD1', access: { bac: false, pace: [generic(CurveId.bp256)], can: CAN } },
  'td2-card': { format: 'TD2', access: { pace: [generic(CurveId.bp256)], can: CAN } },
  'long-number-td1': { format: 'TD1', hasLongNumber: true, access: { pace: [generic(CurveId.bp256)] } },
  'long-number-td2': { format: 'TD2', hasLongNumber: true },
  'all-groups': {
    ...LONG_KEYS,
    access: { pace: [generic(CurveId.bp256)] },
    chipAuthentication: [ecdhKey],
    activeAuthentication: { kind: 'rsa-2048', hash: 'sha256' },
    dataGroups: [1, 2, 7, 11, 12, 13, 14, 15, 16],
  },
  'extended-length': { ...withPACE(generic(CurveId.bp256)), extendedLength_bytes: 65_535 },
  /** What a booklet of an EU state is today: PACE beside BAC, chip authentication, extended length. */
  'typical-eu': {
    ...withPACE(generic(CurveId.bp256)),
    chipAuthentication: [ecdhKey],
    extendedLength_bytes: 2048,
  },
} as const satisfies Record<string, Difference>;

export type ProfileName = keyof typeof differences;

export const profileNames = Object.keys(differences) as readonly ProfileName[];

export function profileNamed(name: ProfileName): DocumentProfile {
  const difference: Difference = differences[name];
  return { ...basicProfile, ...difference, name, access: { ...basicProfile.access, ...difference.access } };
}
