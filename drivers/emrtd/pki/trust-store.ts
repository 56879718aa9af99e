/**
 * CSCA certificates that are trusted as such (ICAO 9303-12): whoever put them here answers for them. None has to be
 * self-signed: link certificates are usual.
 */
import { type KeyProblem, RSA_BITS_MIN, keyProblem } from './algorithms.ts';
import { ASN1Error } from './asn1.ts';
import { type Certificate, parseCertificate } from './certificate.ts';

export type TrustStore = {
  /** Every trusted CSCA certificate. */
  readonly certificates: readonly Certificate[];
  /** Those with this subject key identifier (hex). */
  withSubjectKeyId(id: string): readonly Certificate[];
  /** Those with this subject, as `normalisedName` writes it. */
  withSubject(name: string): readonly Certificate[];
};

/** Why a certificate is not taken as a trust anchor. */
export type RefusedAnchor = 'not-a-certificate' | 'not-a-certificate-authority' | KeyProblem;

export type TrustStoreResult = {
  readonly trust: TrustStore;
  /** Positions in the input of what was not taken. */
  readonly refused: readonly { readonly index: number; readonly because: RefusedAnchor }[];
};

/** Takes DER certificates; the same one twice counts once. */
export function createTrustStore(ders: readonly Uint8Array[]): TrustStoreResult {
  const anchors = new Map<string, Certificate | RefusedAnchor>();
  const refused: { index: number; because: RefusedAnchor }[] = [];
  ders.forEach((der, index) => {
    const content = Buffer.from(der).toString('latin1');
    const anchor = anchors.get(content) ?? openAnchor(der);
    anchors.set(content, anchor);
    if (typeof anchor === 'string') refused.push({ index, because: anchor });
  });
  const certificates = [...anchors.values()].filter((anchor) => typeof anchor !== 'string');
  const bySubjectKeyId = Map.groupBy(certificates, (certificate) => certificate.subjectKeyId);
  const bySubject = Map.groupBy(certificates, (certificate) => certificate.subject);
  const trust: TrustStore = {
    certificates,
    withSubjectKeyId: (id) => bySubjectKeyId.get(id) ?? [],
    withSubject: (name) => bySubject.get(name) ?? [],
  };
  return { trust, refused };
}

function openAnchor(der: Uint8Array): Certificate | RefusedAnchor {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(der);
  } catch (error) {
    if (error instanceof ASN1Error) return 'not-a-certificate';
    throw error;
  }
  if (!mayIssue(certificate)) return 'not-a-certificate-authority';
  if (!certificate.key.ok) return certificate.key.because;
  return keyProblem(certificate.key.value, RSA_BITS_MIN.trustAnchor) ?? certificate;
}

/**
 * A document signer put here by mistake must not become able to issue document signers. One sign of an authority is
 * enough: published link certificates of several states lack basic constraints or the key usage (CM, IT, LU, PT, TR).
 */
function mayIssue({ isCA, keyUsage }: Certificate): boolean {
  return isCA === true || keyUsage?.keyCertSign === true || (isCA === null && keyUsage === null);
}
