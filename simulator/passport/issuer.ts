/** A simulated issuing state: its CSCA and a document signer, further signers, and the CSCA that comes after. */
import { type CertificateContent, type Name, writeCertificate } from './certificates.ts';
import { type KeyKind, type SigningKey, type SigningKeyOptions, generateSigningKey } from './keys.ts';

export type Issuer = {
  /** Issuing state as in the MRZ: 'UTO'. */
  readonly state: string;
  /** DER. What a gate has to trust to accept this issuer's documents. */
  readonly cscaCertificate: Uint8Array;
  /** DER. */
  readonly signerCertificate: Uint8Array;
  /** Issuer of the signer's certificate: EF.SOD names the signer by this and the serial number. */
  readonly cscaName: Name;
  readonly cscaKey: SigningKey;
  readonly signerSerialNumber: Uint8Array;
  readonly signerKey: SigningKey;
};

export type SignerOptions = SigningKeyOptions & {
  /** Wall clock, ms since the epoch. */
  now_ms(): number;
  /** Random bytes, for serial numbers. Keys and signatures take theirs from OpenSSL, which accepts no other source. */
  entropy(bytes: number): Uint8Array;
  /** Default 'ecdsa-p256'. */
  readonly keyKind?: KeyKind;
  /** How long the signer's certificate is valid, from one day ago. Default 1095 days. */
  readonly signerValidity_days?: number;
  /** Shifts the validity; negative: into the past. Default 0. */
  readonly validityShift_days?: number;
  /** How long the signer's key signs, from the begin of the validity; default: not said. */
  readonly signerUse_days?: number;
  /** Document codes that the signer is limited to; default: not said. */
  readonly documentTypes?: readonly string[];
  /** Where the issuer's revocation list is; default: not said. */
  readonly crlURL?: string;
};

export type IssuerOptions = SignerOptions & {
  /** Three letters, as in the MRZ; any state. */
  readonly state: string;
  /** Two letters, as in certificates. */
  readonly country: string;
  /** Name of the authority; default: that of the state. */
  readonly authority?: string;
  /** Default: `keyKind`. States often give the CSCA a stronger key. */
  readonly cscaKeyKind?: KeyKind;
  /** How long the CSCA certificate is valid, from one day ago. Default 3650 days. */
  readonly cscaValidity_days?: number;
};

const DAY_MS = 86_400_000;
const SERIAL_BYTES = 8;
const KEY_KIND: KeyKind = 'ecdsa-p256';
const CSCA_VALIDITY_DAYS = 3650;
const SIGNER_VALIDITY_DAYS = 1095;

/** Makes the keys and certificates of a new issuer. Two calls with one state make two CSCAs of the same name. */
export function createIssuer(o: IssuerOptions): Issuer {
  const cscaKey = generateSigningKey(o.cscaKeyKind ?? o.keyKind ?? KEY_KIND, o);
  const commonName = o.authority ?? `Simulated CSCA ${o.state}`;
  const cscaName = { country: o.country, organisation: 'Simulated issuer', commonName };
  const authority = { state: o.state, cscaName, cscaKey };
  const cscaCertificate = writeCSCA(authority, cscaKey, o);
  return { ...authority, cscaCertificate, ...createSigner(authority, o) };
}

/** The same issuing authority with another document signer. */
export function withNewSigner(issuer: Issuer, o: SignerOptions): Issuer {
  return { ...issuer, ...createSigner(issuer, o) };
}

/**
 * The issuer after a change of its CSCA key (ICAO 9303-12 section 5.1.2): same name, new key, new signer, and the link
 * certificate by which the old key vouches for the new one.
 */
export function withNewCSCA(
  issuer: Issuer,
  o: Omit<IssuerOptions, 'state' | 'country'>,
): { readonly issuer: Issuer; readonly linkCertificate: Uint8Array } {
  const cscaKey = generateSigningKey(o.cscaKeyKind ?? o.keyKind ?? KEY_KIND, o);
  const authority = { ...issuer, cscaKey };
  const cscaCertificate = writeCSCA(authority, cscaKey, o);
  const renewed = { ...authority, cscaCertificate, ...createSigner(authority, o) };
  return { issuer: renewed, linkCertificate: writeCSCA(issuer, cscaKey, o) };
}

type Authority = Pick<Issuer, 'state' | 'cscaName' | 'cscaKey'>;

/** A certificate for `subjectKey` under the authority's name, signed with its key. */
function writeCSCA(
  authority: Authority,
  subjectKey: SigningKey,
  o: SignerOptions & Pick<IssuerOptions, 'cscaValidity_days'>,
): Uint8Array {
  const content: CertificateContent = {
    issuer: authority.cscaName,
    subject: authority.cscaName,
    serialNumber: newSerialNumber(o),
    ...validity(o, o.cscaValidity_days ?? CSCA_VALIDITY_DAYS),
    subjectKey,
    role: 'csca',
  };
  return writeCertificate(content, authority.cscaKey);
}

function createSigner(
  authority: Authority,
  o: SignerOptions,
): Pick<Issuer, 'signerCertificate' | 'signerSerialNumber' | 'signerKey'> {
  const signerKey = generateSigningKey(o.keyKind ?? KEY_KIND, o);
  const signerSerialNumber = newSerialNumber(o);
  const period = validity(o, o.signerValidity_days ?? SIGNER_VALIDITY_DAYS);
  const content: CertificateContent = {
    issuer: authority.cscaName,
    subject: { ...authority.cscaName, commonName: `Simulated document signer ${authority.state}` },
    serialNumber: signerSerialNumber,
    ...period,
    subjectKey: signerKey,
    role: 'document-signer',
    ...(o.documentTypes === undefined ? {} : { documentTypes: o.documentTypes }),
    ...(o.crlURL === undefined ? {} : { crlURL: o.crlURL }),
    ...(o.signerUse_days === undefined
      ? {}
      : { keyUse: { from_ms: period.validFrom_ms, to_ms: period.validFrom_ms + o.signerUse_days * DAY_MS } }),
  };
  return { signerCertificate: writeCertificate(content, authority.cscaKey), signerSerialNumber, signerKey };
}

export function validity(
  o: Pick<SignerOptions, 'now_ms' | 'validityShift_days'>,
  length_days: number,
): Pick<CertificateContent, 'validFrom_ms' | 'validTo_ms'> {
  const validFrom_ms = o.now_ms() + ((o.validityShift_days ?? 0) - 1) * DAY_MS;
  return { validFrom_ms, validTo_ms: validFrom_ms + length_days * DAY_MS };
}

/** Positive and without a leading zero byte, as DER asks. */
export function newSerialNumber(o: Pick<SignerOptions, 'entropy'>): Uint8Array {
  return Uint8Array.from(o.entropy(SERIAL_BYTES), (octet, i) => (i === 0 ? (octet & 0x3f) | 0x40 : octet));
}
