/**
 * The chip's side of PACE for tests, honest unless told otherwise. Its ciphers and groups are the reader's own, which the
 * published examples judge; it serves what the reader makes of a chip that does not keep to the protocol.
 */
import { createHash } from 'node:crypto';
import { authenticationToken } from '../../drivers/emrtd/access/authentication-token.ts';
import { deriveKey, encryptBlocks, keyBytesOf, zeroVector } from '../../drivers/emrtd/access/cipher-suite.ts';
import {
  type Group,
  parsePublicKey,
  publicKeyBytes,
  randomSecret,
  sharedSecretBytes,
  standardizedGroup,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import { mapGenerically } from '../../drivers/emrtd/access/mapping-generic.ts';
import { mapIntegrated } from '../../drivers/emrtd/access/mapping-integrated.ts';
import { type CommandAPDU, type ResponseAPDU, decodeResponse } from '../../drivers/emrtd/iso7816/apdu.ts';
import type { Exchange } from '../../drivers/emrtd/iso7816/chip-session.ts';
import { concatBytes, readTLV, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import type { PACEInfo } from '../../drivers/emrtd/lds/security-infos.ts';
import { padMethod2 } from '../../drivers/emrtd/access/triple-des.ts';

/** Repeatable: bytes from a seed and a counter. */
export function entropyFrom(seed: string): (length: number) => Uint8Array {
  let count = 0;
  return (length) => {
    const input = `${seed} ${count++}`;
    return Uint8Array.from(createHash('shake256', { outputLength: length }).update(input).digest());
  };
}

const arcs = {
  'dh generic': 1,
  'ecdh generic': 2,
  'dh integrated': 3,
  'ecdh integrated': 4,
  'ecdh chip-authentication': 6,
} as const;
const suiteArcs = { '3des': 1, 'aes-128': 2, 'aes-192': 3, 'aes-256': 4 } as const;

export function paceInfo(
  variant: keyof typeof arcs,
  suite: PACEInfo['suite'],
  parameterId: number | null,
  version = 2,
): PACEInfo {
  const [keyAgreement, mapping] = variant.split(' ') as [PACEInfo['keyAgreement'], PACEInfo['mapping']];
  const protocol = `0.4.0.127.0.7.2.2.4.${arcs[variant]}.${suiteArcs[suite]}`;
  return { protocol, mapping, keyAgreement, suite, version, parameterId };
}

/** What goes wrong: the answer to the n-th command (0 is MSE:Set AT), given what the honest one would be. */
export type Misbehaviour = (step: number, honest: Uint8Array, command: CommandAPDU) => Uint8Array;

export type PACEChip = {
  readonly exchange: Exchange;
  /** Session keys, once both sides have agreed. */
  readonly keys: () => { readonly encryptionKey: Uint8Array; readonly macKey: Uint8Array } | undefined;
  readonly commands: readonly CommandAPDU[];
};

export type PACEChipOptions = {
  readonly info: PACEInfo;
  /** f(password) of ICAO 9303-11 section 9.7.3. */
  readonly password: Uint8Array;
  /** True: a chip that takes every token of the reader. */
  readonly isGullible?: boolean;
  readonly misbehaviour?: Misbehaviour;
};

export function paceChip(o: PACEChipOptions): PACEChip {
  const state = new ChipState(o);
  const commands: CommandAPDU[] = [];
  return {
    commands,
    keys: () => state.keys,
    exchange: async (command): Promise<ResponseAPDU> => {
      const step = commands.push(command) - 1;
      const honest = state.answer(step, command);
      const given = o.misbehaviour === undefined ? honest : o.misbehaviour(step, honest, command);
      const response = decodeResponse(given);
      if (response === undefined) throw new Error('answer without status');
      return response;
    },
  };
}

const OK = Uint8Array.of(0x90, 0x00);
const REFUSED = Uint8Array.of(0x63, 0x00);
const WRONG_DATA = Uint8Array.of(0x6a, 0x80);

/** An answer of status 9000 with these objects in dynamic authentication data. */
export function dynamic(...objects: readonly Uint8Array[]): Uint8Array {
  return concatBytes(writeTLV(0x7c, ...objects), OK);
}

class ChipState {
  keys: { readonly encryptionKey: Uint8Array; readonly macKey: Uint8Array } | undefined;
  readonly #o: PACEChipOptions;
  readonly #entropy = entropyFrom('chip');
  readonly #nonce: Uint8Array;
  #group: Group;
  #ownKey: Uint8Array = new Uint8Array(0);
  #readerKey: Uint8Array = new Uint8Array(0);

  constructor(o: PACEChipOptions) {
    const group = standardizedGroup(o.info.parameterId ?? -1);
    if (group === undefined) throw new Error('no such group');
    this.#o = o;
    this.#group = group;
    this.#nonce = this.#entropy(keyBytesOf(o.info.suite) > 16 ? 32 : 16);
  }

  answer(step: number, command: CommandAPDU): Uint8Array {
    if (step === 0) return OK;
    const { suite } = this.#o.info;
    if (step === 1) {
      const key = deriveKey(suite, this.#o.password, 3);
      return dynamic(writeTLV(0x80, encryptBlocks(suite, key, zeroVector(suite), this.#nonce)));
    }
    const data = readTLV(readTLV(command.data ?? new Uint8Array(0)).value).value;
    if (step === 2) return this.#map(data);
    return step === 3 ? this.#agree(data) : this.#authenticate(data);
  }

  #map(data: Uint8Array): Uint8Array {
    const { mapping, suite } = this.#o.info;
    if (mapping === 'integrated') {
      const mapped = mapIntegrated(suite, this.#group, this.#nonce, data);
      if (mapped === undefined) return WRONG_DATA;
      this.#group = mapped;
      return dynamic(writeTLV(0x82));
    }
    const secret = randomSecret(this.#group, this.#entropy);
    const own = publicKeyBytes(this.#group, secret);
    const readerKey = parsePublicKey(this.#group, data);
    const mapped = readerKey && mapGenerically(this.#group, this.#nonce, secret, readerKey);
    if (mapped === undefined) return WRONG_DATA;
    this.#group = mapped;
    return dynamic(writeTLV(0x82, own));
  }

  #agree(data: Uint8Array): Uint8Array {
    const { suite } = this.#o.info;
    const secret = randomSecret(this.#group, this.#entropy);
    const readerKey = parsePublicKey(this.#group, data);
    if (readerKey === undefined) return WRONG_DATA;
    this.#ownKey = publicKeyBytes(this.#group, secret);
    this.#readerKey = data;
    const shared = sharedSecretBytes(this.#group, secret, readerKey);
    this.keys = { encryptionKey: deriveKey(suite, shared, 1), macKey: deriveKey(suite, shared, 2) };
    return dynamic(writeTLV(0x84, this.#ownKey));
  }

  #authenticate(token: Uint8Array): Uint8Array {
    const { suite, protocol, mapping } = this.#o.info;
    if (this.keys === undefined) return WRONG_DATA;
    const { encryptionKey, macKey } = this.keys;
    const tokenOver = (publicKey: Uint8Array): Uint8Array =>
      authenticationToken(suite, macKey, { protocol, kind: this.#group.kind, publicKey });
    const isRight = Buffer.compare(token, tokenOver(this.#ownKey)) === 0;
    if (!isRight && this.#o.isGullible !== true) return REFUSED;
    const own = writeTLV(0x86, tokenOver(this.#readerKey));
    if (mapping !== 'chip-authentication') return dynamic(own);
    const iv = encryptBlocks(suite, encryptionKey, zeroVector(suite), new Uint8Array(16).fill(0xff));
    const data = padMethod2(new Uint8Array(32).fill(0xca), 16);
    return dynamic(own, writeTLV(0x8a, encryptBlocks(suite, encryptionKey, iv, data)));
  }
}
