/**
 * SecurityInfos (ICAO 9303-11 section 9.2): which protocols a chip speaks and with which parameters. EF.CardAccess, DG14
 * and the signed content of EF.CardSecurity all hold such a set.
 */
import type { CipherSuite } from '../access/cipher-suite.ts';
import { DocumentError } from '../codes.ts';
import { TLVError, expectTLV } from '../iso7816/tlv.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1 } from '../pki/asn1.ts';

export type KeyAgreement = 'dh' | 'ecdh';

/** How the nonce of PACE becomes a generator (ICAO 9303-11 section 4.4.3.3). */
export type PACEMapping = 'generic' | 'integrated' | 'chip-authentication';

/** PACEInfo (section 9.2.1). */
export type PACEInfo = {
  /** Dotted object identifier: what MSE:Set AT names. */
  readonly protocol: string;
  readonly mapping: PACEMapping;
  readonly keyAgreement: KeyAgreement;
  readonly suite: CipherSuite;
  /** 2 in every document that follows the standard; not judged here. */
  readonly version: number;
  /** Standardized domain parameters (section 9.5.1), or the ones that a PACEDomainParameterInfo spells out. */
  readonly parameterId: number | null;
};

/** PACEDomainParameterInfo (section 9.2.2): domain parameters spelt out instead of standardized ones. */
export type PACEDomainParameterInfo = {
  readonly keyAgreement: KeyAgreement;
  readonly parameterId: number | null;
  /** AlgorithmIdentifier in DER as it stood in the file; not judged here. */
  readonly group: Uint8Array;
};

/** ChipAuthenticationInfo (section 9.2.5). */
export type ChipAuthenticationInfo = {
  /** Dotted object identifier: what MSE:Set AT names. */
  readonly protocol: string;
  readonly keyAgreement: KeyAgreement;
  readonly suite: CipherSuite;
  /** 1 in travel documents; not judged here. */
  readonly version: number;
  readonly keyId: bigint | null;
};

/** ChipAuthenticationPublicKeyInfo (section 9.2.6). */
export type ChipAuthenticationPublicKeyInfo = {
  readonly keyAgreement: KeyAgreement;
  /** SubjectPublicKeyInfo in DER as it stood in the file; not judged here. */
  readonly spki: Uint8Array;
  readonly keyId: bigint | null;
};

/** ActiveAuthenticationInfo (section 9.2.4). */
export type ActiveAuthenticationInfo = {
  readonly version: number;
  /** Dotted object identifier of hash and signature, such as ecdsa-plain-SHA256. */
  readonly signatureAlgorithm: string;
};

/** In the order of the file; what stands there twice is listed twice. */
export type SecurityInfos = {
  readonly pace: readonly PACEInfo[];
  readonly paceDomainParameters: readonly PACEDomainParameterInfo[];
  readonly chipAuthentication: readonly ChipAuthenticationInfo[];
  readonly chipAuthenticationKeys: readonly ChipAuthenticationPublicKeyInfo[];
  /** The first one, if any. */
  readonly activeAuthentication: ActiveAuthenticationInfo | null;
  /** Dotted object identifiers of all others, Terminal Authentication among them. */
  readonly unknown: readonly string[];
};

const SECURITY_INFOS_MAX = 64;
const OID_BYTES_MAX = 32;
const KEY_ID_BYTES_MAX = 16;

const BSI = '0.4.0.127.0.7.2.2';
const PUBLIC_KEY = `${BSI}.1.`;
const CHIP_AUTHENTICATION = `${BSI}.3.`;
const PACE = `${BSI}.4.`;
const ACTIVE_AUTHENTICATION = '2.23.136.1.1.5';

const keyAgreements: Readonly<Record<string, KeyAgreement>> = { '1': 'dh', '2': 'ecdh' };
const suites: Readonly<Record<string, CipherSuite>> = { '1': '3des', '2': 'aes-128', '3': 'aes-192', '4': 'aes-256' };
const paceVariants: Readonly<Record<string, Pick<PACEInfo, 'mapping' | 'keyAgreement'>>> = {
  '1': { mapping: 'generic', keyAgreement: 'dh' },
  '2': { mapping: 'generic', keyAgreement: 'ecdh' },
  '3': { mapping: 'integrated', keyAgreement: 'dh' },
  '4': { mapping: 'integrated', keyAgreement: 'ecdh' },
  '6': { mapping: 'chip-authentication', keyAgreement: 'ecdh' },
};

type Infos = {
  pace: PACEInfo[];
  paceDomainParameters: PACEDomainParameterInfo[];
  chipAuthentication: ChipAuthenticationInfo[];
  chipAuthenticationKeys: ChipAuthenticationPublicKeyInfo[];
  activeAuthentication: ActiveAuthenticationInfo[];
  unknown: string[];
};

/** EF.CardAccess (ICAO 9303-10 section 3.11.3): the set without a tag of its own. Throws SECURITY_INFOS_MALFORMED. */
export function parseCardAccess(file: Uint8Array): SecurityInfos {
  return parseSecurityInfos(file);
}

/** DG14 (ICAO 9303-10 section 4.7.14): the set in tag 6E. Throws DocumentError SECURITY_INFOS_MALFORMED. */
export function parseDG14(file: Uint8Array): SecurityInfos {
  return orMalformed(() => parseSet(expectTLV(file, 0x6e).value));
}

/**
 * One SET OF SecurityInfo; what follows it is ignored. A SecurityInfo of a known protocol must be whole, one of any other
 * is only listed. Throws DocumentError SECURITY_INFOS_MALFORMED, also for more than 64 of them.
 */
export function parseSecurityInfos(der: Uint8Array): SecurityInfos {
  return orMalformed(() => parseSet(der));
}

function parseSet(der: Uint8Array): SecurityInfos {
  const set = parseASN1(der);
  if (!set.isUniversal(UniversalTag.SET)) throw new ASN1Error('set expected');
  if (set.children.length > SECURITY_INFOS_MAX) throw new ASN1Error(`${set.children.length} security infos`);
  const infos: Infos = {
    pace: [],
    paceDomainParameters: [],
    chipAuthentication: [],
    chipAuthenticationKeys: [],
    activeAuthentication: [],
    unknown: [],
  };
  for (const info of set.children) addSecurityInfo(infos, info);
  return { ...infos, activeAuthentication: infos.activeAuthentication[0] ?? null };
}

/** SEQUENCE { protocol OBJECT IDENTIFIER, requiredData ANY, optionalData ANY OPTIONAL }. */
function addSecurityInfo(infos: Infos, info: ASN1Element): void {
  const protocol = shortOid(sequence(info).child(0));
  const pace = paceVariantOf(protocol);
  const chipAuthentication = chipAuthenticationVariantOf(protocol);
  const publicKeyArcs = arcsBelow(PUBLIC_KEY, protocol);
  const keyAgreement = publicKeyArcs.length === 1 ? entryOf(keyAgreements, publicKeyArcs[0]) : undefined;
  if (pace?.suite !== undefined) infos.pace.push(parsePACEInfo(protocol, { ...pace, suite: pace.suite }, info));
  else if (pace !== undefined) infos.paceDomainParameters.push(parseDomainParameters(pace.keyAgreement, info));
  else if (chipAuthentication !== undefined) {
    const [version, keyId] = [info.child(1).integer, optionalKeyId(info.children[2])];
    infos.chipAuthentication.push({ protocol, ...chipAuthentication, version, keyId });
  } else if (keyAgreement !== undefined) {
    const spki = Uint8Array.from(sequence(info.child(1)).raw);
    infos.chipAuthenticationKeys.push({ keyAgreement, spki, keyId: optionalKeyId(info.children[2]) });
  } else if (protocol === ACTIVE_AUTHENTICATION) {
    infos.activeAuthentication.push({ version: info.child(1).integer, signatureAlgorithm: shortOid(info.child(2)) });
  } else infos.unknown.push(protocol);
}

type PACEVariant = Pick<PACEInfo, 'mapping' | 'keyAgreement'> & { readonly suite: CipherSuite | undefined };

/** id-PACE-<key agreement and mapping>, and behind it the cipher suite where the info is not about domain parameters. */
function paceVariantOf(protocol: string): PACEVariant | undefined {
  const [variantArc, suiteArc, ...deeper] = arcsBelow(PACE, protocol);
  const variant = entryOf(paceVariants, variantArc);
  const suite = entryOf(suites, suiteArc);
  if (variant === undefined || (suite === undefined && suiteArc !== undefined) || deeper.length > 0) return undefined;
  // Section 9.2.1: the chip authentication mapping exists with AES only.
  return variant.mapping === 'chip-authentication' && suite === '3des' ? undefined : { ...variant, suite };
}

function parsePACEInfo(
  protocol: string,
  variant: Pick<PACEInfo, 'mapping' | 'keyAgreement' | 'suite'>,
  info: ASN1Element,
): PACEInfo {
  return { protocol, ...variant, version: info.child(1).integer, parameterId: optionalInteger(info.children[2]) };
}

function parseDomainParameters(keyAgreement: KeyAgreement, info: ASN1Element): PACEDomainParameterInfo {
  const group = Uint8Array.from(sequence(info.child(1)).raw);
  return { keyAgreement, parameterId: optionalInteger(info.children[2]), group };
}

/** id-CA-<key agreement>-<cipher suite>. */
function chipAuthenticationVariantOf(
  protocol: string,
): Pick<ChipAuthenticationInfo, 'keyAgreement' | 'suite'> | undefined {
  const [agreementArc, suiteArc, ...deeper] = arcsBelow(CHIP_AUTHENTICATION, protocol);
  const keyAgreement = entryOf(keyAgreements, agreementArc);
  const suite = entryOf(suites, suiteArc);
  return keyAgreement === undefined || suite === undefined || deeper.length > 0 ? undefined : { keyAgreement, suite };
}

/** Dotted object identifier, none longer than any that is in use. */
function shortOid(element: ASN1Element): string {
  if (element.content.length > OID_BYTES_MAX) throw new ASN1Error('object identifier too long');
  return element.oid;
}

/** The arcs of `oid` below `prefix`; none when it lies elsewhere. */
function arcsBelow(prefix: string, oid: string): readonly string[] {
  return oid.startsWith(prefix) ? oid.slice(prefix.length).split('.') : [];
}

function entryOf<T>(table: Readonly<Record<string, T>>, arc: string | undefined): T | undefined {
  return arc !== undefined && Object.hasOwn(table, arc) ? table[arc] : undefined;
}

function sequence(element: ASN1Element): ASN1Element {
  if (!element.isUniversal(UniversalTag.SEQUENCE)) throw new ASN1Error('sequence expected');
  return element;
}

function optionalInteger(element: ASN1Element | undefined): number | null {
  return element === undefined ? null : element.integer;
}

/**
 * The bytes of the INTEGER read without a sign: the chip compares a key reference byte by byte, and an issuer that forgot
 * the leading zero before C3 means C3 all the same.
 */
function optionalKeyId(element: ASN1Element | undefined): bigint | null {
  if (element === undefined) return null;
  const { content } = element;
  const isKeyId = element.isUniversal(UniversalTag.INTEGER) && content.length > 0 && content.length <= KEY_ID_BYTES_MAX;
  if (!isKeyId) throw new ASN1Error('key reference');
  return BigInt(`0x${Buffer.from(content).toString('hex')}`);
}

function orMalformed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ASN1Error || error instanceof TLVError) {
      throw new DocumentError('SECURITY_INFOS_MALFORMED', error.message);
    }
    throw error;
  }
}
