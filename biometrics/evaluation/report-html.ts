/** An evaluation as one HTML page that needs nothing else: no script, no picture, nothing from a network. */
import { colourOf, curveColours, drawDET } from './det-drawing.ts';
import type { Evaluation } from './evaluate.ts';
import { fusionMethods } from './fusion.ts';
import type { Row, Section } from './measure.ts';
import {
  acquisitionLines,
  caveats,
  fmrText,
  fnmrText,
  notMeasurable,
  percent,
  targetText,
  versionLine,
} from './report-text.ts';
import type { NamedPair } from './worst.ts';

export const escapeHTML = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; } caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: left; font-variant-numeric: tabular-nums; vertical-align: top; }
svg { max-width: 48rem; font-size: 12px; } .key { display: inline-block; width: 1.6rem; height: .2rem; vertical-align: middle; }
`;

export function reportHTML(evaluation: Evaluation): string {
  const { single, attempts, dataset, settings, worst } = evaluation;
  // The first frame alone is the single comparison once more.
  const methods = (attempts?.methods ?? []).filter(({ name }) => name !== fusionMethods.first.name);
  const curves = [single, ...methods].slice(0, curveColours.length);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    // Even a file name that were markup could load nothing.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<title>Face verification: evaluation</title>',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<h1>Face verification: evaluation</h1>',
    paragraph(
      `${evaluation.at}. ${dataset.persons} persons, ${dataset.pictures} pictures, data SHA-256 ${dataset.digest}; ` +
        `${dataset.repeated} files repeat another and are not compared with it; ${dataset.passedOver} other files passed over. ` +
        (settings.isSimulated
          ? 'Simulated: a chip portrait (JPEG 2000) against a degraded frame, never from the same original.'
          : 'Pictures as they are.'),
    ),
    ...acquisitionLines(evaluation).map(paragraph),
    '<h2>Single comparisons</h2>',
    sectionTable(single),
    '<h2>Detection error trade-off</h2>',
    drawDET(curves.map(({ name, det }) => ({ name, points: det }))),
    `<p>${curves.map(({ name }, i) => `<span class="key" style="background:${colourOf(i)}"></span> ${escapeHTML(name)}`).join('<br>')}</p>`,
    paragraph('Where fewer than 30 errors lie on either axis the curves are chance.'),
    ...attemptParts(evaluation),
    ...groupParts(evaluation),
    '<h2>Comparisons to look at</h2>',
    pairTable('Most alike of different persons', worst.impostor),
    pairTable('Least alike of one person', worst.genuine),
    table(
      'Least like the others of their person',
      ['mean similarity', 'picture'],
      worst.pictures.map(({ file, meanSimilarity }) => [meanSimilarity.toFixed(3), file]),
    ),
    paragraph(`Genuine pairs above 0.98, perhaps one photograph twice: ${worst.suspectedRepeats}`),
    '<h2>How it was measured</h2>',
    table(
      'Time per picture',
      ['stage', 'median, ms', '95 %, ms'],
      evaluation.times.map(({ stage, median_ms, p95_ms }) => [stage, median_ms.toFixed(1), p95_ms.toFixed(1)]),
    ),
    paragraph(versionLine(evaluation)),
    table(
      'Models',
      ['name', 'SHA-256'],
      Object.entries(evaluation.versions.models).map(([name, sha256]) => [name, sha256]),
    ),
    paragraph(`Settings: ${JSON.stringify(settings)}`),
    ...caveats.map(paragraph),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function attemptParts({ attempts, settings }: Evaluation): string[] {
  if (attempts === null) return [];
  const rows = attempts.framesUsed.map(({ fmr_target, mean }) => [targetText(fmr_target), mean.toFixed(2)]);
  return [
    `<h2>Attempts of ${settings.frames} frames, by method of fusion</h2>`,
    ...attempts.methods.map(sectionTable),
    '<h2>What each further frame changes</h2>',
    ...attempts.byFrames.map(sectionTable),
    table('Frames a genuine traveller needs when it is decided after each', ['FMR', 'mean'], rows),
  ];
}

function groupParts({ groups }: Evaluation): string[] {
  if (groups === null) return [];
  const rows = groups.rows.map((row) => [
    row.group,
    `${row.persons}`,
    row.threshold.toFixed(4),
    fmrText(row.fmr),
    fnmrText(row.fnmr),
    row.warning ?? '',
  ]);
  return [
    '<h2>By group</h2>',
    paragraph(`Rule: ${groups.rule}. ${groups.unlabelled} persons without a group.`),
    table('Both persons of a comparison in the group', ['group', 'persons', 'threshold', 'FMR', 'FNMR', ''], rows),
  ];
}

function sectionTable({ name, frames, genuine, impostor, equalError, targets, fixed }: Section): string {
  const cells = (row: Row): string[] =>
    row.threshold === null
      ? [targetText(row.fmr_target), '', notMeasurable(row.fmr_target, impostor), '']
      : [
          row.fmr_target === null ? 'fixed' : targetText(row.fmr_target),
          row.threshold.toFixed(4),
          fmrText(row.fmr),
          fnmrText(row.fnmr),
        ];
  return table(
    `${name}, ${frames} frame${frames === 1 ? '' : 's'}: ${genuine} genuine, ${impostor} impostor; EER ${percent(equalError.rate)}`,
    ['target FMR', 'threshold', 'FMR (95 %)', 'FNMR (95 %)'],
    [...targets, ...fixed].map(cells),
  );
}

const pairTable = (caption: string, pairs: readonly NamedPair[]): string =>
  table(
    caption,
    ['similarity', 'reference', 'probe'],
    pairs.map(({ similarity, reference, probe }) => [similarity.toFixed(3), reference, probe]),
  );

const paragraph = (text: string): string => `<p>${escapeHTML(text)}</p>`;

function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHTML(cell)}</${tag}>`).join('')}</tr>`;
  return [
    '<table>',
    `<caption>${escapeHTML(caption)}</caption>`,
    `<thead>${line(head, 'th')}</thead>`,
    `<tbody>${rows.map((cells) => line(cells, 'td')).join('\n')}</tbody>`,
    '</table>',
  ].join('\n');
}
