/** The private keys in a chip, and how they are made. */
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import {
  type CurveName,
  type Group,
  curveNamed,
  isCurveName,
  randomSecret,
  standardizedGroup,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import type {
  ActiveAuthenticationKind,
  ChipAuthenticationOffer,
  DocumentProfile,
  GroupName,
} from './document-profile.ts';

/** Static key agreement key of a chip: EC scalar or DH exponent, in a group named by its standard. */
export type ChipAgreementKey = { readonly group: GroupName; readonly secret: bigint };

/** The private keys in a chip, which no command can read: what a copy of the files lacks. */
export type ChipKeys = {
  /** In the order of DG14. */
  readonly chipAuthentication: readonly (ChipAgreementKey & {
    readonly keyId: number | null;
    readonly offer: ChipAuthenticationOffer;
  })[];
  /** Public part in EF.CardSecurity: chip authentication mapping of PACE. */
  readonly chipAuthenticationMapping: ChipAgreementKey | null;
  /** Public part in DG15: RSA or EC. */
  readonly activeAuthentication: KeyObject | null;
};

export const noChipKeys: ChipKeys = {
  chipAuthentication: [],
  chipAuthenticationMapping: null,
  activeAuthentication: null,
};

/** Fresh keys for a document of this profile. Those for signatures take their random numbers from OpenSSL. */
export function createChipKeys(profile: DocumentProfile, entropy: (bytes: number) => Uint8Array): ChipKeys {
  const mapped = profile.access.pace.find((offer) => offer.mapping === 'chip-authentication');
  return {
    chipAuthentication: profile.chipAuthentication.map((offer) => ({
      ...agreementKey(offer.group, entropy),
      keyId: offer.keyId === 'none' ? null : offer.keyId,
      offer,
    })),
    chipAuthenticationMapping:
      mapped === undefined ? null : agreementKey(standardizedGroupName(mapped.parameterId), entropy),
    activeAuthentication:
      profile.activeAuthentication === undefined ? null : signatureKey(profile.activeAuthentication.kind),
  };
}

/** Name of a group of standardized domain parameters. Throws RangeError for a number without a group. */
function standardizedGroupName(parameterId: number): GroupName {
  const { name } = groupOfParameterId(parameterId);
  if (name === 'explicit') throw new RangeError(`domain parameters ${parameterId} have no name`);
  return name;
}

const finiteGroupIds = { 'rfc5114-1024-160': 0, 'rfc5114-2048-224': 1, 'rfc5114-2048-256': 2 } as const;

export function groupNamed(name: GroupName): Group {
  return isCurveName(name) ? curveNamed(name) : groupOfParameterId(finiteGroupIds[name]);
}

/** Standardized domain parameters. Throws RangeError for a number without any. */
export function groupOfParameterId(parameterId: number): Group {
  const group = standardizedGroup(parameterId);
  if (group === undefined) throw new RangeError(`no domain parameters ${parameterId}`);
  return group;
}

/** The curve in the name of an ECDSA key, or undefined for RSA. */
export function curveOf(kind: ActiveAuthenticationKind): CurveName | undefined {
  const name = kind.replace(/^ecdsa-/, '');
  return isCurveName(name) ? name : undefined;
}

function agreementKey(name: GroupName, entropy: (bytes: number) => Uint8Array): ChipAgreementKey {
  return { group: name, secret: randomSecret(groupNamed(name), entropy) };
}

function signatureKey(kind: ActiveAuthenticationKind): KeyObject {
  const namedCurve = curveOf(kind);
  return namedCurve === undefined
    ? generateKeyPairSync('rsa', { modulusLength: Number(kind.replace('rsa-', '')) }).privateKey
    : generateKeyPairSync('ec', { namedCurve, paramEncoding: 'explicit' }).privateKey;
}
