/** Ways in which an answer of a chip can be wrong, drawn from a seed. */
import { DeviceError } from '../../drivers/contracts/device.ts';

/** In [0, 1), the same again for the same seed. */
export type Random = () => number;

export const intBelow = (random: Random, limit: number): number => Math.floor(random() * limit);
export const pick = <T>(random: Random, list: readonly T[]): T => {
  const chosen = list[intBelow(random, list.length)];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
};

const bytesOf = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => intBelow(random, 256));

const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

/** What a mutation can draw from beside the answer itself. */
export type MutationContext = {
  readonly random: Random;
  /** Answers of this dialogue before, and of other dialogues. */
  readonly others: readonly Uint8Array[];
};

type Mutation = (bytes: Uint8Array, context: MutationContext) => Uint8Array;

const flipBits: Mutation = (bytes, { random }) => {
  const copy = bytes.slice();
  for (let i = intBelow(random, 4); i >= 0 && copy.length > 0; i--) {
    const at = intBelow(random, copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << intBelow(random, 8));
  }
  return copy;
};

const truncate: Mutation = (bytes, { random }) => bytes.slice(0, intBelow(random, bytes.length + 1));

const extend: Mutation = (bytes, { random }) => {
  const length = random() < 0.02 ? 70_000 : 1 + intBelow(random, 40);
  return join(bytes, bytesOf(random, length));
};

const insert: Mutation = (bytes, { random }) => {
  const at = intBelow(random, bytes.length + 1);
  return join(bytes.slice(0, at), bytesOf(random, 1 + intBelow(random, 4)), bytes.slice(at));
};

/** Four gigabytes, 64 kB, indefinite, reserved, nothing, a length of lengths that never ends. */
const lengths: readonly (readonly number[])[] = [
  [0x84, 0xff, 0xff, 0xff, 0xff],
  [0x83, 0xff, 0xff, 0xff],
  [0x82, 0xff, 0xff],
  [0x81, 0xff],
  [0x80],
  [0xff],
  [0x00],
  [0x88, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01],
];

/** Puts a length where one may stand: after the first tag, or anywhere. */
const relength: Mutation = (bytes, { random }) => {
  const at = random() < 0.5 ? 1 : intBelow(random, bytes.length + 1);
  const length = Uint8Array.from(pick(random, lengths));
  return join(bytes.slice(0, at), length, bytes.slice(random() < 0.5 ? at + 1 : at + length.length));
};

/** Data objects in data objects, deeper than any parser should follow. */
const nest: Mutation = (bytes, { random }) => {
  const tag = pick(random, [0x30, 0x31, 0x61, 0x75, 0x77, 0x7c, 0xa0]);
  const depth = 1 + intBelow(random, 80);
  let inner: Uint8Array = bytes.slice(0, 90);
  for (let level = 0; level < depth && inner.length < 240; level++) {
    inner =
      inner.length < 0x80
        ? join(Uint8Array.of(tag, inner.length), inner)
        : join(Uint8Array.of(tag, 0x81, inner.length), inner);
  }
  return join(inner, Uint8Array.of(0x90, 0x00));
};

const zero: Mutation = (bytes) => new Uint8Array(bytes.length);
const nothing: Mutation = () => new Uint8Array(0);
const onlyStatus: Mutation = (bytes) => bytes.slice(-2);
const twice: Mutation = (bytes) => join(bytes.slice(0, -2), bytes);
const other: Mutation = (bytes, { random, others }) => (others.length === 0 ? bytes.slice(1) : pick(random, others));

const statusWords = [
  0x9000, 0x6282, 0x6283, 0x6300, 0x63c0, 0x6700, 0x6882, 0x6982, 0x6985, 0x6986, 0x6987, 0x6988, 0x6a80, 0x6a82,
  0x6a86, 0x6b00, 0x6c00, 0x6c01, 0x6cff, 0x6d00, 0x6e00, 0x6f00, 0x6100, 0x6101, 0x61ff, 0x0000, 0xffff,
] as const;

const otherStatus: Mutation = (bytes, { random }) => {
  const word = pick(random, statusWords);
  const data = random() < 0.5 ? bytes.slice(0, -2) : new Uint8Array(0);
  return join(data, Uint8Array.of(word >> 8, word & 0xff));
};

export const mutations = {
  flipBits,
  truncate,
  extend,
  insert,
  relength,
  nest,
  zero,
  nothing,
  onlyStatus,
  twice,
  other,
  otherStatus,
} as const satisfies Record<string, Mutation>;

const all = Object.values(mutations);

/** A wrong answer; may by chance be the right one. */
export function mutated(bytes: Uint8Array, context: MutationContext): Uint8Array {
  const once = pick(context.random, all)(bytes, context);
  return context.random() < 0.2 ? pick(context.random, all)(once, context) : once;
}

/** What a line says when no answer comes. */
export function lineFailure(random: Random): DeviceError {
  return new DeviceError(
    pick(random, ['CHIP_LOST', 'DEVICE_TIMEOUT', 'DEVICE_DISCONNECTED', 'DEVICE_PROTOCOL', 'DEVICE_BUSY'] as const),
  );
}
