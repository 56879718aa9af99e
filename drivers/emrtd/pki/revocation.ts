/** What revocation lists (ICAO 9303-12 section 8) and defect lists say about one document signer. Pure. */
import type { InspectionCode } from '../codes.ts';
import type { Certificate } from './certificate.ts';
import { type RevocationList, bareSerialNumber } from './crl.ts';
import type { SignerDefect } from './defect-list.ts';

export type Revocation = {
  readonly status: 'good' | 'revoked' | 'unknown';
  /** Null only with `good`. */
  readonly because: InspectionCode | null;
  /** Date of the list this rests on; null without one. */
  readonly listIssued_ms: number | null;
};

export type RevocationQuestion = {
  readonly signer: Certificate;
  /** Whose key verified the signer's certificate; null: nobody's. */
  readonly issuer: Certificate | null;
  /** Other certificates of the issuer's key. */
  readonly sameKey: readonly Certificate[];
  readonly now_ms: number;
  readonly revocationLists: readonly RevocationList[];
  readonly defects: readonly SignerDefect[];
  /** Trusted CSCA certificates: those that link one name of an authority to the next say which lists are its own. */
  readonly anchors: readonly Certificate[];
};

export function judgeRevocation(o: RevocationQuestion): Revocation {
  const names = namesOfAuthority(o.signer, o.anchors);
  const lists = o.revocationLists.filter(
    (list) => list.issuerCountry === o.signer.issuerCountry && names.has(list.issuer),
  );
  return revokedBy(o, lists) ?? doubtedBy(o.defects) ?? keyDoubtedBy(o, lists) ?? clearedBy(o, lists);
}

/**
 * A revocation counts however old the list is: nothing takes it back but the end of a hold, which then stands in a newer
 * list. Only the silence of a list ages.
 */
function revokedBy(o: RevocationQuestion, lists: readonly RevocationList[]): Revocation | undefined {
  for (const list of lists) {
    const revoked = (because: InspectionCode): Revocation => ({
      status: 'revoked',
      because,
      listIssued_ms: list.thisUpdate_ms,
    });
    if (isListed(list, o.signer)) return revoked('SIGNER_REVOKED');
    if (o.issuer !== null && isListedByIssuer(list, o.issuer)) return revoked('ISSUER_REVOKED');
  }
  const revocation = o.defects.find(({ kind, status }) => kind === 'signer-revoked' && status === 'revoked');
  return revocation === undefined
    ? undefined
    : { status: 'revoked', because: 'SIGNER_REVOKED', listIssued_ms: revocation.listIssued_ms };
}

function isListed(list: RevocationList, { serialNumber }: Certificate): boolean {
  return list.entries.has(bareSerialNumber(serialNumber));
}

/** BSI TR-03135-1 section 5.8.2: on hold and codes of nobody's standard leave it open, also beside a list that clears. */
function doubtedBy(defects: readonly SignerDefect[]): Revocation | undefined {
  const doubt = defects.find(({ kind }) => kind === 'signer-revoked');
  return doubt === undefined
    ? undefined
    : { status: 'unknown', because: 'SIGNER_ON_HOLD', listIssued_ms: doubt.listIssued_ms };
}

/** Lists seldom say why: the key may be in other hands, or one of its certificates may have become useless. */
function keyDoubtedBy(o: RevocationQuestion, lists: readonly RevocationList[]): Revocation | undefined {
  const list = lists.find((one) => o.sameKey.some((certificate) => isListedByIssuer(one, certificate)));
  return list === undefined
    ? undefined
    : { status: 'unknown', because: 'ISSUER_REVOKED', listIssued_ms: list.thisUpdate_ms };
}

function isListedByIssuer(list: RevocationList, certificate: Certificate): boolean {
  return list.issuer === certificate.issuer && isListed(list, certificate);
}

/** Written so that a time which is no number clears nobody. */
function clearedBy(o: RevocationQuestion, lists: readonly RevocationList[]): Revocation {
  const byAge = [...lists].sort((one, other) => other.thisUpdate_ms - one.thisUpdate_ms);
  const [newest] = byAge;
  if (newest === undefined || o.issuer === null)
    return { status: 'unknown', because: 'REVOCATION_UNKNOWN', listIssued_ms: null };
  const current = byAge.find((list) => o.now_ms >= list.thisUpdate_ms && o.now_ms <= list.nextUpdate_ms);
  return current === undefined
    ? { status: 'unknown', because: 'REVOCATION_LIST_STALE', listIssued_ms: newest.thisUpdate_ms }
    : { status: 'good', because: null, listIssued_ms: current.thisUpdate_ms };
}

/**
 * The signer's issuer name and those that link certificates of its country lead on to: an authority that takes a new name
 * revokes what it issued under the old one in the list of the new one (ICAO 9303-12 section 8), never the other way.
 */
function namesOfAuthority(signer: Certificate, anchors: readonly Certificate[]): ReadonlySet<string> {
  const links = anchors.filter(
    (anchor) =>
      anchor.issuer !== anchor.subject &&
      anchor.issuerCountry === signer.issuerCountry &&
      anchor.subjectCountry === signer.issuerCountry,
  );
  const names = new Set([signer.issuer]);
  for (const name of names) {
    // A set is walked to its end also while it grows.
    for (const link of links) if (link.issuer === name) names.add(link.subject);
  }
  return names;
}
