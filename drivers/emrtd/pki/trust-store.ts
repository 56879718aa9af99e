/**
 * What a gate trusts (ICAO 9303-12): CSCA certificates, each for whoever put it here or for the master list that holds
 * it, and what revocation and defect lists say about document signers. Pure: every list in it was verified before.
 */
import { type KeyProblem, RSA_BITS_MIN, keyProblem } from './algorithms.ts';
import { ASN1Error } from './asn1.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { fingerprint } from './certificate-evidence.ts';
import type { SignerIdentifier } from './cms.ts';
import type { RevocationList } from './crl.ts';
import type { DefectList, SignerDefect } from './defect-list.ts';
import { type Revocation, type RevocationQuestion, judgeRevocation } from './revocation.ts';

export type TrustListKind = 'master-list' | 'crl' | 'defect-list';

/** One list this store rests on: public data about authorities. */
export type TrustListStatus = {
  readonly kind: TrustListKind;
  /** Country of the authority that signed the list, two letters; null: not said. */
  readonly issuerCountry: string | null;
  readonly issued_ms: number;
  /** When the issuer announced the next one; null for lists that do not say. */
  readonly nextUpdate_ms: number | null;
  /** Of the file, hex. */
  readonly sha256: string;
  /** Certificates, revoked certificates, or signers with defects in it. */
  readonly entries: number;
  /** True unless the next one was due; written so that a time which is no number is never fresh. */
  isFresh(now_ms: number): boolean;
};

export type TrustStore = {
  /** Every trusted CSCA certificate. */
  readonly certificates: readonly Certificate[];
  /** Those with this subject key identifier (hex). */
  withSubjectKeyId(id: string): readonly Certificate[];
  /** Those with this subject, as `normalisedName` writes it. */
  withSubject(name: string): readonly Certificate[];
  /** Certificates of document signers that were put here for documents that carry none. They are trusted by no means. */
  signersNamed(identifier: SignerIdentifier): readonly Certificate[];
  /** What the lists say about a signer of which defect lists say `defects`. */
  revocationOf(o: Pick<RevocationQuestion, 'signer' | 'issuer' | 'sameKey' | 'now_ms' | 'defects'>): Revocation;
  /** What defect lists say about documents of this signer, by its certificate or by how EF.SOD names it. */
  defectsOf(signer: Certificate | SignerIdentifier): readonly SignerDefect[];
  /** The lists behind all this, for display. */
  readonly lists: readonly TrustListStatus[];
};

/** Why a certificate is not taken as a trust anchor. */
export type RefusedAnchor = 'not-a-certificate' | 'not-a-certificate-authority' | KeyProblem;

export type TrustStoreResult = {
  readonly trust: TrustStore;
  /** Positions in the input of what was not taken. */
  readonly refused: readonly { readonly index: number; readonly because: RefusedAnchor }[];
};

/** Verified lists and certificates beside the anchors. */
export type TrustStoreParts = {
  readonly revocationLists?: readonly RevocationList[];
  readonly defectLists?: readonly DefectList[];
  readonly documentSigners?: readonly Certificate[];
  readonly lists?: readonly TrustListStatus[];
};

/** Takes DER certificates; the same one twice counts once. */
export function createTrustStore(ders: readonly Uint8Array[], parts: TrustStoreParts = {}): TrustStoreResult {
  const { certificates, refused } = openAnchors(ders);
  return { trust: trustStoreOf(certificates, parts), refused };
}

/** The certificates among these that may be trust anchors, each once; positions of those that may not. */
export function openAnchors(ders: readonly Uint8Array[]): {
  readonly certificates: readonly Certificate[];
  readonly refused: TrustStoreResult['refused'];
} {
  const anchors = new Map<string, Certificate | RefusedAnchor>();
  const refused: { index: number; because: RefusedAnchor }[] = [];
  ders.forEach((der, index) => {
    const content = fingerprint(der);
    const anchor = anchors.get(content) ?? openAnchor(der);
    anchors.set(content, anchor);
    if (typeof anchor === 'string') refused.push({ index, because: anchor });
  });
  return { certificates: [...anchors.values()].filter((anchor) => typeof anchor !== 'string'), refused };
}

/** A store of anchors that were opened, and of lists that were verified. */
export function trustStoreOf(certificates: readonly Certificate[], parts: TrustStoreParts): TrustStore {
  const bySubjectKeyId = Map.groupBy(certificates, (certificate) => certificate.subjectKeyId);
  const bySubject = Map.groupBy(certificates, (certificate) => certificate.subject);
  const { revocationLists = [], defectLists = [], documentSigners = [], lists = [] } = parts;
  const signersByName = Map.groupBy(documentSigners, (signer) => `${signer.issuer}\n${signer.serialNumber}`);
  const signersByKey = Map.groupBy(documentSigners, (signer) => signer.subjectKeyId);
  const defectsOf: TrustStore['defectsOf'] = (signer) => defectLists.flatMap((list) => list.defectsOf(signer));
  return {
    certificates,
    lists,
    withSubjectKeyId: (id) => bySubjectKeyId.get(id) ?? [],
    withSubject: (name) => bySubject.get(name) ?? [],
    signersNamed: (signer) =>
      (signer.by === 'subject-key-id'
        ? signersByKey.get(signer.subjectKeyId)
        : signersByName.get(`${signer.issuer}\n${signer.serialNumber}`)) ?? [],
    revocationOf: (o) => judgeRevocation({ ...o, revocationLists, anchors: certificates }),
    defectsOf,
  };
}

/** The certificate, when it may be a trust anchor. */
export function openAnchor(der: Uint8Array): Certificate | RefusedAnchor {
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
function mayIssue({ isCA, keyUsage, extendedKeyUsage, documentTypes }: Certificate): boolean {
  const isForElse = extendedKeyUsage !== null || documentTypes !== null;
  return isCA === true || keyUsage?.keyCertSign === true || (isCA === null && keyUsage === null && !isForElse);
}
