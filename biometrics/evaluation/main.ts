// npm run faces -- evaluate --dataset DIR [options] | pad --live DIR --attack DIR [--json]
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelFolder, provisionModels } from '../../models/provision.ts';
import { ProvisionError } from '../../models/package-files.ts';
import { attackReportText, evaluateAttacks } from './attack-evaluation.ts';
import { DatasetError, readDataset } from './dataset.ts';
import { evaluate } from './evaluate.ts';
import type { Settings } from './evaluate.ts';
import { parseLabels } from './labels.ts';
import { PoolError } from './picture-pool.ts';
import { reportHTML } from './report-html.ts';
import { reportText } from './report-text.ts';

const usage = `usage: npm run faces -- evaluate --dataset DIR [--simulate] [--frames N] [--report FILE.html] [--json]
                          [--at T,T…] [--mirrored] [--rounds N] [--bootstrap N] [--seed TEXT] [--processes N]
       npm run faces -- pad --live DIR --attack DIR [--json] [--processes N]

evaluate: DIR holds one folder for each person; labels.csv (person,group) beside them gives rates by group.
  --simulate   chip portraits and degraded frames are made from the pictures
  --frames     frames of an attempt, 1 to 10 (default 1)
  --at         rates at these thresholds as well
  --mirrored   the same methods with mirrored crops beside them
  --rounds     how often the pictures are dealt to attempts (default 3)
  --bootstrap  resamples for the intervals (default 1000)
pad: sub-folders of the attack folder are attack species.`;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  dataset: { type: 'string' },
  simulate: { type: 'boolean', default: false },
  frames: { type: 'string', default: '1' },
  report: { type: 'string' },
  at: { type: 'string', default: '' },
  mirrored: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  bootstrap: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  processes: { type: 'string', default: '2' },
  live: { type: 'string' },
  attack: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'arguments', { cause });
  }
}

async function main(): Promise<number> {
  try {
    const { values, positionals } = parse();
    const [command] = positionals;
    if (positionals.length !== 1 || (command !== 'evaluate' && command !== 'pad')) throw new UsageError('');
    if (command === 'evaluate') await runEvaluation(values);
    else await runAttacks(values);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) console.error(error.message === '' ? usage : `${error.message}\n\n${usage}`);
    else if (error instanceof DatasetError || error instanceof PoolError) console.error(error.message);
    else if (error instanceof ProvisionError) console.error(error.message);
    else throw error;
    return 2;
  }
}

async function runEvaluation(values: Values): Promise<void> {
  if (values.dataset === undefined) throw new UsageError('--dataset is missing.');
  const settings: Settings = {
    isSimulated: values.simulate,
    frames: whole('--frames', values.frames, 10),
    rounds: whole('--rounds', values.rounds, 20),
    bootstrapRounds: whole('--bootstrap', values.bootstrap, 10_000),
    isMirroredToo: values.mirrored,
    thresholds: values.at === '' ? [] : values.at.split(',').map(similarity),
    seed: values.seed,
  };
  const dataset = await readDataset(values.dataset);
  const labels = join(values.dataset, 'labels.csv');
  const groups = existsSync(labels) ? parseLabels(await readFile(labels, 'utf8'), dataset.persons) : null;
  const evaluation = await evaluate(dataset, settings, { ...(await workshop(values)), groups });
  if (values.report !== undefined) await writeFile(values.report, reportHTML(evaluation));
  console.log(values.json ? JSON.stringify(evaluation) : reportText(evaluation));
}

async function runAttacks(values: Values): Promise<void> {
  if (values.live === undefined || values.attack === undefined) throw new UsageError('--live and --attack are needed.');
  const evaluation = await evaluateAttacks({ live: values.live, attack: values.attack }, await workshop(values));
  console.log(values.json ? JSON.stringify(evaluation) : attackReportText(evaluation));
}

async function workshop({ processes }: Values) {
  await provisionModels();
  return { modelFolder, processes: whole('--processes', processes, 64), now_ms: Date.now, onProgress: progress() };
}

/** A line every five seconds, on standard error: standard output is the report's. */
function progress(): (done: number, of: number) => void {
  let last_ms = Date.now();
  return (done, of) => {
    if (Date.now() - last_ms < 5_000 && done < of) return;
    last_ms = Date.now();
    console.error(`${done} of ${of} pictures`);
  };
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(`${name} is a whole number from 1 to ${most}.`);
}

function similarity(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= -1 && value <= 1) return value;
  throw new UsageError('--at is a list of similarities from -1 to 1 with commas between them.');
}

process.exitCode = await main();
