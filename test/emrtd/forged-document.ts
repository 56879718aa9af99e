/**
 * Documents as a forger or a careless issuer would build them: every part of the certificates and of EF.SOD can be set,
 * whatever is not set is in order.
 */
import { createHash } from 'node:crypto';
import { FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import type { DocumentInspection, InspectionOptions } from '../../drivers/emrtd/inspection.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { type Name, writeName } from '../../simulator/passport/certificates.ts';
import {
  bitString,
  boolean,
  context,
  contextPrimitive,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
} from '../../simulator/passport/der.ts';
import {
  type SigningKey,
  generateSigningKey,
  hashIdentifier,
  signWith,
  signatureIdentifier,
} from '../../simulator/passport/keys.ts';
import { writeCOM, writeDG1, writeDG2 } from '../../simulator/passport/logical-data-structure.ts';
import { writeTD3 } from '../../simulator/passport/mrz-writer.ts';
import { basicPassport } from '../../simulator/passport/passport.ts';
import { NOW_MS, holder, inspect, portraitOf } from './simulated-document.ts';

export const DAY_MS = 86_400_000;
export const cscaKey: SigningKey = generateSigningKey('ecdsa-p256');
export const signerKey: SigningKey = generateSigningKey('ecdsa-p256');
export const authority: Name = { country: 'UT', organisation: 'Simulated issuer', commonName: 'Authority' };
const signerName: Name = { ...authority, commonName: 'Signer' };
const SIGNER_SERIAL = 7;

export type CertificateParts = {
  readonly issuer: Name;
  readonly subject: Name;
  readonly serialNumber: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly issuerKey: SigningKey;
  readonly extensions: readonly Uint8Array[];
  /** Both times, encoded. */
  readonly validity: Uint8Array;
  readonly algorithm: Uint8Array;
  sign(body: Uint8Array): Uint8Array;
};

export function extension(type: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  return sequence(oid(type), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

export const subjectKeyId = (id: Uint8Array): Uint8Array => extension('2.5.29.14', false, octetString(id));
export const authorityKeyId = (id: Uint8Array): Uint8Array =>
  extension('2.5.29.35', false, sequence(contextPrimitive(0, id)));
/** Key usage from its first byte: 0x80 digital signature, 0x06 certificates and lists. */
export const keyUsage = (bits: number): Uint8Array => extension('2.5.29.15', true, bitString(Uint8Array.of(bits), 1));
export const certificateAuthority = extension('2.5.29.19', true, sequence(boolean(true), integer(0)));
export const validity = (from_ms: number, to_ms: number): Uint8Array => sequence(time(from_ms), time(to_ms));

export function certificate(parts: Partial<CertificateParts> & Pick<CertificateParts, 'extensions'>): Uint8Array {
  const issuerKey = parts.issuerKey ?? cscaKey;
  const algorithm = parts.algorithm ?? signatureIdentifier(issuerKey);
  const body = sequence(
    context(0, integer(2)),
    integer(parts.serialNumber ?? SIGNER_SERIAL),
    algorithm,
    writeName(parts.issuer ?? authority),
    parts.validity ?? validity(NOW_MS - DAY_MS, NOW_MS + DAY_MS),
    writeName(parts.subject ?? signerName),
    parts.publicKey ?? signerKey.publicKey,
    ...(parts.extensions.length === 0 ? [] : [context(3, sequence(...parts.extensions))]),
  );
  return sequence(body, algorithm, bitString(parts.sign?.(body) ?? signWith(issuerKey, body)));
}

/** A document signer; `more` extensions come beside the usual ones. */
export function signer(parts: Partial<CertificateParts> = {}, ...more: readonly Uint8Array[]): Uint8Array {
  return certificate({ extensions: [authorityKeyId(cscaKey.keyId), keyUsage(0x80), ...more], ...parts });
}

export function csca(parts: Partial<CertificateParts> = {}): Uint8Array {
  return certificate({
    subject: authority,
    serialNumber: 1,
    publicKey: cscaKey.publicKey,
    extensions: [subjectKeyId(cscaKey.keyId), keyUsage(0x06), certificateAuthority],
    ...parts,
  });
}

export const mrzLines = writeTD3(holder, 'UTO');
const dg1 = writeDG1(mrzLines);
const dg2 = writeDG2(portraitOf(500));
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const listed = (number: number, file: Uint8Array): Uint8Array => sequence(integer(number), octetString(sha256(file)));

export const LDS_SECURITY_OBJECT = '2.23.136.1.1.1';

export type SecurityObjectParts = {
  readonly certificates: readonly Uint8Array[];
  readonly contentType: string;
  readonly issuer: Name;
  readonly serialNumber: number;
  readonly key: SigningKey;
  readonly algorithm: Uint8Array;
  /** The value of the attribute messageDigest. */
  readonly messageDigest: Uint8Array;
  sign(attributes: Uint8Array): Uint8Array;
  /** More signers after the genuine one, of which each is written by `signerInfo`. */
  readonly moreSigners: readonly Uint8Array[];
  readonly dg1: Uint8Array;
};

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), setOf(value));

function contentOf(parts: Partial<SecurityObjectParts>): Uint8Array {
  return sequence(integer(0), hashIdentifier('sha256'), sequence(listed(1, parts.dg1 ?? dg1), listed(2, dg2)));
}

export function signerInfo(parts: Partial<SecurityObjectParts> = {}): Uint8Array {
  const key = parts.key ?? signerKey;
  const asSet = setOf(
    attribute('1.2.840.113549.1.9.3', oid(parts.contentType ?? LDS_SECURITY_OBJECT)),
    attribute('1.2.840.113549.1.9.4', parts.messageDigest ?? octetString(sha256(contentOf(parts)))),
  );
  return sequence(
    integer(1),
    sequence(writeName(parts.issuer ?? authority), integer(parts.serialNumber ?? SIGNER_SERIAL)),
    hashIdentifier('sha256'),
    Uint8Array.from(asSet, (octet, i) => (i === 0 ? 0xa0 : octet)),
    parts.algorithm ?? signatureIdentifier(key),
    octetString(parts.sign?.(asSet) ?? signWith(key, asSet)),
  );
}

export function securityObject(parts: Partial<SecurityObjectParts> = {}): Uint8Array {
  const certificates = parts.certificates ?? [signer()];
  const signedData = sequence(
    integer(3),
    setOf(hashIdentifier('sha256')),
    sequence(oid(parts.contentType ?? LDS_SECURITY_OBJECT), context(0, octetString(contentOf(parts)))),
    ...(certificates.length === 0 ? [] : [context(0, ...certificates)]),
    writeTLV(0x31, signerInfo(parts), ...(parts.moreSigners ?? [])),
  );
  return writeTLV(0x77, sequence(oid('1.2.840.113549.1.7.2'), context(0, signedData)));
}

/** Reads a chip with this EF.SOD, where these certificates are trusted. */
export async function inspectForged(
  parts: Partial<SecurityObjectParts>,
  trusted: readonly Uint8Array[] = [csca()],
  options: Partial<InspectionOptions> = {},
): Promise<DocumentInspection> {
  const files = new Map([
    [FileId.COM as number, writeCOM([1, 2])],
    [FileId.SOD, securityObject(parts)],
    [FileId.DG1, parts.dg1 ?? dg1],
    [FileId.DG2, dg2],
  ]);
  return inspect(basicPassport({ mrzLines, files }), { trust: createTrustStore(trusted).trust, ...options });
}
