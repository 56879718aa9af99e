import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { convertModels } from '../../models/converted.ts';
import { graphModelFiles, modelFile, modelNames, pinnedModels, readManifest } from '../../models/manifest.ts';
import { provisionPackage } from '../../models/package-files.ts';
import { modelFolder } from '../../models/provision.ts';
import { openModel, smokeInput, verifyModel } from '../../models/verify.ts';

const manifest = readManifest();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test.each(modelNames(manifest))('%s of the cache has the bytes, shapes and answers of the manifest', async (name) => {
  const model = await openModel(name, manifest.models[name], modelFolder);
  const outputs = await model.run(smokeInput('ramp', manifest.models[name]));
  expect(Object.keys(outputs)).toEqual(Object.keys(manifest.models[name].outputs));
});

test.each(modelNames(manifest))('one flipped bit in %s is refused under the name of its file', async (name) => {
  const bytes = await readFile(join(modelFolder, modelFile(name)));
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(join(folder, modelFile(name)), bytes);
  await expect(openModel(name, manifest.models[name], folder)).rejects.toMatchObject({
    code: 'BIOMETRICS_MODEL',
    file: modelFile(name),
    message: expect.stringContaining(modelFile(name)),
  });
});

test('a converted model that somebody changed is reported by name and not made anew', async () => {
  const path = join(folder, 'facemesh.onnx');
  await writeFile(path, 'another network');
  await expect(convertModels(manifest, folder)).rejects.toMatchObject({
    code: 'FILE_ALTERED',
    message: expect.stringContaining('facemesh.onnx'),
  });
  expect(await readFile(path, 'utf8')).toBe('another network');
});

test('a conversion that gives other bytes than the pinned ones installs nothing', async () => {
  for (const file of Object.values(graphModelFiles('facemesh')))
    await copyFile(join(modelFolder, file), join(folder, file));
  const other = structuredClone(manifest);
  other.models.facemesh.sha256 = '0'.repeat(64);
  await expect(convertModels(other, folder)).rejects.toMatchObject({ code: 'CONVERSION_DIFFERS' });
  await expect(readFile(join(folder, 'facemesh.onnx'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a model that is not there is refused with what to run', async () => {
  await expect(openModel('fr_detect', manifest.models.fr_detect, folder)).rejects.toMatchObject({
    code: 'BIOMETRICS_MODEL',
    message: 'fr_detect.onnx: cannot be read. Run: node models/provision.ts',
  });
});

test('a model with other inputs, outputs or answers than the manifest says is refused', async () => {
  const entry = manifest.models.fr_landmark;
  const bytes = await readFile(join(modelFolder, 'fr_landmark.onnx'));
  const refused = { code: 'BIOMETRICS_MODEL' };
  const otherInput = { ...entry, input: { ...entry.input, shape: [1, 3, 64, 64] } };
  await expect(verifyModel('fr_landmark', otherInput, bytes)).rejects.toMatchObject(refused);
  const otherOutput = { ...entry, outputs: { output: { shape: [1, 10], meaning: 'five points' } } };
  await expect(verifyModel('fr_landmark', otherOutput, bytes)).rejects.toMatchObject(refused);
  const answers = { ...entry.smoke.expected, ramp: { output: { norm: 6.43, first: [0.21, 0.39, 0.18, 0.46] } } };
  const otherAnswer = { ...entry, smoke: { ...entry.smoke, expected: answers } };
  await expect(verifyModel('fr_landmark', otherAnswer, bytes)).rejects.toMatchObject({
    message: expect.stringContaining('ramp'),
  });
});

const [pinned] = pinnedModels(manifest);
if (pinned === undefined) throw new Error('the manifest names no package');

test('once the files are in the folder nothing is fetched', async () => {
  for (const file of pinned.files) await copyFile(join(modelFolder, file.name), join(folder, file.name));
  const nowhere = { ...pinned, spec: 'no-such-package@0.0.0' };
  expect(await provisionPackage(nowhere, { folder })).toBe(false);
});

test('a file in the folder with a wrong byte is reported by name and left as evidence', async () => {
  for (const file of pinned.files) await copyFile(join(modelFolder, file.name), join(folder, file.name));
  const path = join(folder, 'fr_feature.onnx');
  const bytes = await readFile(path);
  bytes[1000]! ^= 1;
  await writeFile(path, bytes);
  await expect(provisionPackage(pinned, { folder })).rejects.toMatchObject({
    code: 'FILE_ALTERED',
    message: expect.stringMatching(/fr_feature\.onnx .*Delete it/),
  });
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test('without cache and without the tarball the message says how to get it', async () => {
  await expect(provisionPackage(pinned, { folder, tarballs: folder })).rejects.toMatchObject({
    code: 'PACKAGE_UNREACHABLE',
    message: expect.stringContaining('npm pack faceplugin-face-recognition-js@0.0.1'),
  });
});

test('a tarball that is not the pinned one installs nothing', async () => {
  await writeFile(join(folder, 'faceplugin-face-recognition-js-0.0.1.tgz'), 'not the pinned tarball');
  const target = join(folder, 'cache');
  await expect(provisionPackage(pinned, { folder: target, tarballs: folder })).rejects.toMatchObject({
    code: 'PACKAGE_ALTERED',
  });
  await expect(readFile(join(target, 'fr_detect.onnx'))).rejects.toMatchObject({ code: 'ENOENT' });
});
