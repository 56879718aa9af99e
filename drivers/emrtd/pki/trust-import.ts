/**
 * Takes one file of an authority into a trust folder: verified first, written whole or not at all, recorded, and never an
 * older list in place of a newer one unless told.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keyProblem } from './algorithms.ts';
import { ASN1Error, parseASN1 } from './asn1.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { fingerprint } from './certificate-evidence.ts';
import { isSignedData, parseSignedData } from './cms.ts';
import { authenticateRevocationList, parseRevocationList } from './crl.ts';
import { DEFECT_LIST, openDefectList } from './defect-list.ts';
import { type ImportRecord, appendRecord, inForce, readJournal } from './import-journal.ts';
import { MASTER_LIST, openMasterList } from './master-list.ts';
import { folders, readListFile, readTrustFolder } from './trust-folder.ts';
import { TrustError } from './trust-codes.ts';
import { openAnchor } from './trust-store.ts';

export type ImportOptions = {
  /** Who imports, for the record. */
  readonly by: string;
  /** Wall clock, ms since the epoch. */
  readonly now_ms: number;
  /** Pin this certificate as one that vouches for signers of lists. Obtain it apart from any list. */
  readonly root?: boolean;
  /** Take a list that is older than the one at hand. */
  readonly allowOlder?: boolean;
};

/** What was imported, before anything is written. */
type Candidate = Omit<ImportRecord, 'by' | 'at_ms' | 'file' | 'sha256'> & { readonly extension: string };

/**
 * A CSCA certificate, a root, a document signer's certificate, a master list, a revocation list or a defect list, in DER
 * or PEM; what it is, the file says. Rejects with TrustError, and then the folder is what it was; or with the file
 * system's own error. One import at a time.
 */
export async function importTrustFile(folder: string, path: string, o: ImportOptions): Promise<ImportRecord> {
  const file = derIn(await readListFile(path));
  const candidate = await identify(folder, file, o);
  const sha256 = fingerprint(file);
  const { records } = await readJournal(folder);
  const before = inForce(records).find(({ kind, source }) => kind === candidate.kind && source === candidate.source);
  const isList = candidate.kind === 'master-list' || candidate.kind === 'crl' || candidate.kind === 'defect-list';
  if (isList && before !== undefined && candidate.issued_ms < before.issued_ms && o.allowOlder !== true) {
    throw new TrustError('LIST_OLDER');
  }
  const { extension, ...what } = candidate;
  const name = `${fileNamePart(candidate.issuerCountry)}-${dateOf(candidate.issued_ms)}-${sha256.slice(0, 12)}${extension}`;
  const within = candidate.kind === 'anchor' ? '' : `${folders[candidate.kind]}/`;
  const record: ImportRecord = { by: o.by, at_ms: o.now_ms, ...what, file: within + name, sha256 };
  await writeWhole(join(folder, record.file), file);
  await appendRecord(folder, record);
  // Superseded: the record in force does not name it any more. Certificates stay until somebody takes them away.
  if (isList && before !== undefined && before.file !== record.file)
    await rm(join(folder, before.file), { force: true });
  return record;
}

async function identify(folder: string, file: Uint8Array, o: ImportOptions): Promise<Candidate> {
  const kind = kindOf(file);
  if (kind === 'certificate') return identifyCertificate(parseCertificate(file), o.root === true);
  if (o.root === true) throw new TrustError('CERTIFICATE_REFUSED', 'a list is no root');
  const { trust, roots } = await readTrustFolder(folder);
  const listTrust = { roots: roots.map(({ value }) => value), importedAt_ms: o.now_ms };
  if (kind === 'crl') {
    const list = parseRevocationList(file);
    authenticateRevocationList(list, trust.certificates);
    // Its issuer and key: after a change of keys the lists of both stand beside each other.
    const source = fingerprint(Buffer.from(`${list.issuer}\n${list.authorityKeyId ?? ''}`)).slice(0, 16);
    const { issuerCountry, thisUpdate_ms: issued_ms, nextUpdate_ms: until_ms, entries } = list;
    if (!(issued_ms <= o.now_ms)) throw new TrustError('LIST_FROM_THE_FUTURE');
    return { kind, source, issuerCountry, issued_ms, until_ms, entries: entries.size, extension: '.crl' };
  }
  const list =
    kind === 'master-list'
      ? { ...openMasterList(file, listTrust), extension: '.ml' }
      : { ...openDefectList(file, listTrust), extension: '.dl' };
  const entries = 'certificates' in list ? list.certificates.length : list.entries;
  const { issuerCountry, issued_ms, extension } = list;
  return { kind, source: issuerCountry ?? '', issuerCountry, issued_ms, until_ms: null, entries, extension };
}

function kindOf(file: Uint8Array): 'certificate' | 'crl' | 'master-list' | 'defect-list' {
  try {
    const first = parseASN1(file, LIST_NODES_MAX);
    if (isSignedData(first)) {
      const { contentType } = parseSignedData(file);
      if (contentType === MASTER_LIST) return 'master-list';
      if (contentType === DEFECT_LIST) return 'defect-list';
      throw new TrustError('LIST_CONTENT_TYPE_WRONG');
    }
    // A certificate's body begins with [0] version, a revocation list's with the version itself.
    const isCertificate = first.child(0).child(0).isContext(0);
    if (isCertificate) parseCertificate(file);
    return isCertificate ? 'certificate' : 'crl';
  } catch (error) {
    if (error instanceof ASN1Error) throw new TrustError('FILE_KIND_UNKNOWN', error.message);
    throw error;
  }
}
const LIST_NODES_MAX = 500_000;

function identifyCertificate(certificate: Certificate, isRoot: boolean): Candidate {
  const { issuerCountry, validFrom_ms: issued_ms, validTo_ms: until_ms, der } = certificate;
  const candidate = { source: fingerprint(der), issuerCountry, issued_ms, until_ms, entries: 1, extension: '.cer' };
  if (isRoot) {
    const problem = certificate.key.ok ? keyProblem(certificate.key.value) : certificate.key.because;
    if (problem !== undefined) throw new TrustError('CERTIFICATE_REFUSED', problem);
    return { kind: 'root', ...candidate };
  }
  const anchor = openAnchor(der);
  if (typeof anchor !== 'string') return { kind: 'anchor', ...candidate };
  const isSigner = certificate.keyUsage?.digitalSignature === true && certificate.key.ok;
  if (anchor !== 'not-a-certificate-authority' || !isSigner) throw new TrustError('CERTIFICATE_REFUSED', anchor);
  return { kind: 'document-signer', ...candidate };
}

const PEM_BLOCK = /-----BEGIN (CERTIFICATE|X509 CRL|CMS|PKCS7)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

/** A file in PEM holds exactly one block: two would be two imports. */
function derIn(file: Uint8Array): Uint8Array {
  const blocks = [...Buffer.from(file).toString('latin1').matchAll(PEM_BLOCK)];
  const [block] = blocks;
  // DER that holds text which looks like PEM is DER: every file in DER here begins with a SEQUENCE.
  if (block === undefined || file[0] === 0x30) return file;
  if (blocks.length > 1) throw new TrustError('FILE_KIND_UNKNOWN', 'several PEM blocks');
  return Uint8Array.from(Buffer.from(block[2] ?? '', 'base64'));
}

/** In a file beside it first, so that a power cut leaves the old state or the new one. */
async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  const part = join(dirname(path), `.${path.slice(dirname(path).length + 1)}.part`);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(part, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  // The new name must be on disk before the record that speaks of it.
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A certificate may call its country anything, also a path. */
function fileNamePart(country: string | null): string {
  return country !== null && /^[A-Z]{2,3}$/.test(country) ? country : 'XX';
}

function dateOf(time_ms: number): string {
  return new Date(time_ms).toISOString().slice(0, 19).replace(/[-:]/g, '');
}
