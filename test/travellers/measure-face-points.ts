/**
 * Measures where the points of each simulated person's face lie and prints `simulator/travellers/face-points.json`:
 *   node test/travellers/measure-face-points.ts > simulator/travellers/face-points.json
 * (then `npx biome format --write` on it).
 * Run it again after a change of the people or their photographs. The models have to be provisioned.
 */
import { measureFacePoints } from './face-points-of.ts';

const measured = await measureFacePoints();
const rows = Object.entries(measured).map(([id, values]) => `  "${id}": [${values.join(', ')}]`);
process.stdout.write(`{\n${rows.join(',\n')}\n}\n`);
