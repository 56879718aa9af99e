/** Reading a TensorFlow.js graph model: the topology (JSON) and the weights (one binary file beside it). */

export type Weight = { readonly shape: readonly number[]; readonly values: Float32Array | Int32Array };

/** Sides as decimal numbers; -1 is open. */
type OpenShape = { readonly dim?: readonly { readonly size: string }[] };

/** An attribute as protobuf's JSON form writes it; strings are base64. */
type Attribute = {
  readonly s?: string;
  readonly list?: { readonly i?: readonly (string | number)[]; readonly s?: readonly string[] };
  readonly shape?: OpenShape;
};

export type GraphNode = {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
};

export type GraphModel = {
  /** Those that the outputs need, every node after its inputs. */
  readonly nodes: readonly GraphNode[];
  readonly weights: ReadonlyMap<string, Weight>;
  readonly outputs: readonly GraphOutput[];
};

/** An output by the name of the signature; an open batch is 1. */
export type GraphOutput = { readonly name: string; readonly node: string; readonly shape: readonly number[] };

/** The file is no graph model of the kind that is read here. */
export class GraphModelError extends Error {
  override readonly name = 'GraphModelError';
}

type WeightEntry = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string };
};

type GraphModelFile = {
  readonly modelTopology: {
    readonly node: readonly { name: string; op: string; input?: string[]; attr?: Record<string, Attribute> }[];
  };
  readonly weightsManifest: readonly { readonly weights: readonly WeightEntry[] }[];
  readonly signature: {
    readonly outputs: Readonly<Record<string, { readonly name: string; readonly tensorShape: OpenShape }>>;
  };
};

/**
 * Reads both files, as far as the named outputs need them. Throws GraphModelError; the files are pinned by hash, so what
 * they hold is not hostile.
 */
export function readGraphModel(json: Uint8Array, weights: Uint8Array, wanted: readonly string[]): GraphModel {
  const file = JSON.parse(Buffer.from(json).toString('utf8')) as GraphModelFile;
  const nodes = new Map(
    file.modelTopology.node.map(({ name, op, input = [], attr = {} }) => [name, { name, op, input, attr }]),
  );
  const outputs = wanted.map((name) => {
    const output = file.signature.outputs[name];
    if (output === undefined) throw new GraphModelError(`no output ${name}`);
    return { name, node: nodeOf(output.name), shape: closedShape(output.tensorShape) };
  });
  const needed = outputs.map(({ node }) => node);
  return { nodes: inOrder(nodes, needed), weights: readWeights(file, weights), outputs };
}

/** Sides of a shape; an open batch is 1. */
export function closedShape(shape: OpenShape): readonly number[] {
  return (shape.dim ?? []).map(({ size }) => Math.max(1, Number(size)));
}

/** The node that an input names: `^name` is a control edge, `name:0` its first output. */
export function nodeOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:0$/, '');
}

function inOrder(nodes: ReadonlyMap<string, GraphNode>, outputs: readonly string[]): readonly GraphNode[] {
  const ordered = new Set<GraphNode>();
  const visit = (name: string): void => {
    const node = nodes.get(name);
    if (node === undefined) throw new GraphModelError(`no node ${name}`);
    if (ordered.has(node)) return;
    for (const input of node.input) visit(nodeOf(input));
    ordered.add(node);
  };
  outputs.forEach(visit);
  return [...ordered];
}

function readWeights(file: GraphModelFile, bytes: Uint8Array): ReadonlyMap<string, Weight> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const weights = new Map<string, Weight>();
  let at = 0;
  for (const entry of file.weightsManifest.flatMap((group) => group.weights)) {
    const length = entry.shape.reduce((product, side) => product * side, 1);
    const { values, size_bytes } = readValues(entry, view, at, length);
    weights.set(entry.name, { shape: entry.shape, values });
    at += length * size_bytes;
  }
  if (at !== bytes.length) throw new GraphModelError(`${bytes.length} bytes of weights, ${at} expected`);
  return weights;
}

function readValues(
  { name, dtype, quantization }: WeightEntry,
  view: DataView,
  at: number,
  length: number,
): { values: Weight['values']; size_bytes: number } {
  const stored = quantization?.dtype ?? dtype;
  switch (stored) {
    case 'float16':
      return {
        values: Float32Array.from({ length }, (_, i) => fromHalf(view.getUint16(at + 2 * i, true))),
        size_bytes: 2,
      };
    case 'float32':
      return { values: Float32Array.from({ length }, (_, i) => view.getFloat32(at + 4 * i, true)), size_bytes: 4 };
    case 'int32':
      return { values: Int32Array.from({ length }, (_, i) => view.getInt32(at + 4 * i, true)), size_bytes: 4 };
    default:
      throw new GraphModelError(`weight ${name} of type ${stored}`);
  }
}

/** IEEE 754 half precision. */
function fromHalf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
