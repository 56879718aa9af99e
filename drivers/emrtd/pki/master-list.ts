/** CSCA master lists (ICAO 9303-12 section 9): one state's word for the CSCA certificates of others. */
import type { Certificate } from './certificate.ts';
import { fingerprint } from './certificate-evidence.ts';
import { TLVError, expectTLV, readTLV } from '../iso7816/tlv.ts';
import { type ListTrust, openSignedList } from './signed-list.ts';
import { TrustError } from './trust-codes.ts';

export type MasterList = {
  /** Country of the authority behind the signer. */
  readonly issuerCountry: string | null;
  readonly issued_ms: number;
  /** DER, in the order of the list; whether each can serve as an anchor, the trust store judges. */
  readonly certificates: readonly Uint8Array[];
  /** Of the file, hex. */
  readonly sha256: string;
};

export const MASTER_LIST = '2.23.136.1.1.2';
/** id-icao-cscaMasterListSigningKey (ICAO 9303-12 section 7.1.1). */
const MASTER_LIST_SIGNING = '2.23.136.1.1.3';
const Tag = { SEQUENCE: 0x30, SET: 0x31, INTEGER: 0x02 } as const;
/** Published lists hold about 600. */
const CERTIFICATES_MAX = 5000;

/** Throws TrustError LIST_…; a list with one wrong byte is no list. */
export function openMasterList(file: Uint8Array, trust: ListTrust): MasterList {
  const { signed, signer, issued_ms } = openSignedList(file, { ...trust, contentType: MASTER_LIST, maySign });
  return {
    issuerCountry: signer.issuerCountry,
    issued_ms,
    certificates: certificatesIn(signed.content),
    sha256: fingerprint(file),
  };
}

function maySign(signer: Certificate): boolean {
  const isForLists = signer.extendedKeyUsage?.includes(MASTER_LIST_SIGNING) === true;
  return isForLists && signer.keyUsage?.digitalSignature === true && !signer.hasUnknownCriticalExtension;
}

/**
 * CscaMasterList ::= SEQUENCE { version, SET OF Certificate }, in DER. Walked without opening the certificates: their
 * elements together are far more than the limit for anything that is parsed whole.
 */
function certificatesIn(content: Uint8Array): readonly Uint8Array[] {
  try {
    const list = expectTLV(content, Tag.SEQUENCE).value;
    const version = expectTLV(list, Tag.INTEGER);
    if (version.value.length !== 1 || version.value[0] !== 0) throw new TrustError('LIST_MALFORMED', 'version');
    const set = expectTLV(list.subarray(version.raw.length), Tag.SET).value;
    const certificates: Uint8Array[] = [];
    for (let offset = 0; offset < set.length; ) {
      const { tag, raw } = readTLV(set, offset);
      if (tag !== Tag.SEQUENCE) throw new TrustError('LIST_MALFORMED', 'not a certificate');
      if (certificates.length === CERTIFICATES_MAX) throw new TrustError('LIST_MALFORMED', 'too many certificates');
      certificates.push(Uint8Array.from(raw));
      offset += raw.length;
    }
    return certificates;
  } catch (error) {
    if (error instanceof TLVError) throw new TrustError('LIST_MALFORMED', error.message);
    throw error;
  }
}
