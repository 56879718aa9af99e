import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { DatasetError, readDataset } from '../../../biometrics/evaluation/dataset.ts';
import { parseLabels } from '../../../biometrics/evaluation/labels.ts';

const made: string[] = [];
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'data-set-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true });
});

test('a data set is read in the order of names, and what is no picture is counted', async () => {
  const folder = await folderWith({
    'b/2.JPG': 'x',
    'b/1.jp2': 'y',
    'a/1.jpeg': 'z',
    'a/notes.txt': '',
    'a/.hidden.jpg': '',
    'labels.csv': '',
    'empty/notes.txt': '',
  });
  const dataset = await readDataset(folder);
  expect(dataset.persons).toEqual(['a', 'b', 'empty']);
  expect(dataset.pictures.map(({ file, person }) => [file, person])).toEqual([
    ['a/1.jpeg', 0],
    ['b/1.jp2', 1],
    ['b/2.JPG', 1],
  ]);
  expect(dataset).toMatchObject({ passedOver: 2, repeated: 0 });
});

test('files of the same bytes are one original, and the digest tells sets apart', async () => {
  const files = { 'a/1.jpg': 'one', 'a/2.jpg': 'one', 'b/1.jpg': 'two' };
  const dataset = await readDataset(await folderWith(files));
  expect(dataset.repeated).toBe(1);
  expect(dataset.pictures[0]?.original).toBe(dataset.pictures[1]?.original);
  expect((await readDataset(await folderWith(files))).digest).toBe(dataset.digest);
  expect((await readDataset(await folderWith({ ...files, 'b/1.jpg': 'three' }))).digest).not.toBe(dataset.digest);
});

test('a folder that is no data set is refused in plain words', async () => {
  await expect(readDataset('/nowhere/at/all')).rejects.toThrow(/cannot be read/);
  await expect(readDataset(await folderWith({ 'a/1.jpg': 'x' }))).rejects.toThrow(/1 person folders .* at least 2/);
  await expect(readDataset(await folderWith({ '1.jpg': 'x', '2.jpg': 'y' }))).rejects.toThrow(DatasetError);
});

const persons = ['anna', 'bert', 'cleo'];

test('labels give each named person a group; others stay without one', () => {
  const groups = parseLabels('\uFEFFperson, group\r\nanna,young\r\n\r\ncleo , old\n', persons);
  expect(groups).toEqual({ names: ['old', 'young'], byPerson: ['young', undefined, 'old'] });
});

test.each([
  ['anna,young', /first line has to be "person,group"/],
  ['person,group\nanna', /line 2: two values/],
  ['person,group\nanna,young,extra', /line 2: two values/],
  ['person,group\nanna,\n', /line 2: the group is missing/],
  ['person,group\n\n,young', /line 3: the person is missing/],
  ['person,group\nanna,young\ndora,old', /line 3: this person has no folder/],
  ['person,group\nanna,young\nanna,old', /line 3: this person has a group already/],
  ['person,group\n', /no person has a group/],
])('labels that read %j are refused, naming the line and no person', (text, message) => {
  expect(() => parseLabels(text, persons)).toThrow(message);
  try {
    parseLabels(text, persons);
  } catch (error) {
    expect(error).toBeInstanceOf(DatasetError);
    expect(String(error)).not.toMatch(/anna|dora/);
  }
});
