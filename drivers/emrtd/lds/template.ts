/** What the parsers of the data groups share: elements by tag, text, dates, tag lists, and one code of error a file. */
import { DocumentError, type InspectionCode } from '../codes.ts';
import { type TLV, TLVError, expectTLV, readTLVs } from '../iso7816/tlv.ts';

/** What `read` makes of the elements inside the file's own tag. All that is wrong with them is DocumentError `code`. */
export function parseFile<T>(file: Uint8Array, tag: number, code: InspectionCode, read: (template: Template) => T): T {
  try {
    return read(new Template(readTLVs(expectTLV(file, tag).value), code));
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError(code, error.message);
    throw error;
  }
}

/** The elements of one constructed data object. */
export class Template {
  readonly elements: readonly TLV[];
  readonly #code: InspectionCode;

  constructor(elements: readonly TLV[], code: InspectionCode) {
    this.elements = elements;
    this.#code = code;
  }

  malformed(detail: string): DocumentError {
    return new DocumentError(this.#code, detail);
  }

  find(tag: number): Uint8Array | undefined {
    return this.elements.find((element) => element.tag === tag)?.value;
  }

  all(tag: number): readonly Uint8Array[] {
    return this.elements.filter((element) => element.tag === tag).map((element) => element.value);
  }

  need(tag: number): Uint8Array {
    const value = this.find(tag);
    if (value === undefined) throw this.malformed(`no ${tag.toString(16)}`);
    return value;
  }

  /** The elements inside a value. Throws TLVError. */
  inside(value: Uint8Array): Template {
    return new Template(readTLVs(value), this.#code);
  }

  /** Text of an element, or null when there is none. */
  text(tag: number): string | null {
    const value = this.find(tag);
    return value === undefined ? null : textOf(value);
  }

  /** Text whose parts are separated by fillers, empty parts left out. */
  parts(tag: number): readonly string[] {
    const parts = (this.text(tag) ?? '').split('<').map((part) => part.trim());
    return parts.filter((part) => part !== '');
  }

  /** Digits of the date in an element, or null when there is none. */
  date(tag: number): string | null {
    const value = this.find(tag);
    if (value === undefined) return null;
    const date = dateDigitsOf(value);
    if (date === undefined) throw this.malformed(`date in ${tag.toString(16)}`);
    return date;
  }

  /** A copy of an element's value, or null when there is none. */
  bytes(tag: number): Uint8Array | null {
    const value = this.find(tag);
    return value === undefined ? null : Uint8Array.from(value);
  }

  /**
   * Values of the elements with this tag inside A0, where several of a kind stand behind their number, and of those
   * that some issuers put beside A0 (ICAO 9303-10 sections 4.7.11 and 4.7.12).
   */
  repeated(tag: number): readonly Uint8Array[] {
    return [...this.all(0xa0).flatMap((value) => this.inside(value).all(tag)), ...this.all(tag)];
  }

  /**
   * Whether the tag list (5C) names the elements that are there and no other. What stands in A0 is listed by some
   * issuers with its own tag, by some as A0, by some not at all: it is left out. Real files disagree with themselves
   * here, so this is told, not refused.
   */
  isTagListConsistent(repeatedTag: number): boolean {
    const listed = tagsIn(this.find(0x5c) ?? new Uint8Array(0));
    if (listed === undefined) return false;
    const others = (tags: readonly number[]): ReadonlySet<number> =>
      new Set(tags.filter((tag) => tag !== 0x5c && tag !== 0xa0 && tag !== repeatedTag));
    return isSameSet(others(listed), others(this.elements.map(({ tag }) => tag)));
  }
}

/** UTF-8 (ICAO 9303-10 section 4.7.11), or Latin-1 as some issuers write it: any bytes are text in that. */
export function textOf(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value);
  } catch (error) {
    if (error instanceof TypeError) return Buffer.from(value).toString('latin1');
    throw error;
  }
}

/**
 * The digits of a date, CCYYMMDD, or of a point in time, CCYYMMDDhhmmss: characters as the standard has it, or binary
 * coded decimal as some issuers write it. Unknown parts, zeros or fillers, are zeros. Undefined when it is neither.
 */
export function dateDigitsOf(value: Uint8Array): string | undefined {
  const isPacked = value.length === 4 || value.length === 7;
  const text = Buffer.from(value).toString(isPacked ? 'hex' : 'latin1');
  const digits = text.replaceAll('<', '0');
  return /^\d{8}(\d{6})?$/.test(digits) ? digits : undefined;
}

/** Tags of one or two bytes, one after the other. Undefined when the last one is cut short. */
export function tagsIn(list: Uint8Array): readonly number[] | undefined {
  const tags: number[] = [];
  for (let at = 0; at < list.length; at++) {
    const first = list[at] ?? 0;
    if ((first & 0x1f) !== 0x1f) {
      tags.push(first);
      continue;
    }
    const second = list[++at];
    if (second === undefined) return undefined;
    tags.push(first * 256 + second);
  }
  return tags;
}

function isSameSet(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  return one.size === other.size && [...one].every((tag) => other.has(tag));
}
