/**
 * The signals of a presentation attack whose errors can be measured on single pictures. A further signal is one more
 * entry of the list; the tables follow. Signals over several frames cannot be judged by pictures.
 */
import { passiveSignal, rectangleSignal } from '../attack/frame-signals.ts';
import type { AttackSignal } from '../attack/signal.ts';
import { detectionInput, detectionLuma, detectionView, inView } from '../detect.ts';
import type { Face } from '../detect.ts';
import type { RGBImage } from '../image.ts';
import type { Models } from '../networks.ts';
import { attackCrop, attackInput, attackScales, joinProbabilities, liveProbability } from '../passive-attack.ts';

export type MeasuredSignal = {
  readonly name: string;
  /** 0…1, higher = more like a bona fide presentation. Null when this picture cannot be judged by it. */
  readonly judge: (models: Models, image: RGBImage, face: Face) => Promise<number | null>;
};

/** By name of the signal. */
export type AttackScores = Readonly<Record<string, number | null>>;

const valueOf = (signal: AttackSignal): number | null => (signal.status === 'measured' ? signal.value : null);

/** As the gate asks it: silent where the picture has no room for the surroundings. */
const passive: MeasuredSignal = {
  name: 'passive-network',
  judge: async (models, image, face) => valueOf(await passiveSignal(models.fr_liveness, image, face)),
};

/** The same network asked about every picture, for sets of tight crops. */
const passiveAnyContext: MeasuredSignal = {
  name: 'passive-network-any-context',
  judge: async (models, image, face) => {
    const probabilities: number[] = [];
    for (const scale of attackScales) {
      const { output } = await models.fr_liveness.run(attackInput(image, attackCrop(image, face, scale)));
      probabilities.push(liveProbability(output ?? new Float32Array(0)));
    }
    return joinProbabilities(probabilities);
  },
};

const rectangle: MeasuredSignal = {
  name: 'face-in-rectangle',
  judge: async (_models, image, face) => {
    const view = detectionView(image, 0);
    const luma = detectionLuma(detectionInput(image, view));
    const { width_px, height_px } = view;
    const found = valueOf(rectangleSignal({ luma, width_px, height_px, face: inView(view, face) }));
    // The signal grows with the edges of a sheet or a screen.
    return found === null ? null : 1 - found;
  },
};

export const measuredSignals: readonly MeasuredSignal[] = [passive, passiveAnyContext, rectangle];
