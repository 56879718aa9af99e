// Bundles the pages into .cache/pages/{officer,display,technician,bench}. A page whose sources are unchanged is left alone, so every
// start may call this. Run by itself it builds all pages.
import { createHash, randomUUID } from 'node:crypto';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folder of the sources, and what else goes into the bundle. */
const pages = {
  officer: { folder: 'gate-controller/console', others: ['gate-controller/api/messages.ts'] },
  display: {
    folder: 'gate-controller/display',
    others: ['gate-controller/api/messages.ts', 'gate-controller/console/live-view.ts'],
  },
  technician: {
    folder: 'gate-controller/technician',
    others: [
      'gate-controller/api/messages.ts',
      'gate-controller/api/technician-messages.ts',
      ...[
        'command-sender.ts',
        'figures.ts',
        'identity.ts',
        'lane-clock.ts',
        'live-view.ts',
        'page.css',
        'styles.ts',
        'symbols.ts',
        'tokens.css',
        'words.ts',
      ].map((file) => `gate-controller/console/${file}`),
    ],
  },
  bench: { folder: 'simulator/bench/page', others: ['simulator/bench/messages.ts'] },
} as const;

/** Oldest browsers the pages are made for: `light-dark()` and nested grid need no rewriting there. */
const browsers = ['chrome125', 'firefox125', 'safari17.5'];

export type PageName = keyof typeof pages;

export const pageNames = Object.keys(pages) as readonly PageName[];

/** Where the bundle of a page is; `index.html` and `assets/` are in it. */
export const pageFolder = (page: PageName, outDir = join(root, '.cache/pages')): string => join(outDir, page);

/**
 * Builds the pages named, all unless said otherwise. Addresses of assets begin with the page's own, as `/officer/`,
 * so a page loads with and without a slash behind its address. Resolves with the names of those that were built anew.
 */
export async function buildPages(
  names: readonly PageName[] = pageNames,
  outDir = join(root, '.cache/pages'),
): Promise<readonly PageName[]> {
  const built: PageName[] = [];
  await mkdir(outDir, { recursive: true });
  for (const name of names) {
    const digest = await sourceDigest(name);
    if ((await readOr(join(outDir, `${name}.sha256`))) === digest) continue;
    await buildPage(name, outDir);
    await writeFile(join(outDir, `${name}.sha256`), digest);
    built.push(name);
  }
  return built;
}

/** SHA-256 over everything that decides the bundle: sources, what they import from elsewhere, this file, and the lock of the packages. */
async function sourceDigest(name: PageName): Promise<string> {
  const { folder, others } = pages[name];
  const sources: string[] = [];
  for await (const file of glob(`${folder}/**/*.{ts,css,html,svg}`, { cwd: root })) sources.push(file);
  const hash = createHash('sha256');
  for (const file of [...sources.sort(), ...others, '.ci/build-pages.ts', 'package-lock.json']) {
    const bytes = await readFile(join(root, file));
    hash.update(`${file.replaceAll('\\', '/')} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

async function readOr(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // No digest yet: never built, or the cache was emptied.
    return null;
  }
}

async function buildPage(name: PageName, outDir: string): Promise<void> {
  const fresh = join(outDir, `.${name}-${randomUUID()}`);
  // Loaded here, so that a start with unchanged pages does not load the bundler.
  const { build } = await import('vite');
  await build({
    root: join(root, pages[name].folder),
    base: `/${name}/`,
    configFile: false,
    logLevel: 'error',
    // The content security policy allows nothing inline and no data: addresses.
    build: {
      outDir: fresh,
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
      target: browsers,
      cssTarget: browsers,
    },
  });
  await replaceFolder(fresh, pageFolder(name, outDir));
}

/** Two starts at once may both build: the second finds the folder taken by an equal one and drops its own. */
async function replaceFolder(fresh: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  try {
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
  }
}

if (import.meta.main) {
  const built = await buildPages();
  console.log(built.length === 0 ? 'Pages are up to date.' : `Built: ${built.join(', ')}.`);
}
