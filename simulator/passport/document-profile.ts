/** What a kind of simulated document holds and which protocols its chip speaks: data, from which files follow. */
import type { CipherSuite } from '../../drivers/emrtd/access/cipher-suite.ts';
import type { CurveName, Group } from '../../drivers/emrtd/access/domain-parameters.ts';

export type DocumentFormat = 'TD1' | 'TD2' | 'TD3';

/** A curve by its OpenSSL name, or a prime-field group of RFC 5114. */
export type GroupName = Exclude<Group['name'], 'explicit'>;

/** One PACEInfo of EF.CardAccess. */
export type PACEOffer = {
  readonly mapping: 'generic' | 'integrated' | 'chip-authentication';
  readonly keyAgreement: 'dh' | 'ecdh';
  readonly suite: CipherSuite;
  /** Standardized domain parameters (ICAO 9303-11 section 9.5.1): 0 to 2, 8 to 18. */
  readonly parameterId: number;
};

/** One chip authentication key of DG14. */
export type ChipAuthenticationOffer = {
  readonly group: GroupName;
  readonly suite: CipherSuite;
  /** Key reference in DG14, or 'none': a chip with a single key need not number it. */
  readonly keyId: number | 'none';
  /** MSE:Set AT with GENERAL AUTHENTICATE, or the older MSE:Set KAT, which 3DES alone allows (9303-11 section 6.2). */
  readonly form: 'general-authenticate' | 'set-kat';
  /** False: DG14 holds the key without a ChipAuthenticationInfo, as some documents in the field do. Default true. */
  readonly isAnnounced?: boolean;
};

export type ActiveAuthenticationKind = 'rsa-1024' | 'rsa-1536' | 'rsa-2048' | `ecdsa-${CurveName}`;

export type ActiveAuthenticationOffer = {
  readonly kind: ActiveAuthenticationKind;
  /** RSA: hash in ISO/IEC 9796-2 scheme 1. ECDSA: said in DG14, and never longer than the group. */
  readonly hash: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
};

/** Data groups that a simulated document may hold: 3, 4 (terminal authentication), 5, 6, 8 to 10 are never there. */
export type DataGroupNumber = 1 | 2 | 7 | 11 | 12 | 13 | 14 | 15 | 16;

export type DocumentProfile = {
  readonly name: string;
  readonly format: DocumentFormat;
  readonly access: {
    /** Basic Access Control. */
    readonly bac: boolean;
    /** In the order of EF.CardAccess; none: there is no EF.CardAccess. */
    readonly pace: readonly PACEOffer[];
    /** Card access number, six digits. */
    readonly can?: string;
  };
  /** In the order of DG14. */
  readonly chipAuthentication: readonly ChipAuthenticationOffer[];
  readonly activeAuthentication?: ActiveAuthenticationOffer;
  readonly portraitEncoding: '19794-5' | '39794-5';
  /**
   * Groups beside those that follow from the rest: DG1 and DG2 are always there, DG14 when there is something to say
   * in it, DG15 with active authentication.
   */
  readonly dataGroups: readonly DataGroupNumber[];
  /** Most bytes of an extended-length command and response, as EF.ATR/INFO says; absent: short length only. */
  readonly extendedLength_bytes?: number;
  /** Letters of the document number beyond nine, which TD1 and TD2 carry on in the optional data. */
  readonly hasLongNumber?: boolean;
};

/** What the chip does when nobody says otherwise: Basic Access Control, no authentication of the chip. */
export const basicProfile: DocumentProfile = {
  name: 'bac-only',
  format: 'TD3',
  access: { bac: true, pace: [] },
  chipAuthentication: [],
  portraitEncoding: '19794-5',
  dataGroups: [1, 2],
};
