/** What was measured with: a threshold holds for these models and steps, and for no others. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';

export type Versions = {
  /** Of package.json. */
  readonly product: string;
  readonly node: string;
  readonly onnxruntime: string;
  readonly sharp: string;
  /** SHA-256 of models/manifest.json. */
  readonly manifest: string;
  /** SHA-256 over the source of every step that a similarity depends on. */
  readonly steps: string;
  /** Name → SHA-256, as the children verified them. */
  readonly models: Readonly<Record<string, string>>;
};

/** A change in any of these files may move scores. */
const stepFiles = [
  'image',
  'jpeg2000',
  'portrait',
  'warp',
  'detect',
  'mesh',
  'faces',
  'landmarks',
  'align',
  'embed',
  'steps',
  'enrolment',
];

/** Read before anything is measured: files may change while the children, which have read them, still work. */
export function versionsNow(): Omit<Versions, 'models'> {
  const file = (path: string): Buffer => readFileSync(new URL(path, import.meta.url));
  const sha256 = (...parts: readonly Buffer[]): string =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
  const require = createRequire(import.meta.url);
  const versionIn = (path: string): string => (require(path) as { version: string }).version;
  return {
    product: versionIn('../../package.json'),
    node: process.versions.node,
    onnxruntime: versionIn('onnxruntime-node/package.json'),
    sharp: sharp.versions.sharp ?? 'unknown',
    manifest: sha256(file('../../models/manifest.json')),
    steps: sha256(...stepFiles.map((name) => file(`../${name}.ts`))),
  };
}
