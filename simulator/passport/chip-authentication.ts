/** The chip's half of Chip Authentication (ICAO 9303-11 section 6.2): with a static key the chip proves that it is no copy. */
import { type Group, parsePublicKey, sharedSecretBytes } from '../../drivers/emrtd/access/domain-parameters.ts';
import { type CommandAPDU, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { type Answer, done, equalBytes, objectsByTag } from './chip-answer.ts';
import { protocolOfChipAuthentication } from './chip-protocol-ids.ts';
import { type ChipSecureMessaging, chipSessionFrom } from './chip-secure-messaging.ts';
import { type ChipKeys, groupNamed } from './document-keys.ts';

/** `nextSession` protects from the next command on; this answer still goes out under the old keys (section 9.8.2). */
export type ChipAuthenticationOutcome = Answer & { readonly nextSession?: ChipSecureMessaging };

type Key = ChipKeys['chipAuthentication'][number];

const wrongData: Answer = { statusWord: StatusWord.WRONG_DATA };
const notFound: Answer = { statusWord: StatusWord.REFERENCED_DATA_NOT_FOUND };

export class ChipAuthentication {
  readonly #keys: readonly Key[];
  #selected: Key | undefined;

  constructor(keys: readonly Key[]) {
    this.#keys = keys;
  }

  forget(): void {
    this.#selected = undefined;
  }

  /** MSE:Set AT for internal authentication. */
  select(data: Uint8Array | undefined): Answer {
    this.#selected = undefined;
    const objects = objectsByTag(data);
    const protocol = objects?.get(0x80);
    if (objects === undefined || protocol === undefined) return wrongData;
    const speaking = this.#keys.filter(
      (key) => key.offer.form === 'general-authenticate' && isProtocolOf(key, protocol),
    );
    if (speaking.length === 0) return wrongData;
    const key = keyReferencedBy(objects.get(0x84), speaking);
    if (key === undefined) return notFound;
    this.#selected = key;
    return done;
  }

  /** GENERAL AUTHENTICATE after `select`. One selection serves one attempt. */
  authenticate(command: CommandAPDU): ChipAuthenticationOutcome {
    const key = this.#selected;
    this.#selected = undefined;
    if (key === undefined) return { statusWord: StatusWord.CONDITIONS_NOT_SATISFIED };
    if (command.p1 !== 0 || command.p2 !== 0) return { statusWord: StatusWord.WRONG_PARAMETERS };
    const template = objectsByTag(command.data)?.get(0x7c);
    const readerKey = template && objectsByTag(template)?.get(0x80);
    const nextSession = readerKey && agree(key, readerKey);
    return nextSession === undefined
      ? wrongData
      : { statusWord: StatusWord.OK, data: writeTLV(0x7c, new Uint8Array(0)), nextSession };
  }

  /** MSE:Set KAT: the older form, for 3DES alone. */
  agreeAtOnce(data: Uint8Array | undefined): ChipAuthenticationOutcome {
    this.#selected = undefined;
    const objects = objectsByTag(data);
    const readerKey = objects?.get(0x91);
    if (objects === undefined || readerKey === undefined) return wrongData;
    const speaking = this.#keys.filter(({ offer }) => offer.suite === '3des');
    if (speaking.length === 0) return { statusWord: StatusWord.WRONG_PARAMETERS };
    const key = keyReferencedBy(objects.get(0x84), speaking);
    if (key === undefined) return notFound;
    const nextSession = agree(key, readerKey);
    return nextSession === undefined ? wrongData : { statusWord: StatusWord.OK, nextSession };
  }
}

function isProtocolOf({ offer, group }: Key, protocol: Uint8Array): boolean {
  return equalBytes(protocolOfChipAuthentication(keyAgreementOf(groupNamed(group)), offer.suite), protocol);
}

function keyAgreementOf({ kind }: Group): 'dh' | 'ecdh' {
  return kind === 'ec' ? 'ecdh' : 'dh';
}

/** Without a reference the key has to be the only one. A reference is an unsigned integer without leading zeros. */
function keyReferencedBy(reference: Uint8Array | undefined, keys: readonly Key[]): Key | undefined {
  if (reference === undefined) return keys.length === 1 ? keys[0] : undefined;
  if (reference.length === 0 || (reference.length > 1 && reference[0] === 0)) return undefined;
  const id = BigInt(`0x${Buffer.from(reference).toString('hex')}`);
  return keys.find(({ keyId }) => keyId !== null && BigInt(keyId) === id);
}

function agree(key: Key, readerKey: Uint8Array): ChipSecureMessaging | undefined {
  const group = groupNamed(key.group);
  const other = parsePublicKey(group, readerKey);
  return other && chipSessionFrom(key.offer.suite, sharedSecretBytes(group, key.secret, other));
}
