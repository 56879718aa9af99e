/** The program openssl as a judge of what simulated issuers write: nobody here wrote it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, onTestFinished } from 'vitest';

const PROGRAM = 'openssl';

/** Skips the test with a message when the program is absent. */
export function needsOpenSSL(context: TestContext): void {
  const { status } = spawnSync(PROGRAM, ['version'], { timeout: 20_000 });
  context.skip(status !== 0, 'needs the program openssl 3: apt-get install --no-install-recommends openssl');
}

export type Verdict = { readonly code: number | null; readonly output: string };

/** Runs `openssl` with these arguments; a Uint8Array stands for a file with this content. */
export function openssl(...words: readonly (string | Uint8Array)[]): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'simulated-issuer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const words_ = words.map((word, i) => {
    if (typeof word === 'string') return word;
    const path = join(folder, `${i}`);
    writeFileSync(path, word);
    return path;
  });
  const { status, stdout, stderr } = spawnSync(PROGRAM, words_, { timeout: 20_000, encoding: 'utf8' });
  return { code: status, output: `${stdout}${stderr}` };
}

/** PEM of a DER certificate. */
export function pem(certificate: Uint8Array): Uint8Array {
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'), 'ascii');
}

/** `cms -verify` of DER SignedData whose signer's chain ends at one of these certificates, at this time. */
export function verifyCMS(signed: Uint8Array, roots: readonly Uint8Array[], at_ms: number): Verdict {
  const anchors = Buffer.concat(roots.map(pem));
  const when = String(Math.floor(at_ms / 1000));
  const words = ['-inform', 'DER', '-purpose', 'any', '-attime', when, '-out', '/dev/null'];
  return openssl('cms', '-verify', ...words, '-CAfile', anchors, '-in', signed);
}
