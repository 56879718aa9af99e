import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pn532Command } from '../../drivers/chip-reader/codec.ts';
import { FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import { SimulatedChipReader } from '../../simulator/devices/chip-reader.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { bytes, temporaryFolder, temporaryLine, until } from '../drivers/harness.ts';
import { holder, passportOf, portraitOf, seededEntropy } from '../emrtd/simulated-document.ts';
import { mrtdreader, needs, nfcList, nfcPoll, run, type RunOptions, tamashell } from './debian-program.ts';

const kinds = ['type-a', 'type-b'] as const;

/** Says yes to every command. */
function plainChip(kind: Chip['kind']): Chip {
  return {
    kind,
    uid: bytes('08a1b2c3'),
    historicalBytes: bytes('4a434f5033'),
    reset: () => {},
    transceive: () => Promise.resolve(bytes('9000')),
  };
}

function readerWith(chip?: Chip): { device: SimulatedChipReader; options: RunOptions } {
  const line = temporaryLine({ pacing_baud: 921600 });
  const device = new SimulatedChipReader(line);
  onTestFinished(() => device.close());
  if (chip !== undefined) device.place(chip);
  return { device, options: { env: { LIBNFC_DEFAULT_DEVICE: `pn532_uart:${line.path}:115200` } } };
}

test('nfc-list recognises a chip of type A with its UID and ATS, and nothing else', async (context) => {
  needs(context, nfcList);
  const { output } = await run(nfcList, ['-v'], readerWith(plainChip('type-a')).options);
  expect(output).toContain('NFC device: user defined default device opened');
  expect(output).toContain('1 ISO14443A passive target(s) found:');
  expect(output).toContain('UID (NFCID3): 08  a1  b2  c3');
  expect(output).toContain('SAK (SEL_RES): 20');
  expect(output).toContain('ATS: 78  f7  b1  02  4a  43  4f  50  33');
  expect(output).toContain('Compliant with ISO/IEC 14443-4');
  expect(output.match(/^0 .*target\(s\) found/gm)?.length).toBe(9);
});

test('nfc-list recognises a chip of type B with its PUPI, and nothing else', async (context) => {
  needs(context, nfcList);
  const { output } = await run(nfcList, ['-v'], readerWith(plainChip('type-b')).options);
  expect(output).toContain('1 ISO14443B passive target(s) found:');
  expect(output).toContain('PUPI: 08  a1  b2  c3');
  expect(output).toContain('Protocol types supported: ISO/IEC 14443-4');
  expect(output.match(/^0 .*target\(s\) found/gm)?.length).toBe(9);
});

test('nfc-list finds nothing in an empty field', async (context) => {
  needs(context, nfcList);
  const { output } = await run(nfcList, ['-v'], readerWith().options);
  expect(output).toContain('NFC device: user defined default device opened');
  expect(output).not.toMatch(/^[1-9]\d* .*found/m);
});

test.for(kinds)('nfc-poll sees a chip of %s come and go', async (kind, context) => {
  needs(context, nfcPoll);
  const { device, options } = readerWith();
  const finished = run(nfcPoll, [], options);
  await until('it polls', () => device.lastCommand === pn532Command.inAutoPoll);
  device.place(plainChip(kind));
  await until('it asks whether the chip is there', () => device.lastCommand === pn532Command.inCommunicateThru);
  const commands = device.commands;
  await until('it is told so again and again', () => device.commands > commands + 20);
  device.remove();
  const { output } = await finished;
  expect(output).toContain(kind === 'type-a' ? 'UID (NFCID3): 08  a1  b2  c3' : 'PUPI: 08  a1  b2  c3');
  expect(output).toContain('done.');
});

test('pn53x-tamashell speaks raw commands', async (context) => {
  needs(context, tamashell);
  const input = '02\n4A 01 00\n40 01 00 A4 04 0C 07 A0 00 00 02 47 10 01\nq\n';
  const { output } = await run(tamashell, [], { ...readerWith(plainChip('type-a')).options, input });
  expect(output).toContain('Rx: 32  01  06  07');
  expect(output).toContain('Rx: 01  01  00  08  20  04  08  a1  b2  c3');
  expect(output).toContain('Rx: 00  90  00');
});

test.for(kinds)('mrtdreader opens a simulated passport of %s and reads its files', async (kind, context) => {
  needs(context, mrtdreader);
  const portrait = portraitOf(9000);
  const passport = passportOf({ portrait });
  const chip = createPassportChip(passport, { kind, entropy: seededEntropy('peer') });
  const cwd = temporaryFolder();
  const second = passport.mrzLines[1] ?? '';
  const { code, output } = await run(mrtdreader, [second], { ...readerWith(chip).options, cwd });
  expect(output).toContain('Challenge successful!');
  expect(output).toMatch(/Getting EF\.COM\.\.\..*done/s);
  expect(output).toMatch(/Getting EF\.SOD\.\.\..*done/s);
  expect(output).toContain(holder.documentNumber);
  expect(output).toMatch(/Saving image to image\.\w+\.\.\. *done/);
  expect(code).toBe(0);
  const image = /Saving image to (image\.\w+)/.exec(output)?.[1] ?? '';
  expect(Uint8Array.from(readFileSync(join(cwd, image)))).toEqual(portrait.bytes);
  expect(passport.files.get(FileId.DG2)?.length).toBeGreaterThan(9000);
});

test('mrtdreader with the wrong document data is refused by the simulated passport', async (context) => {
  needs(context, mrtdreader);
  const chip = createPassportChip(passportOf(), { kind: 'type-a', entropy: seededEntropy('peer') });
  const wrong = ['-p', 'SIM482914', '-b', '910417', '-e', '310802'];
  const { code, output } = await run(mrtdreader, wrong, { ...readerWith(chip).options, cwd: temporaryFolder() });
  expect(output).toContain('Challenge failed');
  expect(code).not.toBe(0);
});
