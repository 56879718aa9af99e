/**
 * The same network in a form that ONNX Runtime computes faster. Its fast convolutions want the channels in blocks; an
 * operation that knows no blocks costs two reorderings of the whole tensor besides its own slow loop. Two rules, both exact
 * up to the rounding of 32-bit floats:
 *
 * - Channels between convolutions are filled up with zeros to whole blocks.
 * - PRelu(x) with slope s is s x + max(0, (1 - s) x): two depthwise 1 x 1 convolutions, the second added by the first.
 */
import { type Floats, type GraphNode, integerOf, readGraph, writeGraph } from './onnx-graph.ts';
import { attributeMessage } from './onnx-protobuf.ts';

/** The model file as the runtime is given it; without PRelu the one that it is. Throws ONNXGraphError for other bytes. */
export function runtimeForm(model: Uint8Array): Uint8Array {
  const { nodes, floats } = readGraph(model);
  if (!nodes.some(({ op }) => op === 'PRelu')) return model;
  const graph = new Graph(nodes, floats);
  graph.fillBlocks();
  graph.replacePRelu();
  return writeGraph(model, graph);
}

/** Channels of a block with AVX-512; with AVX2 and NEON it is 8. */
const block = 16;

type Weights = Floats & { readonly name: string };

class Graph {
  nodes: readonly GraphNode[];
  readonly floats: Map<string, Floats>;

  constructor(nodes: readonly GraphNode[], floats: ReadonlyMap<string, Floats>) {
    this.nodes = nodes;
    this.floats = new Map(floats);
  }

  /** Only where every channel comes out of a convolution and goes into one: what is added to them adds nothing. */
  fillBlocks(): void {
    for (const tensors of this.#chains()) {
      const producer = this.nodes.find(({ outputs }) => tensors.has(outputs[0] ?? ''));
      const channels = this.#constant(producer, 1)?.shape[0] ?? 0;
      const filled = Math.ceil(channels / block) * block;
      if (filled > channels) this.nodes = this.nodes.map((node) => this.#filled(node, tensors, filled));
    }
  }

  /** Tensors with the same channels, bound to each other by depthwise convolutions and PRelu and by nothing else. */
  #chains(): ReadonlySet<string>[] {
    const chains: Set<string>[] = [];
    for (const node of this.nodes) {
      if (!this.#isPerChannel(node)) continue;
      const [from = '', to = ''] = [node.inputs[0], node.outputs[0]];
      const joined = chains.filter((chain) => chain.has(from) || chain.has(to));
      for (const chain of joined) chains.splice(chains.indexOf(chain), 1);
      chains.push(new Set([from, to, ...joined.flatMap((chain) => [...chain])]));
    }
    return chains.filter((chain) => [...chain].every((tensor) => this.#isBetweenConvolutions(tensor)));
  }

  #isBetweenConvolutions(tensor: string): boolean {
    const isFit = (node: GraphNode): boolean => this.#isPerChannel(node) || this.#isDense(node);
    const producers = this.nodes.filter(({ outputs }) => outputs.includes(tensor));
    const consumers = this.nodes.filter(({ inputs }) => inputs.includes(tensor));
    return producers.length > 0 && consumers.length > 0 && [...producers, ...consumers].every(isFit);
  }

  #isPerChannel(node: GraphNode): boolean {
    const values = this.#constant(node, 1);
    if (node.op === 'PRelu') return values !== undefined && isChannelsFirst(values.shape);
    return node.op === 'Conv' && values !== undefined && groupsOf(node) > 1 && groupsOf(node) === values.shape[0];
  }

  #isDense(node: GraphNode): boolean {
    return node.op === 'Conv' && this.#constant(node, 1) !== undefined && groupsOf(node) === 1;
  }

  #constant({ inputs }: Pick<GraphNode, 'inputs'> = { inputs: [] }, position: number): Weights | undefined {
    const name = inputs[position] ?? '';
    const found = this.floats.get(name);
    return found && { ...found, name };
  }

  /** The node with `channels` of them in each tensor of the chain. */
  #filled(node: GraphNode, chain: ReadonlySet<string>, channels: number): GraphNode {
    const [comesIn, goesOut] = [chain.has(node.inputs[0] ?? ''), chain.has(node.outputs[0] ?? '')];
    if (!comesIn && !goesOut) return node;
    const isDense = this.#isDense(node);
    if (goesOut || !isDense) for (const position of [1, 2]) this.#lengthen(this.#constant(node, position), 0, channels);
    if (comesIn && isDense) this.#lengthen(this.#constant(node, 1), 1, channels);
    if (isDense || node.op !== 'Conv') return node;
    return { ...node, attributes: new Map([...node.attributes, ['group', attributeMessage('group', channels)]]) };
  }

  /** Zeros at the end of one axis of a constant. */
  #lengthen(constant: Weights | undefined, axis: number, length: number): void {
    if (constant === undefined) return;
    const { name, shape, values } = constant;
    const inner = shape.slice(axis + 1).reduce((product, side) => product * side, 1);
    const from = (shape[axis] ?? 0) * inner;
    const out = new Float32Array((values.length / from) * length * inner);
    for (let i = 0; i * from < values.length; i += 1) {
      out.set(values.subarray(i * from, (i + 1) * from), i * length * inner);
    }
    this.floats.set(name, { shape: shape.with(axis, length), values: out });
  }

  replacePRelu(): void {
    this.nodes = this.nodes.flatMap((node) => {
      const slope = node.op === 'PRelu' ? this.#constant(node, 1) : undefined;
      if (slope === undefined) return [node];
      const channels = slope.values.length;
      if (isChannelsFirst(slope.shape)) return this.#twoSteps(node, slope.values);
      if (slope.shape.at(-1) !== channels) return [node];
      // Channels last: the runtime takes out transpositions that follow each other.
      const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
      const inner = { ...node, inputs: [`${output}/first`], outputs: [`${output}/prelu`] };
      return [
        transpose(input, `${output}/first`, [0, 3, 1, 2]),
        ...this.#twoSteps(inner, slope.values),
        transpose(`${output}/prelu`, output, [0, 2, 3, 1]),
      ];
    });
  }

  /** With a slope above 1 in a channel, (1 - s) x and x have different signs there: the factor follows instead. */
  #twoSteps({ inputs: [input = ''], outputs: [output = ''] }: GraphNode, slope: Float32Array): GraphNode[] {
    const rest = slope.map((s) => 1 - s);
    const isSimple = slope.every((s) => s <= 1);
    const scaled = (from: string, values: Float32Array, to: string): GraphNode => {
      this.floats.set(`${to}/factor`, { shape: [values.length, 1, 1, 1], values });
      const attributes = { group: values.length, kernel_shape: [1, 1] };
      return {
        op: 'Conv',
        inputs: [from, `${to}/factor`],
        outputs: [to],
        attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attributeMessage(name, value)])),
      };
    };
    const relu = (from: string, to: string): GraphNode => plain('Relu', [from], to);
    const positive = isSimple
      ? [scaled(input, rest, `${output}/rest`), relu(`${output}/rest`, `${output}/positive`)]
      : [relu(input, `${output}/rest`), scaled(`${output}/rest`, rest, `${output}/positive`)];
    return [
      ...positive,
      scaled(input, slope, `${output}/whole`),
      plain('Add', [`${output}/whole`, `${output}/positive`], output),
    ];
  }
}

const groupsOf = (node: GraphNode): number => integerOf(node, 'group') ?? 1;

/** [channels, 1, 1]. */
const isChannelsFirst = (shape: readonly number[]): boolean =>
  shape.length === 3 && shape[0] !== 1 && shape[1] === 1 && shape[2] === 1;

const plain = (op: string, inputs: readonly string[], output: string): GraphNode => ({
  op,
  inputs,
  outputs: [output],
  attributes: new Map(),
});

function transpose(input: string, output: string, order: readonly number[]): GraphNode {
  return { ...plain('Transpose', [input], output), attributes: new Map([['perm', attributeMessage('perm', order)]]) };
}
