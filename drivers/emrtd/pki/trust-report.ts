/** What a trust folder holds, as data and as a table for people: public facts about authorities. */
import type { Certificate } from './certificate.ts';
import { type ImportKind, type ImportRecord, readJournal } from './import-journal.ts';
import { isValidAt } from './issuer-search.ts';
import { type Placed, type RefusedTrust, readTrustFolder } from './trust-folder.ts';

export type TrustRow = {
  readonly kind: ImportKind;
  /** Country of the issuer, two letters; null: not said. */
  readonly country: string | null;
  readonly issued_ms: number;
  /** Of a list the announced next one, of a certificate the end of its validity; null: not said. */
  readonly until_ms: number | null;
  /** Stale: the next list is due, or the certificate is not valid at this time. */
  readonly state: 'fresh' | 'stale';
  /** Certificates, revoked certificates, or signers with defects. */
  readonly entries: number;
  /** Path within the folder. */
  readonly file: string;
  /** Who imported it and when; null: put there by hand. */
  readonly imported: { readonly by: string; readonly at_ms: number } | null;
};

export type TrustListing = {
  readonly rows: readonly TrustRow[];
  /** Distinct CSCA certificates that documents are checked against, those of master lists included. */
  readonly anchors: number;
  /** Countries of these. */
  readonly countries: number;
  readonly refused: readonly RefusedTrust[];
};

/** Everything is verified on the way: what is not in `rows` does not count. Rejects as `loadTrustFolder` does. */
export async function listTrust(folder: string, now_ms: number): Promise<TrustListing> {
  const { trust, refused, roots, anchors, documentSigners, lists } = await readTrustFolder(folder);
  const { records } = await readJournal(folder);
  const rowOf = (kind: ImportKind, { file, value }: Placed<Certificate>): TrustRow => ({
    kind,
    country: value.issuerCountry,
    issued_ms: value.validFrom_ms,
    until_ms: value.validTo_ms,
    state: isValidAt(value, now_ms) ? 'fresh' : 'stale',
    entries: 1,
    file,
    imported: importOf(records.findLast((record) => record.file === file)),
  });
  const listRows = lists.map(({ record, status }): TrustRow => {
    const { kind, issuerCountry: country, issued_ms, nextUpdate_ms: until_ms, entries } = status;
    const state = status.isFresh(now_ms) ? 'fresh' : 'stale';
    return { kind, country, issued_ms, until_ms, state, entries, file: record.file, imported: importOf(record) };
  });
  return {
    rows: [
      ...roots.map((root) => rowOf('root', root)),
      ...anchors.map((anchor) => rowOf('anchor', anchor)),
      ...listRows,
      ...documentSigners.map((signer) => rowOf('document-signer', signer)),
    ],
    anchors: trust.certificates.length,
    countries: new Set(trust.certificates.map(({ subjectCountry }) => subjectCountry)).size,
    refused,
  };
}

function importOf(record: ImportRecord | undefined): TrustRow['imported'] {
  return record === undefined ? null : { by: record.by, at_ms: record.at_ms };
}

/**
 * A table of fixed columns, one row a line, and what was refused below it. Files of others may call their country
 * anything: what would move the cursor of a terminal is shown as a question mark.
 */
export function renderTrust({ rows, anchors, countries, refused }: TrustListing): string {
  const table = [
    ['kind', 'country', 'issued', 'until', 'state', 'entries', 'imported', 'by', 'file'],
    ...rows.map((row) => [
      row.kind,
      row.country ?? '-',
      dateOf(row.issued_ms),
      dateOf(row.until_ms),
      row.state,
      String(row.entries),
      dateOf(row.imported?.at_ms ?? null),
      row.imported?.by ?? '-',
      row.file,
    ]),
  ].map((cells) => cells.map(printable));
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const summary = `${anchors} CSCA certificates of ${countries} countries`;
  return [...lines, summary, ...refused.map(({ file, because }) => `refused ${printable(file)}: ${because}`)].join(
    '\n',
  );
}

/** One sentence about a finished import. */
export function renderImport(record: ImportRecord): string {
  const { kind, issuerCountry, issued_ms, entries, sha256, file } = record;
  const issuer = printable(issuerCountry ?? 'unknown country');
  return `imported ${kind} of ${issuer}, issued ${dateOf(issued_ms)}, ${entries} entries, sha256 ${sha256}: ${file}`;
}

function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/** The day in UTC. */
function dateOf(time_ms: number | null): string {
  return time_ms === null ? '-' : new Date(time_ms).toISOString().slice(0, 10);
}
