/** What a record says about a certificate: enough to find it again, nothing about a holder. */
import { createHash } from 'node:crypto';
import { describeKey, describeSignature } from './algorithms.ts';
import type { Certificate } from './certificate.ts';

export type CertificateEvidence = {
  readonly serialNumber: string;
  readonly issuerCountry: string | null;
  readonly subjectCountry: string | null;
  readonly validFrom_ms: number;
  readonly validTo_ms: number;
  /** 'ec brainpoolP256r1', 'rsa 3072'; null: not usable by this version. */
  readonly key: string | null;
  /** How its issuer signed it: 'ecdsa sha256'; null: not known to this version. */
  readonly signature: string | null;
  /** Of the whole certificate, hex. */
  readonly sha256: string;
};

export function evidenceOf(certificate: Certificate): CertificateEvidence {
  const { serialNumber, issuerCountry, subjectCountry, validFrom_ms, validTo_ms, key } = certificate;
  return {
    serialNumber,
    issuerCountry,
    subjectCountry,
    validFrom_ms,
    validTo_ms,
    key: key.ok ? describeKey(key.value) : null,
    signature: describeSignature(certificate.signatureAlgorithm),
    sha256: fingerprint(certificate.der),
  };
}

/** Hex SHA-256, by which certificates and lists are told apart in records. */
export function fingerprint(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
