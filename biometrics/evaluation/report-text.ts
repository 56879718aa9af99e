/** An evaluation as lines for a terminal. */
import type { Rate } from './bootstrap.ts';
import type { Evaluation } from './evaluate.ts';
import type { Row, Section } from './measure.ts';
import { errors_min } from './rates.ts';

const none = 'no comparison';

export const percent = (value: number | null, digits = 2): string =>
  value === null ? none : `${(100 * value).toFixed(digits)} %`;

/** FMRs are small: written with an exponent, as in the standards. */
export const exponent = (value: number | null): string =>
  value === null ? none : value === 0 ? '0' : value.toExponential(2);

export const fnmrText = ({ value, interval95: [low, high] }: Rate): string =>
  `${percent(value)} (${(100 * low).toFixed(2)} … ${(100 * high).toFixed(2)})`;

export const fmrText = ({ value, interval95: [low, high] }: Rate): string =>
  `${exponent(value)} (${exponent(low)} … ${exponent(high)})`;

/** FMR as the reports name it: 1 in so many. */
export const targetText = (fmr: number): string => fmr.toExponential(0);

export const notMeasurable = (target: number, impostor: number): string =>
  `not measurable: ${impostor} comparisons allow ${Math.floor(target * impostor * (1 + 2 * Number.EPSILON))} false matches, ${errors_min} are needed`;

/** The sentences that belong to every report. */
export const caveats: readonly string[] = [
  'Intervals: 95 %, persons resampled. They say how far chance may have moved the figures on these pictures; they say ' +
    'nothing about other cameras or other people.',
  'Thresholds named at a target FMR were chosen on the same comparisons, which flatters them a little.',
  'Frames of an attempt are different photographs of a person. Frames of one video are more alike: a gain measured here ' +
    'is an upper limit.',
];

export function reportText(evaluation: Evaluation): string {
  const { dataset, settings, single, attempts, worst } = evaluation;
  return [
    `Data set: ${dataset.persons} persons, ${dataset.pictures} pictures (SHA-256 ${dataset.digest.slice(0, 12)}), ` +
      `${dataset.repeated} files repeat another, ${dataset.passedOver} other files passed over`,
    settings.isSimulated
      ? 'Simulated: chip portrait (JPEG 2000) against degraded frame, never from the same original'
      : 'Pictures as they are',
    ...acquisitionLines(evaluation),
    '',
    ...sectionLines(single),
    ...(attempts === null ? [] : attemptLines(evaluation)),
    ...groupLines(evaluation),
    '',
    'Most alike of different persons:',
    ...worst.impostor.map((p) => `  ${p.similarity.toFixed(3)}  ${p.reference}  ${p.probe}`),
    'Least alike of one person:',
    ...worst.genuine.map((p) => `  ${p.similarity.toFixed(3)}  ${p.reference}  ${p.probe}`),
    'Pictures least like the others of their person (mean similarity):',
    ...worst.pictures.map((p) => `  ${p.meanSimilarity.toFixed(3)}  ${p.file}`),
    `Genuine pairs above 0.98, perhaps one photograph twice: ${worst.suspectedRepeats}`,
    '',
    `Time per picture, ms (median, 95 %): ${evaluation.times
      .map(({ stage, median_ms, p95_ms }) => `${stage} ${median_ms.toFixed(1)}, ${p95_ms.toFixed(1)}`)
      .join('; ')}`,
    versionLine(evaluation),
    ...caveats,
  ].join('\n');
}

export const versionLine = ({ versions }: Evaluation): string =>
  `Measured with version ${versions.product}, steps ${versions.steps.slice(0, 12)}, manifest ` +
  `${versions.manifest.slice(0, 12)}, Node ${versions.node}, onnxruntime ${versions.onnxruntime}, sharp ${versions.sharp}`;

export function acquisitionLines({ failureToEnrol, failureToAcquire, refusable, settings }: Evaluation): string[] {
  const line = (name: string, { rate, of, byReason, files }: Evaluation['failureToEnrol']): string => {
    const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${count}`);
    const which = files.length === 0 ? '' : `: ${[...reasons, ...files].join(', ')}`;
    return `${name}: ${percent(rate)} of ${of}${which}`;
  };
  const refused =
    `As portraits the gate would refuse ${refusable.accompanied} pictures with more than one face and ` +
    `${refusable.small} too small ones; they are compared all the same`;
  return settings.isSimulated
    ? [
        line('Failure to enrol (chip portrait)', failureToEnrol),
        line('Failure to acquire (frame)', failureToAcquire),
        refused,
      ]
    : [line('Failure to enrol or acquire', failureToEnrol), refused];
}

function sectionLines({ name, frames, genuine, impostor, equalError, targets, fixed }: Section): string[] {
  return [
    `${name}, ${frames} frame${frames === 1 ? '' : 's'}: ${genuine} genuine, ${impostor} impostor; ` +
      `EER ${percent(equalError.rate)} at ${equalError.threshold.toFixed(4)}`,
    ...[...targets, ...fixed].map((row) => `  ${rowText(row, impostor)}`),
  ];
}

/** The two rates that operating points are made of. */
const briefly = (section: Section): Section => ({
  ...section,
  targets: section.targets.filter(({ fmr_target }) => fmr_target === 5e-4 || fmr_target === 1e-4),
});

function rowText(row: Row, impostor: number): string {
  if (row.threshold === null) return `FMR ${targetText(row.fmr_target)}  ${notMeasurable(row.fmr_target, impostor)}`;
  const head = row.fmr_target === null ? 'fixed   ' : `FMR ${targetText(row.fmr_target)}`;
  return `${head}  threshold ${row.threshold.toFixed(4)}  FMR ${fmrText(row.fmr)}  FNMR ${fnmrText(row.fnmr)}`;
}

function attemptLines({ attempts, settings }: Evaluation): string[] {
  if (attempts === null) return [];
  const used = attempts.framesUsed.map(({ fmr_target, mean }) => `${mean.toFixed(2)} at FMR ${targetText(fmr_target)}`);
  return [
    '',
    `Attempts of ${settings.frames} frames, by method of fusion`,
    ...attempts.methods.flatMap(sectionLines),
    '',
    'What each further frame changes',
    ...attempts.byFrames.flatMap((section) => sectionLines(briefly(section))),
    `Frames a genuine traveller needs when it is decided after each: ${used.join(', ')}`,
  ];
}

function groupLines({ groups }: Evaluation): string[] {
  if (groups === null) return [];
  return [
    '',
    `By group (${groups.rule}; ${groups.unlabelled} persons without a group)`,
    ...groups.rows.map(
      (row) =>
        `  ${row.group}, ${row.persons} persons, threshold ${row.threshold.toFixed(4)}: FMR within ${fmrText(row.fmr)}, ` +
        `FNMR ${fnmrText(row.fnmr)}${row.warning === null ? '' : `  (${row.warning})`}`,
    ),
  ];
}
