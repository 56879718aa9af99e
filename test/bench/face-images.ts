/** What the face benchmark looks at: the simulated persons in front of the camera, and their portraits. */
import { approach_ms, createLiveScene } from '../../simulator/travellers/live-frames.ts';
import { listPeople } from '../../simulator/travellers/people.ts';
import { provisionPhotographs } from '../../simulator/travellers/photographs.ts';
import { portraitOf } from '../../simulator/travellers/portraits.ts';
import type { FrameSize } from '../../simulator/travellers/scene.ts';

export type Subject = {
  readonly portrait: { readonly format: 'jpeg' | 'jpeg2000'; readonly bytes: Uint8Array };
  /** JPEG frames of one standing person, 300 ms apart. */
  readonly frames: readonly Uint8Array[];
};

const framesEach = 4;

export async function subjects(size: FrameSize): Promise<readonly Subject[]> {
  await provisionPhotographs();
  return Promise.all(
    listPeople().map(async ({ id }, seed) => {
      const scene = await createLiveScene(id, seed + 1, { size });
      const frames: Uint8Array[] = [];
      for (let i = 0; i < framesEach; i += 1) frames.push(await scene.frame(approach_ms + 500 + 300 * i));
      const { format, bytes } = await portraitOf(id);
      return { portrait: { format, bytes }, frames };
    }),
  );
}
