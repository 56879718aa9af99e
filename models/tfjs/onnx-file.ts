/**
 * Writing an ONNX model (opset 18): nodes, constants, inputs and outputs in the protobuf form of onnx.proto3, whose
 * field numbers stand beside the names. Only what a converted network needs is written, nothing is read.
 */

/** An attribute of a node: one integer, or a list of them. */
export type AttributeValue = number | readonly number[] | string;

const OPSET = 18;
const IR_VERSION = 8;

const ElementType = { FLOAT: 1, INT64: 7 } as const;
const AttributeType = { INT: 2, STRING: 3, INTS: 7 } as const;

/** Fields of onnx.proto3. */
const Model = { IR_VERSION: 1, PRODUCER: 2, GRAPH: 7, OPSET: 8 } as const;
const OperatorSet = { DOMAIN: 1, VERSION: 2 } as const;
const Graph = { NODE: 1, NAME: 2, INITIALIZER: 5, INPUT: 11, OUTPUT: 12 } as const;
const Node = { INPUT: 1, OUTPUT: 2, NAME: 3, OP_TYPE: 4, ATTRIBUTE: 5 } as const;
const Attribute = { NAME: 1, I: 3, S: 4, INTS: 8, TYPE: 20 } as const;
const Tensor = { DIMS: 1, DATA_TYPE: 2, NAME: 8, RAW_DATA: 9 } as const;
const ValueInfo = { NAME: 1, TYPE: 2 } as const;
const Type = { TENSOR: 1 } as const;
const TensorType = { ELEMENT: 1, SHAPE: 2 } as const;
const Shape = { DIMENSION: 1 } as const;
const Dimension = { VALUE: 1 } as const;

export class ONNXFile {
  readonly #name: string;
  readonly #nodes: Uint8Array[] = [];
  readonly #initializers: Uint8Array[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #outputs: Uint8Array[] = [];
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** A tensor name that nothing else has. */
  fresh(): string {
    this.#count += 1;
    return `t${this.#count}`;
  }

  /** Adds a node and returns the name of its output. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output: string = this.fresh(),
  ): string {
    this.#nodes.push(
      concat(
        ...inputs.map((input) => text(Node.INPUT, input)),
        text(Node.OUTPUT, output),
        text(Node.NAME, output),
        text(Node.OP_TYPE, op),
        ...Object.entries(attributes).map(([name, value]) => message(Node.ATTRIBUTE, attribute(name, value))),
      ),
    );
    return output;
  }

  /** Adds a constant of 32-bit floats and returns its name. */
  floats(shape: readonly number[], values: Float32Array, name: string = this.fresh()): string {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
    return this.#constant(name, shape, ElementType.FLOAT, bytes);
  }

  /** Adds a constant of 64-bit integers and returns its name. */
  integers(shape: readonly number[], values: ArrayLike<number>, name: string = this.fresh()): string {
    const bytes = Buffer.alloc(8 * values.length);
    Array.from(values).forEach((value, i) => bytes.writeBigInt64LE(BigInt(value), 8 * i));
    return this.#constant(name, shape, ElementType.INT64, bytes);
  }

  input(name: string, shape: readonly number[]): void {
    this.#inputs.push(valueInfo(name, shape));
  }

  output(name: string, shape: readonly number[]): void {
    this.#outputs.push(valueInfo(name, shape));
  }

  /** The model as a file; the same calls give the same bytes. */
  bytes(): Uint8Array {
    const graph = concat(
      ...this.#nodes.map((node) => message(Graph.NODE, node)),
      text(Graph.NAME, this.#name),
      ...this.#initializers.map((tensor) => message(Graph.INITIALIZER, tensor)),
      ...this.#inputs.map((value) => message(Graph.INPUT, value)),
      ...this.#outputs.map((value) => message(Graph.OUTPUT, value)),
    );
    return concat(
      integer(Model.IR_VERSION, IR_VERSION),
      text(Model.PRODUCER, 'border-gate-controller'),
      message(Model.GRAPH, graph),
      message(Model.OPSET, concat(text(OperatorSet.DOMAIN, ''), integer(OperatorSet.VERSION, OPSET))),
    );
  }

  #constant(name: string, shape: readonly number[], elementType: number, bytes: Uint8Array): string {
    this.#initializers.push(
      concat(
        ...shape.map((side) => integer(Tensor.DIMS, side)),
        integer(Tensor.DATA_TYPE, elementType),
        text(Tensor.NAME, name),
        message(Tensor.RAW_DATA, bytes),
      ),
    );
    return name;
  }
}

function attribute(name: string, value: AttributeValue): Uint8Array {
  if (typeof value === 'number') return typed(name, AttributeType.INT, integer(Attribute.I, value));
  if (typeof value === 'string') return typed(name, AttributeType.STRING, text(Attribute.S, value));
  return typed(name, AttributeType.INTS, concat(...value.map((item) => integer(Attribute.INTS, item))));
}

const typed = (name: string, type: number, value: Uint8Array): Uint8Array =>
  concat(text(Attribute.NAME, name), value, integer(Attribute.TYPE, type));

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dimensions = shape.map((side) => message(Shape.DIMENSION, integer(Dimension.VALUE, side)));
  const tensor = concat(
    integer(TensorType.ELEMENT, ElementType.FLOAT),
    message(TensorType.SHAPE, concat(...dimensions)),
  );
  return concat(text(ValueInfo.NAME, name), message(ValueInfo.TYPE, message(Type.TENSOR, tensor)));
}

const WireType = { VARINT: 0, LENGTH_DELIMITED: 2 } as const;

const integer = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...varint((field << 3) | WireType.VARINT), ...varint(value)]);

const text = (field: number, value: string): Uint8Array => message(field, Buffer.from(value, 'utf8'));

const message = (field: number, content: Uint8Array): Uint8Array =>
  concat(Uint8Array.from([...varint((field << 3) | WireType.LENGTH_DELIMITED), ...varint(content.length)]), content);

/** Protocol buffers encoding: seven bits a byte, the lowest first; negative numbers as 64-bit two's complement. */
function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const octets: number[] = [];
  while (rest >= 0x80n) {
    octets.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...octets, Number(rest)];
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
