/**
 * EF.SOD (ICAO 9303-10 section 4.6.2): hashes of the data groups, signed by a document signer; and EF.CardSecurity
 * (9303-11 section 9.2.11), security infos signed the same way. Parsed here, verified in passive-authentication.ts.
 */
import { type HashAlgorithm, hashAlgorithmOf } from './algorithms.ts';
import { ASN1Error, parseASN1 } from './asn1.ts';
import { type SignedData, parseSignedData } from './cms.ts';
import { DocumentError } from '../codes.ts';
import { TLVError, expectTLV } from '../iso7816/tlv.ts';

/** `content` is the LDS security object as it was signed. */
export type SecurityObject = SignedData & {
  /** Algorithm and hashes of the data groups; undefined algorithm: not known to this version. */
  readonly dataGroupHash: HashAlgorithm | undefined;
  readonly dataGroupHashes: ReadonlyMap<number, Uint8Array>;
};

const DATA_GROUPS_MAX = 16;

/** Throws DocumentError SECURITY_OBJECT_MALFORMED. */
export function parseSecurityObject(file: Uint8Array): SecurityObject {
  return attempt(() => {
    const signed = parseSignedData(expectTLV(file, 0x77).value);
    return { ...signed, ...parseLDSSecurityObject(signed.content) };
  });
}

/** EF.CardSecurity; `content` is the DER of its SecurityInfos. Throws DocumentError SECURITY_OBJECT_MALFORMED. */
export function parseCardSecurity(file: Uint8Array): SignedData {
  return attempt(() => parseSignedData(file));
}

function attempt<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ASN1Error || error instanceof TLVError) {
      throw new DocumentError('SECURITY_OBJECT_MALFORMED', error.message);
    }
    throw error;
  }
}

function parseLDSSecurityObject(content: Uint8Array): Pick<SecurityObject, 'dataGroupHash' | 'dataGroupHashes'> {
  const [, algorithm, hashes] = parseASN1(content).children;
  if (algorithm === undefined || hashes === undefined) throw new ASN1Error('LDS security object cut short');
  const dataGroupHashes = new Map<number, Uint8Array>();
  for (const entry of hashes.children) {
    const number = entry.child(0).integer;
    if (number < 1 || number > DATA_GROUPS_MAX || dataGroupHashes.has(number)) throw new ASN1Error('data group number');
    dataGroupHashes.set(number, entry.child(1).octets);
  }
  return { dataGroupHash: hashAlgorithmOf(algorithm), dataGroupHashes };
}
