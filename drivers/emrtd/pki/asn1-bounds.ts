/**
 * Bounds that the parser does not keep by itself. Before a byte is parsed, every header in BER (ISO/IEC 8825-1 section 8)
 * is looked at: asn1js holds an object for every arc of an object identifier and counts none of them, so that a few
 * megabytes of a file that nobody has verified would cost gigabytes.
 */

const UNIVERSAL = 0;
const Tag = { END_OF_CONTENTS: 0, OBJECT_IDENTIFIER: 6, RELATIVE_IDENTIFIER: 13, SEQUENCE: 16, SET: 17 } as const;
const CONSTRUCTED = 0x20;
const LONG_FORM = 0x1f;
const INDEFINITE = 0x80;
/** Object identifiers in use have up to 20 bytes. */
const IDENTIFIER_BYTES_MAX = 64;
const LENGTH_BYTES_MAX = 4;
/** What asn1js takes by itself. */
const DEPTH_MAX = 100;

type Header = {
  readonly tagClass: number;
  readonly tag: number;
  readonly isConstructed: boolean;
  /** Where the content begins, and where it ends; null: at its end-of-contents mark. */
  readonly start: number;
  readonly end: number | null;
};

/**
 * Why the first element in `bytes` must not be parsed, or undefined. Stricter than BER in nothing that a certificate, a
 * list or a file of a chip has.
 */
export function boundsProblem(bytes: Uint8Array, nodes_max: number): string | undefined {
  /** Ends of the elements around the position, innermost last. */
  const open: (number | null)[] = [];
  let at = 0;
  for (let nodes = 0; ; ) {
    while (open.length > 0 && open.at(-1) === at) open.pop();
    if (nodes > 0 && open.length === 0) return undefined;
    nodes += 1;
    if (nodes > nodes_max) return 'too many elements';
    const header = headerAt(bytes, at);
    if (header === undefined) return 'header';
    const problem = headerProblem(header, open.findLast((end) => end !== null) ?? bytes.length);
    if (problem !== undefined) return problem;
    const isEnd = header.tagClass === UNIVERSAL && header.tag === Tag.END_OF_CONTENTS;
    if (isEnd && open.at(-1) === null) open.pop();
    if (isOpened(header)) open.push(header.end);
    if (open.length > DEPTH_MAX) return 'too deep';
    at = isOpened(header) || header.end === null ? header.start : header.end;
  }
}

function headerAt(bytes: Uint8Array, at: number): Header | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  let next = at + 1;
  const tagClass = first >> 6;
  const tag = first & LONG_FORM;
  if (tag === LONG_FORM) {
    // No universal type in use has a number for which the long form is needed.
    if (tagClass === UNIVERSAL) return undefined;
    while (((bytes[next++] ?? 0) & 0x80) !== 0);
  }
  const length = bytes[next++];
  if (length === undefined) return undefined;
  const header = { tagClass, tag, isConstructed: (first & CONSTRUCTED) !== 0 };
  if (length === INDEFINITE) return { ...header, start: next, end: null };
  if (length < INDEFINITE) return { ...header, start: next, end: next + length };
  const count = length & 0x7f;
  if (count > LENGTH_BYTES_MAX || next + count > bytes.length) return undefined;
  const content = bytes.subarray(next, next + count).reduce((sum, octet) => sum * 256 + octet, 0);
  return { ...header, start: next + count, end: next + count + content };
}

function headerProblem(header: Header, limit: number): string | undefined {
  const { tagClass, tag, start, end } = header;
  if ((end ?? start) > limit) return 'element longer than its container';
  if (end === null && !header.isConstructed) return 'primitive element without length';
  if (tagClass !== UNIVERSAL) return undefined;
  if (tag === Tag.END_OF_CONTENTS) return end === start && !header.isConstructed ? undefined : 'end of contents';
  const isIdentifier = tag === Tag.OBJECT_IDENTIFIER || tag === Tag.RELATIVE_IDENTIFIER;
  if (!isIdentifier) return undefined;
  return end === null || end - start > IDENTIFIER_BYTES_MAX ? 'object identifier too long' : undefined;
}

/** asn1js looks for elements in these two whether they say that they hold some or not. */
function isOpened({ tagClass, tag, isConstructed }: Header): boolean {
  if (tagClass !== UNIVERSAL) return isConstructed;
  if (tag === Tag.OBJECT_IDENTIFIER || tag === Tag.RELATIVE_IDENTIFIER) return false;
  return isConstructed || tag === Tag.SEQUENCE || tag === Tag.SET;
}
