/**
 * Defect lists (BSI TR-03129-2 section 7): errors of production that touch many documents, named by their document
 * signer. Structure and object identifiers are as other programs give them; no published list was at hand to compare.
 */
import { createHash } from 'node:crypto';
import { enumerated, integer, octetString, oid, sequence, setOf } from './der.ts';
import { type HashName, hashOid } from './keys.ts';
import { type ListSigner, signList } from './list-signer.ts';
import { type SignerReference, writeSignerReference } from './signed-data.ts';

export const DEFECT_LIST = '0.4.0.127.0.7.3.1.5';

/** Extended key usage of the signer. The real number was not to be found: the content type stands in for it. */
export const DEFECT_LIST_SIGNING = DEFECT_LIST;

export const DefectType = {
  CERTIFICATE_REVOKED: `${DEFECT_LIST}.1.1`,
  CERTIFICATE_REPLACED: `${DEFECT_LIST}.1.2`,
  CHIP_AUTHENTICATION_KEY_REVOKED: `${DEFECT_LIST}.1.3`,
  ACTIVE_AUTHENTICATION_KEY_REVOKED: `${DEFECT_LIST}.1.4`,
  DATA_GROUP_MALFORMED: `${DEFECT_LIST}.2.1`,
  SECURITY_OBJECT_INVALID: `${DEFECT_LIST}.2.2`,
  COM_SOD_DISCREPANCY: `${DEFECT_LIST}.2.3`,
  CARD_SECURITY_MALFORMED: `${DEFECT_LIST}.4.1`,
  CHIP_SECURITY_MALFORMED: `${DEFECT_LIST}.4.2`,
} as const;

export type KnownDefect =
  /** Status 0: no indication, 1: on hold, 2: testing, 3: revoked by the issuer, 4: revoked, 32 and above: own. */
  | { readonly type: typeof DefectType.CERTIFICATE_REVOKED; readonly status: number }
  /** DER certificate that takes the place of the malformed one. */
  | { readonly type: typeof DefectType.CERTIFICATE_REPLACED; readonly certificate: Uint8Array }
  | { readonly type: typeof DefectType.DATA_GROUP_MALFORMED; readonly dataGroups: readonly number[] }
  | {
      readonly type: Exclude<
        (typeof DefectType)[keyof typeof DefectType],
        | typeof DefectType.CERTIFICATE_REVOKED
        | typeof DefectType.CERTIFICATE_REPLACED
        | typeof DefectType.DATA_GROUP_MALFORMED
      >;
    };

export type Defect = {
  readonly signer: SignerReference;
  /** DER of the signer's certificate, when the reference alone is ambiguous. */
  readonly certificate?: Uint8Array;
  readonly known: readonly KnownDefect[];
};

/** CMS SignedData in DER over DefectList ::= SEQUENCE { version, hashAlg, SET OF Defect }. */
export function writeDefectList(
  signer: ListSigner,
  o: { readonly defects: readonly Defect[]; readonly signedAt_ms: number; readonly hash?: HashName },
): Uint8Array {
  const hash = o.hash ?? 'sha256';
  const content = sequence(
    integer(0),
    oid(hashOid(hash)),
    setOf(...o.defects.map((defect) => writeDefect(defect, hash))),
  );
  return signList(signer, { contentType: DEFECT_LIST, content, signedAt_ms: o.signedAt_ms });
}

function writeDefect(defect: Defect, hash: HashName): Uint8Array {
  const { certificate } = defect;
  const digest = certificate === undefined ? [] : [octetString(createHash(hash).update(certificate).digest())];
  return sequence(writeSignerReference(defect.signer), ...digest, setOf(...defect.known.map(writeKnownDefect)));
}

function writeKnownDefect(defect: KnownDefect): Uint8Array {
  return sequence(oid(defect.type), ...parametersOf(defect));
}

function parametersOf(defect: KnownDefect): readonly Uint8Array[] {
  if ('status' in defect) return [enumerated(defect.status)];
  if ('certificate' in defect) return [defect.certificate];
  return 'dataGroups' in defect ? [setOf(...defect.dataGroups.map((number) => integer(number)))] : [];
}
