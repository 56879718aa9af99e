/** Object identifiers without end, of which the parser would keep one object a byte: refused before it sees them. */
import { expect, test } from 'vitest';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { ASN1Error, parseASN1 } from '../../drivers/emrtd/pki/asn1.ts';
import { parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { openMasterList } from '../../drivers/emrtd/pki/master-list.ts';
import { importRefusal, emptyFolder, publisher, refusalOf, trustIn } from './trust-material.ts';

const arcs = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(0x7f);
const within = (inner: Uint8Array): Uint8Array => writeTLV(0x30, writeTLV(0x30, inner));

test.each<[string, Uint8Array]>([
  ['an object identifier', writeTLV(0x06, arcs(200))],
  ['a relative object identifier', writeTLV(0x0d, arcs(200))],
  ['one that says it is constructed', writeTLV(0x26, arcs(200))],
  ['one of indefinite length', concatBytes(Uint8Array.of(0x26, 0x80), arcs(200), Uint8Array.of(0, 0))],
  ['one with its tag in the long form', concatBytes(Uint8Array.of(0x1f, 0x06, 0x81, 200), arcs(200))],
  ['one in a sequence that says it is primitive', writeTLV(0x10, writeTLV(0x06, arcs(200)))],
  ['one in the pieces of an octet string', writeTLV(0x24, writeTLV(0x06, arcs(200)))],
  ['one behind an end that has content', concatBytes(Uint8Array.of(0x30, 0x80, 0, 1, 5), writeTLV(0x06, arcs(200)))],
])('%s of two hundred bytes is refused', (_, element) => {
  expect(() => parseASN1(within(element))).toThrowError(ASN1Error);
  expect(() => parseASN1(element)).toThrowError(ASN1Error);
});

test('an element longer than what it stands in is refused', () => {
  expect(() =>
    parseASN1(concatBytes(Uint8Array.of(0x30, 0x04, 0x30, 0x04, 0x05, 0x00), Uint8Array.of(5, 0))),
  ).toThrowError(ASN1Error);
});

test('an identifier as long as any in use is read, also in pieces of indefinite length', () => {
  const identifier = writeTLV(0x06, arcs(32));
  expect(parseASN1(identifier).oid.split('.')).toHaveLength(33);
  const indefinite = concatBytes(Uint8Array.of(0x30, 0x80, 0x30, 0x80), identifier, new Uint8Array(4));
  expect(parseASN1(indefinite).child(0).child(0).raw).toEqual(identifier);
});

test('a file of one identifier is refused as a list and as an import', async () => {
  const file = within(writeTLV(0x06, arcs(300_000)));
  expect(refusalOf(() => parseRevocationList(file))).toBe('LIST_MALFORMED');
  expect(refusalOf(() => openMasterList(file, trustIn(publisher.cscaCertificate)))).toBe('LIST_MALFORMED');
  expect(await importRefusal(await emptyFolder(), file)).toBe('FILE_KIND_UNKNOWN');
});
