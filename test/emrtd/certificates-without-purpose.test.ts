/** Certificates that say little about what they are for, or say it at great length. */
import { expect, test } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { integer, oid, sequence, setOf, utf8String } from '../../simulator/passport/der.ts';
import { csca, cscaKey, extension, subjectKeyId } from './forged-document.ts';
import { emptyFolder, importRefusal } from './trust-material.ts';

const DOCUMENT_TYPE_LIST = '2.23.136.1.1.6.2';
const MASTER_LIST_SIGNING = '2.23.136.1.1.3';
const documentTypes = (type: string): Uint8Array =>
  extension(DOCUMENT_TYPE_LIST, false, sequence(integer(0), setOf(utf8String(type))));
/** Neither basic constraints nor a key usage. */
const without = (...more: readonly Uint8Array[]): Uint8Array =>
  csca({ extensions: [subjectKeyId(cscaKey.keyId), ...more] });

test('a certificate that says nothing but that it is for lists, or for documents, is no trust anchor', async () => {
  const forLists = without(extension('2.5.29.37', true, sequence(oid(MASTER_LIST_SIGNING))));
  const forDocuments = without(documentTypes('P'));
  for (const certificate of [forLists, forDocuments]) {
    const { trust, refused } = createTrustStore([certificate]);
    expect(trust.certificates).toEqual([]);
    expect(refused).toEqual([{ index: 0, because: 'not-a-certificate-authority' }]);
    expect(await importRefusal(await emptyFolder(), certificate)).toBe('CERTIFICATE_REFUSED');
  }
  expect(createTrustStore([without()]).refused).toEqual([]);
});

// Minutes where each filler is a new begin of the search.
test('a document type of any length is read in time that grows with it', { timeout: 20_000 }, () => {
  const fillers = '<'.repeat(400_000);
  expect(parseCertificate(csca({ extensions: [documentTypes(`${fillers}P`)] })).documentTypes).toEqual([`${fillers}P`]);
  expect(parseCertificate(csca({ extensions: [documentTypes(`P${fillers}`)] })).documentTypes).toEqual(['P']);
});
