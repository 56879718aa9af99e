/**
 * Reading an ONNX model far enough to exchange nodes and constants, and writing it again. What is not understood here is
 * kept byte for byte. Only files whose hash was checked are read.
 */
import {
  Attribute,
  concat,
  ElementType,
  Graph,
  message,
  Model,
  Node,
  nodeMessage,
  Tensor,
  tensorMessage,
  WireType,
} from './onnx-protobuf.ts';

/** A constant of 32-bit floats. */
export type Floats = { readonly shape: readonly number[]; readonly values: Float32Array };

export type GraphNode = {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** By name, each as its protobuf message. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
};

export type ONNXGraph = {
  readonly nodes: readonly GraphNode[];
  readonly floats: ReadonlyMap<string, Floats>;
};

/** The bytes are no ONNX model that this reads. */
export class ONNXGraphError extends Error {
  override readonly name = 'ONNXGraphError';
}

export function readGraph(model: Uint8Array): ONNXGraph {
  const graph = fieldsOf(graphField(fieldsOf(model)));
  const nodes = graph.filter(({ number }) => number === Graph.NODE).map(({ content }) => readNode(content));
  const floats = new Map<string, Floats>();
  for (const { number, content } of graph) {
    if (number !== Graph.INITIALIZER) continue;
    const fields = fieldsOf(content);
    const constant = readFloats(fields);
    if (constant !== undefined) floats.set(textOf(fields, Tensor.NAME), constant);
  }
  return { nodes, floats };
}

/** The model with these nodes and constants of floats in place of its own; everything else stays. */
export function writeGraph(model: Uint8Array, { nodes, floats }: ONNXGraph): Uint8Array {
  const modelFields = fieldsOf(model);
  const kept = fieldsOf(graphField(modelFields)).filter(
    ({ number, content }) =>
      number !== Graph.NODE && !(number === Graph.INITIALIZER && rawFloats(fieldsOf(content)) !== undefined),
  );
  const graph = concat(
    ...nodes.map((node) => message(Graph.NODE, nodeMessage({ ...node, attributes: node.attributes.values() }))),
    ...kept.map(({ bytes }) => bytes),
    ...[...floats].map(([name, { shape, values }]) =>
      message(
        Graph.INITIALIZER,
        tensorMessage(name, { shape, elementType: ElementType.FLOAT, bytes: bytesOf(values) }),
      ),
    ),
  );
  return concat(
    ...modelFields.map((field) => (field.number === Model.GRAPH ? message(Model.GRAPH, graph) : field.bytes)),
  );
}

/** The integer of an attribute; undefined when the node has none of that name. */
export function integerOf({ attributes }: GraphNode, name: string): number | undefined {
  const content = attributes.get(name);
  return content && fieldsOf(content).find(({ number }) => number === Attribute.I)?.value;
}

function graphField(model: readonly Field[]): Uint8Array {
  const graph = model.find(({ number }) => number === Model.GRAPH);
  if (graph === undefined) throw new ONNXGraphError('no graph');
  return graph.content;
}

function readNode(content: Uint8Array): GraphNode {
  const fields = fieldsOf(content);
  const texts = (number: number): string[] =>
    fields.filter((field) => field.number === number).map((field) => utf8(field.content));
  const attributes = fields.filter(({ number }) => number === Node.ATTRIBUTE);
  return {
    op: textOf(fields, Node.OP_TYPE),
    inputs: texts(Node.INPUT),
    outputs: texts(Node.OUTPUT),
    attributes: new Map(attributes.map((field) => [textOf(fieldsOf(field.content), Attribute.NAME), field.content])),
  };
}

/** Undefined for constants of another type, or in another form than raw bytes. */
function rawFloats(fields: readonly Field[]): Uint8Array | undefined {
  const type = fields.find(({ number }) => number === Tensor.DATA_TYPE)?.value;
  return type === ElementType.FLOAT ? fields.find(({ number }) => number === Tensor.RAW_DATA)?.content : undefined;
}

function readFloats(fields: readonly Field[]): Floats | undefined {
  const raw = rawFloats(fields);
  if (raw === undefined) return undefined;
  const shape = fields.filter(({ number }) => number === Tensor.DIMS).map(({ value }) => value);
  // A copy, for raw bytes may begin anywhere; the lowest byte is first here as in the file (x64, arm64).
  return { shape, values: new Float32Array(new Uint8Array(raw).buffer) };
}

/** `content` of a field of bytes, `value` of an integer; `bytes` is the whole field as it stood. */
type Field = {
  readonly number: number;
  readonly value: number;
  readonly content: Uint8Array;
  readonly bytes: Uint8Array;
};

const nothing = new Uint8Array(0);

function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const octet = bytes[at];
      if (octet === undefined) throw new ONNXGraphError('the file breaks off');
      at += 1;
      value += (octet & 0x7f) * factor;
      if (octet < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const from = at;
    const key = varint();
    const wireType = key & 7;
    let value = Number.NaN;
    let content: Uint8Array = nothing;
    if (wireType === WireType.VARINT) value = varint();
    else {
      const length = lengthOf(wireType, varint);
      content = bytes.subarray(at, at + length);
      if (content.length !== length) throw new ONNXGraphError('the file breaks off');
      at += length;
    }
    fields.push({ number: key >>> 3, value, content, bytes: bytes.subarray(from, at) });
  }
  return fields;
}

function lengthOf(wireType: number, varint: () => number): number {
  if (wireType === WireType.LENGTH_DELIMITED) return varint();
  if (wireType === WireType.FIXED32) return 4;
  if (wireType === WireType.FIXED64) return 8;
  throw new ONNXGraphError(`wire type ${wireType}`);
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function textOf(fields: readonly Field[], number: number): string {
  return utf8(fields.find((field) => field.number === number)?.content ?? nothing);
}
