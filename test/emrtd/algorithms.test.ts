import { expect, test } from 'vitest';
import { signatureAlgorithmOf } from '../../drivers/emrtd/pki/algorithms.ts';
import { parseASN1 } from '../../drivers/emrtd/pki/asn1.ts';
import { context, integer, nullValue, oid, sequence } from '../../simulator/passport/der.ts';

const SHA1 = sequence(oid('1.3.14.3.2.26'));
const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
const SHA512 = sequence(oid('2.16.840.1.101.3.4.2.3'));
const mask = (hash: Uint8Array): Uint8Array => sequence(oid('1.2.840.113549.1.1.8'), hash);
const pss = (...parameters: readonly Uint8Array[]): Uint8Array =>
  sequence(oid('1.2.840.113549.1.1.10'), sequence(...parameters));
const algorithmOf = (identifier: Uint8Array, digest?: 'sha256'): unknown =>
  signatureAlgorithmOf(parseASN1(identifier), digest);

test('RSA-PSS takes hash and salt from its parameters, which default to SHA-1 and 20 bytes', () => {
  expect(algorithmOf(pss(context(0, SHA512), context(1, mask(SHA512)), context(2, integer(64))))).toEqual({
    scheme: 'rsa-pss',
    hash: 'sha512',
    saltLength_bytes: 64,
  });
  const defaults = { scheme: 'rsa-pss', hash: 'sha1', saltLength_bytes: 20 };
  expect(algorithmOf(pss())).toEqual(defaults);
  expect(algorithmOf(pss(context(0, SHA1), context(2, integer(20)), context(3, integer(1))))).toEqual(defaults);
});

test('RSA-PSS without parameters, with NULL for them or with a trailer of its own is not known', () => {
  expect(algorithmOf(sequence(oid('1.2.840.113549.1.1.10')))).toBeUndefined();
  expect(algorithmOf(sequence(oid('1.2.840.113549.1.1.10'), nullValue()))).toBeUndefined();
  expect(algorithmOf(pss(context(3, integer(2))))).toBeUndefined();
});

test('RSA-PSS whose mask uses another hash is not known', () => {
  expect(algorithmOf(pss(context(0, SHA256), context(1, mask(SHA512))))).toBeUndefined();
  expect(algorithmOf(pss(context(0, SHA256)))).toBeUndefined();
});

test('plain "rsaEncryption" as signature algorithm takes the hash the signer names beside it', () => {
  const identifier = sequence(oid('1.2.840.113549.1.1.1'), nullValue());
  expect(algorithmOf(identifier, 'sha256')).toEqual({ scheme: 'rsa-pkcs1', hash: 'sha256' });
  expect(algorithmOf(identifier)).toBeUndefined();
});

test('an algorithm without a name here is not known', () => {
  expect(algorithmOf(sequence(oid('1.2.840.113549.1.1.4'), nullValue()), 'sha256')).toBeUndefined();
});

test('plain ECDSA has identifiers of its own, of BSI TR-03111', () => {
  expect(algorithmOf(sequence(oid('0.4.0.127.0.7.1.1.4.1.3')))).toEqual({ scheme: 'ecdsa-plain', hash: 'sha256' });
  expect(algorithmOf(sequence(oid('0.4.0.127.0.7.1.1.4.1.6')))).toBeUndefined();
});
