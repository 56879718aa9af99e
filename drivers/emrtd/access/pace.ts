/**
 * Password Authenticated Connection Establishment (ICAO 9303-11 section 4.4): reader and chip prove to each other that
 * they know the same password, without giving it away, and agree on session keys.
 */
import { timingSafeEqual } from 'node:crypto';
import { COMMAND_CHAINING, Instruction, StatusWord } from '../iso7816/apdu.ts';
import type { Exchange, SecureMessaging } from '../iso7816/chip-session.ts';
import { TLVError, concatBytes, expectTLV, readTLVs, writeTLV } from '../iso7816/tlv.ts';
import type { PACEInfo } from '../lds/security-infos.ts';
import { DocumentError } from '../codes.ts';
import { authenticationToken } from './authentication-token.ts';
import { decryptChipAuthenticationData } from './chip-authentication-data.ts';
import { blockBytesOf, decryptBlocks, deriveKey, keyBytesOf, zeroVector } from './cipher-suite.ts';
import {
  type EllipticGroup,
  type Group,
  type PublicKey,
  parsePublicKey,
  publicKeyBytes,
  randomSecret,
  sharedSecretBytes,
} from './domain-parameters.ts';
import { mapGenerically } from './mapping-generic.ts';
import { integratedNonceBytes, mapIntegrated } from './mapping-integrated.ts';
import { objectIdentifierBytes } from './object-identifier.ts';
import { paceGroup } from './pace-choice.ts';
import { createSecureMessaging } from './secure-messaging.ts';

export type PACEPassword =
  /** SHA-1 over the MRZ information, all 20 bytes (section 9.7.3): `accessSecret`. */
  | { readonly kind: 'mrz'; readonly seed: Uint8Array }
  /** Card access number, six digits. */
  | { readonly kind: 'can'; readonly digits: string };

export type PACEOptions = {
  readonly exchange: Exchange;
  readonly info: PACEInfo;
  /** True where the chip offers several PACEInfos: the domain parameters are then named to it (section 4.4.4.1). */
  readonly sendParameterId: boolean;
  readonly password: PACEPassword;
  readonly entropy: (bytes: number) => Uint8Array;
};

/** What proves the chip after chip authentication mapping, once EF.CardSecurity is read and verified (section 4.4.3.5.2). */
export type ChipMapping = {
  readonly group: EllipticGroup;
  /** The chip's public key of the mapping step, uncompressed. */
  readonly chipMappingKey: Uint8Array;
  readonly encryptedData: Uint8Array;
  /** Chip authentication data: a number in as many bytes as the order has. */
  readonly decrypted: Uint8Array;
};

export type PACEResult = { readonly secureMessaging: SecureMessaging; readonly mapping: ChipMapping | null };

const SET_AUTHENTICATION_TEMPLATE = { p1: 0xc1, p2: 0xa4 } as const;
const PasswordReference = { mrz: 0x01, can: 0x02 } as const;
const Tag = {
  MECHANISM: 0x80,
  PASSWORD: 0x83,
  DOMAIN_PARAMETERS: 0x84,
  DYNAMIC_AUTHENTICATION_DATA: 0x7c,
  ENCRYPTED_NONCE: 0x80,
  READER_MAPPING_DATA: 0x81,
  CHIP_MAPPING_DATA: 0x82,
  READER_KEY: 0x83,
  CHIP_KEY: 0x84,
  READER_TOKEN: 0x85,
  CHIP_TOKEN: 0x86,
  CHIP_AUTHENTICATION_DATA: 0x8a,
} as const;
const NONCE_BYTES_MAX = 64;
const SHORT_LE = 256;
const EXTENDED_LE = 65_536;
/** Around a public key in an answer: two tags with lengths of up to three bytes. */
const ANSWER_HEADER_BYTES = 8;

/**
 * Runs PACE and gives the session it opens. Throws what `exchange` throws, and DocumentError:
 * ACCESS_PROTOCOL_UNSUPPORTED when this reader cannot carry out `info` or the chip refuses to begin it,
 * PACE_INTERRUPTED when the chip ends it with an error half-way, PACE_MALFORMED when a message of the chip is not as it
 * must be, ACCESS_REFUSED when the chip says that the password is wrong, ACCESS_UNPROVEN when the chip cannot prove that
 * it knows the password.
 */
export async function performPACE(o: PACEOptions): Promise<PACEResult> {
  const group = paceGroup(o.info);
  if (group === undefined) throw new DocumentError('ACCESS_PROTOCOL_UNSUPPORTED', `parameters ${o.info.parameterId}`);
  await selectProtocol(o);
  const nonce = await fetchNonce(o);
  const mapped = await mapNonce(o, group, nonce);
  const agreement = await agreeOnKey(o, mapped.group);
  const encryptionKey = deriveKey(o.info.suite, agreement.sharedSecret, 1);
  const macKey = deriveKey(o.info.suite, agreement.sharedSecret, 2);
  const encryptedData = await exchangeTokens(o, group.kind, agreement, macKey);
  const secureMessaging = createSecureMessaging(o.info.suite, { encryptionKey, macKey });
  if (o.info.mapping !== 'chip-authentication') return { secureMessaging, mapping: null };
  if (encryptedData === undefined || group.kind !== 'ec') throw malformed('no chip authentication data');
  const decrypted = decryptChipAuthenticationData(o.info.suite, encryptionKey, encryptedData);
  if (decrypted === undefined) throw malformed('chip authentication data');
  return { secureMessaging, mapping: { group, chipMappingKey: mapped.chipKey, encryptedData, decrypted } };
}

/** MSE:Set AT (section 4.4.4.1); without Le, which some chips refuse here. */
async function selectProtocol(o: PACEOptions): Promise<void> {
  const { info } = o;
  const data = concatBytes(
    writeTLV(Tag.MECHANISM, objectIdentifierBytes(info.protocol)),
    writeTLV(Tag.PASSWORD, Uint8Array.of(PasswordReference[o.password.kind])),
    o.sendParameterId ? writeTLV(Tag.DOMAIN_PARAMETERS, Uint8Array.of(info.parameterId ?? 0)) : new Uint8Array(0),
  );
  const ins = Instruction.MANAGE_SECURITY_ENVIRONMENT;
  const { statusWord } = await o.exchange({ cla: 0, ins, ...SET_AUTHENTICATION_TEMPLATE, data });
  if (statusWord !== StatusWord.OK) throw refused('ACCESS_PROTOCOL_UNSUPPORTED', 'set AT', statusWord);
}

/** Step 1: the nonce, decrypted with the key that the password gives (sections 4.4.3.3 and 9.7.3). */
async function fetchNonce(o: PACEOptions): Promise<Uint8Array> {
  const { suite, mapping } = o.info;
  const answer = await authenticate(o, { step: 1, data: new Uint8Array(0), le: SHORT_LE });
  const encrypted = objectIn(answer, Tag.ENCRYPTED_NONCE, 'nonce');
  const isBlocks = encrypted.length > 0 && encrypted.length % blockBytesOf(suite) === 0;
  if (!isBlocks || encrypted.length > NONCE_BYTES_MAX) throw malformed(`nonce of ${encrypted.length} bytes`);
  if (mapping === 'integrated' && encrypted.length !== integratedNonceBytes(suite)) {
    throw malformed(`nonce of ${encrypted.length} bytes`);
  }
  return decryptBlocks(suite, deriveKey(suite, passwordBytes(o.password), 3), zeroVector(suite), encrypted);
}

type Mapped = { readonly group: Group; readonly chipKey: Uint8Array };

/** Step 2: the group with the mapped generator, and the chip's key where the mapping has one. */
async function mapNonce(o: PACEOptions, group: Group, nonce: Uint8Array): Promise<Mapped> {
  if (o.info.mapping === 'integrated') {
    const readerNonce = o.entropy(keyBytesOf(o.info.suite));
    const data = writeTLV(Tag.READER_MAPPING_DATA, readerNonce);
    const answer = await authenticate(o, { step: 2, data, le: SHORT_LE });
    // Section 4.4.5.2.2 asks for an empty object; one that is left out says as much.
    if ((answer.get(Tag.CHIP_MAPPING_DATA)?.length ?? 0) > 0) throw malformed('mapping data in step 2');
    const mapped = mapIntegrated(o.info.suite, group, nonce, readerNonce);
    if (mapped === undefined) throw malformed('nonce that maps to no generator');
    return { group: mapped, chipKey: new Uint8Array(0) };
  }
  const secret = randomSecret(group, o.entropy);
  const tags = { reader: Tag.READER_MAPPING_DATA, chip: Tag.CHIP_MAPPING_DATA };
  const { chipKey, chipPublicKey } = await exchangeKeys(o, group, { step: 2, tags, secret });
  const mapped = mapGenerically(group, nonce, secret, chipPublicKey);
  if (mapped === undefined) throw malformed('nonce that maps to no generator');
  return { group: mapped, chipKey };
}

type Agreement = {
  readonly sharedSecret: Uint8Array;
  readonly readerKey: Uint8Array;
  readonly chipKey: Uint8Array;
};

/** Step 3: an ephemeral key pair over the mapped generator on either side. */
async function agreeOnKey(o: PACEOptions, group: Group): Promise<Agreement> {
  const secret = randomSecret(group, o.entropy);
  const tags = { reader: Tag.READER_KEY, chip: Tag.CHIP_KEY };
  const { readerKey, chipKey, chipPublicKey } = await exchangeKeys(o, group, { step: 3, tags, secret });
  return { sharedSecret: sharedSecretBytes(group, secret, chipPublicKey), readerKey, chipKey };
}

type KeyExchange = {
  readonly step: 2 | 3;
  readonly tags: { readonly reader: number; readonly chip: number };
  readonly secret: bigint;
};

async function exchangeKeys(
  o: PACEOptions,
  group: Group,
  { step, tags, secret }: KeyExchange,
): Promise<{ readonly readerKey: Uint8Array; readonly chipKey: Uint8Array; readonly chipPublicKey: PublicKey }> {
  const readerKey = publicKeyBytes(group, secret);
  // A key of the 2048-bit groups does not fit the short form (section 9.3.1 allows the extended one here).
  const isLong = group.kind === 'dh' && group.p_bytes + ANSWER_HEADER_BYTES > SHORT_LE;
  const data = writeTLV(tags.reader, readerKey);
  const answer = await authenticate(o, { step, data, le: isLong ? EXTENDED_LE : SHORT_LE });
  const chipKey = objectIn(answer, tags.chip, 'public key');
  // Section 4.4.1: a chip that sends our own key back has none of its own.
  if (Buffer.compare(chipKey, readerKey) === 0) throw malformed(`our own key in step ${step}`);
  const chipPublicKey = parsePublicKey(group, chipKey);
  if (chipPublicKey === undefined) throw malformed(`public key in step ${step}`);
  return { readerKey, chipKey, chipPublicKey };
}

/** Step 4: each side's token over the other's key. Gives the encrypted chip authentication data, if there are any. */
async function exchangeTokens(
  o: PACEOptions,
  kind: Group['kind'],
  { readerKey, chipKey }: Agreement,
  macKey: Uint8Array,
): Promise<Uint8Array | undefined> {
  const { suite, protocol } = o.info;
  const token = authenticationToken(suite, macKey, { protocol, kind, publicKey: chipKey });
  const answer = await authenticate(o, { step: 4, data: writeTLV(Tag.READER_TOKEN, token), le: SHORT_LE });
  const chipToken = objectIn(answer, Tag.CHIP_TOKEN, 'token');
  const expected = authenticationToken(suite, macKey, { protocol, kind, publicKey: readerKey });
  if (chipToken.length !== expected.length) throw malformed(`token of ${chipToken.length} bytes`);
  if (!timingSafeEqual(chipToken, expected)) throw new DocumentError('ACCESS_UNPROVEN');
  return answer.get(Tag.CHIP_AUTHENTICATION_DATA);
}

type Step = { readonly step: 1 | 2 | 3 | 4; readonly data: Uint8Array; readonly le: number };

/** One GENERAL AUTHENTICATE of the chain (section 4.4.4.2), and the objects in its answer by their tags. */
async function authenticate(o: PACEOptions, { step, data, le }: Step): Promise<ReadonlyMap<number, Uint8Array>> {
  const answer = await o.exchange({
    cla: step === 4 ? 0 : COMMAND_CHAINING,
    ins: Instruction.GENERAL_AUTHENTICATE,
    p1: 0,
    p2: 0,
    data: writeTLV(Tag.DYNAMIC_AUTHENTICATION_DATA, data),
    le,
  });
  // 63Cx is 6300 with the number of tries that are left.
  const isPasswordRefused = step === 4 && (answer.statusWord & 0xff00) === StatusWord.AUTHENTICATION_FAILED;
  if (isPasswordRefused) throw refused('ACCESS_REFUSED', `step ${step}`, answer.statusWord);
  if (answer.statusWord !== StatusWord.OK) throw refused('PACE_INTERRUPTED', `step ${step}`, answer.statusWord);
  try {
    const objects = readTLVs(expectTLV(answer.data, Tag.DYNAMIC_AUTHENTICATION_DATA).value);
    const byTag = new Map(objects.map(({ tag, value }) => [tag, Uint8Array.from(value)]));
    if (byTag.size !== objects.length) throw malformed(`an object twice in step ${step}`);
    return byTag;
  } catch (error) {
    if (error instanceof TLVError) throw malformed(`step ${step}: ${error.message}`);
    throw error;
  }
}

function objectIn(answer: ReadonlyMap<number, Uint8Array>, tag: number, name: string): Uint8Array {
  const value = answer.get(tag);
  if (value === undefined) throw malformed(`no ${name}`);
  return value;
}

/** f(password) of section 9.7.3, table 14. */
function passwordBytes(password: PACEPassword): Uint8Array {
  return password.kind === 'mrz' ? password.seed : Uint8Array.from(Buffer.from(password.digits, 'latin1'));
}

function malformed(detail: string): DocumentError {
  return new DocumentError('PACE_MALFORMED', detail);
}

function refused(
  code: 'ACCESS_PROTOCOL_UNSUPPORTED' | 'ACCESS_REFUSED' | 'PACE_INTERRUPTED',
  step: string,
  statusWord: number,
): DocumentError {
  return new DocumentError(code, `${step}, status ${statusWord.toString(16)}`);
}
