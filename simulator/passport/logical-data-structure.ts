/** The files that every simulated document has (ICAO 9303-10): EF.COM, DG1, DG2 and the signed EF.SOD. */
import { createHash } from 'node:crypto';
import { tagOfDataGroup } from '../../drivers/emrtd/lds/data-groups.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { integer, nullValue, octetString, oid, sequence } from './der.ts';
import type { DocumentProfile } from './document-profile.ts';
import { type Portrait, writeFaceRecord19794, writeFaceRecord39794 } from './face-record.ts';
import type { Issuer } from './issuer.ts';
import { type HashName, hashIdentifier } from './keys.ts';
import { type SignerReference, writeSignedData } from './signed-data.ts';

export type { Portrait } from './face-record.ts';

const LDS_SECURITY_OBJECT = '2.23.136.1.1.1';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const ascii = (text: string): Uint8Array => Buffer.from(text, 'ascii');

/** EF.COM for LDS 1.7 with these data groups. Throws RangeError for a number that is no data group. */
export function writeCOM(dataGroups: readonly number[]): Uint8Array {
  const tags = dataGroups.map((number) => {
    const tag = tagOfDataGroup(number);
    if (tag === undefined) throw new RangeError(`no data group ${number}`);
    return tag;
  });
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

/** Format type in the header and tag of the data block: 39794-5 is constructed, 19794-5 is bytes. */
const portraitEncodings = {
  '19794-5': { formatType: 0x08, tag: 0x5f2e, write: writeFaceRecord19794 },
  '39794-5': { formatType: 0x2a, tag: 0x7f2e, write: writeFaceRecord39794 },
} as const;

/** DG2 with one face in a biometric information template (ICAO 9303-10 section 4.7.2). */
export function writeDG2(portrait: Portrait, encoding: DocumentProfile['portraitEncoding'] = '19794-5'): Uint8Array {
  const { formatType, tag, write } = portraitEncodings[encoding];
  const header = writeTLV(
    0xa1,
    writeTLV(0x81, Uint8Array.of(0x02)), // biometric type: facial features
    writeTLV(0x82, Uint8Array.of(0x00)), // subtype: none
    writeTLV(0x87, Uint8Array.of(0x01, 0x01)), // format owner: ISO/IEC JTC 1/SC 37
    writeTLV(0x88, Uint8Array.of(0x00, formatType)),
  );
  const template = writeTLV(0x7f60, header, writeTLV(tag, write(portrait)));
  return writeTLV(0x75, writeTLV(0x7f61, writeTLV(0x02, Uint8Array.of(1)), template));
}

/** Forms of EF.SOD that occur in the field beside the usual one. */
export type SecurityObjectOptions = {
  /** Of the data groups; default that of the signature. */
  readonly dataGroupHash?: HashName;
  readonly form?: SignedObjectForm;
};

/** EF.SOD over these data groups, signed by the issuer's document signer (ICAO 9303-12 section 7.3). */
export function writeSOD(
  dataGroups: ReadonlyMap<number, Uint8Array>,
  issuer: Issuer,
  signedAt_ms: number,
  o: SecurityObjectOptions = {},
): Uint8Array {
  const hash = o.dataGroupHash ?? issuer.signerKey.hash;
  const digest = (bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest();
  const hashes = [...dataGroups].map(([number, file]) => sequence(integer(number), octetString(digest(file))));
  const content = sequence(integer(0), hashIdentifier(hash), sequence(...hashes));
  const object = { contentType: LDS_SECURITY_OBJECT, content, signedAt_ms };
  return writeTLV(0x77, signedByDocumentSigner(issuer, object, o.form));
}

export type SignedObjectForm = {
  /** Default 'issuer-and-serial'. */
  readonly signerBy?: SignerReference['by'];
  /** False: the certificate has to come from elsewhere. Default true. */
  readonly embedsCertificate?: boolean;
  /** Names rsaEncryption in place of the signature algorithm, as AU, NZ and US do. Default false; RSA only. */
  readonly namesPlainRSA?: boolean;
};

/** CMS SignedData of the issuer's document signer. */
export function signedByDocumentSigner(
  issuer: Issuer,
  o: { readonly contentType: string; readonly content: Uint8Array; readonly signedAt_ms: number },
  form: SignedObjectForm = {},
): Uint8Array {
  const { signerKey: key, cscaName, signerSerialNumber: serialNumber } = issuer;
  return writeSignedData({
    ...o,
    key,
    signer:
      form.signerBy === 'subject-key-id'
        ? { by: 'subject-key-id', keyId: key.keyId }
        : { by: 'issuer-and-serial', issuer: cscaName, serialNumber },
    certificates: form.embedsCertificate === false ? [] : [issuer.signerCertificate],
    ...(form.namesPlainRSA === true ? { algorithm: sequence(oid(RSA_ENCRYPTION), nullValue()) } : {}),
  });
}
