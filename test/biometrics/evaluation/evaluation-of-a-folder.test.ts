import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evaluation } from '../../../biometrics/evaluation/evaluate.ts';
import { escapeHTML } from '../../../biometrics/evaluation/report-html.ts';
import { reportText } from '../../../biometrics/evaluation/report-text.ts';
import { createLiveScene } from '../../../simulator/travellers/live-frames.ts';
import { portraitOf } from '../../../simulator/travellers/portraits.ts';

const main = join(import.meta.dirname, '../../../biometrics/evaluation/main.ts');
const people = ['p01', 'p02', 'p05', 'p08'];
/** Small frames: the face is what matters, not the hall. */
const frameWidth_px = 320;
let folder = '';
/** Two persons, three frames each. */
let few = '';
let report = '';
let evaluation: Evaluation;

/** Four simulated travellers with a portrait and three frames each; every frame is a picture of its own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluation-'));
  few = await mkdtemp(join(tmpdir(), 'evaluation-'));
  for (const [i, id] of people.entries()) {
    const person = join(folder, `person-${i}`);
    await mkdir(person);
    await writeFile(join(person, '0.jpg'), (await portraitOf(id, 'jpeg')).bytes);
    const scene = await createLiveScene(id, 40 + i);
    if (i < 2) await mkdir(join(few, `person-${i}`));
    for (const k of [1, 2, 3]) {
      const frame = await sharp(await scene.frame(2000 + 700 * k))
        .resize(frameWidth_px)
        .jpeg()
        .toBuffer();
      await writeFile(join(person, `${k}.jpg`), frame);
      if (i < 2) await writeFile(join(few, `person-${i}`, `${k}.jpg`), frame);
    }
  }
  const black = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'black' } })
    .jpeg()
    .toBuffer();
  const broken = join(folder, 'person-0');
  await writeFile(join(broken, 'empty.jpg'), '');
  await writeFile(join(broken, 'one-pixel.jpg'), black);
  await writeFile(join(broken, 'torn.jpg'), (await portraitOf('p01', 'jpeg')).bytes.subarray(0, 3000));
  await writeFile(join(broken, '<img src=x>.jpg'), 'no picture');
  await writeFile(join(folder, 'labels.csv'), 'person,group\nperson-0,one\nperson-1,one\nperson-2,two\n');
  report = join(few, 'report.html');
  evaluation = evaluated(folder, '--frames', '2', '--at', '0.45', '--mirrored', '--report', report);
});
afterAll(async () => {
  for (const made of [folder, few]) await rm(made, { recursive: true });
});

function faces(...args: readonly string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 100_000, maxBuffer: 64 << 20 });
}

const evaluated = (dataset: string, ...more: readonly string[]): Evaluation => {
  const { stdout, stderr, status } = faces('evaluate', '--dataset', dataset, '--json', '--bootstrap', '50', ...more);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Evaluation;
};

test('a folder of simulated travellers gives rates, failures, groups and the pairs to look at', () => {
  expect(evaluation.dataset).toMatchObject({ persons: 4, pictures: 20, repeated: 0 });
  // Broken pictures count as failures and take part in no comparison.
  expect(evaluation.failureToEnrol.of).toBe(20);
  expect(evaluation.failureToEnrol.byReason).toEqual({ UNDECODABLE: 3, NO_FACE: 1 });
  expect(evaluation.failureToEnrol.files).toContain('person-0/empty.jpg');
  expect(evaluation.single).toMatchObject({ genuine: 4 * 6, impostor: 6 * 16 });
  expect(evaluation.single.targets.every(({ threshold }) => threshold === null)).toBe(true);
  const [at] = evaluation.single.fixed;
  // Pictures of one photograph on one side, of different people on the other: the gate has to tell them apart.
  expect(at?.threshold === null ? null : at?.fnmr.value).toBe(0);
  expect(at?.threshold === null ? null : at?.fmr.value).toBe(0);
  // Four references a person, three others each: one attempt of two frames in each of three rounds.
  expect(evaluation.attempts?.methods[0]).toMatchObject({ genuine: 16 * 3, impostor: 16 * 3 * 2 * 3, frames: 2 });
  expect(evaluation.attempts?.methods.some(({ name }) => name.includes('mirrored'))).toBe(true);
  expect(evaluation.attempts?.byFrames.map(({ frames }) => frames)).toEqual([1, 2, 1, 2, 1, 2]);
  expect(evaluation.groups).toMatchObject({ unlabelled: 1 });
  expect(evaluation.groups?.rows.map(({ group, persons }) => [group, persons])).toEqual([
    ['one', 2],
    ['two', 1],
  ]);
  expect(evaluation.groups?.rows[0]?.warning).toMatch(/nothing can be concluded/);
  expect(evaluation.worst.impostor[0]?.reference).not.toBe(evaluation.worst.impostor[0]?.probe);
  expect(evaluation.times.map(({ stage }) => stage)).toEqual([
    'decode',
    'detect',
    'mesh',
    'landmarks',
    'align',
    'embed',
  ]);
  expect(Object.keys(evaluation.versions.models)).toContain('fr_feature');
});

test('simulated chips and frames: the same seed gives the same figures in one process as in two', () => {
  const run = (processes: string) => {
    const {
      at: _at,
      times: _times,
      ...figures
    } = evaluated(few, '--simulate', '--processes', processes, '--seed', 'a');
    return figures;
  };
  const one = run('1');
  expect(run('2')).toEqual(one);
  // Portrait and frame of one original never meet: 6 ordered pairs a person, not 9.
  expect(one.single).toMatchObject({ genuine: 2 * 6, impostor: 2 * 9 });
  for (const { reference, probe } of one.worst.genuine) expect(reference).not.toBe(probe);
});

test('the report is one page without pictures, scripts or addresses, whatever the files are called', async () => {
  const html = await readFile(report, 'utf8');
  expect(html).toContain('person-0/&#60;img src=x&#62;.jpg');
  expect(html).not.toMatch(/<(img|image|script|link|iframe|object|embed|use|foreignObject)\b/i);
  expect(html).not.toMatch(/https?:|data:|url\(|\bsrc=(?!x&)|href=/i);
  expect(html).toMatch(/<svg[^>]*>[\s\S]*<polyline/);
  expect(unbalancedTags(html)).toEqual([]);
  // Neither the folder's path nor a picture's bytes: a report can be handed on.
  expect(html).not.toContain(folder);
  expect(reportText(evaluation)).not.toContain(folder);
  expect(html.length).toBeLessThan(120_000);
});

/** Tags that are opened and not closed in their order, or the other way round. */
function unbalancedTags(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', rest = ''] of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>/g)) {
    if (['meta', 'br'].includes(name) || rest.endsWith('/')) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

test('every character that means something in HTML is written as a number', () => {
  expect(escapeHTML(`<a href="x" id='y'>&`)).toBe('&#60;a href=&#34;x&#34; id=&#39;y&#39;&#62;&#38;');
});

test('attack presentations are judged by folder, and what shows no face is a non-response', async () => {
  const live = join(folder, 'person-1');
  const attacks = await mkdtemp(join(tmpdir(), 'attacks-'));
  for (const kind of ['print', 'screen']) await mkdir(join(attacks, kind));
  await writeFile(join(attacks, 'print', '1.jpg'), (await portraitOf('p02', 'jpeg')).bytes);
  await writeFile(join(attacks, 'screen', '1.jpg'), 'no picture');
  const { stdout, stderr, status } = faces('pad', '--live', live, '--attack', attacks, '--json');
  await rm(attacks, { recursive: true });
  expect(status, stderr).toBe(0);
  const { signals } = JSON.parse(stdout) as { signals: { signal: string; bonaFide: unknown; species: unknown }[] };
  expect(signals.find(({ signal }) => signal === 'passive-network')).toMatchObject({
    bonaFide: { presentations: 4, nonResponses: 0 },
    species: { print: { presentations: 1, nonResponses: 0 }, screen: { presentations: 1, nonResponses: 1 } },
  });
});

const wrongCommands: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /usage/],
  [['evaluate'], /--dataset is missing/],
  [['evaluate', '--dataset', '/nowhere'], /cannot be read/],
  [['evaluate', '--dataset', '.', '--frames', '0'], /--frames is a whole number from 1 to 10/],
  [['evaluate', '--dataset', '.', '--at', '0.4,x'], /--at is a list/],
  [['pad', '--live', '.', '--nonsense'], /nonsense/],
  [['pad', '--live', '.'], /--live and --attack are needed/],
];

test('a command line that is wrong ends with a sentence and no stack', async () => {
  const started = wrongCommands.map(async ([args, message]) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000 });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { args, message, stdout, stderr, status: status as number | null };
  });
  for (const { args, message, stdout, stderr, status } of await Promise.all(started)) {
    expect(status, args.join(' ')).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});
