/** The files of a simulated document (ICAO 9303-10): EF.COM, DG1, DG2 and the signed EF.SOD. */
import { createHash } from 'node:crypto';
import { tagOfDataGroup } from '../../drivers/emrtd/lds/data-groups.ts';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { writeName } from './certificates.ts';
import { context, integer, octetString, oid, sequence, setOf, time } from './der.ts';
import type { Issuer } from './issuer.ts';
import { hashIdentifier, signWith, signatureIdentifier } from './keys.ts';

export type Portrait = {
  readonly format: 'jpeg' | 'jpeg2000';
  readonly bytes: Uint8Array;
  readonly width_px: number;
  readonly height_px: number;
};

const LDS_SECURITY_OBJECT = '2.23.136.1.1.1';
const ascii = (text: string): Uint8Array => Buffer.from(text, 'ascii');

/** EF.COM for LDS 1.7 with these data groups. */
export function writeCOM(dataGroups: readonly number[]): Uint8Array {
  const tags = dataGroups.map(tagOfDataGroup).filter((tag) => tag !== undefined);
  return writeTLV(
    0x60,
    writeTLV(0x5f01, ascii('0107')),
    writeTLV(0x5f36, ascii('040000')),
    writeTLV(0x5c, Uint8Array.from(tags)),
  );
}

/** DG1 with these MRZ lines. */
export function writeDG1(lines: readonly string[]): Uint8Array {
  return writeTLV(0x61, writeTLV(0x5f1f, ascii(lines.join(''))));
}

/** DG2 with one face in a biometric information template (ICAO 9303-10 section 4.7.2). */
export function writeDG2(portrait: Portrait): Uint8Array {
  const header = writeTLV(
    0xa1,
    writeTLV(0x81, Uint8Array.of(0x02)), // biometric type: facial features
    writeTLV(0x82, Uint8Array.of(0x00)), // subtype: none
    writeTLV(0x87, Uint8Array.of(0x01, 0x01)), // format owner: ISO/IEC JTC 1/SC 37
    writeTLV(0x88, Uint8Array.of(0x00, 0x08)), // format type: ISO/IEC 19794-5
  );
  const template = writeTLV(0x7f60, header, writeTLV(0x5f2e, writeFaceRecord(portrait)));
  return writeTLV(0x75, writeTLV(0x7f61, writeTLV(0x02, Uint8Array.of(1)), template));
}

/** ISO/IEC 19794-5:2005 section 5: record header, facial information, image information, image. No feature points. */
function writeFaceRecord(portrait: Portrait): Uint8Array {
  const head = new DataView(new ArrayBuffer(46));
  const recordLength = head.byteLength + portrait.bytes.length;
  head.setUint32(0, 0x46414300); // 'FAC'
  head.setUint32(4, 0x30313000); // version '010'
  head.setUint32(8, recordLength);
  head.setUint16(12, 1); // faces
  head.setUint32(14, recordLength - 14); // facial record data
  head.setUint8(34, 1); // image type: full frontal
  head.setUint8(35, portrait.format === 'jpeg' ? 0 : 1);
  head.setUint16(36, portrait.width_px);
  head.setUint16(38, portrait.height_px);
  head.setUint8(40, 1); // colour space: 24-bit RGB
  head.setUint8(41, 2); // source: static photograph from a digital camera
  return concatBytes(new Uint8Array(head.buffer), portrait.bytes);
}

/** EF.SOD over these data groups, signed by the issuer's document signer (ICAO 9303-12 section 7.3, RFC 5652). */
export function writeSOD(dataGroups: ReadonlyMap<number, Uint8Array>, issuer: Issuer, signedAt_ms: number): Uint8Array {
  const key = issuer.signerKey;
  const digest = (bytes: Uint8Array): Uint8Array => createHash(key.hash).update(bytes).digest();
  const hashes = [...dataGroups].map(([number, file]) => sequence(integer(number), octetString(digest(file))));
  const content = sequence(integer(0), hashIdentifier(key.hash), sequence(...hashes));
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid(LDS_SECURITY_OBJECT)),
    attribute('1.2.840.113549.1.9.4', octetString(digest(content))),
    attribute('1.2.840.113549.1.9.5', time(signedAt_ms)),
  ];
  // The signature covers the attributes as a SET; they are stored under the tag [0] (RFC 5652 section 5.4).
  const asSet = setOf(...attributes);
  const asContext = Uint8Array.from(asSet, (octet, i) => (i === 0 ? 0xa0 : octet));
  const signerInfo = sequence(
    integer(1),
    sequence(writeName(issuer.cscaName), integer(issuer.signerSerialNumber)),
    hashIdentifier(key.hash),
    asContext,
    signatureIdentifier(key),
    octetString(signWith(key, asSet)),
  );
  const signedData = sequence(
    integer(3),
    setOf(hashIdentifier(key.hash)),
    sequence(oid(LDS_SECURITY_OBJECT), context(0, octetString(content))),
    context(0, issuer.signerCertificate),
    setOf(signerInfo),
  );
  return writeTLV(0x77, sequence(oid('1.2.840.113549.1.7.2'), context(0, signedData)));
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), setOf(value));
}
