/** Writing an ONNX model (opset 18): nodes, constants, inputs and outputs. Only what a converted network needs. */
import {
  type AttributeValue,
  attributeMessage,
  concat,
  ElementType,
  Graph,
  integer,
  message,
  Model,
  nodeMessage,
  tensorMessage,
  text,
} from '../onnx-protobuf.ts';

const OPSET = 18;
const IR_VERSION = 8;

/** Fields of onnx.proto3 that nothing else here needs. */
const OperatorSet = { DOMAIN: 1, VERSION: 2 } as const;
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
    const written = Object.entries(attributes).map(([name, value]) => attributeMessage(name, value));
    this.#nodes.push(nodeMessage({ op, inputs, outputs: [output], attributes: written }));
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
    this.#initializers.push(tensorMessage(name, { shape, elementType, bytes }));
    return name;
  }
}

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dimensions = shape.map((side) => message(Shape.DIMENSION, integer(Dimension.VALUE, side)));
  const tensor = concat(
    integer(TensorType.ELEMENT, ElementType.FLOAT),
    message(TensorType.SHAPE, concat(...dimensions)),
  );
  return concat(text(ValueInfo.NAME, name), message(ValueInfo.TYPE, message(Type.TENSOR, tensor)));
}
