/** A simulated issuing state: its CSCA and one document signer. */
import { type Name, writeCertificate } from './certificates.ts';
import { type KeyKind, type SigningKey, generateSigningKey } from './keys.ts';

export type Issuer = {
  /** Issuing state as in the MRZ: 'UTO'. */
  readonly state: string;
  /** DER. What a gate has to trust to accept this issuer's documents. */
  readonly cscaCertificate: Uint8Array;
  /** DER. */
  readonly signerCertificate: Uint8Array;
  /** Issuer of the signer's certificate: EF.SOD names the signer by this and the serial number. */
  readonly cscaName: Name;
  readonly signerSerialNumber: Uint8Array;
  readonly signerKey: SigningKey;
};

export type IssuerOptions = {
  /** Three letters, as in the MRZ. */
  readonly state: string;
  /** Two letters, as in certificates. */
  readonly country: string;
  /** Wall clock, ms since the epoch. */
  now_ms(): number;
  /** Random bytes, for serial numbers. Keys and signatures take theirs from OpenSSL, which accepts no other source. */
  entropy(bytes: number): Uint8Array;
  /** Default 'ecdsa-p256'. */
  readonly keyKind?: KeyKind;
  /** How long the certificates are valid, from one day ago. Default 3650 and 1095 days. */
  readonly cscaValidity_days?: number;
  readonly signerValidity_days?: number;
  /** Shifts both validities; negative: into the past. Default 0. */
  readonly validityShift_days?: number;
};

const DAY_MS = 86_400_000;
const SERIAL_BYTES = 8;

/** Makes the keys and certificates of a new issuer. */
export function createIssuer(o: IssuerOptions): Issuer {
  const kind = o.keyKind ?? 'ecdsa-p256';
  const cscaKey = generateSigningKey(kind);
  const signerKey = generateSigningKey(kind);
  const cscaName = { country: o.country, organisation: 'Simulated issuer', commonName: `Simulated CSCA ${o.state}` };
  const signerName = { ...cscaName, commonName: `Simulated document signer ${o.state}` };
  const signerSerialNumber = serialNumber(o);
  const validFrom_ms = o.now_ms() + ((o.validityShift_days ?? 0) - 1) * DAY_MS;
  const cscaCertificate = writeCertificate(
    {
      issuer: cscaName,
      subject: cscaName,
      serialNumber: serialNumber(o),
      validFrom_ms,
      validTo_ms: validFrom_ms + (o.cscaValidity_days ?? 3650) * DAY_MS,
      subjectKey: cscaKey,
      role: 'csca',
    },
    cscaKey,
  );
  const signerCertificate = writeCertificate(
    {
      issuer: cscaName,
      subject: signerName,
      serialNumber: signerSerialNumber,
      validFrom_ms,
      validTo_ms: validFrom_ms + (o.signerValidity_days ?? 1095) * DAY_MS,
      subjectKey: signerKey,
      role: 'document-signer',
    },
    cscaKey,
  );
  return {
    state: o.state,
    cscaCertificate,
    signerCertificate,
    cscaName,
    signerSerialNumber,
    signerKey,
  };
}

/** Positive and without a leading zero byte, as DER asks. */
function serialNumber(o: IssuerOptions): Uint8Array {
  return Uint8Array.from(o.entropy(SERIAL_BYTES), (octet, i) => (i === 0 ? (octet & 0x3f) | 0x40 : octet));
}
