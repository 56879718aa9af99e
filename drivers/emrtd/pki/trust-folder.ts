/**
 * Loads a folder of certificates and lists into a trust store. Everything is verified again: what stands in a list
 * counts only while its signature, its chain and the record of its import hold.
 *
 *   *.cer …            CSCA certificates trusted as such, by whoever put them there
 *   roots/             pinned certificates of those who sign lists; no trust in documents follows from them
 *   master-lists/      CSCA master lists          (imported: see trust-import.ts)
 *   revocation/        revocation lists of CSCAs  (imported)
 *   defects/           defect lists               (imported)
 *   document-signers/  certificates for documents that carry none; trusted by no means
 *   imports.jsonl      the record of imports
 */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ASN1Error } from './asn1.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { fingerprint } from './certificate-evidence.ts';
import { type RevocationList, authenticateRevocationList, parseRevocationList } from './crl.ts';
import { type DefectList, openDefectList } from './defect-list.ts';
import { type ImportJournal, type ImportRecord, JOURNAL, inForce, readJournal } from './import-journal.ts';
import { type MasterList, openMasterList } from './master-list.ts';
import { type TrustCode, TrustError } from './trust-codes.ts';
import {
  type RefusedAnchor,
  type TrustListKind,
  type TrustListStatus,
  type TrustStore,
  openAnchors,
  trustStoreOf,
} from './trust-store.ts';

export type RefusedTrust = {
  /** Path within the folder; of a certificate in a list with its position: 'master-lists/DE-….ml#12'. */
  readonly file: string;
  readonly because: RefusedAnchor | 'file-too-large' | TrustCode;
};

export type LoadedTrust = {
  readonly trust: TrustStore;
  /** Files, or certificates in files, that were not taken. */
  readonly refused: readonly RefusedTrust[];
  /**
   * Those of them that are imported lists, or may be by a record that was damaged or lost. While there is one, documents
   * may pass that it speaks against.
   */
  readonly missingLists: readonly RefusedTrust[];
};

/** All that was taken from the folder, each with its file. */
export type TrustFolder = LoadedTrust & {
  readonly roots: readonly Placed<Certificate>[];
  /** Those directly in the folder, not those of master lists. */
  readonly anchors: readonly Placed<Certificate>[];
  readonly documentSigners: readonly Placed<Certificate>[];
  /** Lists in force with the record of their import. */
  readonly lists: readonly { readonly record: ImportRecord; readonly status: TrustListStatus }[];
};
export type Placed<T> = { readonly file: string; readonly value: T };

export const folders = {
  root: 'roots',
  'master-list': 'master-lists',
  crl: 'revocation',
  'defect-list': 'defects',
  'document-signer': 'document-signers',
} as const;

const listKinds = ['master-list', 'crl', 'defect-list'] as const;

/** Certificates; and lists, of which published ones are below 1 MiB. */
const CERTIFICATE_FILE_BYTES_MAX = 1_048_576;
export const LIST_FILE_BYTES_MAX = 8_388_608;
const extensions = ['.cer', '.crt', '.der', '.pem'];
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** Rejects only with the file system's own error, when the folder or a certificate file in it cannot be read. */
export async function loadTrustFolder(folder: string): Promise<LoadedTrust> {
  const { trust, refused, missingLists } = await readTrustFolder(folder);
  return { trust, refused, missingLists };
}

/** The same, with where everything came from. */
export async function readTrustFolder(folder: string): Promise<TrustFolder> {
  const journal = await readJournal(folder);
  const read = await readWith(journal, folder);
  if (read.missingLists.length === 0) return read;
  // An import takes the superseded file away, perhaps between the reading of its record and of the file itself.
  const after = await readJournal(folder);
  return JSON.stringify(after) === JSON.stringify(journal) ? read : readWith(after, folder);
}

async function readWith(journal: ImportJournal, folder: string): Promise<TrustFolder> {
  const refused: RefusedTrust[] = [];
  const placed = await readCertificateFiles(folder, '', refused);
  const roots = parsed(await readCertificateFiles(folder, folders.root, refused), refused);
  const documentSigners = parsed(await readCertificateFiles(folder, folders['document-signer'], refused), refused);
  if (journal.isDamaged) refused.push({ file: JOURNAL, because: 'IMPORT_RECORD_MALFORMED' });
  await refuseUnrecorded(folder, journal.records, refused);

  const rootCertificates = roots.map(({ value }) => value);
  const open = async <T>(
    kind: TrustListKind,
    parse: (file: Uint8Array, record: ImportRecord) => T,
  ): Promise<Opened<T>[]> =>
    openLists(
      folder,
      inForce(journal.records).filter((record) => record.kind === kind),
      parse,
      refused,
    );
  const trustIn = (record: ImportRecord) => ({ roots: rootCertificates, importedAt_ms: record.at_ms });

  const masterLists = await open('master-list', (file, record) => openMasterList(file, trustIn(record)));
  const listed = masterLists.flatMap(({ record, list }) =>
    list.certificates.map((value, index) => ({ file: `${record.file}#${index}`, value })),
  );
  const opened = openAnchors([...placed, ...listed].map(({ value }) => value));
  const sources = [...placed, ...listed];
  refused.push(...opened.refused.map(({ index, because }) => ({ file: sources[index]?.file ?? '', because })));

  const revocationLists = await open('crl', (file) => openRevocationList(file, opened.certificates));
  const defectLists = await open('defect-list', (file, record) => openDefectList(file, trustIn(record)));
  const lists = [
    ...masterLists.map(({ record, list }) => ({ record, status: statusOfMasterList(list) })),
    ...revocationLists.map(({ record, list }) => ({ record, status: statusOfRevocationList(list) })),
    ...defectLists.map(({ record, list }) => ({ record, status: statusOfDefectList(list) })),
  ];
  const trust = trustStoreOf(opened.certificates, {
    revocationLists: revocationLists.map(({ list }) => list),
    defectLists: defectLists.map(({ list }) => list),
    documentSigners: documentSigners.map(({ value }) => value),
    lists: lists.map(({ status }) => status),
  });
  const refusedFiles = new Set(refused.map(({ file }) => file));
  const anchors = parsed(
    placed.filter(({ file }) => !refusedFiles.has(file)),
    refused,
  );
  return { trust, refused, missingLists: missingAmong(refused, journal), roots, anchors, documentSigners, lists };
}

/** Without a whole record nobody knows whether a list that is there was imported. */
function missingAmong(refused: readonly RefusedTrust[], journal: ImportJournal): readonly RefusedTrust[] {
  const recorded = new Set(inForce(journal.records).map(({ file }) => file));
  const isRecordLost = journal.isDamaged || journal.records.length === 0;
  return refused.filter(
    ({ file, because }) => isListFile(file) && (because === 'IMPORT_UNRECORDED' ? isRecordLost : recorded.has(file)),
  );
}

const isListFile = (file: string): boolean => listKinds.some((kind) => file.startsWith(`${folders[kind]}/`));

function openRevocationList(file: Uint8Array, anchors: readonly Certificate[]): RevocationList {
  const list = parseRevocationList(file);
  authenticateRevocationList(list, anchors);
  return list;
}

type Opened<T> = { readonly record: ImportRecord; readonly list: T };

/** A list that does not hold any more is refused by name; the others stay. */
async function openLists<T>(
  folder: string,
  records: readonly ImportRecord[],
  parse: (file: Uint8Array, record: ImportRecord) => T,
  refused: RefusedTrust[],
): Promise<Opened<T>[]> {
  const opened: Opened<T>[] = [];
  for (const record of records) {
    try {
      const file = await readListFile(join(folder, record.file));
      if (fingerprint(file) !== record.sha256) throw new TrustError('FILE_ALTERED');
      opened.push({ record, list: parse(file, record) });
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      refused.push({ file: record.file, because: error.code });
    }
  }
  return opened;
}

/** Throws TrustError FILE_TOO_LARGE, FILE_UNREADABLE. */
export async function readListFile(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > LIST_FILE_BYTES_MAX) throw new TrustError('FILE_TOO_LARGE');
    return Uint8Array.from(await readFile(path));
  } catch (error) {
    if (error instanceof TrustError) throw error;
    throw new TrustError('FILE_UNREADABLE');
  }
}

/** Lists that somebody copied into the folder: nobody has checked that they are the newest. */
async function refuseUnrecorded(
  folder: string,
  records: readonly ImportRecord[],
  refused: RefusedTrust[],
): Promise<void> {
  for (const kind of listKinds) {
    for (const name of await namesIn(join(folder, folders[kind]))) {
      const file = `${folders[kind]}/${name}`;
      const isRecorded = records.some((record) => record.file === file);
      // A name that begins with a dot is a file that an interrupted import left behind.
      if (!isRecorded && !name.startsWith('.')) refused.push({ file, because: 'IMPORT_UNRECORDED' });
    }
  }
}

async function readCertificateFiles(
  folder: string,
  within: string,
  refused: RefusedTrust[],
): Promise<readonly Placed<Uint8Array>[]> {
  const names = within === '' ? await readdir(folder) : await namesIn(join(folder, within));
  const found: Placed<Uint8Array>[] = [];
  for (const name of names.filter(isCertificateName).sort()) {
    const file = within === '' ? name : `${within}/${name}`;
    const path = join(folder, file);
    if ((await stat(path)).size > CERTIFICATE_FILE_BYTES_MAX) refused.push({ file, because: 'file-too-large' });
    else found.push(...certificatesIn(await readFile(path)).map((value) => ({ file, value })));
  }
  return found;
}

function isCertificateName(name: string): boolean {
  return !name.startsWith('.') && extensions.some((end) => name.toLowerCase().endsWith(end));
}

/** Empty where the folder does not exist. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function parsed(files: readonly Placed<Uint8Array>[], refused: RefusedTrust[]): readonly Placed<Certificate>[] {
  return files.flatMap(({ file, value }) => {
    try {
      return [{ file, value: parseCertificate(value) }];
    } catch (error) {
      if (!(error instanceof ASN1Error)) throw error;
      refused.push({ file, because: 'not-a-certificate' });
      return [];
    }
  });
}

/** The DER certificates in a file: the file itself when it is DER, otherwise its PEM blocks. */
export function certificatesIn(file: Uint8Array): readonly Uint8Array[] {
  const blocks = [...Buffer.from(file).toString('latin1').matchAll(PEM_BLOCK)];
  // DER that holds text which looks like PEM is DER: a certificate begins with a SEQUENCE.
  if (blocks.length === 0 || file[0] === 0x30) return [Uint8Array.from(file)];
  return blocks.map((block) => Uint8Array.from(Buffer.from(block[1] ?? '', 'base64')));
}

/** Master lists and defect lists announce no next one. */
function statusOfMasterList(list: MasterList): TrustListStatus {
  const { issuerCountry, issued_ms, sha256, certificates } = list;
  return statusOf({
    kind: 'master-list',
    issuerCountry,
    issued_ms,
    nextUpdate_ms: null,
    sha256,
    entries: certificates.length,
  });
}

function statusOfRevocationList(list: RevocationList): TrustListStatus {
  const { issuerCountry, thisUpdate_ms: issued_ms, nextUpdate_ms, sha256, entries } = list;
  return statusOf({ kind: 'crl', issuerCountry, issued_ms, nextUpdate_ms, sha256, entries: entries.size });
}

function statusOfDefectList(list: DefectList): TrustListStatus {
  const { issuerCountry, issued_ms, sha256, entries } = list;
  return statusOf({ kind: 'defect-list', issuerCountry, issued_ms, nextUpdate_ms: null, sha256, entries });
}

function statusOf(status: Omit<TrustListStatus, 'isFresh'>): TrustListStatus {
  const { nextUpdate_ms } = status;
  return { ...status, isFresh: (now_ms) => nextUpdate_ms === null || now_ms <= nextUpdate_ms };
}
