/** The faces of a picture that are faces: found by the detector, confirmed and turned to a pose by the mesh. */
import { mainFace } from './detect.ts';
import type { Face } from './detect.ts';
import type { RGBImage } from './image.ts';
import { meshInput, poseOf, readMesh, viewOfBox, viewOfMesh } from './mesh.ts';
import type { HeadPose, Mesh, MeshView } from './mesh.ts';
import type { VerifiedModel } from '../models/verify.ts';
import { ask, nothing } from './networks.ts';
import { secondFace_min } from './quality.ts';

/** Probability of a face in the crop. At 0.5 the mesh keeps 220 of 223 faces and 2 of 96 false detections. */
const meshFace_min = 0.5;
/** Boxes that are looked at, best first: a crowd costs no more than this many runs of the mesh. */
const boxes_max = 4;
/**
 * A second pass is run when the head leans further, degrees. Up to there the first pass differs from the second by less
 * than 3 degrees of yaw and 4.5 of pitch (99 % of the development set).
 */
const secondPassRoll_deg = 8;

export type ConfirmedFace = { readonly face: Face; readonly mesh: Mesh; readonly pose: HeadPose };

export type ConfirmedFaces = {
  /** The large central one. */
  readonly main: ConfirmedFace;
  /** Every face that counts, the main one among them: others at least half as wide. */
  readonly all: readonly Face[];
};

/**
 * The main face and the others near it; undefined without any. Boxes much smaller than the main one are no second
 * person in front of this camera and are not looked at.
 */
export async function confirmFaces(
  facemesh: VerifiedModel,
  image: RGBImage,
  found: readonly Face[],
): Promise<ConfirmedFaces | undefined> {
  let left = [...found];
  let main: ConfirmedFace | undefined;
  const all: Face[] = [];
  for (let runs = 0; runs < boxes_max; runs += 1) {
    const face = mainFace(left, image);
    if (face === undefined) break;
    left = left.filter((other) => other !== face);
    const mesh = await runMesh(facemesh, image, viewOfBox(face));
    if (!(mesh.face >= meshFace_min)) continue;
    all.push(face);
    if (main !== undefined) continue;
    main = { face, mesh, pose: poseOf(mesh.points) };
    // Small ones are put aside at once: they use up no run that a second person needs.
    const width_min = secondFace_min * (face.right - face.left);
    left = left.filter((other) => other.right - other.left >= width_min);
  }
  if (main === undefined) return undefined;
  return { main: await secondPass(facemesh, image, main), all };
}

async function secondPass(facemesh: VerifiedModel, image: RGBImage, first: ConfirmedFace): Promise<ConfirmedFace> {
  if (Math.abs(first.pose.roll_deg) <= secondPassRoll_deg) return first;
  const mesh = await runMesh(facemesh, image, viewOfMesh(first.mesh.points));
  // A second view that shows no face was turned by a first one that was wrong: the first stands.
  return mesh.face >= meshFace_min ? { face: first.face, mesh, pose: poseOf(mesh.points) } : first;
}

async function runMesh(facemesh: VerifiedModel, image: RGBImage, view: MeshView): Promise<Mesh> {
  const { output_mesh, output_faceflag } = await ask(facemesh, meshInput(image, view));
  return readMesh(output_mesh ?? nothing, output_faceflag ?? nothing, view);
}
