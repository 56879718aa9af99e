/**
 * TensorFlow.js graph model to ONNX: one rule for each operation that face networks of the MediaPipe family use; any
 * other is refused. Tensors keep the order of TensorFlow (batch, height, width, channels): every convolution and pool
 * stands between two transpositions, which ONNX Runtime takes out again when it loads the model.
 */
import type { AttributeValue } from '../onnx-protobuf.ts';
import { type GraphNode, GraphModelError, type Weight, closedShape, nodeOf, readGraphModel } from './graph-model.ts';
import { ONNXFile } from './onnx-file.ts';

export type Conversion = {
  /** Topology and weights as their package holds them. */
  readonly json: Uint8Array;
  readonly weights: Uint8Array;
  /** Outputs to keep, by the names of the model's signature. */
  readonly outputs: readonly string[];
  /** Name of the graph in the new file. */
  readonly name: string;
};

/** The ONNX file; the same input gives the same bytes. Throws GraphModelError. */
export function convertGraphModel({ json, weights, outputs, name }: Conversion): Uint8Array {
  const graph = readGraphModel(json, weights, outputs);
  const converter = new Converter(graph.weights, name);
  for (const node of graph.nodes) converter.convert(node);
  return converter.finish(graph.outputs);
}

class Converter {
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #file: ONNXFile;
  /** Where each node's value is found: the name of a tensor. */
  readonly #tensors = new Map<string, string>();

  constructor(weights: ReadonlyMap<string, Weight>, name: string) {
    this.#weights = weights;
    this.#file = new ONNXFile(name);
  }

  convert(node: GraphNode): void {
    if (node.op === 'Const') return;
    this.#tensors.set(node.name, this.#convert(node));
  }

  finish(
    outputs: readonly { readonly name: string; readonly node: string; readonly shape: readonly number[] }[],
  ): Uint8Array {
    for (const { name, node, shape } of outputs) {
      this.#file.node('Identity', [this.#tensor(node)], {}, name);
      this.#file.output(name, shape);
    }
    return this.#file.bytes();
  }

  #convert(node: GraphNode): string {
    const inputs = node.input.filter((input) => !input.startsWith('^')).map(nodeOf);
    const [first = '', second = ''] = inputs;
    switch (node.op) {
      case 'Placeholder':
        return this.#placeholder(node);
      case '_FusedConv2D':
      case 'Conv2D':
      case 'DepthwiseConv2dNative':
      case 'FusedDepthwiseConv2dNative':
        return this.#convolution(node, inputs);
      case 'MaxPool':
        return this.#maxPool(node, first);
      case 'AddV2':
        return this.#file.node('Add', [this.#tensor(first), this.#tensor(second)]);
      case 'Prelu':
        return this.#file.node('PRelu', [this.#tensor(first), this.#floats(second)]);
      case 'Pad':
        return this.#pad(first, second);
      case 'Reshape':
        return this.#reshape(first, second);
      case 'Sigmoid':
        return this.#file.node('Sigmoid', [this.#tensor(first)]);
      case 'Identity':
        return this.#tensor(first);
      default:
        throw new GraphModelError(`operation ${node.op} is not among those that are converted`);
    }
  }

  #placeholder(node: GraphNode): string {
    const name = node.name;
    this.#file.input(name, closedShape(node.attr['shape']?.shape ?? {}));
    return name;
  }

  /** Weights lie as height, width, input, output channels; ONNX wants the channels first, output before input. */
  #convolution(node: GraphNode, [input = '', weight = '', bias = '', slope = '']: readonly string[]): string {
    const isDepthwise = node.op.includes('Depthwise');
    const { shape, values } = this.#weight(weight);
    const [height = 0, width = 0, channels = 0, last = 0] = shape;
    const fused = strings(node, 'fused_ops');
    const kernel = isDepthwise
      ? this.#file.floats([channels * last, 1, height, width], permuted(values, height * width, channels * last))
      : this.#file.floats([last, channels, height, width], outputFirst(values, height * width, channels, last));
    const parts = [this.#channelsFirst(input), kernel];
    if (fused.includes('BiasAdd')) parts.push(this.#floats(bias));
    const convolved = this.#file.node('Conv', parts, {
      kernel_shape: [height, width],
      dilations: numbers(node, 'dilations').slice(1, 3),
      group: isDepthwise ? channels : 1,
      ...strides(node),
    });
    const value = this.#channelsLast(convolved);
    const activations = fused.filter((operation) => operation !== 'BiasAdd');
    if (activations.length === 0) return value;
    if (activations.join() !== 'Prelu') throw new GraphModelError(`fused operation ${activations.join()}`);
    return this.#file.node('PRelu', [value, this.#floats(slope)]);
  }

  #maxPool(node: GraphNode, input: string): string {
    const pooled = this.#file.node('MaxPool', [this.#channelsFirst(input)], {
      kernel_shape: numbers(node, 'ksize').slice(1, 3),
      ...strides(node),
    });
    return this.#channelsLast(pooled);
  }

  /** TensorFlow gives begin and end of each axis in turn; ONNX all begins, then all ends. */
  #pad(input: string, amounts: string): string {
    const { values } = this.#weight(amounts);
    const begins = values.filter((_, i) => i % 2 === 0);
    const ends = values.filter((_, i) => i % 2 === 1);
    const pads = this.#file.integers([values.length], [...begins, ...ends]);
    return this.#file.node('Pad', [this.#tensor(input), pads]);
  }

  #reshape(input: string, shape: string): string {
    const { values } = this.#weight(shape);
    return this.#file.node('Reshape', [this.#tensor(input), this.#file.integers([values.length], values)]);
  }

  #channelsFirst(node: string): string {
    return this.#file.node('Transpose', [this.#tensor(node)], { perm: [0, 3, 1, 2] });
  }

  #channelsLast(tensor: string): string {
    return this.#file.node('Transpose', [tensor], { perm: [0, 2, 3, 1] });
  }

  #tensor(node: string): string {
    const tensor = this.#tensors.get(node);
    if (tensor === undefined) throw new GraphModelError(`${node} is used before it is made`);
    return tensor;
  }

  #weight(name: string): Weight {
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new GraphModelError(`no weight ${name}`);
    return weight;
  }

  #floats(name: string): string {
    const { shape, values } = this.#weight(name);
    return this.#file.floats(shape, Float32Array.from(values));
  }
}

/** [place][channel] to [channel][place]. */
function permuted(values: Weight['values'], places: number, channels: number): Float32Array {
  return Float32Array.from({ length: values.length }, (_, i) => {
    const [channel, place] = [Math.floor(i / places), i % places];
    return values[place * channels + channel] ?? 0;
  });
}

/** [place][input][output] to [output][input][place]. */
function outputFirst(values: Weight['values'], places: number, inputs: number, outputs: number): Float32Array {
  return Float32Array.from({ length: values.length }, (_, i) => {
    const place = i % places;
    const input = Math.floor(i / places) % inputs;
    const output = Math.floor(i / (places * inputs));
    return values[(place * inputs + input) * outputs + output] ?? 0;
  });
}

function strides(node: GraphNode): Readonly<Record<string, AttributeValue>> {
  const padding = Buffer.from(node.attr['padding']?.s ?? '', 'base64').toString();
  if (padding !== 'SAME' && padding !== 'VALID') throw new GraphModelError(`padding ${padding}`);
  // TensorFlow puts the odd pixel of SAME at the end, as SAME_UPPER does.
  return { strides: numbers(node, 'strides').slice(1, 3), auto_pad: padding === 'SAME' ? 'SAME_UPPER' : 'VALID' };
}

const numbers = (node: GraphNode, attribute: string): readonly number[] =>
  (node.attr[attribute]?.list?.i ?? []).map(Number);

const strings = (node: GraphNode, attribute: string): readonly string[] =>
  (node.attr[attribute]?.list?.s ?? []).map((value) => Buffer.from(value, 'base64').toString());
