/** Small named misfortunes of a serial line, at byte level. Each can be added to a line and taken off again. */

/** Bytes that go over the line together, `after_ms` after whatever went before them. */
export type Piece = {
  readonly bytes: Uint8Array;
  readonly after_ms: number;
  /** When the sender began, where that is known better than by the moment of the call; never in the future. */
  readonly begun_ms?: number;
};

export type Direction = 'toHost' | 'fromHost';

/** Entropy in [0, 1), passed in so that a seed repeats a run. */
export type Entropy = () => number;

export interface LineFault {
  readonly name: string;
  readonly direction: Direction | 'both';
  /** What becomes of one write. An empty list loses it. */
  apply(bytes: Uint8Array): readonly Piece[];
}

type Where = { readonly direction?: Direction | 'both' };

const whole = (bytes: Uint8Array, after_ms = 0): readonly Piece[] => [{ bytes, after_ms }];

/** Loses every n-th write, the n-th first. */
export function dropWrites(o: Where & { readonly every: number }): LineFault {
  let count = 0;
  return {
    name: 'drop',
    direction: o.direction ?? 'toHost',
    apply: (bytes) => (++count % o.every === 0 ? [] : whole(bytes)),
  };
}

/** Loses everything after the first `keep_bytes` of each write. */
export function truncateWrites(o: Where & { readonly keep_bytes: number }): LineFault {
  return {
    name: 'truncate',
    direction: o.direction ?? 'toHost',
    apply: (bytes) => whole(bytes.slice(0, o.keep_bytes)),
  };
}

/** Inverts one bit of a byte with the given probability for each byte. */
export function flipBits(o: Where & { readonly probability: number; readonly entropy: Entropy }): LineFault {
  return {
    name: 'flip',
    direction: o.direction ?? 'both',
    apply: (bytes) =>
      whole(bytes.map((byte) => (o.entropy() < o.probability ? byte ^ (1 << Math.floor(o.entropy() * 8)) : byte))),
  };
}

/** Holds each write back. */
export function delayWrites(o: Where & { readonly delay_ms: number }): LineFault {
  return { name: 'delay', direction: o.direction ?? 'toHost', apply: (bytes) => whole(bytes, o.delay_ms) };
}

/** Cuts each write into pieces with a gap between them. */
export function splitWrites(o: Where & { readonly size_bytes: number; readonly gap_ms: number }): LineFault {
  return {
    name: 'split',
    direction: o.direction ?? 'toHost',
    apply: (bytes) => {
      const pieces: Piece[] = [];
      for (let i = 0; i < bytes.length; i += o.size_bytes) {
        pieces.push({ bytes: bytes.slice(i, i + o.size_bytes), after_ms: i === 0 ? 0 : o.gap_ms });
      }
      return pieces;
    },
  };
}

/** Sends each write twice. */
export function duplicateWrites(o: Where = {}): LineFault {
  return {
    name: 'duplicate',
    direction: o.direction ?? 'toHost',
    apply: (bytes) => [...whole(bytes), ...whole(bytes)],
  };
}

/** Puts the given bytes before each write. */
export function noiseBefore(o: Where & { readonly noise: Uint8Array }): LineFault {
  return {
    name: 'noise',
    direction: o.direction ?? 'toHost',
    apply: (bytes) => [...whole(o.noise), ...whole(bytes)],
  };
}

/** Sends noise in place of each write. */
export function noiseOnly(o: Where & { readonly entropy: Entropy }): LineFault {
  return {
    name: 'noise-only',
    direction: o.direction ?? 'toHost',
    apply: (bytes) => whole(bytes.map(() => Math.floor(o.entropy() * 256))),
  };
}

/**
 * What a receiver makes of bytes sent at another rate: too many characters from a slower sender, too few from a faster
 * one, none of them right. The exact bits depend on the sampling instant of the receiver; this only keeps the count.
 */
export function garble(bytes: Uint8Array, rates: { readonly sender: number; readonly receiver: number }): Uint8Array {
  const length = Math.max(1, Math.round((bytes.length * rates.receiver) / rates.sender));
  const garbled = new Uint8Array(Math.min(length, bytes.length * 16));
  for (let i = 0; i < garbled.length; i++) {
    const byte = bytes[Math.floor((i * bytes.length) / garbled.length)] ?? 0;
    garbled[i] = (byte * 0x9d + i * 0x35 + 0xa7) & 0xff;
  }
  return garbled;
}
