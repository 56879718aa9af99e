import { type TInteger, type TNumber, type TObject, type TOptional, Type } from 'typebox';
import {
  type AttackLimit,
  type AttackLimits,
  defaultAttackLimits,
  defaultCalibration,
  type QualityLimits,
} from '../../biometrics/index.ts';

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

/**
 * Unit and range of each limit of an attack signal; the defaults with their origin stand in biometrics/attack/attack-limits.json.
 * The permissive end of a range still objects to a clear attack: a camera may be fitted, no signal can be switched off.
 */
export const attackRanges: Readonly<Record<AttackLimit, Range>> = {
  passiveFrames_min: { unit: 'frames that the passive network has to see', minimum: 3, maximum: 8 },
  passiveLive_min: { unit: 'probability from which it says live', minimum: 0.5, maximum: 0.95 },
  passiveSuspect_max: {
    unit: 'probability below which a turn not followed is an attack',
    minimum: 0.05,
    maximum: 0.5,
  },
  passiveAttack_max: { unit: 'probability below which no turn of the head settles it', minimum: 0.001, maximum: 0.5 },
  rectangle_min: {
    unit: 'straight share of three sides from which there is an edge round the face',
    minimum: 0.5,
    maximum: 0.95,
  },
  secondFace_min: { unit: 'area of another face over the main one', minimum: 0.05, maximum: 0.5 },
  covered_max: { unit: 'score of the covered-face heuristic', minimum: 0.1, maximum: 0.8 },
  motion_min: { unit: 'grey levels below which nothing moves', minimum: 1, maximum: 64 },
  motionFrames_min: { unit: 'movements that are looked at', minimum: 1, maximum: 7 },
  repeated_max: { unit: 'frames that may come again byte for byte', minimum: 0, maximum: 5 },
  likeness_min: { unit: 'cosine to the frames before, below which it is another person', minimum: 0.2, maximum: 0.9 },
  turnLikeness_min: { unit: 'cosine to the frames before that a turned one needs', minimum: 0.2, maximum: 0.9 },
  turn_min_deg: { unit: 'degrees of yaw that a turn of the head needs', minimum: 20, maximum: 36 },
  flat_max: { unit: 'distance from a flat face over its spread, up to which it is flat', minimum: 0.15, maximum: 1 },
};

const isCount = (name: AttackLimit): boolean =>
  name === 'passiveFrames_min' || name === 'motionFrames_min' || name === 'repeated_max';

function attackLimit(name: AttackLimit): TNumber | TInteger {
  const { unit: description, ...range } = attackRanges[name];
  const options = { ...range, default: defaultAttackLimits[name], description };
  return isCount(name) ? Type.Integer(options) : Type.Number(options);
}

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
    attack: Type.Object(
      Object.fromEntries((Object.keys(attackRanges) as AttackLimit[]).map((name) => [name, attackLimit(name)])) as {
        [M in AttackLimit]: TNumber;
      },
      { ...closed, default: {}, description: 'limits of the signals of a presentation attack' },
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

/** Limits of attack signals that contradict each other, as sentences. */
export function attackConflicts(limits: AttackLimits): readonly string[] {
  const rising: readonly (readonly [AttackLimit, AttackLimit])[] = [
    ['passiveAttack_max', 'passiveSuspect_max'],
    ['passiveSuspect_max', 'passiveLive_min'],
    ['likeness_min', 'turnLikeness_min'],
  ];
  return rising.flatMap(([lower, upper]) =>
    limits[lower] <= limits[upper] ? [] : [`face.attack.${lower} must not be more than face.attack.${upper}`],
  );
}
