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
  timeDigits,
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
  /** A list signer signs master lists or defect lists, which `extendedKeyUsage` says. */
  readonly role: 'csca' | 'document-signer' | 'list-signer';
  /** Document codes that a document signer is limited to ('P', 'ID'); default: not said. */
  readonly documentTypes?: readonly string[];
  /** When the private key signs (RFC 3280 section 4.2.1.4): shorter than what it signed is valid. Default: not said. */
  readonly keyUse?: { readonly from_ms: number; readonly to_ms: number };
  /** Object identifiers; critical. Default: not said. */
  readonly extendedKeyUsage?: readonly string[];
  /** Where the revocation list is published; default: not said. */
  readonly crlURL?: string;
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
  return [
    extension('2.5.29.14', octetString(content.subjectKey.keyId)),
    extension('2.5.29.35', sequence(contextPrimitive(0, issuerKey.keyId))),
    ...(content.role === 'csca'
      ? [
          criticalExtension('2.5.29.15', CSCA_USAGE),
          criticalExtension('2.5.29.19', sequence(boolean(true), integer(0))),
        ]
      : [criticalExtension('2.5.29.15', SIGNER_USAGE)]),
    ...optionalExtensions(content),
  ];
}

function optionalExtensions({ documentTypes, keyUse, extendedKeyUsage, crlURL }: CertificateContent): Uint8Array[] {
  const written: Uint8Array[] = [];
  if (keyUse !== undefined) {
    const times = [keyUse.from_ms, keyUse.to_ms].map((at_ms, i) => contextPrimitive(i, ascii(timeDigits(at_ms))));
    written.push(extension('2.5.29.16', sequence(...times)));
  }
  if (documentTypes !== undefined) {
    // ICAO 9303-12 section 7.1.1.6: DocumentTypeList.
    const list = sequence(integer(0), setOf(...documentTypes.map(printableString)));
    written.push(extension('2.23.136.1.1.6.2', list));
  }
  if (extendedKeyUsage !== undefined) {
    written.push(criticalExtension('2.5.29.37', sequence(...extendedKeyUsage.map(oid))));
  }
  if (crlURL !== undefined) {
    // RFC 5280 section 4.2.1.13: distribution point, full name, uniformResourceIdentifier.
    const name = context(0, context(0, contextPrimitive(6, ascii(crlURL))));
    written.push(extension('2.5.29.31', sequence(sequence(name))));
  }
  return written;
}

/** One extension of a certificate or revocation list (RFC 5280 section 4.1). */
export function extension(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), octetString(value));
}

function criticalExtension(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), boolean(true), octetString(value));
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'ascii');
}
