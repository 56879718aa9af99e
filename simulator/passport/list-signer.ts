/** Signers of master lists and defect lists, certified by a simulated CSCA. */
import { type CertificateContent, type Name, writeCertificate } from './certificates.ts';
import { type Issuer, type SignerOptions, newSerialNumber, validity } from './issuer.ts';
import { type SigningKey, generateSigningKey } from './keys.ts';
import { writeSignedData } from './signed-data.ts';

export type ListSigner = {
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER of the CSCA above it. */
  readonly cscaCertificate: Uint8Array;
  readonly cscaName: Name;
  readonly serialNumber: Uint8Array;
  readonly key: SigningKey;
};

export type ListSignerOptions = Pick<
  SignerOptions,
  'now_ms' | 'entropy' | 'keyKind' | 'hash' | 'curveParameters' | 'validityShift_days' | 'signerValidity_days'
> & {
  /** Extended key usage. Default: that of master list signers (ICAO 9303-12 section 7.1.1); none: left out. */
  readonly purposes?: readonly string[];
};

/** cscaMasterListSigningKey (ICAO 9303-12 section 7.1.1). */
export const MASTER_LIST_SIGNING = '2.23.136.1.1.3';
const VALIDITY_DAYS = 365;

export function createListSigner(issuer: Issuer, o: ListSignerOptions): ListSigner {
  const key = generateSigningKey(o.keyKind ?? 'ecdsa-p256', o);
  const serialNumber = newSerialNumber(o);
  const purposes = o.purposes ?? [MASTER_LIST_SIGNING];
  const content: CertificateContent = {
    issuer: issuer.cscaName,
    subject: { ...issuer.cscaName, commonName: `Simulated list signer ${issuer.state}` },
    serialNumber,
    ...validity(o, o.signerValidity_days ?? VALIDITY_DAYS),
    subjectKey: key,
    role: 'list-signer',
    ...(purposes.length === 0 ? {} : { extendedKeyUsage: purposes }),
  };
  const certificate = writeCertificate(content, issuer.cscaKey);
  return { certificate, cscaCertificate: issuer.cscaCertificate, cscaName: issuer.cscaName, serialNumber, key };
}

/** The list as CMS SignedData with the signer's certificate and that of its CSCA. */
export function signList(
  signer: ListSigner,
  list: { readonly contentType: string; readonly content: Uint8Array; readonly signedAt_ms: number },
): Uint8Array {
  return writeSignedData({
    ...list,
    key: signer.key,
    signer: { by: 'issuer-and-serial', issuer: signer.cscaName, serialNumber: signer.serialNumber },
    certificates: [signer.certificate, signer.cscaCertificate],
  });
}
