/** Files of the built page from one folder, and nothing outside it. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

export type StaticFile = { readonly contentType: string; readonly bytes: Uint8Array };

/** The file for the part of the address below `/bench`; undefined where there is none. */
export async function readStaticFile(folder: string, path: string): Promise<StaticFile | undefined> {
  const wanted = path === '' || path === '/' ? '/index.html' : path;
  let decoded: string;
  try {
    decoded = decodeURIComponent(wanted);
  } catch {
    return undefined; // a malformed escape names no file
  }
  const file = normalize(join(folder, decoded));
  const contentType = contentTypes[extname(file)];
  const isInside = file.startsWith(normalize(folder + sep));
  if (contentType === undefined || !isInside || decoded.includes('\0')) return undefined;
  try {
    return { contentType, bytes: await readFile(file) };
  } catch {
    return undefined; // absent or not a file: the caller answers 404
  }
}
