/**
 * The user's own npm configuration decides where packages come from: registry, proxy, certificates and cache are asked
 * of npm itself, so that no host is named here. Credentials are neither asked for nor passed on.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What pacote is given. Absent members leave pacote's own default. */
export type RegistryOptions = {
  readonly [scopedRegistry: `@${string}:registry`]: string;
  readonly registry?: string;
  readonly cache?: string;
  readonly proxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  readonly strictSSL?: boolean;
  readonly ca?: string;
};

const asked_ms = 20_000;

/** Asks npm for its configuration. Without npm in reach the environment's `npm_config_registry` is all there is. */
export async function npmConfiguration(): Promise<RegistryOptions> {
  let settings: Record<string, unknown>;
  try {
    settings = await npmSettings();
  } catch {
    // No npm in the path (a service unit, for example): pacote's defaults and the environment remain.
    const registry = process.env.npm_config_registry;
    return registry === undefined ? {} : { registry };
  }
  const text = (key: string): string | undefined => {
    const value = settings[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const cafile = text('cafile');
  const scopes = Object.entries(settings).filter(
    ([key, value]) => /^@.+:registry$/.test(key) && typeof value === 'string',
  );
  return present({
    ...Object.fromEntries(scopes),
    registry: text('registry'),
    cache: cacheFolder(text('cache')),
    proxy: text('proxy'),
    httpsProxy: text('https-proxy'),
    noProxy: text('noproxy'),
    strictSSL: typeof settings['strict-ssl'] === 'boolean' ? settings['strict-ssl'] : undefined,
    ca: cafile === undefined ? text('ca') : await readFile(cafile, 'utf8'),
  });
}

/** npm keeps package contents in `_cacache` under the folder that its setting names. */
const cacheFolder = (folder: string | undefined): string | undefined =>
  folder === undefined ? undefined : `${folder}/_cacache`;

async function npmSettings(): Promise<Record<string, unknown>> {
  // Inside `npm run`, npm names itself and the Node it was started with; elsewhere it is looked up in the path.
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const args = ['config', 'list', '--json'];
  const options = { timeout: asked_ms, maxBuffer: 1 << 20, shell: process.platform === 'win32' };
  const { stdout } = cli && node ? await run(node, [cli, ...args], options) : await run('npm', args, options);
  return JSON.parse(stdout) as Record<string, unknown>;
}

function present(options: Record<string, unknown>): RegistryOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as RegistryOptions;
}
