/**
 * Lists that an authority signs as CMS SignedData (master lists, ICAO 9303-12 section 9; defect lists): who signed, was
 * it allowed to, and does a pinned root vouch for it? A root that the list carries itself proves nothing. Pure.
 */
import { ASN1Error } from './asn1.ts';
import type { Certificate } from './certificate.ts';
import {
  type ContentProblem,
  type SignedData,
  contentProblem,
  embeddedCertificates,
  isNamedBy,
  parseSignedData,
  wasSignedBy,
} from './cms.ts';
import { isValidAt } from './issuer-search.ts';
import { type TrustCode, TrustError } from './trust-codes.ts';

export type ListTrust = {
  /** Certificates that were obtained apart from any list: CSCAs of list signers, or list signers themselves. */
  readonly roots: readonly Certificate[];
  /** When the list was, or is now, imported: the chain must be valid then, ms since the epoch. */
  readonly importedAt_ms: number;
};

export type SignedList = {
  readonly signed: SignedData;
  readonly signer: Certificate;
  /** What the signer says. */
  readonly issued_ms: number;
};

/** Clocks of issuers may be ahead of ours by this. */
const AHEAD_MS_MAX = 86_400_000;
/** Link certificates between the signer and the root: a CSCA changes its key every three to five years. */
const LINKS_MAX = 3;

const contentProblems = {
  CONTENT_TYPE_WRONG: 'LIST_CONTENT_TYPE_WRONG',
  CONTENT_HASH_MISMATCH: 'LIST_CONTENT_ALTERED',
  ALGORITHM_UNKNOWN: 'LIST_ALGORITHM_UNKNOWN',
} as const satisfies Record<ContentProblem, TrustCode>;

/** The list, when everything about it holds. Throws TrustError LIST_… */
export function openSignedList(
  file: Uint8Array,
  o: ListTrust & { readonly contentType: string; maySign(signer: Certificate): boolean },
): SignedList {
  const signed = parse(file);
  const problem = contentProblem(signed, [o.contentType]);
  if (problem !== undefined) throw new TrustError(contentProblems[problem]);
  const { certificates } = embeddedCertificates(signed);
  const signer = findSigner(signed, [...certificates, ...o.roots]);
  const isPinned = o.roots.some((root) => isSame(root, signer));
  if (!isPinned && !o.maySign(signer)) throw new TrustError('LIST_SIGNER_NOT_PERMITTED');
  const path = isPinned ? [signer] : pathToRoot(signer, o.roots, certificates, LINKS_MAX);
  if (path === undefined) throw new TrustError('LIST_SIGNER_UNTRUSTED');
  if (!path.every((certificate) => isValidAt(certificate, o.importedAt_ms))) {
    throw new TrustError('LIST_SIGNER_NOT_VALID');
  }
  if (signed.signedAt_ms === null) throw new TrustError('LIST_UNDATED');
  // Such a date would keep every later list out.
  if (!(signed.signedAt_ms <= o.importedAt_ms + AHEAD_MS_MAX)) throw new TrustError('LIST_FROM_THE_FUTURE');
  return { signed, signer, issued_ms: signed.signedAt_ms };
}

function parse(file: Uint8Array): SignedData {
  try {
    return parseSignedData(file);
  } catch (error) {
    if (error instanceof ASN1Error) throw new TrustError('LIST_MALFORMED', error.message);
    throw error;
  }
}

function findSigner(signed: SignedData, certificates: readonly Certificate[]): Certificate {
  const named = certificates.filter((certificate) => isNamedBy(certificate, signed.signer));
  if (named.length === 0) throw new TrustError('LIST_SIGNER_ABSENT');
  if (signed.signatureAlgorithm === undefined) throw new TrustError('LIST_ALGORITHM_UNKNOWN');
  const signer = named.find((certificate) => wasSignedBy(signed, certificate));
  if (signer === undefined) throw new TrustError('LIST_SIGNATURE_INVALID');
  return signer;
}

/**
 * The signer, link certificates (ICAO 9303-12 section 5.1.2: the old key vouches for the new one)
 * and a pinned root, each signed by the next; undefined when there is no such path.
 */
function pathToRoot(
  certificate: Certificate,
  roots: readonly Certificate[],
  embedded: readonly Certificate[],
  links_max: number,
): readonly Certificate[] | undefined {
  const issuedIt = (issuer: Certificate): boolean =>
    issuer.subject === certificate.issuer &&
    issuer.keyUsage?.keyCertSign !== false &&
    issuer.key.ok &&
    certificate.signatureAlgorithm !== undefined &&
    certificate.wasSignedBy(issuer.key.value);
  const root = roots.find(issuedIt);
  if (root !== undefined) return [certificate, root];
  if (links_max === 0) return undefined;
  for (const link of embedded.filter((candidate) => isLink(candidate) && issuedIt(candidate))) {
    const others = embedded.filter((other) => other !== link);
    const rest = pathToRoot(link, roots, others, links_max - 1);
    if (rest !== undefined) return [certificate, ...rest];
  }
  return undefined;
}

/** Of one authority, in one state: a root that could name another one would sign lists in its place. */
function isLink({ isCA, issuerCountry, subjectCountry, hasUnknownCriticalExtension }: Certificate): boolean {
  return isCA === true && subjectCountry === issuerCountry && !hasUnknownCriticalExtension;
}

function isSame(one: Certificate, other: Certificate): boolean {
  return Buffer.compare(one.der, other.der) === 0;
}
