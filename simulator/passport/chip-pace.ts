/**
 * The chip's half of PACE (ICAO 9303-11 section 4.4): MSE:Set AT, then a chain of four GENERAL AUTHENTICATE commands.
 * Written from the standard apart from the reader's half.
 */
import { blockBytesOf, deriveKey, encryptBlocks, keyBytesOf, macOf } from '../../drivers/emrtd/access/cipher-suite.ts';
import {
  type Group,
  bitsOf,
  bytesFrom,
  encodePublicKey,
  orderOf,
  parsePublicKey,
  publicKeyOf,
  randomSecret,
  sharedSecretBytes,
  standardizedGroup,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import { padMethod2 } from '../../drivers/emrtd/access/triple-des.ts';
import { COMMAND_CHAINING, type CommandAPDU, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { type Answer, done, equalBytes, objectsByTag, objectsIn } from './chip-answer.ts';
import { integratedNonceBytes, mapGenerically, mapIntegrated } from './chip-mapping.ts';
import { protocolOfPACE } from './chip-protocol-ids.ts';
import { type ChipSecureMessaging, chipSessionFrom } from './chip-secure-messaging.ts';
import type { ChipAgreementKey } from './document-keys.ts';
import type { PACEOffer } from './document-profile.ts';

export type PACEOutcome = Answer & { readonly session?: ChipSecureMessaging };

export type ChipPACEOptions = {
  readonly offers: readonly PACEOffer[];
  /** Printed MRZ (20 bytes) and card access number; null: the document has none. */
  readonly passwords: { readonly mrz: Uint8Array; readonly can: Uint8Array | null };
  /** Static key of chip authentication mapping. Without it the chip can only guess the proof: it is a copy. */
  readonly mappingKey: ChipAgreementKey | null;
  readonly entropy: (bytes: number) => Uint8Array;
};

/** What the reader chose in MSE:Set AT. */
type Selection = {
  readonly offer: PACEOffer;
  readonly group: Group;
  readonly protocol: Uint8Array;
  readonly password: Uint8Array;
};

/** Which command of the chain comes next, and what it needs. */
type Progress =
  | { readonly next: 'nonce'; readonly selection: Selection }
  | { readonly next: 'mapping'; readonly selection: Selection; readonly nonce: Uint8Array }
  | Agreement
  | Confirmation;

type Agreement = {
  readonly next: 'agreement';
  readonly selection: Selection;
  readonly mapped: Group;
  /** Secret of the mapping, which the proof of chip authentication mapping needs. */
  readonly mappingSecret: bigint;
};

type Confirmation = {
  readonly next: 'confirmation';
  readonly selection: Selection;
  readonly mappingSecret: bigint;
  readonly sharedSecret: Uint8Array;
  /** As sent. */
  readonly chipKey: Uint8Array;
  readonly readerKey: Uint8Array;
};

const GENERIC_NONCE_BYTES = 16;
const PASSWORD_MRZ = 1;
const PASSWORD_CAN = 2;
const wrongData: Answer = { statusWord: StatusWord.WRONG_DATA };
const notFound: Answer = { statusWord: StatusWord.REFERENCED_DATA_NOT_FOUND };
const failed: Answer = { statusWord: StatusWord.AUTHENTICATION_FAILED };
const outOfOrder: Answer = { statusWord: StatusWord.CONDITIONS_NOT_SATISFIED };

/** Tag of the one data object that each command of the chain brings; the first brings none (table 4). */
const commandTags = { nonce: undefined, mapping: 0x81, agreement: 0x83, confirmation: 0x85 } as const;

export class ChipPACE {
  readonly #o: ChipPACEOptions;
  #progress: Progress | undefined;

  constructor(o: ChipPACEOptions) {
    this.#o = o;
  }

  /** Forgets what was begun: after another command, and when the field comes on. */
  forget(): void {
    this.#progress = undefined;
  }

  /** MSE:Set AT for mutual authentication (section 4.4.4.1). Objects with other tags are ignored. */
  select(data: Uint8Array | undefined): Answer {
    this.#progress = undefined;
    const objects = objectsByTag(data);
    const protocol = objects?.get(0x80);
    const reference = objects?.get(0x83);
    if (objects === undefined || protocol === undefined || reference?.length !== 1) return wrongData;
    const offers = this.#o.offers.filter((offer) => equalBytes(protocolOfPACE(offer), protocol));
    if (offers.length === 0) return wrongData;
    const parameters = objects.get(0x84);
    const chosen =
      parameters === undefined ? offers : offers.filter(({ parameterId }) => isNumber(parameters, parameterId));
    const [offer, another] = chosen;
    if (another !== undefined) return wrongData;
    const group = offer && standardizedGroup(offer.parameterId);
    const password = this.#password(reference[0]);
    if (offer === undefined || group === undefined || password === undefined) return notFound;
    this.#progress = { next: 'nonce', selection: { offer, group, protocol, password } };
    return done;
  }

  /** The next GENERAL AUTHENTICATE of the chain. Whatever goes wrong, the reader has to begin with MSE:Set AT again. */
  authenticate(command: CommandAPDU): PACEOutcome {
    const progress = this.#progress;
    this.#progress = undefined;
    if (progress === undefined) return outOfOrder;
    const isLast = progress.next === 'confirmation';
    if (((command.cla & COMMAND_CHAINING) === 0) !== isLast) return outOfOrder;
    if (command.p1 !== 0 || command.p2 !== 0) return { statusWord: StatusWord.WRONG_PARAMETERS };
    const value = dynamicData(command.data, commandTags[progress.next]);
    if (value === undefined) return wrongData;
    if (progress.next === 'nonce') return this.#giveNonce(progress.selection);
    if (progress.next === 'mapping') return this.#map(progress.selection, progress.nonce, value);
    return progress.next === 'agreement' ? this.#agree(progress, value) : this.#confirm(progress, value);
  }

  #password(reference: number | undefined): Uint8Array | undefined {
    if (reference === PASSWORD_MRZ) return this.#o.passwords.mrz;
    return reference === PASSWORD_CAN ? (this.#o.passwords.can ?? undefined) : undefined;
  }

  #giveNonce(selection: Selection): Answer {
    const { suite, mapping } = selection.offer;
    const nonce = this.#o.entropy(mapping === 'integrated' ? integratedNonceBytes(suite) : GENERIC_NONCE_BYTES);
    const encrypted = encryptBlocks(
      suite,
      deriveKey(suite, selection.password, 3),
      new Uint8Array(blockBytesOf(suite)),
      nonce,
    );
    this.#progress = { next: 'mapping', selection, nonce };
    return answered(0x80, encrypted);
  }

  #map(selection: Selection, nonce: Uint8Array, value: Uint8Array): Answer {
    const { offer, group } = selection;
    if (offer.mapping === 'integrated') {
      if (value.length !== keyBytesOf(offer.suite)) return wrongData;
      const mapped = mapIntegrated(group, offer.suite, nonce, value);
      if (mapped === undefined) return failed;
      this.#progress = { next: 'agreement', selection, mapped, mappingSecret: 0n };
      return answered(0x82, new Uint8Array(0));
    }
    const readerKey = parsePublicKey(group, value);
    if (readerKey === undefined) return wrongData;
    const mappingSecret = randomSecret(group, this.#o.entropy);
    const mapped = mapGenerically(group, nonce, mappingSecret, readerKey);
    if (mapped === undefined) return failed;
    this.#progress = { next: 'agreement', selection, mapped, mappingSecret };
    return answered(0x82, encodePublicKey(group, publicKeyOf(group, mappingSecret)));
  }

  #agree({ selection, mapped, mappingSecret }: Agreement, readerKey: Uint8Array): Answer {
    const other = parsePublicKey(mapped, readerKey);
    if (other === undefined) return wrongData;
    const secret = randomSecret(mapped, this.#o.entropy);
    const chipKey = encodePublicKey(mapped, publicKeyOf(mapped, secret));
    if (equalBytes(chipKey, readerKey)) return failed;
    const sharedSecret = sharedSecretBytes(mapped, secret, other);
    this.#progress = { next: 'confirmation', selection, mappingSecret, sharedSecret, chipKey, readerKey };
    return answered(0x84, chipKey);
  }

  #confirm(confirmation: Confirmation, token: Uint8Array): PACEOutcome {
    const { selection, sharedSecret, chipKey, readerKey } = confirmation;
    const { suite, mapping } = selection.offer;
    const macKey = deriveKey(suite, sharedSecret, 2);
    if (!equalBytes(tokenOver(selection, macKey, chipKey), token)) return failed;
    const own = writeTLV(0x86, tokenOver(selection, macKey, readerKey));
    const proof = mapping === 'chip-authentication' ? writeTLV(0x8a, this.#proof(confirmation)) : new Uint8Array(0);
    return {
      statusWord: StatusWord.OK,
      data: writeTLV(0x7c, own, proof),
      session: chipSessionFrom(suite, sharedSecret),
    };
  }

  /** Encrypted chip authentication data (section 4.4.3.5): the mapping secret divided by the static one. */
  #proof({ selection, mappingSecret, sharedSecret }: Confirmation): Uint8Array {
    const { group, offer } = selection;
    const order = orderOf(group);
    const staticSecret = this.#o.mappingKey?.secret ?? randomSecret(group, this.#o.entropy);
    const data = bytesFrom((inverse(staticSecret, order) * mappingSecret) % order, Math.ceil(bitsOf(order) / 8));
    const key = deriveKey(offer.suite, sharedSecret, 1);
    const vector = encryptBlocks(offer.suite, key, new Uint8Array(16), new Uint8Array(16).fill(0xff));
    return encryptBlocks(offer.suite, key, vector, padMethod2(data, 16));
  }
}

/** Which command of the chain this is, 1 to 4; undefined: none of PACE. For behaviours that spoil one of them. */
export function paceStepOf(command: CommandAPDU): 1 | 2 | 3 | 4 | undefined {
  const steps = [commandTags.nonce, commandTags.mapping, commandTags.agreement, commandTags.confirmation];
  const step = command.ins === 0x86 ? steps.findIndex((tag) => dynamicData(command.data, tag) !== undefined) : -1;
  return step < 0 ? undefined : ([1, 2, 3, 4] as const)[step];
}

/** The value of the one object in the dynamic authentication data; with no tag, that there is nothing in it. */
function dynamicData(data: Uint8Array | undefined, tag: number | undefined): Uint8Array | undefined {
  const [template, after] = objectsIn(data) ?? [];
  if (template?.tag !== 0x7c || after !== undefined) return undefined;
  const objects = objectsIn(template.value);
  if (tag === undefined) return objects?.length === 0 ? template.value : undefined;
  return objects?.length === 1 && objects[0]?.tag === tag ? objects[0].value : undefined;
}

function answered(tag: number, value: Uint8Array): Answer {
  return { statusWord: StatusWord.OK, data: writeTLV(0x7c, writeTLV(tag, value)) };
}

/** MAC over the public key data object of the other side's ephemeral key (sections 4.4.3.4 and 9.4). */
function tokenOver({ offer, group, protocol }: Selection, macKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const value = writeTLV(group.kind === 'ec' ? 0x86 : 0x84, publicKey);
  return macOf(offer.suite, macKey, writeTLV(0x7f49, concatBytes(writeTLV(0x06, protocol), value)));
}

function isNumber(bytes: Uint8Array, number: number): boolean {
  return bytes.length === 1 && bytes[0] === number;
}

/** By the extended Euclidean algorithm; `modulus` is prime. */
function inverse(number: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, number % modulus];
  let [before, now] = [0n, 1n];
  while (current > 1n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [before, now] = [now, before - quotient * now];
  }
  return ((now % modulus) + modulus) % modulus;
}
