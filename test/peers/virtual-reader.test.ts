import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { listenForVirtualChip } from '../../drivers/virtual-reader/driver.ts';
import { connectVpcdChip, type VpcdChip } from '../../simulator/devices/vpcd-chip.ts';
import { bytes, hex, temporaryFolder } from '../drivers/harness.ts';
import { chipOf, passportOf } from '../emrtd/simulated-document.ts';
import { needs, openscTool, pcscd, run, vicc } from './debian-program.ts';

const host = '127.0.0.1';
const vpcdDriver = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
/** Where every pcscd of Debian meets its clients: there can be only one at a time. */
const pcscdSocket = '/run/pcscd/pcscd.comm';

/** vpcd takes the port for its first slot and the next one for its second. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

function started(path: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(path, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGTERM');
    await gone;
  });
  return child;
}

/** The chip in the reader of vsmartcard, as soon as that listens. */
async function chipBehindPCSC(context: TestContext): Promise<VpcdChip> {
  needs(context, pcscd);
  needs(context, openscTool);
  context.skip(!existsSync(vpcdDriver), `needs ${vpcdDriver}: apt-get install ${pcscd.package}`);
  context.skip(existsSync(pcscdSocket), 'another pcscd runs on this computer');
  context.skip(process.getuid?.() !== 0, 'pcscd needs root for its socket');
  const port = await freePort();
  const configuration = join(temporaryFolder(), 'readers');
  mkdirSync(configuration);
  const reader = `FRIENDLYNAME "Virtual reader"\nDEVICENAME /dev/null:${port}\nLIBPATH ${vpcdDriver}\nCHANNELID ${port}\n`;
  writeFileSync(join(configuration, 'vpcd'), reader);
  started(pcscd.path, ['--foreground', '--config', configuration]);
  for (let attempt = 0; ; attempt++) {
    const chip = await connectVpcdChip(chipOf(passportOf()), { host, port }).catch(() => undefined);
    if (chip !== undefined) {
      onTestFinished(() => chip.remove());
      return chip;
    }
    if (attempt > 100) throw new Error('pcscd does not listen');
    await shortly();
  }
}

const shortly = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 50);
  });

test('opensc-tool finds the simulated chip behind pcscd and vpcd, selects its application and is refused its files', async (context) => {
  const chip = await chipBehindPCSC(context);
  let atr = '';
  for (let attempt = 0; attempt < 100 && !atr.startsWith('3b'); attempt++) {
    // pcscd looks for cards from time to time.
    await shortly();
    ({ output: atr } = await run(openscTool, ['--reader', '0', '--atr']));
  }
  expect(atr).toContain('3b:81:80:01:80:80');
  const apdus = ['00a4040c07a0000002471001', '0084000008', '00a4020c020101', '00b0000000'];
  const { code, output } = await run(openscTool, ['--reader', '0', ...apdus.flatMap((apdu) => ['--send-apdu', apdu])]);
  expect(code).toBe(0);
  const answers = [...output.matchAll(/Received \(SW1=0x(..), SW2=0x(..)\)/g)].map(([, high, low]) => `${high}${low}`);
  expect(answers).toEqual(['9000', '9000', '6982', '6982']);
  expect(chip.apdus).toBeGreaterThanOrEqual(apdus.length); // opensc-tool tries its own card drivers too
});

/** Debian's vicc is installed where Python does not look, and asks for a package under its former name. */
function pythonPath(): string {
  const folder = temporaryFolder();
  symlinkSync('/usr/lib/python3/dist-packages/Cryptodome', join(folder, 'Crypto'));
  return `${folder}:/usr/lib/python3/site-packages/virtualsmartcard`;
}

function hasCryptodome(): boolean {
  try {
    accessSync('/usr/lib/python3/dist-packages/Cryptodome');
    return true;
  } catch {
    return false; // not installed
  }
}

test('the virtual chip of vsmartcard answers the reader', async (context) => {
  needs(context, vicc);
  context.skip(!hasCryptodome(), `needs apt-get install ${vicc.package}`);
  const reader = await listenForVirtualChip({ port: 0 });
  onTestFinished(() => reader.close());
  const args = ['--type', 'iso7816', '--hostname', host, '--port', `${reader.port}`];
  started(vicc.path, args, { PYTHONPATH: pythonPath() });
  const link = await reader.activate({ timeout_ms: 20_000 });
  expect(hex(link.atr).slice(0, 2)).toBe('3b');
  const options = { timeout_ms: 5000 };
  expect(hex(await link.transceive(bytes('00a4000c023f00'), options))).toBe('9000');
  expect(hex(await link.transceive(bytes('00a4040c07a0000002471001'), options))).toBe('6a82');
  await link.release();
  // Off and on again: it is the same chip.
  const again = await reader.activate({ timeout_ms: 5000 });
  expect(hex(await again.transceive(bytes('00a4000c023f00'), options))).toBe('9000');
});
