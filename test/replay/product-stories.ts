/** Passages through the whole product: controller process, simulated devices on their wires, real inspection and face. */
import { findScenario } from '../../simulator/scenarios/scenarios.ts';
import { Product } from '../scenarios/product.ts';
import type { Recording } from './recording.ts';
import { recordingsIn } from './recordings-in.ts';

/** Throws on a scenario that there is none of. */
export async function productStories(names: readonly string[]): Promise<ReadonlyMap<string, Recording>> {
  const found = new Map<string, Recording>();
  for (const name of names) {
    const scenario = findScenario(name);
    if (scenario === undefined) throw new Error(`SCENARIO_UNKNOWN: ${name}`);
    const product = await Product.start({ configuration: scenario.lane ?? {} });
    try {
      await product.ready();
      await product.cross(name, { fast: true, officer_ms: 500 });
      await product.stop();
      const from = `the product, scenario ${name}`;
      for (const [subject, recording] of recordingsIn(product.journalFile, {
        title: scenario.title,
        recordedFrom: from,
      })) {
        // One passage a scenario, and the lane around it.
        found.set(subject === 'lane' ? `product-lane-${name}` : `product-${name}`, recording);
      }
    } finally {
      await product.remove();
    }
  }
  return found;
}
