/** Certificate revocation lists of a simulated CSCA (ICAO 9303-12 section 7.1.4, RFC 5280 section 5). */
import { extension, writeName } from './certificates.ts';
import { bitString, context, contextPrimitive, enumerated, integer, sequence, time } from './der.ts';
import type { Issuer } from './issuer.ts';
import { signWith, signatureIdentifier } from './keys.ts';

export type Revocation = {
  readonly serialNumber: Uint8Array;
  /** Since when, ms since the epoch. */
  readonly at_ms: number;
  /** CRLReason of RFC 5280 section 5.3.1 ('keyCompromise' is 1); default: not said, as ICAO asks. */
  readonly reason?: number;
};

export type RevocationListContent = {
  readonly revoked: readonly Revocation[];
  readonly thisUpdate_ms: number;
  /** ICAO 9303-12: at most 90 days later. */
  readonly nextUpdate_ms: number;
  /** Grows with every list. */
  readonly number: number;
};

const VERSION_2 = 1;

/** DER CertificateList, signed with the issuer's CSCA key. */
export function writeCRL(issuer: Pick<Issuer, 'cscaName' | 'cscaKey'>, o: RevocationListContent): Uint8Array {
  const algorithm = signatureIdentifier(issuer.cscaKey);
  const extensions = sequence(
    extension('2.5.29.35', sequence(contextPrimitive(0, issuer.cscaKey.keyId))),
    extension('2.5.29.20', integer(o.number)),
  );
  const body = sequence(
    integer(VERSION_2),
    algorithm,
    writeName(issuer.cscaName),
    time(o.thisUpdate_ms),
    time(o.nextUpdate_ms),
    // RFC 5280 section 5.1.2.6: a list of none is left out.
    ...(o.revoked.length === 0 ? [] : [sequence(...o.revoked.map(writeEntry))]),
    context(0, extensions),
  );
  return sequence(body, algorithm, bitString(signWith(issuer.cscaKey, body)));
}

function writeEntry(revocation: Revocation): Uint8Array {
  const reason =
    revocation.reason === undefined ? [] : [sequence(extension('2.5.29.21', enumerated(revocation.reason)))];
  return sequence(integer(revocation.serialNumber), time(revocation.at_ms), ...reason);
}
