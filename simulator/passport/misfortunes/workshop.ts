/** Where misfortunes are made: one issuing state with its keys, which are slow to make and are made once. */
import { type Name, writeCertificate } from '../certificates.ts';
import type { DocumentProfile } from '../document-profile.ts';
import type { Issuer } from '../issuer.ts';
import { newSerialNumber, validity } from '../issuer.ts';
import { type HashName, type KeyKind, type SigningKey, generateSigningKey } from '../keys.ts';
import type { Portrait } from '../logical-data-structure.ts';
import type { Holder } from '../mrz-writer.ts';
import { type Passport, type PassportOptions, issuePassport } from '../passport.ts';
import type { Arrangement } from './misfortune.ts';

export type WorkshopOptions = {
  /** Signing time of every document and begin of every validity, ms since the epoch. */
  readonly now_ms: number;
  entropy(bytes: number): Uint8Array;
  readonly holder: Holder;
  readonly portrait: Portrait;
};

/** Scheme and hash of a signature. Both RSA schemes use one key. */
export type Algorithm = { readonly scheme: 'ecdsa' | 'rsa' | 'rsa-pss'; readonly hash: HashName };

/** A CSCA: certificates name it by `name`, `certificate` is what a reader trusts. */
export type Authority = { readonly name: Name; readonly key: SigningKey; readonly certificate: Uint8Array };

export const STATE = 'UTO';
const COUNTRY = 'UT';
const CSCA_VALIDITY_DAYS = 3650;
export const DAY_MS = 86_400_000;

const keyKinds: Readonly<Record<Algorithm['scheme'], KeyKind>> = {
  ecdsa: 'ecdsa-p256',
  rsa: 'rsa-2048',
  'rsa-pss': 'rsa-pss-2048',
};

export class Workshop {
  readonly o: WorkshopOptions;
  readonly #keys = new Map<string, SigningKey>();
  readonly #authorities = new Map<string, Authority>();

  constructor(o: WorkshopOptions) {
    this.o = o;
  }

  get now_ms(): number {
    return this.o.now_ms;
  }

  /** The same key whenever it is asked for by the same owner and kind of key. */
  key(owner: string, { scheme, hash }: Algorithm): SigningKey {
    const made = `${owner} ${scheme === 'ecdsa' ? 'ecdsa' : 'rsa'}`;
    const key = this.#keys.get(made) ?? generateSigningKey(keyKinds[scheme]);
    this.#keys.set(made, key);
    return { ...key, kind: keyKinds[scheme], hash };
  }

  /** The CSCA with this kind of key; its own certificate is signed with SHA-256 in any case. */
  authority(algorithm: Algorithm = { scheme: 'ecdsa', hash: 'sha256' }): Authority {
    const { scheme } = algorithm;
    const isElliptic = scheme === 'ecdsa';
    const made = isElliptic ? 'ecdsa' : 'rsa';
    const name = { country: COUNTRY, organisation: 'Simulated issuer', commonName: `Simulated CSCA ${made}` };
    const key = this.key('csca', algorithm);
    const known = this.#authorities.get(made);
    if (known !== undefined) return { ...known, key };
    const content = {
      issuer: name,
      subject: name,
      serialNumber: newSerialNumber(this.o),
      ...validity({ now_ms: () => this.now_ms }, CSCA_VALIDITY_DAYS),
      subjectKey: key,
      role: 'csca' as const,
    };
    const authority = { name, key, certificate: writeCertificate(content, { ...key, hash: 'sha256' }) };
    this.#authorities.set(made, authority);
    return authority;
  }

  /** The usual issuer: ECDSA with SHA-256 throughout. */
  get issuer(): Issuer {
    const { name, key, certificate } = this.authority();
    const made = this.#issuer;
    if (made !== undefined) return made;
    const signerKey = this.key('signer', { scheme: 'ecdsa', hash: 'sha256' });
    const signerSerialNumber = newSerialNumber(this.o);
    const content = {
      issuer: name,
      subject: { ...name, commonName: 'Simulated document signer' },
      serialNumber: signerSerialNumber,
      ...validity({ now_ms: () => this.now_ms }, CSCA_VALIDITY_DAYS / 2),
      subjectKey: signerKey,
      role: 'document-signer' as const,
    };
    const signerCertificate = writeCertificate(content, key);
    const csca = { state: STATE, cscaCertificate: certificate, cscaName: name, cscaKey: key };
    this.#issuer = { ...csca, signerCertificate, signerSerialNumber, signerKey };
    return this.#issuer;
  }
  #issuer: Issuer | undefined;

  /** A genuine document. */
  issue(profile: DocumentProfile, o: Partial<PassportOptions> = {}): Passport {
    const { holder, portrait } = this.o;
    const entropy = (bytes: number): Uint8Array => this.o.entropy(bytes);
    return issuePassport({ holder, portrait, issuer: this.issuer, signedAt_ms: this.now_ms, entropy, profile, ...o });
  }

  /** This document, where the reader trusts the usual issuer and nothing else is out of the ordinary. */
  arrange(passport: Passport, more: Partial<Omit<Arrangement, 'passport'>> = {}): Arrangement {
    return { passport, trusted: [this.authority().certificate], ...more };
  }
}
