/** The protobuf form of onnx.proto3, as far as it is needed here: numbers of fields beside their names, and how fields are written. */

export const Model = { IR_VERSION: 1, PRODUCER: 2, GRAPH: 7, OPSET: 8 } as const;
export const Graph = { NODE: 1, NAME: 2, INITIALIZER: 5, INPUT: 11, OUTPUT: 12 } as const;
export const Node = { INPUT: 1, OUTPUT: 2, NAME: 3, OP_TYPE: 4, ATTRIBUTE: 5 } as const;
export const Attribute = { NAME: 1, I: 3, S: 4, INTS: 8, TYPE: 20 } as const;
export const Tensor = { DIMS: 1, DATA_TYPE: 2, NAME: 8, RAW_DATA: 9 } as const;
export const ElementType = { FLOAT: 1, INT64: 7 } as const;
export const WireType = { VARINT: 0, FIXED64: 1, LENGTH_DELIMITED: 2, FIXED32: 5 } as const;
const AttributeType = { INT: 2, STRING: 3, INTS: 7 } as const;

/** An attribute of a node: one integer, a list of them, or a text. */
export type AttributeValue = number | readonly number[] | string;

export type NodeContent = {
  readonly op: string;
  readonly inputs: readonly string[];
  /** The first one names the node, too. */
  readonly outputs: readonly string[];
  /** Each as its message. */
  readonly attributes: Iterable<Uint8Array>;
};

export function nodeMessage({ op, inputs, outputs, attributes }: NodeContent): Uint8Array {
  return concat(
    ...inputs.map((input) => text(Node.INPUT, input)),
    ...outputs.map((output) => text(Node.OUTPUT, output)),
    text(Node.NAME, outputs[0] ?? ''),
    text(Node.OP_TYPE, op),
    ...Array.from(attributes, (content) => message(Node.ATTRIBUTE, content)),
  );
}

export function attributeMessage(name: string, value: AttributeValue): Uint8Array {
  if (typeof value === 'number') return typed(name, AttributeType.INT, integer(Attribute.I, value));
  if (typeof value === 'string') return typed(name, AttributeType.STRING, text(Attribute.S, value));
  return typed(name, AttributeType.INTS, concat(...value.map((item) => integer(Attribute.INTS, item))));
}

const typed = (name: string, type: number, value: Uint8Array): Uint8Array =>
  concat(text(Attribute.NAME, name), value, integer(Attribute.TYPE, type));

/** `bytes`: the elements, the lowest byte of each first. */
export function tensorMessage(
  name: string,
  { shape, elementType, bytes }: { shape: readonly number[]; elementType: number; bytes: Uint8Array },
): Uint8Array {
  return concat(
    ...shape.map((side) => integer(Tensor.DIMS, side)),
    integer(Tensor.DATA_TYPE, elementType),
    text(Tensor.NAME, name),
    message(Tensor.RAW_DATA, bytes),
  );
}

export const integer = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...varint((field << 3) | WireType.VARINT), ...varint(value)]);

export const text = (field: number, value: string): Uint8Array => message(field, Buffer.from(value, 'utf8'));

export const message = (field: number, content: Uint8Array): Uint8Array =>
  concat(Uint8Array.from([...varint((field << 3) | WireType.LENGTH_DELIMITED), ...varint(content.length)]), content);

/** Seven bits a byte, the lowest first; negative numbers as 64-bit two's complement. */
function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const octets: number[] = [];
  while (rest >= 0x80n) {
    octets.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...octets, Number(rest)];
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
