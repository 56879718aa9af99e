/** Certificates of document signers in which every part can be left out or be another (ICAO 9303-12 section 7.1). */
import { type Name, extension, writeName } from '../certificates.ts';
import { bitString, boolean, context, contextPrimitive, integer, octetString, oid, sequence, time } from '../der.ts';
import { type SigningKey, signWith, signatureIdentifier } from '../keys.ts';
import type { Part, Signer } from './security-object.ts';
import { type Algorithm, type Authority, DAY_MS, type Workshop } from './workshop.ts';

export type CertificateParts = {
  /** What the document signer signs with; default ECDSA with SHA-256. */
  readonly signsWith?: Algorithm;
  /** What its certificate is signed with; default ECDSA with SHA-256. */
  readonly signedWith?: Algorithm;
  readonly version?: Part;
  readonly serialNumber?: Part;
  /** Algorithm inside the signed part. */
  readonly signature?: Part;
  readonly issuer?: Part;
  readonly validity?: Part;
  readonly subject?: Part;
  readonly publicKey?: Part;
  readonly authorityKeyId?: Part;
  readonly keyUsage?: Part;
  /** Algorithm behind the signed part; default that of `signature`. */
  readonly signatureAlgorithm?: Part;
  readonly signatureValue?: Part;
  /** Signature over the signed part; default with the CSCA's key. */
  readonly sign?: (body: Uint8Array, key: SigningKey) => Uint8Array;
};

export const ecdsaSHA256: Algorithm = { scheme: 'ecdsa', hash: 'sha256' };
const VERSION_3 = 2;
const SERIAL_NUMBER = 7;
const VALIDITY_DAYS = 1000;
const Extension = { KEY_USAGE: '2.5.29.15', AUTHORITY_KEY_IDENTIFIER: '2.5.29.35' } as const;

/** A document signer with such a certificate, and the CSCA certificate under which it stands. */
export function createSigner(
  workshop: Workshop,
  parts: CertificateParts,
): { readonly signer: Signer; readonly trusted: Uint8Array } {
  const authority = workshop.authority(parts.signedWith);
  const key = workshop.key('signer', parts.signsWith ?? ecdsaSHA256);
  const certificate = writeParts(workshop, authority, parts, key.publicKey);
  const [issuer = writeName(authority.name)] = parts.issuer ?? [];
  const [serialNumber = integer(SERIAL_NUMBER)] = parts.serialNumber ?? [];
  const identifier = sequence(issuer, serialNumber);
  return { signer: { key, certificate, identifier }, trusted: authority.certificate };
}

function writeParts(
  { now_ms }: Workshop,
  authority: Authority,
  parts: CertificateParts,
  publicKey: Uint8Array,
): Uint8Array {
  const subject: Name = { ...authority.name, commonName: 'Simulated document signer' };
  const algorithm = [signatureIdentifier(authority.key)];
  const sign = parts.sign ?? ((body: Uint8Array, key: SigningKey) => signWith(key, body));
  const body = sequence(
    ...(parts.version ?? [context(0, integer(VERSION_3))]),
    ...(parts.serialNumber ?? [integer(SERIAL_NUMBER)]),
    ...(parts.signature ?? algorithm),
    ...(parts.issuer ?? [writeName(authority.name)]),
    ...(parts.validity ?? [validityOf(now_ms - DAY_MS, now_ms + VALIDITY_DAYS * DAY_MS)]),
    ...(parts.subject ?? [writeName(subject)]),
    ...(parts.publicKey ?? [publicKey]),
    ...writeExtensions(authority, parts),
  );
  return sequence(
    body,
    ...(parts.signatureAlgorithm ?? parts.signature ?? algorithm),
    ...(parts.signatureValue ?? [bitString(sign(body, authority.key))]),
  );
}

function writeExtensions({ key }: Authority, { authorityKeyId, keyUsage }: CertificateParts): Part {
  const extensions = [
    ...(authorityKeyId ?? [authorityKeyIdOf(contextPrimitive(0, key.keyId))]),
    ...(keyUsage ?? [keyUsageOf(0x80)]),
  ];
  return extensions.length === 0 ? [] : [context(3, sequence(...extensions))];
}

export function validityOf(from_ms: number, to_ms: number): Uint8Array {
  return sequence(time(from_ms), time(to_ms));
}

/** The extension with these fields. */
export function authorityKeyIdOf(...fields: readonly Uint8Array[]): Uint8Array {
  return extension(Extension.AUTHORITY_KEY_IDENTIFIER, sequence(...fields));
}

/** Critical; bits from the highest: digitalSignature 80, nonRepudiation 40, keyCertSign 04, cRLSign 02. */
export function keyUsageOf(bits: number): Uint8Array {
  return sequence(oid(Extension.KEY_USAGE), boolean(true), octetString(bitString(Uint8Array.of(bits), 1)));
}
