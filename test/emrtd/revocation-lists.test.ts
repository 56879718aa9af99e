/** Revocation lists: whom they revoke, whom they clear, how long, and which ones are none. */
import { expect, test } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { type RevocationList, authenticateRevocationList, parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { type Name, writeName } from '../../simulator/passport/certificates.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import {
  bitString,
  boolean,
  context,
  enumerated,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  time,
} from '../../simulator/passport/der.ts';
import { type Issuer, withNewCSCA } from '../../simulator/passport/issuer.ts';
import { type SigningKey, signWith, signatureIdentifier } from '../../simulator/passport/keys.ts';
import { csca, cscaKey, keyUsage } from './forged-document.ts';
import { isDataAbsent, recordedCertificates } from './recorded-data.ts';
import { NOW_MS, issuerOf, passportOf, seededEntropy, utopia } from './simulated-document.ts';
import { DAY_MS, refusalOf } from './trust-material.ts';

const other = issuerOf({ state: 'XOM', country: 'XM', entropy: seededEntropy('another state') });
const until_ms = NOW_MS + 30 * DAY_MS;

type ListOptions = { revoked?: readonly Uint8Array[]; issued_ms?: number; until_ms?: number; reason?: number };
function crlOf(issuer: Issuer, o: ListOptions = {}): Uint8Array {
  const reason = o.reason === undefined ? {} : { reason: o.reason };
  return writeCRL(issuer, {
    revoked: (o.revoked ?? []).map((serialNumber) => ({ serialNumber, at_ms: NOW_MS - 9 * DAY_MS, ...reason })),
    thisUpdate_ms: o.issued_ms ?? NOW_MS - DAY_MS,
    nextUpdate_ms: o.until_ms ?? until_ms,
    number: 1,
  });
}

/** Lists as the trust folder takes them: parsed, and authenticated under a trusted CSCA. */
function accepted(anchors: readonly Uint8Array[], ...lists: readonly Uint8Array[]): readonly RevocationList[] {
  const parsed = lists.map(parseRevocationList);
  for (const list of parsed) authenticateRevocationList(list, anchors.map(parseCertificate));
  return parsed;
}

function outcome(
  lists: readonly Uint8Array[],
  o: { issuer?: Issuer; anchors?: readonly Uint8Array[]; now_ms?: number } = {},
): readonly [string, string] {
  const issuer = o.issuer ?? utopia;
  const anchors = o.anchors ?? [issuer.cscaCertificate];
  const { trust } = createTrustStore(anchors, { revocationLists: accepted(anchors, ...lists) });
  const securityObject = parseSecurityObject(passportOf({ issuer }).files.get(0x011d) ?? new Uint8Array(0));
  const findings = authenticatePassively({ securityObject, trust, now_ms: o.now_ms ?? NOW_MS });
  const said = ({ result, because }: { result: string; because: string | null }): string =>
    because === null ? result : `${result} ${because}`;
  return [said(findings.revocation), said(findings.trustStatus)];
}

test('a signer that a current list of its issuer does not name is not revoked', () => {
  expect(outcome([crlOf(utopia)])).toEqual(['passed', 'passed']);
  expect(outcome([crlOf(utopia, { revoked: [Uint8Array.of(9)] })])).toEqual(['passed', 'passed']);
});

test.each([undefined, 1, 6])('a signer that a list names with reason %s is revoked, and nobody to trust', (reason) => {
  const list = crlOf(utopia, { revoked: [utopia.signerSerialNumber], ...(reason === undefined ? {} : { reason }) });
  expect(outcome([list])).toEqual(['failed SIGNER_REVOKED', 'failed SIGNER_REVOKED']);
});

test('without a list, or with one of another state, nothing is known and the trust stays what the chain says', () => {
  expect(outcome([])).toEqual(['undetermined REVOCATION_UNKNOWN', 'passed']);
  const foreign = crlOf(other, { revoked: [utopia.signerSerialNumber] });
  const anchors = [utopia.cscaCertificate, other.cscaCertificate];
  expect(outcome([foreign], { anchors })).toEqual(['undetermined REVOCATION_UNKNOWN', 'passed']);
});

test('a list of its name clears no signer whose certificate nobody trusted signed', () => {
  const namesake = issuerOf({ entropy: seededEntropy('namesake') });
  const [revocation, trustStatus] = outcome([crlOf(utopia)], { issuer: namesake, anchors: [utopia.cscaCertificate] });
  expect(revocation).toBe('undetermined REVOCATION_UNKNOWN');
  expect(trustStatus).not.toBe('passed');
});

test('a list past its next update, or not begun, clears nobody; what it revoked stays revoked', () => {
  const stale = { issued_ms: NOW_MS - 90 * DAY_MS, until_ms: NOW_MS - 1000 };
  expect(outcome([crlOf(utopia, stale)])).toEqual(['undetermined REVOCATION_LIST_STALE', 'passed']);
  const revoked = [utopia.signerSerialNumber];
  expect(outcome([crlOf(utopia, { ...stale, revoked })])[0]).toBe('failed SIGNER_REVOKED');
  const early = { issued_ms: NOW_MS + DAY_MS / 2, until_ms };
  expect(outcome([crlOf(utopia, early)])[0]).toBe('undetermined REVOCATION_LIST_STALE');
  expect(outcome([crlOf(utopia)], { now_ms: Number.NaN })[0]).toBe('undetermined REVOCATION_LIST_STALE');
  expect(outcome([crlOf(utopia, { until_ms: NOW_MS })])[0]).toBe('passed');
});

test('a current list beside a stale one clears', () => {
  const stale = crlOf(utopia, { issued_ms: NOW_MS - 90 * DAY_MS, until_ms: NOW_MS - DAY_MS });
  expect(outcome([stale, crlOf(utopia)])[0]).toBe('passed');
});

test('a CSCA certificate that its own list names is revoked, and so is whom it signed', () => {
  const { serialNumber } = parseCertificate(utopia.cscaCertificate);
  const list = crlOf(utopia, { revoked: [Uint8Array.from(Buffer.from(serialNumber, 'hex'))] });
  expect(outcome([list])).toEqual(['failed ISSUER_REVOKED', 'failed ISSUER_REVOKED']);
});

test('after a change of keys the list under the new key speaks of signers under the old one', () => {
  const renewal = { now_ms: () => NOW_MS, entropy: seededEntropy('new key') };
  const { issuer: renewed } = withNewCSCA(utopia, renewal);
  const anchors = [utopia.cscaCertificate, renewed.cscaCertificate];
  expect(outcome([crlOf(renewed)], { anchors })[0]).toBe('passed');
  const revoking = crlOf(renewed, { revoked: [utopia.signerSerialNumber] });
  expect(outcome([revoking], { anchors })[0]).toBe('failed SIGNER_REVOKED');
});

test('the list of an authority under its new name speaks of signers under the old one, through a link certificate', () => {
  const newName = { ...utopia.cscaName, commonName: 'New name' };
  const newerName = { ...utopia.cscaName, commonName: 'Newer name' };
  const cscaOf = (issuer: Name, subject: Name, issuerKey: SigningKey): Uint8Array =>
    csca({ issuer, subject, issuerKey, publicKey: cscaKey.publicKey });
  const list = (revoked: readonly Uint8Array[], cscaName: Name, cscaKeyOf = cscaKey): Uint8Array =>
    crlOf({ ...utopia, cscaName, cscaKey: cscaKeyOf }, { revoked });
  const unlinked = [utopia.cscaCertificate, cscaOf(newName, newName, cscaKey), cscaOf(newerName, newerName, cscaKey)];
  const links = [cscaOf(newName, newerName, cscaKey), cscaOf(utopia.cscaName, newName, utopia.cscaKey)];
  const anchors = [...unlinked, ...links];
  const serial = utopia.signerSerialNumber;
  for (const name of [newName, newerName]) {
    expect(outcome([list([], name)], { anchors: unlinked })[0]).toBe('undetermined REVOCATION_UNKNOWN');
    expect(outcome([list([], name)], { anchors })[0]).toBe('passed');
    expect(outcome([list([serial], name)], { anchors })[0]).toBe('failed SIGNER_REVOKED');
  }
  // The other way round: a list under the old name knows nothing of what the new one issued.
  const renamed = issuerOf({ entropy: seededEntropy('renamed') });
  const before = { ...renamed.cscaName, commonName: 'Former name' };
  const former = [renamed.cscaCertificate, cscaOf(before, before, cscaKey)];
  const toRenamed = csca({ issuer: before, subject: renamed.cscaName, publicKey: renamed.cscaKey.publicKey });
  const o = { issuer: renamed, anchors: [...former, toRenamed] };
  expect(outcome([list([], before)], o)[0]).toBe('undetermined REVOCATION_UNKNOWN');
});

test('a CSCA certificate that says it does not sign revocation lists signs none', () => {
  const parts = { issuer: utopia.cscaName, subject: utopia.cscaName, issuerKey: utopia.cscaKey };
  const usedFor = (bits: number): ReturnType<typeof parseCertificate> =>
    parseCertificate(csca({ ...parts, publicKey: utopia.cscaKey.publicKey, extensions: [keyUsage(bits)] }));
  const list = parseRevocationList(crlOf(utopia));
  expect(refusalOf(() => authenticateRevocationList(list, [usedFor(0x04)]))).toBe('CRL_ISSUER_UNKNOWN');
  expect(refusalOf(() => authenticateRevocationList(list, [usedFor(0x06)]))).toBe('taken');
});

const anchorsOf = (...issuers: readonly Issuer[]): ReturnType<typeof parseCertificate>[] =>
  issuers.map(({ cscaCertificate }) => parseCertificate(cscaCertificate));

test('a list is taken only under a trusted CSCA of its name that signed it', () => {
  const list = parseRevocationList(crlOf(utopia));
  expect(refusalOf(() => authenticateRevocationList(list, anchorsOf(utopia)))).toBe('taken');
  expect(refusalOf(() => authenticateRevocationList(list, anchorsOf(other)))).toBe('CRL_ISSUER_UNKNOWN');
  const namesake = issuerOf({ entropy: seededEntropy('namesake') });
  expect(refusalOf(() => authenticateRevocationList(list, anchorsOf(namesake)))).toBe('LIST_SIGNATURE_INVALID');
  expect(refusalOf(() => authenticateRevocationList(list, anchorsOf(namesake, utopia)))).toBe('taken');
});

/** A list as a careless authority would build it; `extensions` beside or in place of the usual ones. */
function handmade(o: {
  readonly extensions?: readonly Uint8Array[];
  readonly entryExtensions?: readonly Uint8Array[];
  readonly version?: readonly Uint8Array[];
  readonly times?: readonly Uint8Array[];
  readonly outerAlgorithm?: Uint8Array;
}): Uint8Array {
  const algorithm = signatureIdentifier(utopia.cscaKey);
  const entry = sequence(
    integer(7),
    time(NOW_MS),
    ...(o.entryExtensions === undefined ? [] : [sequence(...o.entryExtensions)]),
  );
  const body = sequence(
    ...(o.version ?? [integer(1)]),
    algorithm,
    writeName(utopia.cscaName),
    ...(o.times ?? [time(NOW_MS - DAY_MS), time(until_ms)]),
    sequence(entry),
    ...(o.extensions === undefined ? [] : [context(0, sequence(...o.extensions))]),
  );
  return sequence(body, o.outerAlgorithm ?? algorithm, bitString(signWith(utopia.cscaKey, body)));
}
const extension = (type: string, isCritical: boolean, value: Uint8Array): Uint8Array =>
  sequence(oid(type), ...(isCritical ? [boolean(true)] : []), octetString(value));

test.each([
  ['says it is a delta list', { extensions: [extension('2.5.29.27', true, integer(1))] }],
  ['says so without calling it critical', { extensions: [extension('2.5.29.27', false, integer(1))] }],
  ['speaks for a distribution point', { extensions: [extension('2.5.29.28', true, sequence())] }],
  ['has an entry of another issuer', { entryExtensions: [extension('2.5.29.29', true, sequence())] }],
  ['has a critical extension that nobody knows', { extensions: [extension('1.2.3.4', true, nullValue())] }],
  ['has an entry with one', { entryExtensions: [extension('1.2.3.4', true, nullValue())] }],
])('a list that %s would be misread and is refused', (_, parts) => {
  expect(refusalOf(() => parseRevocationList(handmade(parts)))).toBe('CRL_UNSUPPORTED');
});

test.each([
  ['has no version', { version: [] }],
  ['is of version 1', { version: [integer(0)] }],
  ['announces no next one', { times: [time(NOW_MS)] }],
  ['says two algorithms', { outerAlgorithm: sequence(oid('1.2.840.10045.4.3.4')) }],
  [
    'has an extension twice',
    { extensions: ['01', '02'].map((id) => extension('2.5.29.35', false, sequence(octetString(Buffer.from(id))))) },
  ],
])('a list that %s is malformed', (_, parts) => {
  expect(refusalOf(() => parseRevocationList(handmade(parts)))).toBe('LIST_MALFORMED');
});

test('what a list says beside that is read: reasons, numbers, extensions that nobody has to know', () => {
  const list = parseRevocationList(
    handmade({
      extensions: [extension('2.5.29.20', false, integer(5)), extension('1.2.3.4', false, nullValue())],
      entryExtensions: [extension('2.5.29.21', false, enumerated(1))],
    }),
  );
  expect([...list.entries]).toEqual([['07', { revokedAt_ms: NOW_MS, reason: 1 }]]);
  expect(list.issuerCountry).toBe('UT');
  expect(refusalOf(() => parseRevocationList(Buffer.concat([crlOf(utopia), Buffer.alloc(1)])))).toBe('LIST_MALFORMED');
});

test.skipIf(isDataAbsent)(
  'a list by another program under a CSCA with explicit curve parameters is authenticated',
  () => {
    const folder = 'mock/selfxyz_mock_certificates';
    const list = parseRevocationList(openSSLList);
    const csca = recordedCertificates(`${folder}/sha256_ecdsa_brainpoolP256r1/mock_csca.pem`).map(parseCertificate);
    const others = recordedCertificates(`${folder}/sha256_ecdsa_secp256r1/mock_csca.pem`).map(parseCertificate);
    expect(refusalOf(() => authenticateRevocationList(list, [...others, ...csca]))).toBe('taken');
    expect(refusalOf(() => authenticateRevocationList(list, others))).toBe('LIST_SIGNATURE_INVALID');
    expect([...list.entries.keys()]).toEqual(['6d59626772be1726665aefce5c0bccd41d477706']);
  },
);

/** Made with OpenSSL 3.0 for the mock CSCA above. */
const openSSLList = Buffer.from(
  [
    'MIIBIDCByAIBATAKBggqhkjOPQQDAjBgMQswCQYDVQQGEwJGUjEMMAoGA1UECAwDSURGMQ4wDAYDVQQHDAVQYXJpczESMBAGA1UE',
    'CgwJTW9jayBDU0NBMQwwCgYDVQQLDANQS0kxETAPBgNVBAMMCE1vY2tDU0NBFw0yNjExMjIyMjE5MTJaFw0yNzAyMjAyMjE5MTJa',
    'MCcwJQIUbVliZ3K+FyZmWu/OXAvM1B1HdwYXDTI2MDEwMTAwMDAwMFqgDjAMMAoGA1UdFAQDAgEBMAoGCCqGSM49BAMCA0cAMEQC',
    'IDtudlIjLJ5SoxfHXlpmvEXzOqBrKUAXn7E12TkqHBSeAiBocTx2XsG+Fo+yu0ySryM5PzmZlyC72UIUxKSw7MG0yQ==',
  ].join(''),
  'base64',
);
