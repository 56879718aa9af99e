/**
 * EF.SOD in which every part can be left out or be another (ICAO 9303-10 section 4.6.2, RFC 5652 section 5); what is
 * not named is in order, and the signature is over what is there.
 */
import { createHash } from 'node:crypto';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { context, integer, octetString, oid, sequence, setOf, time } from '../der.ts';
import { type HashName, type SigningKey, hashIdentifier, signWith, signatureIdentifier } from '../keys.ts';
import { writeSignerReference } from '../signed-data.ts';
import type { Workshop } from './workshop.ts';

/** Elements in the place of one: none leaves it out. */
export type Part = readonly Uint8Array[];

/** Who signs; default the usual document signer. */
export type Signer = {
  readonly key: SigningKey;
  readonly certificate: Uint8Array;
  /** Encoded issuer and serial number. */
  readonly identifier: Uint8Array;
};

export type SecurityObjectParts = {
  readonly signer?: Signer;
  /** Hashes are made of these in place of the document's data groups. */
  readonly dataGroups?: ReadonlyMap<number, Uint8Array>;
  /** Default that of the signature. */
  readonly dataGroupHash?: HashName;
  readonly version?: Part;
  readonly digestAlgorithms?: Part;
  readonly contentType?: Part;
  readonly certificates?: Part;
  readonly signerVersion?: Part;
  readonly signerIdentifier?: Part;
  readonly signerDigest?: Part;
  /** Whole attributes. */
  readonly messageDigest?: Part;
  readonly signingTime?: Part;
  readonly signatureAlgorithm?: Part;
  readonly signature?: Part;
  /** Signature over the attributes; default with the signer's key. */
  readonly sign?: (attributes: Uint8Array, key: SigningKey) => Uint8Array;
  readonly ldsVersion?: Part;
  readonly ldsAlgorithm?: Part;
  /** Entries that list hashes, after those of the data groups. */
  readonly moreHashes?: Part;
  readonly ldsVersionInfo?: Part;
};

export const LDS_SECURITY_OBJECT = '2.23.136.1.1.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const Attribute = {
  CONTENT_TYPE: '1.2.840.113549.1.9.3',
  MESSAGE_DIGEST: '1.2.840.113549.1.9.4',
  SIGNING_TIME: '1.2.840.113549.1.9.5',
} as const;

export function writeSecurityObject(
  workshop: Workshop,
  dataGroups: ReadonlyMap<number, Uint8Array>,
  parts: SecurityObjectParts,
): Uint8Array {
  const signer = parts.signer ?? usualSigner(workshop);
  const content = writeContent(parts.dataGroups ?? dataGroups, signer.key.hash, parts);
  const contentType = parts.contentType ?? [oid(LDS_SECURITY_OBJECT)];
  const certificates = parts.certificates ?? [signer.certificate];
  const signedData = sequence(
    ...(parts.version ?? [integer(3)]),
    ...(parts.digestAlgorithms ?? [setOf(hashIdentifier(signer.key.hash))]),
    sequence(...contentType, context(0, octetString(content))),
    ...(certificates.length === 0 ? [] : [writeTLV(0xa0, ...certificates)]),
    setOf(writeSignerInfo(workshop, signer, content, parts)),
  );
  return writeTLV(0x77, sequence(oid(SIGNED_DATA), context(0, signedData)));
}

export function usualSigner({ issuer }: Workshop): Signer {
  const { signerKey: key, signerCertificate: certificate, cscaName, signerSerialNumber: serialNumber } = issuer;
  const identifier = writeSignerReference({ by: 'issuer-and-serial', issuer: cscaName, serialNumber });
  return { key, certificate, identifier };
}

export function attribute(type: keyof typeof Attribute, value: Uint8Array): Uint8Array {
  return sequence(oid(Attribute[type]), setOf(value));
}

function writeContent(
  dataGroups: ReadonlyMap<number, Uint8Array>,
  signatureHash: HashName,
  parts: SecurityObjectParts,
): Uint8Array {
  const hash = parts.dataGroupHash ?? signatureHash;
  const digest = (bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest();
  const hashes = [...dataGroups].map(([number, file]) => sequence(integer(number), octetString(digest(file))));
  return sequence(
    ...(parts.ldsVersion ?? [integer(0)]),
    ...(parts.ldsAlgorithm ?? [hashIdentifier(hash)]),
    sequence(...hashes, ...(parts.moreHashes ?? [])),
    ...(parts.ldsVersionInfo ?? []),
  );
}

function writeSignerInfo(
  { now_ms }: Workshop,
  { key, identifier }: Signer,
  content: Uint8Array,
  parts: SecurityObjectParts,
): Uint8Array {
  const digest = createHash(key.hash).update(content).digest();
  // The signature covers the attributes as a SET; they are stored under the tag [0] (RFC 5652 section 5.4).
  const asSet = setOf(
    ...(parts.contentType ?? [oid(LDS_SECURITY_OBJECT)]).map((type) => attribute('CONTENT_TYPE', type)),
    ...(parts.messageDigest ?? [attribute('MESSAGE_DIGEST', octetString(digest))]),
    ...(parts.signingTime ?? [attribute('SIGNING_TIME', time(now_ms))]),
  );
  const sign = parts.sign ?? ((attributes: Uint8Array) => signWith(key, attributes));
  return sequence(
    ...(parts.signerVersion ?? [integer(1)]),
    ...(parts.signerIdentifier ?? [identifier]),
    ...(parts.signerDigest ?? [hashIdentifier(key.hash)]),
    Uint8Array.from(asSet, (octet, i) => (i === 0 ? 0xa0 : octet)),
    ...(parts.signatureAlgorithm ?? [signatureIdentifier(key)]),
    ...(parts.signature ?? [octetString(sign(asSet, key))]),
  );
}
