/** Several whole products side by side, each with ports and a folder of its own, for scenarios that wait most of the time. */
import type { Overrides } from '../../simulator/launch.ts';
import { Product, type ProductOptions } from './product.ts';

/** One that is not in use, and how its controller is configured. */
type Idle = { readonly product: Product; readonly configuration: string };

export class LanePool {
  readonly #options: ProductOptions;
  readonly #size: number;
  readonly #products: Product[] = [];
  readonly #idle: Idle[] = [];
  readonly #waiting: (() => void)[] = [];
  #starting = 0;

  constructor(size: number, options: ProductOptions) {
    this.#size = size;
    this.#options = options;
  }

  /** Every product that was started. */
  get products(): readonly Product[] {
    return this.#products;
  }

  /** Lends a product with this configuration; whoever waited longest is first. */
  async use<T>(configuration: Overrides, work: (product: Product) => Promise<T>): Promise<T> {
    const wanted = JSON.stringify(configuration);
    const idle = await this.#take(wanted);
    const { product } = idle;
    // What failed may have left anything behind: the next one starts its controller anew.
    let left = 'in doubt';
    try {
      if (idle.configuration !== wanted) await product.configure(configuration);
      const result = await work(product);
      left = wanted;
      return result;
    } finally {
      this.#idle.push({ product, configuration: left });
      this.#waiting.shift()?.();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#products.map((product) => product.stop()));
  }

  async remove(): Promise<void> {
    await Promise.all(this.#products.map((product) => product.remove()));
  }

  /** One that is configured as wanted if there is one: to change that takes a start. */
  async #take(wanted: string): Promise<Idle> {
    for (;;) {
      const fitting = this.#idle.findIndex(({ configuration }) => configuration === wanted);
      const [idle] = this.#idle.splice(Math.max(0, fitting), 1);
      if (idle !== undefined) return idle;
      if (this.#starting < this.#size) return this.#start();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #start(): Promise<Idle> {
    this.#starting++;
    const product = await Product.start(this.#options);
    this.#products.push(product);
    return { product, configuration: JSON.stringify({}) };
  }
}
