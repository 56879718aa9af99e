/**
 * The record of imports into a trust folder (imports.jsonl): who put which file in, when, and what it is. A list counts
 * only while its last record names it; lines are appended and never changed.
 */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustListKind } from './trust-store.ts';

export type ImportKind = TrustListKind | 'root' | 'anchor' | 'document-signer';

export type ImportRecord = {
  /** Who imported, as they said. */
  readonly by: string;
  readonly at_ms: number;
  readonly kind: ImportKind;
  /** Path within the folder. */
  readonly file: string;
  /** Of the file, hex. */
  readonly sha256: string;
  /** Which of several lists of one kind this is: a later record with the same kind and source replaces it. */
  readonly source: string;
  readonly issuerCountry: string | null;
  /** Of a list its date; of a certificate the begin of its validity. */
  readonly issued_ms: number;
  /** Of a list the announced next one, of a certificate the end of its validity; null: not said. */
  readonly until_ms: number | null;
  readonly entries: number;
};

export type ImportJournal = {
  readonly records: readonly ImportRecord[];
  /** True when there is a line that is no record; a power cut in the middle of an import leaves one. */
  readonly isDamaged: boolean;
};

export const JOURNAL = 'imports.jsonl';
const kinds: readonly string[] = ['master-list', 'crl', 'defect-list', 'root', 'anchor', 'document-signer'];

/** An absent journal is an empty one. Rejects with the file system's other errors. */
export async function readJournal(folder: string): Promise<ImportJournal> {
  const lines = (await textOf(folder)).split('\n').filter((line) => line !== '');
  const records = lines.map(parseRecord);
  return { records: records.filter((record) => record !== undefined), isDamaged: records.includes(undefined) };
}

/** On disk when it resolves. */
export async function appendRecord(folder: string, record: ImportRecord): Promise<void> {
  const text = await textOf(folder);
  const file = await open(join(folder, JOURNAL), 'a');
  try {
    // Behind a line that was cut short the new record must not become part of it.
    const begin = text === '' || text.endsWith('\n') ? '' : '\n';
    await file.writeFile(`${begin}${JSON.stringify(record)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The record in force of each kind and source: the last one. */
export function inForce(records: readonly ImportRecord[]): readonly ImportRecord[] {
  return [...new Map(records.map((record) => [`${record.kind} ${record.source}`, record])).values()];
}

async function textOf(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, JOURNAL), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function parseRecord(line: string): ImportRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Not JSON: counted as damage by the caller.
    return undefined;
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is ImportRecord {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const isText = (name: string): boolean => typeof fields[name] === 'string';
  const isNumber = (name: string): boolean => Number.isFinite(fields[name]);
  return (
    ['by', 'kind', 'file', 'sha256', 'source'].every(isText) &&
    ['at_ms', 'issued_ms', 'entries'].every(isNumber) &&
    (fields['until_ms'] === null || isNumber('until_ms')) &&
    (fields['issuerCountry'] === null || isText('issuerCountry')) &&
    kinds.includes(fields['kind'] as string) &&
    // A record must not lead out of the folder.
    /^(?:[a-z-]+\/)?[A-Za-z0-9][A-Za-z0-9._-]*$/.test(fields['file'] as string)
  );
}
