/**
 * Every algorithm that issuers use, with objects that OpenSSL's own tools write: EF.SOD as `openssl cms`, revocation lists
 * as `openssl ca`, under published mock certificates.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { authenticateRevocationList, parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { integer, octetString, oid, sequence } from '../../simulator/passport/der.ts';
import { isDataAbsent, recordedCertificates, recordedNames } from './recorded-data.ts';
import { NOW_MS } from './simulated-document.ts';
import { emptyFolder } from './trust-material.ts';

const mocks = fileURLToPath(new URL('../../../shared/data/emrtd/mock/selfxyz_mock_certificates/', import.meta.url));
const variants = isDataAbsent
  ? []
  : recordedNames('mock/selfxyz_mock_certificates').filter((name) => name.startsWith('sha'));

function isOpenSSLAbsent(): boolean {
  try {
    execFileSync('openssl', ['version'], { timeout: 10_000 });
    return false;
  } catch {
    // Not installed, or not to be run here.
    console.warn('openssl not found: objects written by another program are not checked');
    return true;
  }
}
const isSkipped = isDataAbsent || isOpenSSLAbsent();

const certificatesOf = (variant: string, name: string): readonly Uint8Array[] =>
  recordedCertificates(`mock/selfxyz_mock_certificates/${variant}/${name}.pem`);
const paddingOf = (variant: string): readonly string[] =>
  variant.includes('rsapss') ? ['rsa_padding_mode:pss', 'rsa_pss_saltlen:digest'] : [];
const hashOf = (variant: string): string => variant.slice(0, variant.indexOf('_'));

const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
const content = sequence(integer(0), SHA256, sequence(sequence(integer(1), octetString(new Uint8Array(32)))));

async function securityObject(variant: string): Promise<Uint8Array> {
  const folder = await emptyFolder();
  writeFileSync(join(folder, 'content'), content);
  const files = ['-signer', `${mocks}${variant}/mock_dsc.pem`, '-inkey', `${mocks}${variant}/mock_dsc.key`];
  const form = ['-binary', '-nodetach', '-nosmimecap', '-econtent_type', '2.23.136.1.1.1', '-outform', 'DER'];
  const padding = paddingOf(variant).flatMap((option) => ['-keyopt', option]);
  const paths = ['-in', join(folder, 'content'), '-out', join(folder, 'sod')];
  const options = ['cms', '-sign', ...form, '-md', hashOf(variant), ...files, ...padding, ...paths];
  execFileSync('openssl', options, { timeout: 20_000, stdio: 'pipe' });
  return writeTLV(0x77, readFileSync(join(folder, 'sod')));
}

async function revocationList(variant: string): Promise<Uint8Array> {
  const folder = await emptyFolder();
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('index'), 'R\t351231000000Z\t260101000000Z,keyCompromise\t0A0B\tunknown\t/C=FR/CN=Revoked\n');
  writeFileSync(path('number'), '05\n');
  const settings = [`database=${path('index')}`, `crlnumber=${path('number')}`, `default_md=${hashOf(variant)}`];
  writeFileSync(
    path('config'),
    [
      '[ca]',
      'default_ca=c',
      '[c]',
      ...settings,
      'default_crl_days=30',
      'crl_extensions=e',
      '[e]',
      'authorityKeyIdentifier=keyid',
      '',
    ].join('\n'),
  );
  const files = ['-cert', `${mocks}${variant}/mock_csca.pem`, '-keyfile', `${mocks}${variant}/mock_csca.key`];
  const padding = paddingOf(variant).flatMap((option) => ['-sigopt', option]);
  const options = ['ca', '-gencrl', '-config', path('config'), ...files, ...padding, '-out', path('crl')];
  execFileSync('openssl', options, { timeout: 20_000, stdio: 'pipe' });
  execFileSync('openssl', ['crl', '-in', path('crl'), '-outform', 'DER', '-out', path('der')], { timeout: 20_000 });
  return Uint8Array.from(readFileSync(path('der')));
}

const signers = variants.filter((variant) => certificatesOf(variant, 'mock_dsc').length > 0);
const authorities = variants.filter((variant) => certificatesOf(variant, 'mock_csca').length > 0);

test.skipIf(isSkipped)('the published mock certificates are of 41 kinds', () => {
  expect([variants.length, signers.length, authorities.length]).toEqual([41, 40, 33]);
});

test.skipIf(isSkipped).each(signers)(
  'EF.SOD of another program with %s verifies under its signer, and a CSCA is found',
  async (variant) => {
    const file = await securityObject(variant);
    const anchors = authorities.flatMap((name) => certificatesOf(name, 'mock_csca'));
    const { trust } = createTrustStore(anchors);
    const findings = authenticatePassively({ securityObject: parseSecurityObject(file), trust, now_ms: NOW_MS });
    expect([findings.hash.result, findings.signature.result]).toEqual(['passed', 'passed']);
    expect(findings.evidence.digest).toBe(hashOf(variant));
    // These certificates say nothing of what they are for, which no document signer may leave open: their CSCA is found.
    expect([variant, findings.issuer.because]).toEqual([variant, 'SIGNER_NOT_PERMITTED']);
    const damaged = { ...parseSecurityObject(file), signedAttributes: Uint8Array.of(0x31, 0) };
    const { signature } = authenticatePassively({ securityObject: damaged, trust, now_ms: NOW_MS });
    expect(signature.because).toBe('SIGNATURE_INVALID');
  },
);

test.skipIf(isSkipped).each(authorities)(
  'a revocation list of another program with %s is authenticated',
  async (variant) => {
    const list = parseRevocationList(await revocationList(variant));
    const anchors = certificatesOf(variant, 'mock_csca').map(parseCertificate);
    expect(authenticateRevocationList(list, anchors)).toBe(anchors[0]);
    expect([...list.entries]).toEqual([['0a0b', { revokedAt_ms: Date.UTC(2026, 0, 1), reason: 1 }]]);
    expect(list.authorityKeyId).toBe(anchors[0]?.subjectKeyId);
  },
);
