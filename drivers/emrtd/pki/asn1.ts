/**
 * ASN.1 in BER or DER as EF.SOD and certificates use it: a small reading view over asn1js, with its limits on depth
 * and number of nodes kept for input that comes from a chip.
 */
import { type BaseBlock, Constructed, ObjectIdentifier, OctetString, BitString, fromBER } from 'asn1js';
import { concatBytes, writeTLV } from '../iso7816/tlv.ts';
import { boundsProblem } from './asn1-bounds.ts';

/** The bytes are not the ASN.1 structure that was asked for. Never carries content. */
export class ASN1Error extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'ASN1Error';
  }
}

const UNIVERSAL = 1;
const CONTEXT_SPECIFIC = 3;

export const UniversalTag = {
  BOOLEAN: 1,
  INTEGER: 2,
  OCTET_STRING: 4,
  OBJECT_IDENTIFIER: 6,
  ENUMERATED: 10,
  SEQUENCE: 16,
  SET: 17,
  UTC_TIME: 23,
  GENERALIZED_TIME: 24,
} as const;

/** One element. Accessors throw ASN1Error when the element is not what they ask for. */
export class ASN1Element {
  readonly #block: BaseBlock;
  #children: readonly ASN1Element[] | undefined;

  constructor(block: BaseBlock) {
    this.#block = block;
  }

  /** The element as it stood in the input, tag and length included. */
  get raw(): Uint8Array {
    return this.#block.valueBeforeDecodeView;
  }

  /** Elements inside; end-of-contents marks are left out. */
  get children(): readonly ASN1Element[] {
    if (!(this.#block instanceof Constructed)) throw new ASN1Error('constructed element expected');
    this.#children ??= this.#block.valueBlock.value
      .filter((child) => !isEndOfContents(child))
      .map((child) => new ASN1Element(child));
    return this.#children;
  }

  child(index: number): ASN1Element {
    const child = this.children[index];
    if (child === undefined) throw new ASN1Error('element missing');
    return child;
  }

  isUniversal(tag: number): boolean {
    return this.#block.idBlock.tagClass === UNIVERSAL && this.#block.idBlock.tagNumber === tag;
  }

  isContext(tag: number): boolean {
    return this.#block.idBlock.tagClass === CONTEXT_SPECIFIC && this.#block.idBlock.tagNumber === tag;
  }

  /** The child with context tag [n], if any. */
  context(tag: number): ASN1Element | undefined {
    return this.children.find((child) => child.isContext(tag));
  }

  /** Dotted object identifier. */
  get oid(): string {
    if (!(this.#block instanceof ObjectIdentifier)) throw new ASN1Error('object identifier expected');
    return this.#block.valueBlock.toString();
  }

  /** Content of an octet string, also in pieces within pieces (BER), or of a primitive element with a context tag. */
  get octets(): Uint8Array {
    if (this.#block instanceof OctetString) return octetsOf(this.#block);
    if (this.#block instanceof Constructed || this.#block.idBlock.tagClass !== CONTEXT_SPECIFIC) {
      throw new ASN1Error('octets expected');
    }
    return this.content;
  }

  /** Content bytes of a primitive element: text of a string, digits of an integer. */
  get content(): Uint8Array {
    const { raw } = this;
    const first = raw[1] ?? 0;
    return raw.subarray(2 + (first < 0x80 ? 0 : first & 0x7f));
  }

  /** A small non-negative integer. */
  get integer(): number {
    return this.#smallNumber(UniversalTag.INTEGER);
  }

  /** The number of an enumerated value. */
  get enumerated(): number {
    return this.#smallNumber(UniversalTag.ENUMERATED);
  }

  #smallNumber(tag: number): number {
    const { content } = this;
    const isSmall = content.length > 0 && content.length <= 4 && (content[0] ?? 0) < 0x80;
    if (!this.isUniversal(tag) || !isSmall) throw new ASN1Error('small number expected');
    return content.reduce((value, octet) => value * 256 + octet, 0);
  }

  /** Content of a BOOLEAN; BER takes any byte but zero for true. */
  get boolean(): boolean {
    if (!this.isUniversal(UniversalTag.BOOLEAN)) throw new ASN1Error('boolean expected');
    return this.content.some((octet) => octet !== 0);
  }

  /** A UTCTime or GeneralizedTime in ms since the epoch. */
  get time_ms(): number {
    if (this.isUniversal(UniversalTag.UTC_TIME)) return parseTime(`${centuryOf(this.content)}${text(this.content)}`);
    if (this.isUniversal(UniversalTag.GENERALIZED_TIME)) return parseTime(text(this.content));
    throw new ASN1Error('time expected');
  }

  /** First byte of a bit string's bits, highest bit first; 0 when there are none. */
  get firstBits(): number {
    return this.bits[0] ?? 0;
  }

  /** The bytes of a bit string, highest bit first. */
  get bits(): Uint8Array {
    if (!(this.#block instanceof BitString) || this.#block.idBlock.isConstructed) {
      throw new ASN1Error('bit string expected');
    }
    return this.#block.valueBlock.valueHexView;
  }

  /** The children under another one-byte tag, with a definite length. */
  retagged(tag: number): Uint8Array {
    return writeTLV(tag, concatBytes(...this.children.map((child) => child.raw)));
  }
}

/** Elements that one file of a chip, or one certificate, may have; the largest in use have some hundreds. */
const NODES_MAX = 10_000;

/**
 * The first element in `bytes`; what follows it is ignored. `nodes_max` may be raised for files that no chip gives: a
 * master list has far more elements than EF.SOD. Throws ASN1Error.
 */
export function parseASN1(bytes: Uint8Array, nodes_max = NODES_MAX): ASN1Element {
  const problem = boundsProblem(bytes, nodes_max);
  if (problem !== undefined) throw new ASN1Error(problem);
  let parsed: ReturnType<typeof fromBER>;
  try {
    // A copy of our own memory: the views that come out of it must not change with a reused input buffer.
    parsed = fromBER(Uint8Array.from(bytes), {
      parseEmbedded: false,
      copyInput: false,
      maxNodes: nodes_max,
    });
  } catch (error) {
    throw new ASN1Error(error instanceof RangeError ? 'too deep' : 'not parsable');
  }
  if (parsed.offset === -1) throw new ASN1Error('not parsable');
  return new ASN1Element(parsed.result);
}

/**
 * YYYYMMDDHHMMSSZ, the one form that certificates may use (RFC 5280 section 4.1.2.5.2), in ms since the epoch. Throws
 * ASN1Error for any other form, and for dates that no calendar has: OpenSSL reads both in ways of its own.
 */
export function parseTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) throw new ASN1Error('time in another form');
  const [, year, month, day, hour, minute, second] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(iso);
  // Date takes hour 24 and the days 29 to 31 of every month for those that follow.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw new ASN1Error('no such date');
  return time.getTime();
}

/** RFC 5280 section 4.1.2.5.1: two digits from 50 on mean the last century. */
function centuryOf(utcTime: Uint8Array): string {
  return (utcTime[0] ?? 0) >= 0x35 ? '19' : '20';
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function octetsOf(block: OctetString): Uint8Array {
  if (!block.idBlock.isConstructed) return Uint8Array.from(block.valueBlock.valueHexView);
  const pieces = block.valueBlock.value.filter((piece) => !isEndOfContents(piece));
  return concatBytes(
    ...pieces.map((piece) => {
      if (!(piece instanceof OctetString)) throw new ASN1Error('octets expected');
      return octetsOf(piece);
    }),
  );
}

function isEndOfContents(block: BaseBlock): boolean {
  return block.idBlock.tagClass === UNIVERSAL && block.idBlock.tagNumber === 0;
}
