import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findNode, type ReportNode } from '../../drivers/emrtd/report/report.ts';
import { misfortuneNames, misfortunes } from '../../simulator/passport/misfortunes/catalogue.ts';
import { profileNames } from '../../simulator/passport/profiles.ts';
import { identityOf } from '../../simulator/scenarios/identities.ts';
import { temporaryFolder } from '../drivers/harness.ts';
import { utopia } from '../emrtd/simulated-document.ts';

const tool = join(import.meta.dirname, '../../simulator/emrtd-tool/main.ts');

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves as soon as standard error holds this. */
  says(words: string): Promise<void>;
};

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [tool, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  const listeners = new Set<() => void>();
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes.toString();
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, out, err });
      for (const listener of listeners) listener();
    });
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const says = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (err.includes(words)) resolve();
        else if (child.exitCode !== null) reject(new Error(`ended without a word of "${words}": ${err}`));
      };
      listeners.add(look);
      look();
    });
  return { child, ended, says };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** What opens the documents of `chip`, whose holder is always the same. */
function printedFields(): string {
  const { documentNumber, birthDate, expiryDate } = identityOf('p01', new Date());
  const short = (date: string): string => date.replaceAll('-', '').slice(2);
  return [documentNumber, short(birthDate), short(expiryDate)].join('/');
}

type Printed = { aborted: string | null; report: { overall: ReportNode } };

/** Both ends as processes of their own; the reader waits first. */
async function readChip(
  profile: string,
  access: readonly string[],
  extra: readonly string[] = [],
  by: 'profile' | 'misbehaviour' = 'profile',
): Promise<Ended> {
  const vpcd = `${await freePort()}`;
  const trust = temporaryFolder();
  const reader = start('read', '--vpcd', vpcd, '--trust', trust, ...access, ...extra);
  await reader.says('waiting');
  const chip = start('chip', '--vpcd', `127.0.0.1:${vpcd}`, `--${by}`, profile, '--trust', trust);
  const [read, shown] = await Promise.all([reader.ended, chip.ended]);
  expect(shown.out).toContain(`as ${profile}`);
  expect(shown.err).toContain('the reader hung up');
  expect(shown.code).toBe(0);
  return read;
}

test.each(['bac-only', 'typical-eu', 'pace-cam-bp256'])(
  'a chip of profile %s shown to the reader by another process is inspected to the end',
  async (profile) => {
    const { code, out } = await readChip(profile, ['--mrz', printedFields()], ['--json']);
    expect(code).toBe(0);
    const { aborted, report } = JSON.parse(out) as Printed;
    expect(aborted).toBeNull();
    const result = (id: string): string | undefined => findNode(report.overall, id)?.result;
    expect(result('access')).toBe('passed');
    expect(result('data-groups')).toBe('passed');
    expect(result('chip-authenticity')).toBe(profile === 'bac-only' ? 'not-supported' : 'passed');
    expect(out).not.toContain('AASE');
    expect(out.trim().split('\n')).toHaveLength(1);
  },
);

test('a chip with a card access number opens to it, and the report is a table for people', async () => {
  const { code, out, err } = await readChip('pace-can', ['--can', '123456']);
  expect(err).toContain('waiting for a virtual chip on 127.0.0.1:');
  expect(out).toMatch(/^passed +5\.6\.3 +Access to the chip$/m);
  expect(out).toMatch(/inspected to the end; \d+ APDUs/);
  expect(code).toBe(0);
});

test('a wrong printed zone does not open the chip: exit code 1, and the report says why', async () => {
  const { code, out } = await readChip('bac-only', ['--mrz', 'WRONG1234/800101/300101'], ['--json']);
  expect(code).toBe(1);
  expect((JSON.parse(out) as Printed).aborted).toBe('ACCESS_REFUSED');
});

test('wrong use ends with exit code 2, no chip in time with 1, an interrupt with 1', async () => {
  const wrong = await start('read', '--mrz', 'x').ended;
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('npm run emrtd -- COMMAND');
  const unknown = await start('chip', '--vpcd', '127.0.0.1:9', '--profile', 'no-such').ended;
  expect(unknown.code).toBe(2);
  const alone = await start('read', '--vpcd', `${await freePort()}`, '--can', '123456', '--wait', '0.05').ended;
  expect(alone.code).toBe(1);
  expect(alone.err).toContain('no chip came');
  const stopped = start('read', '--vpcd', `${await freePort()}`, '--can', '123456');
  await stopped.says('waiting');
  stopped.child.kill('SIGINT');
  expect((await stopped.ended).code).toBe(1);
});

test('a port that is taken and a folder that is not there are named', async () => {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const taken = await start('read', '--vpcd', `${port}`, '--can', '123456').ended;
  expect(taken.code).toBe(1);
  expect(taken.err).toContain('EADDRINUSE');
  const absent = await start('read', '--vpcd', `${await freePort()}`, '--can', '1'.repeat(6), '--trust', '/no/such')
    .ended;
  expect(absent.code).toBe(1);
  expect(absent.err).toContain('/no/such');
});

test('a chip finds no reader: exit code 1', async () => {
  const port = await freePort();
  const { code, err } = await start('chip', '--vpcd', `127.0.0.1:${port}`, '--profile', 'bac-only').ended;
  expect(code).toBe(1);
  expect(err).toContain('ECONNREFUSED');
});

test('a certificate is taken into a trust folder, listed, and refused when it is none', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'csca.bin');
  writeFileSync(file, utopia.cscaCertificate);
  const trust = join(folder, 'trust');
  mkdirSync(trust);
  const imported = await start('trust', 'import', file, '--folder', trust, '--by', 'a tester').ended;
  expect(imported.out).toMatch(/^imported anchor of UT/);
  expect(imported.code).toBe(0);
  const listed = await start('trust', 'list', '--folder', trust, '--json').ended;
  expect(JSON.parse(listed.out)).toMatchObject({
    anchors: 1,
    rows: [{ kind: 'anchor', imported: { by: 'a tester' } }],
  });
  writeFileSync(file, 'no certificate');
  const refused = await start('trust', 'import', file, '--folder', trust, '--by', 'a tester').ended;
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('not imported: FILE_KIND_UNKNOWN');
  expect((await start('trust', 'list', '--folder', trust).ended).out).toContain('1 CSCA certificates of 1 countries');
});

test('the list names every profile and every misbehaviour', async () => {
  const { out } = await start('chip', '--list').ended;
  const names = out.split('\n').map((line) => line.trim().split(' ')[0]);
  expect(names).toEqual(expect.arrayContaining([...profileNames, ...misfortuneNames]));
});

test('a chip that misbehaves is told as what it is', async () => {
  const forged = misfortunes.find(
    ({ expected }) => expected.checks?.['security-object-signature'] === 'failed SIGNATURE_INVALID',
  );
  if (forged === undefined) throw new Error('the catalogue has no wrong signature');
  const { code, out } = await readChip(forged.name, ['--mrz', printedFields()], ['--json'], 'misbehaviour');
  expect(code).toBe(0);
  expect(out).toContain('"code":"SIGNATURE_INVALID"');
  expect((JSON.parse(out) as Printed).report.overall.result).toBe('failed');
});
