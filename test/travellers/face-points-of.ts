/** The points of each simulated person's face as the mesh network finds them on the level cut-out. */
import { meshInput, readMesh, viewOfBox, viewOfMesh } from '../../biometrics/mesh.ts';
import type { MeshPoint, MeshView } from '../../biometrics/mesh.ts';
import type { RGBImage } from '../../biometrics/image.ts';
import { modelFolder } from '../../models/provision.ts';
import { readManifest } from '../../models/manifest.ts';
import { openModel } from '../../models/verify.ts';
import { cutOut } from '../../simulator/travellers/cut-out.ts';
import { meshNumbers } from '../../simulator/travellers/face-points.ts';
import { listPeople } from '../../simulator/travellers/people.ts';

const plan = { width_px: 800, height_px: 900, eyes: { x: 400, y: 380 }, interEye_px: 160, roll_deg: 0 };
const background = 150;
/** Stored with three decimals: a thousandth of the eye distance is a fifteenth of a millimetre. */
const decimals = 1000;

/** x, y, z of each of `meshNumbers` after one another, by person, in eye distances from the middle between the eyes. */
export async function measureFacePoints(): Promise<Record<string, number[]>> {
  const model = await openModel('facemesh', readManifest().models.facemesh, modelFolder);
  const run = async (image: RGBImage, view: MeshView): Promise<readonly MeshPoint[]> => {
    const outputs = Object.values(await model.run(meshInput(image, view)));
    const points = outputs.find((output) => output.length === 1404) ?? new Float32Array(0);
    const face = outputs.find((output) => output.length === 1) ?? new Float32Array(0);
    return readMesh(points, face, view).points;
  };
  const { eyes, interEye_px: unit } = plan;
  const box = { left: eyes.x - unit, right: eyes.x + unit, top: eyes.y - unit, bottom: eyes.y + 1.7 * unit };
  const found: Record<string, number[]> = {};
  for (const { id, live } of listPeople()) {
    const person = await cutOut(live, plan);
    const data = new Uint8Array((person.data.length / 4) * 3);
    for (let i = 0; i < data.length; i += 1) {
      const at = Math.floor(i / 3) * 4;
      const opacity = (person.data[at + 3] ?? 0) / 255;
      data[i] = background + opacity * ((person.data[at + (i % 3)] ?? 0) - background);
    }
    const image = { data, width_px: plan.width_px, height_px: plan.height_px };
    let view = viewOfBox(box);
    for (let pass = 0; pass < 2; pass += 1) view = viewOfMesh(await run(image, view));
    const points = await run(image, view);
    found[id] = meshNumbers.flatMap((number) => {
      const { x, y, z } = points[number] ?? { x: Number.NaN, y: Number.NaN, z: Number.NaN };
      return [(x - eyes.x) / unit, (y - eyes.y) / unit, z / unit].map((v) => Math.round(v * decimals) / decimals);
    });
  }
  return found;
}
