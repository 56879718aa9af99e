import { type TNumber, type TObject, type TOptional, Type } from 'typebox';
import { defaultCalibration, type QualityLimits } from '../../biometrics/index.ts';

const closed = { additionalProperties: false } as const;

type Measure = keyof QualityLimits;
type Range = { readonly unit: string; readonly minimum: number; readonly maximum: number };

const share = { minimum: 0, maximum: 1 } as const;
const degrees = { unit: 'degrees either way', minimum: 1, maximum: 60 } as const;

/** Unit and range of each limit; the defaults with their origin stand in biometrics/quality-limits.json. */
export const measureRanges: Readonly<Record<Measure, Range>> = {
  interEyeDistance_px: { unit: 'px of the picture as judged', minimum: 30, maximum: 600 },
  headSize: { unit: 'share of the picture’s height, eyes to chin', ...share },
  leftwardCrop: { unit: 'eye distances to the border', minimum: 0, maximum: 10 },
  rightwardCrop: { unit: 'eye distances to the border', minimum: 0, maximum: 10 },
  marginAbove: { unit: 'eye-to-chin distances to the border', minimum: 0, maximum: 10 },
  marginBelow: { unit: 'eye-to-chin distances to the border', minimum: 0, maximum: 10 },
  luminanceMean: { unit: 'share of full scale', ...share },
  luminanceVariance: { unit: 'share of full scale squared', minimum: 0, maximum: 0.25 },
  underExposure: { unit: 'share of the face with luminance 25 or less', ...share },
  overExposure: { unit: 'share of the face with luminance 247 or more', ...share },
  dynamicRange_bits: { unit: 'bits', minimum: 0, maximum: 8 },
  illuminationUniformity: { unit: 'histogram overlap', ...share },
  sharpness: { unit: 'Laplacian variance over luminance variance', minimum: 0, maximum: 2 },
  eyesOpen: { unit: 'probability that the more open eye is open', ...share },
  yaw_deg: degrees,
  pitch_deg: degrees,
  roll_deg: degrees,
  coverage: { unit: 'score of the covered-face heuristic', ...share },
};

type Limit = TObject<{ min: TOptional<TNumber>; max: TOptional<TNumber> }>;

/** The sides of a limit that the default has, and no other: a measure keeps its least, its most, or both. */
function limit(measure: Measure): Limit {
  const { unit: description, ...range } = measureRanges[measure];
  const { min, max } = defaultCalibration.limits[measure];
  return Type.Object(
    {
      ...(min === undefined ? {} : { min: Type.Number({ ...range, default: min, description }) }),
      ...(max === undefined ? {} : { max: Type.Number({ ...range, default: max, description }) }),
    },
    { ...closed, default: {} },
  ) as Limit;
}

/** What belongs to this lane’s camera and to how faces are captured before it. */
export const FaceSchema = Type.Object(
  {
    pitchZero_deg: Type.Number({
      minimum: -30,
      maximum: 30,
      default: defaultCalibration.pitchZero_deg,
      description: 'pitch that the mesh gives for a level face before this camera, degrees: measure it on site',
    }),
    quality: Type.Object(
      Object.fromEntries((Object.keys(measureRanges) as Measure[]).map((name) => [name, limit(name)])) as {
        [M in Measure]: Limit;
      },
      { ...closed, default: {}, description: 'limits of a frame that may be compared' },
    ),
    challenge: Type.Union(
      (['whenUndetermined', 'always', 'never'] as const).map((policy) => Type.Literal(policy)),
      {
        default: 'whenUndetermined',
        description:
          'when a traveller is asked to turn the head; with never, whoever the other signals leave open goes to an officer',
      },
    ),
  },
  { ...closed, default: {} },
);

/** Limits that contradict each other, as sentences. */
export function limitConflicts(quality: QualityLimits): readonly string[] {
  return (Object.keys(measureRanges) as Measure[]).flatMap((name) => {
    const { min, max } = quality[name];
    const holds = min === undefined || max === undefined || min < max;
    return holds ? [] : [`face.quality.${name}: min must be less than max`];
  });
}
