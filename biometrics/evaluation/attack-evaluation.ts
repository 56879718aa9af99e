/** Folders of bona fide and of attack presentations in, APCER and BPCER of every measured signal out. */
import { join } from 'node:path';
import { signalFigures } from './attack-rates.ts';
import type { Presentations, SignalFigures } from './attack-rates.ts';
import { measuredSignals } from './attack-signals.ts';
import type { AttackScores } from './attack-signals.ts';
import { DatasetError, entriesOf, pictureExtension, pictures_max } from './dataset.ts';
import { workThrough } from './picture-pool.ts';
import { exponent, percent } from './report-text.ts';
import { versionsNow } from './versions.ts';
import type { Versions } from './versions.ts';

export type AttackFolders = { readonly live: string; readonly attack: string };

export type AttackOptions = {
  readonly modelFolder: string;
  readonly processes: number;
  readonly now_ms: () => number;
  readonly onProgress: (done: number, of: number) => void;
};

export type AttackEvaluation = {
  readonly at: string;
  readonly versions: Versions;
  readonly signals: readonly SignalFigures[];
};

/** Sub-folders of `attack` are attack species (ISO/IEC 30107-3); pictures beside them are the species `unnamed`. */
export async function evaluateAttacks(folders: AttackFolders, options: AttackOptions): Promise<AttackEvaluation> {
  const live = await picturesBelow(folders.live);
  const species = await speciesIn(folders.attack);
  const attacks = species.flatMap(([name, files]) => files.map((file) => ({ name, file })));
  if (live.length === 0) throw new DatasetError('The folder of live pictures has none (.jpg, .jp2).');
  if (attacks.length === 0) throw new DatasetError('The folder of attacks has no pictures (.jpg, .jp2).');
  const paths = [...live, ...attacks.map(({ file }) => file)];
  const scores: (AttackScores | null)[] = paths.map(() => null);
  const versions = versionsNow();
  let done = 0;
  const jobs = paths.map((path) => ({ ask: 'judge', path }) as const);
  const models = await workThrough(jobs, options, (index, outcome) => {
    if (typeof outcome === 'object' && outcome.answer === 'judged') scores[index] = outcome.scores;
    done += 1;
    options.onProgress(done, paths.length);
  });
  const signals = measuredSignals.map(({ name }) => {
    const own: Presentations = scores.map((all) => all?.[name] ?? null);
    const bySpecies = species.map(([kind]): [string, Presentations] => [
      kind,
      own.slice(live.length).filter((_, i) => attacks[i]?.name === kind),
    ]);
    return signalFigures(name, own.slice(0, live.length), Object.fromEntries(bySpecies));
  });
  return { at: new Date(options.now_ms()).toISOString(), versions: { ...versions, models }, signals };
}

async function speciesIn(folder: string): Promise<[name: string, files: string[]][]> {
  const entries = await entriesOf(folder);
  const loose = entries.filter((entry) => entry.isFile() && pictureExtension.test(entry.name));
  const found: [string, string[]][] = [];
  if (loose.length > 0) found.push(['unnamed', loose.map(({ name }) => join(folder, name))]);
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const files = await picturesBelow(join(folder, entry.name));
    if (files.length > 0) found.push([entry.name, files]);
  }
  return found;
}

async function picturesBelow(folder: string, found: string[] = []): Promise<string[]> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await picturesBelow(path, found);
    else if (entry.isFile() && pictureExtension.test(entry.name)) found.push(path);
    if (found.length > pictures_max) throw new DatasetError(`More than ${pictures_max} pictures: split the set.`);
  }
  return found;
}

const area = (value: number | null): string => value?.toFixed(3) ?? 'no response';

export function attackReportText({ signals }: AttackEvaluation): string {
  return [
    ...signals.flatMap((figures) => {
      const names = Object.entries(figures.species);
      return [
        `${figures.signal}: ${figures.bonaFide.presentations} bona fide (${figures.bonaFide.nonResponses} without response), ` +
          names.map(([name, c]) => `${name} ${c.presentations} (${c.nonResponses} without response)`).join(', '),
        `  area under the curve ${area(figures.areaUnderCurve.all)} ` +
          `(${Object.entries(figures.areaUnderCurve.bySpecies)
            .map(([name, value]) => `${name} ${area(value)}`)
            .join(', ')})`,
        ...[...figures.fixed, ...figures.atBPCER].map((row) => {
          const [low, high] = row.bpcer.interval95;
          const apcer = Object.entries(row.apcer).map(
            ([name, { errors, of, interval95 }]) =>
              `${name} ${errors}/${of} (${percent(interval95[0], 0)} … ${percent(interval95[1], 0)})`,
          );
          return (
            `  score >= ${exponent(row.threshold)}: BPCER ${percent(row.bpcer.value, 1)} (${percent(low, 0)} … ` +
            `${percent(high, 0)}), APCER ${apcer.join(', ')}; worst ${percent(row.apcer_max, 0)}`
          );
        }),
        '',
      ];
    }),
    'Rates over presentations with a response; intervals 95 % (Wilson), pictures taken as independent. Not a test after ISO/IEC 30107-3: no laboratory, no controlled attacks.',
  ].join('\n');
}
