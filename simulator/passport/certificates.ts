/** X.509 certificates of a simulated issuer, after the profiles of ICAO 9303-12 section 7.1. */
import {
  bitString,
  boolean,
  context,
  contextPrimitive,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts';
import { type SigningKey, signWith, signatureIdentifier } from './keys.ts';

export type Name = { readonly country: string; readonly organisation: string; readonly commonName: string };

export type CertificateContent = {
  readonly issuer: Name;
  readonly subject: Name;
  readonly serialNumber: Uint8Array;
  readonly validFrom_ms: number;
  readonly validTo_ms: number;
  readonly subjectKey: SigningKey;
  readonly role: 'csca' | 'document-signer';
};

const VERSION_3 = 2;
/** Key usage bits (RFC 5280 section 4.2.1.3): keyCertSign and cRLSign; digitalSignature. */
const CSCA_USAGE = bitString(Uint8Array.of(0x06), 1);
const SIGNER_USAGE = bitString(Uint8Array.of(0x80), 7);

/** DER certificate signed with `issuerKey`. */
export function writeCertificate(content: CertificateContent, issuerKey: SigningKey): Uint8Array {
  const algorithm = signatureIdentifier(issuerKey);
  const body = sequence(
    context(0, integer(VERSION_3)),
    integer(content.serialNumber),
    algorithm,
    writeName(content.issuer),
    sequence(time(content.validFrom_ms), time(content.validTo_ms)),
    writeName(content.subject),
    content.subjectKey.publicKey,
    context(3, sequence(...extensions(content, issuerKey))),
  );
  return sequence(body, algorithm, bitString(signWith(issuerKey, body)));
}

/** Country is always a PrintableString, the rest UTF8String (ICAO 9303-12 section 7.1.1). */
export function writeName(name: Name): Uint8Array {
  const attribute = (type: string, value: Uint8Array): Uint8Array => setOf(sequence(oid(type), value));
  return sequence(
    attribute('2.5.4.6', printableString(name.country)),
    attribute('2.5.4.10', utf8String(name.organisation)),
    attribute('2.5.4.3', utf8String(name.commonName)),
  );
}

function extensions(content: CertificateContent, issuerKey: SigningKey): readonly Uint8Array[] {
  const extension = (type: string, isCritical: boolean, value: Uint8Array): Uint8Array =>
    sequence(oid(type), ...(isCritical ? [boolean(true)] : []), octetString(value));
  const shared = [
    extension('2.5.29.14', false, octetString(content.subjectKey.keyId)),
    extension('2.5.29.35', false, sequence(contextPrimitive(0, issuerKey.keyId))),
  ];
  return content.role === 'csca'
    ? [
        ...shared,
        extension('2.5.29.15', true, CSCA_USAGE),
        extension('2.5.29.19', true, sequence(boolean(true), integer(0))),
      ]
    : [...shared, extension('2.5.29.15', true, SIGNER_USAGE)];
}
