/** Before any test: the face models and the photographs of the simulated travellers are in the cache, or the run ends. */
import { provisionModels } from '../models/provision.ts';
import { provisionPhotographs } from '../simulator/travellers/photographs.ts';

export async function setup(): Promise<void> {
  const models = await provisionModels();
  const photographs = await provisionPhotographs();
  console.log(`Face models: ${models}, photographs: ${photographs}`);
}
