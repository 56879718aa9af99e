/**
 * Pictures out of a motion JPEG stream (multipart/x-mixed-replace, RFC 2046 section 5.1). Pure. Nothing that the other
 * side sends makes it hold more than one picture of the permitted size and one chunk.
 */

export type MultipartItem =
  /** Begins with SOI and ends with EOI; a copy that the receiver owns. */
  | { readonly kind: 'frame'; readonly jpeg: Uint8Array }
  /** A part that is no whole JPEG, or no part at all. */
  | { readonly kind: 'broken'; readonly because: 'not-jpeg' | 'truncated' | 'too-large' | 'bad-header' };

export type MultipartLimits = {
  /** Default 4 MB. */
  readonly frame_bytes?: number;
  /** Headers of one part, default 8 kB. */
  readonly header_bytes?: number;
};

const CRLF = Buffer.from('\r\n');
const endOfHeaders = Buffer.from('\r\n\r\n');
const startOfImage = 0xd8;
const endOfImage = 0xd9;
/** Padding after EOI that cameras are known to send. */
const isPadding = (byte: number | undefined): boolean => byte === 0x00 || byte === 0x0d || byte === 0x0a;

/** Boundary parameter of a Content-Type; undefined when this is no stream of pictures. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/x-mixed-replace\s*;.*?boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(
    contentType ?? '',
  );
  return match?.[1] ?? match?.[2];
}

/** JPEG without padding behind EOI, or why it is none. */
function asJPEG(body: Buffer): { jpeg: Buffer } | { because: 'not-jpeg' | 'truncated' } {
  if (body[0] !== 0xff || body[1] !== startOfImage) return { because: 'not-jpeg' };
  let end = body.length;
  while (end > 0 && isPadding(body[end - 1])) end--;
  if (end < 4 || body[end - 2] !== 0xff || body[end - 1] !== endOfImage) return { because: 'truncated' };
  return { jpeg: body.subarray(0, end) };
}

type State =
  | { readonly name: 'boundary' }
  | { readonly name: 'headers' }
  | { readonly name: 'counted'; readonly length: number }
  /** No Content-Length: the body ends where the next boundary stands. `searched`: bytes that hold no boundary. */
  | { readonly name: 'open'; readonly searched: number };

export class MultipartParser {
  readonly #delimiter: Buffer;
  readonly #frameLimit: number;
  readonly #headerLimit: number;
  #buffer = Buffer.alloc(0);
  /** Bytes in use at the beginning of the buffer. */
  #used = 0;
  #state: State = { name: 'boundary' };

  constructor(boundary: string, limits: MultipartLimits = {}) {
    // Some cameras declare the boundary with its dashes.
    this.#delimiter = Buffer.from(boundary.startsWith('--') ? boundary : `--${boundary}`, 'latin1');
    this.#frameLimit = limits.frame_bytes ?? 4 * 1024 * 1024;
    this.#headerLimit = limits.header_bytes ?? 8 * 1024;
  }

  /** Bytes held until their picture is complete. */
  get held_bytes(): number {
    return this.#used;
  }

  push(chunk: Uint8Array): MultipartItem[] {
    this.#append(chunk);
    const items: MultipartItem[] = [];
    for (;;) {
      const item = this.#step();
      if (item === 'more') return items;
      if (item !== 'next') items.push(item);
    }
  }

  #step(): MultipartItem | 'next' | 'more' {
    switch (this.#state.name) {
      case 'boundary':
        return this.#findBoundary();
      case 'headers':
        return this.#readHeaders();
      case 'counted':
        return this.#readCounted(this.#state.length);
      default:
        return this.#readOpen(this.#state.searched);
    }
  }

  #findBoundary(): 'next' | 'more' {
    const at = this.#find(this.#delimiter, 0);
    if (at < 0) {
      this.#consume(Math.max(0, this.#used - this.#delimiter.length + 1));
      return 'more';
    }
    this.#consume(at + this.#delimiter.length);
    this.#state = { name: 'headers' };
    return 'next';
  }

  #readHeaders(): MultipartItem | 'next' | 'more' {
    const end = this.#find(endOfHeaders, 0);
    if (end > this.#headerLimit || (end < 0 && this.#used > this.#headerLimit)) {
      this.#state = { name: 'boundary' };
      return { kind: 'broken', because: 'bad-header' };
    }
    if (end < 0) return 'more';
    const headers = this.#buffer.toString('latin1', 0, end);
    const declared = /^content-length:[ \t]*(\d{1,12})[ \t]*$/im.exec(headers)?.[1];
    this.#consume(end + endOfHeaders.length);
    if (declared === undefined) {
      this.#state = { name: 'open', searched: 0 };
      return 'next';
    }
    const length = Number(declared);
    if (length > this.#frameLimit) {
      this.#state = { name: 'boundary' };
      return { kind: 'broken', because: 'too-large' };
    }
    this.#state = { name: 'counted', length };
    return 'next';
  }

  #readCounted(length: number): MultipartItem | 'more' {
    if (this.#used < length) return 'more';
    const result = asJPEG(this.#buffer.subarray(0, length));
    this.#state = { name: 'boundary' };
    // A wrong length may have swallowed the next part: a bad body is searched for a boundary, not skipped.
    if ('because' in result) return { kind: 'broken', because: result.because };
    const jpeg = Uint8Array.from(result.jpeg);
    this.#consume(length);
    return { kind: 'frame', jpeg };
  }

  #readOpen(searched: number): MultipartItem | 'more' {
    const at = this.#find(this.#delimiter, searched);
    if (at < 0) {
      if (this.#used > this.#frameLimit) {
        this.#state = { name: 'boundary' };
        return { kind: 'broken', because: 'too-large' };
      }
      this.#state = { name: 'open', searched: Math.max(0, this.#used - this.#delimiter.length + 1) };
      return 'more';
    }
    const hasBreak = at >= CRLF.length && this.#buffer.subarray(at - CRLF.length, at).equals(CRLF);
    const result = asJPEG(this.#buffer.subarray(0, hasBreak ? at - CRLF.length : at));
    const item: MultipartItem =
      'because' in result
        ? { kind: 'broken', because: result.because }
        : { kind: 'frame', jpeg: Uint8Array.from(result.jpeg) };
    this.#consume(at);
    this.#state = { name: 'boundary' };
    return item;
  }

  #find(what: Buffer, from: number): number {
    return this.#buffer.subarray(0, this.#used).indexOf(what, from);
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#used + chunk.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(needed, Math.min(this.#buffer.length * 2, this.#frameLimit)));
      this.#buffer.copy(grown, 0, 0, this.#used);
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#used);
    this.#used = needed;
  }

  #consume(count: number): void {
    this.#buffer.copyWithin(0, count, this.#used);
    this.#used -= count;
  }
}
