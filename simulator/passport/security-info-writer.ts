/**
 * What a chip says of its protocols and static keys (ICAO 9303-11 section 9.2): SecurityInfos in EF.CardAccess, DG14 and
 * the signed EF.CardSecurity, the key of DG15, and the lengths of EF.ATR/INFO.
 */
import { type KeyObject, createPublicKey } from 'node:crypto';
import type { CipherSuite } from '../../drivers/emrtd/access/cipher-suite.ts';
import { type EllipticGroup, type Group, publicKeyBytes } from '../../drivers/emrtd/access/domain-parameters.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { bitString, integer, octetString, oid, sequence, setOf } from './der.ts';
import { type ChipKeys, curveOf, groupNamed } from './document-keys.ts';
import type {
  ActiveAuthenticationOffer,
  ChipAuthenticationOffer,
  DocumentProfile,
  PACEOffer,
} from './document-profile.ts';
import type { Issuer } from './issuer.ts';
import { signedByDocumentSigner } from './logical-data-structure.ts';

const BSI = '0.4.0.127.0.7';
const PUBLIC_KEY = `${BSI}.2.2.1`;
const CHIP_AUTHENTICATION = `${BSI}.2.2.3`;
const PACE = `${BSI}.2.2.4`;
const STANDARDIZED_DOMAIN_PARAMETERS = `${BSI}.1.2`;
const ECDSA_PLAIN = `${BSI}.1.1.4.1`;
const SECURITY_OBJECT = `${BSI}.3.2.1`;
const ACTIVE_AUTHENTICATION = '2.23.136.1.1.5';

const PACE_VERSION = 2;
const CHIP_AUTHENTICATION_VERSION = 1;
const ACTIVE_AUTHENTICATION_VERSION = 1;

const suiteArcs: Readonly<Record<CipherSuite, number>> = { '3des': 1, 'aes-128': 2, 'aes-192': 3, 'aes-256': 4 };
const agreementArcs = { dh: 1, ecdh: 2 } as const;
const mappingArcs = {
  generic: { dh: 1, ecdh: 2 },
  integrated: { dh: 3, ecdh: 4 },
  'chip-authentication': { dh: undefined, ecdh: 6 },
} as const;
const plainSignatureArcs: Readonly<Record<ActiveAuthenticationOffer['hash'], number>> = {
  sha1: 1,
  sha224: 2,
  sha256: 3,
  sha384: 4,
  sha512: 5,
};

/** Object identifier of a PACE variant. Throws RangeError for one that does not exist (section 9.2.1). */
export function paceProtocol(offer: PACEOffer): string {
  const variant = mappingArcs[offer.mapping][offer.keyAgreement];
  if (variant === undefined || (offer.mapping === 'chip-authentication' && offer.suite === '3des')) {
    throw new RangeError('no such variant of PACE');
  }
  return `${PACE}.${variant}.${suiteArcs[offer.suite]}`;
}

/** Object identifier of a chip authentication variant. */
export function chipAuthenticationProtocol(offer: ChipAuthenticationOffer): string {
  const agreement = groupNamed(offer.group).kind === 'ec' ? 'ecdh' : 'dh';
  return `${CHIP_AUTHENTICATION}.${agreementArcs[agreement]}.${suiteArcs[offer.suite]}`;
}

/** EF.CardAccess (ICAO 9303-10 section 3.11.3), or undefined without PACE. */
export function writeCardAccess(profile: DocumentProfile): Uint8Array | undefined {
  return profile.access.pace.length === 0 ? undefined : setOf(...profile.access.pace.map(paceInfo));
}

/** DG14, or undefined when there is nothing to say in it. What EF.CardAccess says stands here too, signed. */
export function writeDG14(profile: DocumentProfile, keys: ChipKeys): Uint8Array | undefined {
  const infos = [
    ...profile.access.pace.map(paceInfo),
    ...keys.chipAuthentication.flatMap(({ offer, group, secret }) => [
      publicKeyInfo(groupNamed(group), keyInfo(groupNamed(group), secret), numberOf(offer)),
      ...(offer.isAnnounced === false ? [] : [chipAuthenticationInfo(offer)]),
    ]),
    ...activeAuthenticationInfo(profile.activeAuthentication),
  ];
  return infos.length === 0 ? undefined : writeTLV(0x6e, setOf(...infos));
}

/** DG15: the SubjectPublicKeyInfo of this key. */
export function writeDG15(key: KeyObject): Uint8Array {
  return writeTLV(0x6f, createPublicKey(key).export({ type: 'spki', format: 'der' }));
}

/**
 * EF.CardSecurity (ICAO 9303-11 section 9.2.11), or undefined without chip authentication mapping: SecurityInfos signed
 * by the document signer. Its key names the standardized domain parameters by their number (section 9.5.1).
 */
export function writeCardSecurity(
  profile: DocumentProfile,
  keys: ChipKeys,
  o: { readonly issuer: Issuer; readonly signedAt_ms: number },
): Uint8Array | undefined {
  const offer = profile.access.pace.find(({ mapping }) => mapping === 'chip-authentication');
  const key = keys.chipAuthenticationMapping;
  if (offer === undefined || key === null) return undefined;
  const group = groupNamed(key.group);
  const algorithm = sequence(oid(STANDARDIZED_DOMAIN_PARAMETERS), integer(offer.parameterId));
  const spki = sequence(algorithm, bitString(publicKeyBytes(group, key.secret)));
  const content = setOf(...profile.access.pace.map(paceInfo), publicKeyInfo(group, spki, undefined));
  return signedByDocumentSigner(o.issuer, { contentType: SECURITY_OBJECT, content, signedAt_ms: o.signedAt_ms });
}

/**
 * EF.ATR/INFO (ICAO 9303-10 section 3.11.1) of a chip that takes and gives APDUs of so many bytes: card capabilities with
 * command chaining and extended length, then the two limits.
 */
export function writeATRInfo(extendedLength_bytes: number): Uint8Array {
  const capabilities = writeTLV(0x47, Uint8Array.of(0x94, 0x01, 0xe0));
  const limits = writeTLV(0x7f66, integer(extendedLength_bytes), integer(extendedLength_bytes));
  return Uint8Array.from([...capabilities, ...limits]);
}

function paceInfo(offer: PACEOffer): Uint8Array {
  return sequence(oid(paceProtocol(offer)), integer(PACE_VERSION), integer(offer.parameterId));
}

function chipAuthenticationInfo(offer: ChipAuthenticationOffer): Uint8Array {
  const keyId = numberOf(offer);
  return sequence(
    oid(chipAuthenticationProtocol(offer)),
    integer(CHIP_AUTHENTICATION_VERSION),
    ...(keyId === undefined ? [] : [integer(keyId)]),
  );
}

function publicKeyInfo(group: Group, spki: Uint8Array, keyId: number | undefined): Uint8Array {
  const agreement = group.kind === 'ec' ? 'ecdh' : 'dh';
  const reference = keyId === undefined ? [] : [integer(keyId)];
  return sequence(oid(`${PUBLIC_KEY}.${agreementArcs[agreement]}`), spki, ...reference);
}

/** With ECDSA the hash must be said (section 9.2.4); with RSA the trailer of the signature says it. */
function activeAuthenticationInfo(offer: ActiveAuthenticationOffer | undefined): readonly Uint8Array[] {
  if (offer === undefined || curveOf(offer.kind) === undefined) return [];
  const algorithm = oid(`${ECDSA_PLAIN}.${plainSignatureArcs[offer.hash]}`);
  return [sequence(oid(ACTIVE_AUTHENTICATION), integer(ACTIVE_AUTHENTICATION_VERSION), algorithm)];
}

function numberOf(offer: ChipAuthenticationOffer): number | undefined {
  return offer.keyId === 'none' ? undefined : offer.keyId;
}

/** SubjectPublicKeyInfo with all domain parameters spelt out, as documents in the field have it. */
function keyInfo(group: Group, secret: bigint): Uint8Array {
  const publicKey = publicKeyBytes(group, secret);
  if (group.kind === 'ec') {
    return sequence(sequence(oid('1.2.840.10045.2.1'), explicitParameters(group)), bitString(publicKey));
  }
  // dhpublicnumber of RFC 3279 section 2.3.3.
  const parameters = sequence(integer(group.p), integer(group.g), integer(group.q));
  return sequence(sequence(oid('1.2.840.10046.2.1'), parameters), bitString(integer(publicKey)));
}

/** SpecifiedECDomain of SEC 1 appendix C.2. */
function explicitParameters(group: EllipticGroup): Uint8Array {
  const { p, a, b, n, h } = group.point.CURVE();
  const coordinate = (value: bigint): Uint8Array =>
    octetString(Buffer.from(value.toString(16).padStart(2 * group.coordinate_bytes, '0'), 'hex'));
  return sequence(
    integer(1),
    sequence(oid('1.2.840.10045.1.1'), integer(p)),
    sequence(coordinate(a), coordinate(b)),
    octetString(group.generator.toBytes(false)),
    integer(n),
    integer(h),
  );
}
