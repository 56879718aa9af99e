/**
 * Takes named files out of one pinned npm package: fetched with its integrity checked, unpacked without running
 * anything, every file checked byte for byte before it gets its name in the folder. Once the files are there, nothing
 * is fetched again and no network is needed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { npmConfiguration } from './npm-configuration.ts';

export type PinnedFile = {
  /** Path inside the package, without npm's leading `package/`. */
  readonly path: string;
  /** Name in the cache folder. */
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
};

export type PinnedPackage = {
  /** Name and exact version: `name@1.2.3`. */
  readonly spec: string;
  /** `sha512-…` of the tarball, as the registry states it. */
  readonly integrity: string;
  /** Size of the tarball, for the progress display only. */
  readonly tarball_bytes: number;
  readonly files: readonly PinnedFile[];
};

/**
 * PACKAGE_UNREACHABLE: not in the folder and the registry did not deliver. PACKAGE_ALTERED: the tarball is not the
 * pinned one. FILE_MISSING: the package lacks the file. FILE_ALTERED: a file is not the pinned one. CONVERSION_DIFFERS:
 * what a conversion gave is not the pinned file.
 */
export type ProvisionErrorCode =
  | 'PACKAGE_UNREACHABLE'
  | 'PACKAGE_ALTERED'
  | 'FILE_MISSING'
  | 'FILE_ALTERED'
  | 'CONVERSION_DIFFERS';

export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';
  readonly code: ProvisionErrorCode;

  constructor(code: ProvisionErrorCode, sentence: string, options?: ErrorOptions) {
    super(`${code}: ${sentence}`, options);
    this.code = code;
  }
}

/** Called while the tarball arrives; bytes. */
export type FetchProgress = (fetched: number, total: number) => void;

export type ProvisionOptions = {
  /** Where the files go; made when absent. */
  readonly folder: string;
  /** A folder of tarballs as `npm pack` writes them, used in place of the registry: for machines without one. */
  readonly tarballs?: string;
  readonly onProgress?: FetchProgress;
};

const fetchTimeout_ms = 120_000;

/**
 * Leaves every file of `pinned` in the folder, verified. Resolves true when something had to be fetched, false when all
 * was there. Throws `ProvisionError`. Two processes may do this at once: each file is moved into place whole.
 */
export async function provisionPackage(pinned: PinnedPackage, options: ProvisionOptions): Promise<boolean> {
  const missing: PinnedFile[] = [];
  for (const file of pinned.files) {
    if (await isPresent(file, options.folder)) continue;
    missing.push(file);
  }
  if (missing.length === 0) return false;
  const scratch = join(options.folder, `.fetching-${randomUUID()}`);
  await mkdir(scratch, { recursive: true });
  try {
    const tarball = await obtainTarball(pinned, options, join(scratch, 'package.tgz'));
    const unpacked = join(scratch, 'package');
    await unpack(pinned, tarball, unpacked);
    for (const file of missing) await place(pinned, file, unpacked, options.folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return true;
}

/** True when the file lies in the folder with the pinned bytes; throws FILE_ALTERED when it lies there with others. */
export async function isPresent(file: Omit<PinnedFile, 'path'>, folder: string): Promise<boolean> {
  const path = join(folder, file.name);
  const bytes = await readIfPresent(path);
  if (bytes === undefined) return false;
  // Repairing it in silence would hide that somebody, or the disk, changed it.
  if (!isPinned(bytes, file)) {
    throw new ProvisionError(
      'FILE_ALTERED',
      `${path} is not the pinned file. Delete it and start again to fetch it anew.`,
    );
  }
  return true;
}

export const isPinned = (bytes: Uint8Array, file: Pick<PinnedFile, 'bytes' | 'sha256'>): boolean =>
  bytes.length === file.bytes && createHash('sha256').update(bytes).digest('hex') === file.sha256;

async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function obtainTarball(pinned: PinnedPackage, options: ProvisionOptions, scratchFile: string): Promise<string> {
  if (options.tarballs !== undefined) {
    const path = resolve(options.tarballs, packedName(pinned.spec));
    try {
      await access(path);
    } catch (cause) {
      throw new ProvisionError('PACKAGE_UNREACHABLE', `${path} is not there. Make it with: npm pack ${pinned.spec}`, {
        cause,
      });
    }
    return path;
  }
  try {
    await download(pinned, scratchFile, options.onProgress);
  } catch (cause) {
    if (isAltered(cause)) throw altered(pinned, cause);
    throw new ProvisionError(
      'PACKAGE_UNREACHABLE',
      `${pinned.spec} is needed once and could not be fetched (${reason(cause)}). Is the npm registry reachable? ` +
        `Else run "npm pack ${pinned.spec}" where it is, and give the folder with --tarballs.`,
      { cause },
    );
  }
  return scratchFile;
}

/** Half a second and 50 MB that a start does without when nothing is missing (measured). */
const loadPacote = async () => (await import('pacote')).default;

async function download(pinned: PinnedPackage, file: string, onProgress: FetchProgress | undefined): Promise<void> {
  const [settings, pacote] = await Promise.all([npmConfiguration(), loadPacote()]);
  await pacote.tarball.stream(
    pinned.spec,
    async (stream) => {
      let fetched = 0;
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          fetched += chunk.length;
          onProgress?.(fetched, pinned.tarball_bytes);
          done(null, chunk);
        },
      });
      await pipeline(stream, counter, createWriteStream(file));
    },
    { ...settings, integrity: pinned.integrity, preferOffline: true, timeout: fetchTimeout_ms },
  );
}

/** The integrity is checked here as well: a tarball out of a folder has not been checked before. */
async function unpack(pinned: PinnedPackage, tarball: string, into: string): Promise<void> {
  const digest = createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64');
  if (`sha512-${digest}` !== pinned.integrity) throw altered(pinned);
  const pacote = await loadPacote();
  await pacote.extract(`file:${tarball}`, into, { integrity: pinned.integrity, ignoreScripts: true });
}

async function place(pinned: PinnedPackage, file: PinnedFile, unpacked: string, folder: string): Promise<void> {
  const source = join(unpacked, file.path);
  const bytes = await readIfPresent(source);
  if (bytes === undefined) throw new ProvisionError('FILE_MISSING', `${file.path} is not in ${pinned.spec}.`);
  if (!isPinned(bytes, file)) {
    throw new ProvisionError(
      'FILE_ALTERED',
      `${file.path} in ${pinned.spec} is not the pinned file. Nothing was installed.`,
    );
  }
  await rename(source, join(folder, file.name));
}

/** `npm pack` names a tarball after the package: scope and name joined by a dash, then the version. */
function packedName(spec: string): string {
  const at = spec.lastIndexOf('@');
  return `${spec.slice(0, at).replace(/^@/, '').replace('/', '-')}-${spec.slice(at + 1)}.tgz`;
}

const reason = (cause: unknown): string =>
  (cause as NodeJS.ErrnoException | undefined)?.code ?? (cause instanceof Error ? cause.name : 'unknown');

const isAltered = (cause: unknown): boolean => reason(cause) === 'EINTEGRITY';

const altered = (pinned: PinnedPackage, cause?: unknown): ProvisionError =>
  new ProvisionError('PACKAGE_ALTERED', `the tarball of ${pinned.spec} is not the pinned one. Nothing was installed.`, {
    cause,
  });
