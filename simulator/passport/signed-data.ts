/** CMS SignedData with one signer (RFC 5652 section 5), as EF.SOD, EF.CardSecurity and the lists of issuers use it. */
import { createHash } from 'node:crypto';
import { type Name, writeName } from './certificates.ts';
import { context, contextPrimitive, integer, octetString, oid, sequence, setOf, time } from './der.ts';
import { type SigningKey, hashIdentifier, signWith, signatureIdentifier } from './keys.ts';

/** How the signer's certificate is named. */
export type SignerReference =
  | { readonly by: 'issuer-and-serial'; readonly issuer: Name; readonly serialNumber: Uint8Array }
  | { readonly by: 'subject-key-id'; readonly keyId: Uint8Array };

export type SignedDataContent = {
  /** Object identifier of what `content` is. */
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly key: SigningKey;
  readonly signer: SignerReference;
  readonly signedAt_ms: number;
  /** DER, embedded. */
  readonly certificates: readonly Uint8Array[];
  /** AlgorithmIdentifier of the signature; default that of `key`. */
  readonly algorithm?: Uint8Array;
};

const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** ContentInfo in DER, signed by `key`. */
export function writeSignedData(o: SignedDataContent): Uint8Array {
  const hash = hashIdentifier(o.key.hash);
  const signedData = sequence(
    integer(3),
    setOf(hash),
    sequence(oid(o.contentType), context(0, octetString(o.content))),
    ...(o.certificates.length === 0 ? [] : [retagged(0xa0, setOf(...o.certificates))]),
    setOf(writeSignerInfo(o)),
  );
  return sequence(oid(SIGNED_DATA), context(0, signedData));
}

function writeSignerInfo(o: SignedDataContent): Uint8Array {
  const messageDigest = createHash(o.key.hash).update(o.content).digest();
  // The signature covers the attributes as a SET; they are stored under the tag [0] (RFC 5652 section 5.4).
  const asSet = setOf(
    attribute('1.2.840.113549.1.9.3', oid(o.contentType)),
    attribute('1.2.840.113549.1.9.4', octetString(messageDigest)),
    attribute('1.2.840.113549.1.9.5', time(o.signedAt_ms)),
  );
  return sequence(
    integer(o.signer.by === 'subject-key-id' ? 3 : 1),
    writeSignerReference(o.signer),
    hashIdentifier(o.key.hash),
    retagged(0xa0, asSet),
    o.algorithm ?? signatureIdentifier(o.key),
    octetString(signWith(o.key, asSet)),
  );
}

export function writeSignerReference(signer: SignerReference): Uint8Array {
  return signer.by === 'subject-key-id'
    ? contextPrimitive(0, signer.keyId)
    : sequence(writeName(signer.issuer), integer(signer.serialNumber));
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), setOf(value));
}

/** The same element under another tag of one byte: implicit tagging. */
function retagged(tag: number, element: Uint8Array): Uint8Array {
  return Uint8Array.from(element, (octet, i) => (i === 0 ? tag : octet));
}
