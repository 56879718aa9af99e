import { expect, onTestFinished, test } from 'vitest';
import type { ChipReader, ChipReaderEvent } from '../../drivers/contracts/chip-reader.ts';
import { type ChipReaderOptions, createChipReader } from '../../drivers/chip-reader/driver.ts';
import { SimulatedChipReader, type SimulatedChipReaderOptions } from '../../simulator/devices/chip-reader.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import { dropWrites, duplicateWrites, flipBits, noiseBefore, splitWrites } from '../../simulator/wire/line-fault.ts';
import type { Line } from '../../simulator/wire/line.ts';
import { bytes, hex, Recording, seeded, temporaryLine, until } from './harness.ts';

type EchoChip = Chip & { resets: number; isSilent: boolean; readonly received: string[] };

/** Answers each command with `respond`; by default the command turned round and 9000. */
function echoChip(kind: Chip['kind'], respond?: (command: Uint8Array) => Uint8Array): EchoChip {
  const chip: EchoChip = {
    kind,
    uid: bytes('08a1b2c3'),
    historicalBytes: bytes('4a434f5033'),
    resets: 0,
    isSilent: false,
    received: [],
    reset: () => {
      chip.resets++;
    },
    transceive: (command) => {
      chip.received.push(hex(command));
      if (chip.isSilent) return Promise.resolve(undefined);
      return Promise.resolve(respond?.(command) ?? Uint8Array.of(...command.toReversed(), 0x90, 0x00));
    },
  };
  return chip;
}

type Setup = {
  readonly line: Line;
  readonly device: SimulatedChipReader;
  readonly reader: ChipReader;
  readonly heard: Recording<ChipReaderEvent>;
};

async function readerInService(
  options: Partial<ChipReaderOptions> = {},
  simulated: SimulatedChipReaderOptions = {},
): Promise<Setup> {
  const line = temporaryLine({ pacing_baud: 921600 });
  const device = new SimulatedChipReader(line, simulated);
  onTestFinished(() => device.close());
  const reader = createChipReader({ path: line.path, poll_ms: 60, ...options });
  const heard = new Recording(reader);
  await heard.cleared('DEVICE_DISCONNECTED');
  return { line, device, reader, heard };
}

const isType = (type: string) => (event: { readonly type: string }) => event.type === type;
const select = bytes('00a4040c07a0000002471001');
const long = { timeout_ms: 8000 };

test('a reader that answers is in service and says what it is', async () => {
  const { reader, heard } = await readerInService();
  expect(heard.standing).toEqual([]);
  expect(reader.identification()).toBe('PN532 firmware 1.6');
  expect(reader.isChipPresent()).toBe(false);
});

test.each(['type-a', 'type-b'] as const)(
  'a chip of %s is reported once when it comes and once when it goes',
  async (kind) => {
    const { device, reader, heard } = await readerInService();
    const present = heard.next('chip', isType('chipPresent'));
    device.place(echoChip(kind));
    await present;
    const commands = device.commands;
    await until('more polls', () => device.commands > commands + 20);
    expect(reader.isChipPresent()).toBe(true);
    const gone = heard.next('no chip', isType('chipGone'));
    device.remove();
    await gone;
    expect(heard.events.filter((event) => event.type === 'chipPresent')).toHaveLength(1);
    expect(heard.events.filter((event) => event.type === 'chipGone')).toHaveLength(1);
  },
);

test.each(['type-a', 'type-b'] as const)(
  'a chip of %s is activated and answers APDUs of every length',
  async (kind) => {
    const { device, reader } = await readerInService();
    const chip = echoChip(kind);
    device.place(chip);
    const link = await reader.activate(long);
    expect(link.kind).toBe(kind);
    expect(hex(await link.transceive(select, long))).toBe(`${hex(select.toReversed())}9000`);
    // Around one InDataExchange (262), around one normal frame (252), chained twice.
    for (const length of [1, 251, 252, 253, 261, 262, 263, 524, 525, 1000]) {
      const command = Uint8Array.from({ length }, (_, i) => i & 0xff);
      const response = await link.transceive(command, long);
      expect(hex(response), `length ${length}`).toBe(`${hex(command.toReversed())}9000`);
    }
  },
);

test('the longest extended command and response go through in parts', async () => {
  const { device, reader } = await readerInService({ fastBaudRate: 921600 });
  // Header, Lc and Le of three and two bytes, 65,535 bytes of data; 65,536 bytes of data and the status word.
  const command = Uint8Array.from({ length: 4 + 3 + 65_535 + 2 }, (_, i) => i % 253);
  const response = Uint8Array.from({ length: 65_536 + 2 }, (_, i) => i % 247);
  const chip = echoChip('type-a', () => response);
  device.place(chip);
  const link = await reader.activate(long);
  const received = await link.transceive(command, { timeout_ms: 20_000 });
  expect(Buffer.compare(received, response)).toBe(0);
  expect(chip.received).toEqual([hex(command)]);
});

/** What the simulated reader says about the air while APDUs go through. */
function airNoted(): { rates: number[]; options: SimulatedChipReaderOptions } {
  const rates: number[] = [];
  const apduDelay_ms: SimulatedChipReaderOptions['apduDelay_ms'] = (_, __, radio) => {
    rates.push(radio.rate_kbps);
    return 0;
  };
  return { rates, options: { apduDelay_ms } };
}

test.each([
  ['type-a', undefined, 106],
  ['type-a', 212, 212],
  ['type-a', 424, 424],
  ['type-b', 424, 106],
] as const)(
  'a chip of %s is spoken to at the rate that reader and chip both have: asked %s, is %s',
  async (kind, asked, is) => {
    const { rates, options } = airNoted();
    const { device, reader } = await readerInService(asked === undefined ? {} : { radioRate_kbps: asked }, options);
    device.place(echoChip(kind));
    await (await reader.activate(long)).transceive(select, long);
    expect(rates).toEqual([is]);
  },
);

test('a chip that refuses a faster rate is spoken to at the rate of activation', async () => {
  const { line, device, reader } = await readerInService({ radioRate_kbps: 424 });
  let refusals = 0;
  line.addFault({
    name: 'a chip silent to PPS',
    direction: 'toHost',
    apply: (data) => {
      const isAnswer = hex(data) === '0000ff03fdd54f00dc00';
      if (isAnswer) refusals++;
      return [{ bytes: isAnswer ? bytes('0000ff03fdd54f01db00') : data, after_ms: 0 }];
    },
  });
  device.place(echoChip('type-a'));
  const link = await reader.activate(long);
  expect(hex(await link.transceive(select, long))).toBe(`${hex(select.toReversed())}9000`);
  expect(refusals).toBe(1);
});

test('a chip lost at a faster rate is tried at the rate of activation as long as it lies there', async () => {
  const { rates, options } = airNoted();
  const { device, reader, heard } = await readerInService({ radioRate_kbps: 424 }, options);
  const chip = echoChip('type-a');
  device.place(chip);
  const first = await reader.activate(long);
  await first.transceive(select, long);
  chip.isSilent = true;
  await expect(first.transceive(select, long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
  chip.isSilent = false;
  const second = await reader.activate(long);
  await second.transceive(select, long);
  await second.release();
  const gone = heard.next('no chip', isType('chipGone'));
  device.remove();
  await gone;
  device.place(echoChip('type-a'));
  await (await reader.activate(long)).transceive(select, long);
  expect(rates).toEqual([424, 106, 424]);
});

test('a chip is activated as soon as it comes, and not after the deadline', async () => {
  const { device, reader } = await readerInService();
  await expect(reader.activate({ timeout_ms: 50 })).rejects.toMatchObject({ code: 'CHIP_ABSENT' });
  const link = reader.activate(long);
  await expect(reader.activate(long)).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
  device.place(echoChip('type-b'));
  expect((await link).kind).toBe('type-b');
  await expect(reader.activate(long)).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
});

test('a released chip is polled again, and every activation finds a chip that has forgotten the last', async () => {
  const { device, reader, heard } = await readerInService();
  const chip = echoChip('type-a');
  device.place(chip);
  const first = await reader.activate(long);
  const resets = chip.resets;
  await first.transceive(select, long);
  expect(chip.resets).toBe(resets);
  await first.release();
  await first.release();
  await expect(first.transceive(select, long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
  const second = await reader.activate(long);
  expect(chip.resets).toBeGreaterThan(resets);
  await second.transceive(select, long);
  expect(heard.events.filter((event) => event.type === 'chipGone')).toEqual([]);
});

test('a chip taken away in mid-session is lost, and then gone', async () => {
  const { device, reader, heard } = await readerInService();
  device.place(echoChip('type-a'));
  const link = await reader.activate(long);
  const gone = heard.next('no chip', isType('chipGone'));
  device.remove();
  await expect(link.transceive(select, long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
  await gone;
  expect(reader.isChipPresent()).toBe(false);
});

test('a chip taken away while nobody talks to it is noticed too', async () => {
  const { device, reader, heard } = await readerInService();
  device.place(echoChip('type-b'));
  const link = await reader.activate(long);
  const gone = heard.next('no chip', isType('chipGone'));
  device.remove();
  await gone;
  await expect(link.transceive(select, long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
});

test('a chip that thinks too long ends in a time-out, and its late answer is nobody’s', async () => {
  const { device, reader } = await readerInService({}, { apduDelay_ms: ([first]) => (first === 0xee ? 400 : 0) });
  device.place(echoChip('type-a'));
  const link = await reader.activate(long);
  await expect(link.transceive(bytes('ee01'), { timeout_ms: 50 })).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' });
  await expect(link.transceive(select, long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
  const again = await reader.activate(long);
  expect(hex(await again.transceive(bytes('0102'), long))).toBe('02019000');
});

test('a chip that falls silent is lost', async () => {
  const { device, reader } = await readerInService();
  const chip = echoChip('type-a');
  device.place(chip);
  const link = await reader.activate(long);
  chip.isSilent = true;
  await expect(link.transceive(select, long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
});

test('an APDU is cancelled by whoever sent it', async () => {
  const { device, reader } = await readerInService({}, { apduDelay_ms: () => 5000 });
  device.place(echoChip('type-a'));
  const link = await reader.activate(long);
  const cancel = new AbortController();
  const call = link.transceive(select, { ...long, signal: cancel.signal });
  await expect(link.transceive(select, long)).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
  cancel.abort();
  await expect(call).rejects.toMatchObject({ code: 'DEVICE_STOPPED' });
});

test('an answer damaged on its way is asked for again, and the chip is not asked twice', async () => {
  const { line, device, reader } = await readerInService();
  const chip = echoChip('type-a');
  device.place(chip);
  const link = await reader.activate(long);
  let writes = 0;
  // The acknowledgement comes through, the response after it is damaged once.
  const remove = line.addFault({
    name: 'damage the second write',
    direction: 'toHost',
    apply: (data) => [
      { bytes: ++writes === 2 ? data.map((byte, i) => (i === 8 ? byte ^ 0x40 : byte)) : data, after_ms: 0 },
    ],
  });
  expect(hex(await link.transceive(select, long))).toBe(`${hex(select.toReversed())}9000`);
  remove();
  expect(chip.received).toHaveLength(1);
});

test('a response without end is not collected for ever', async () => {
  const { device, reader } = await readerInService({ fastBaudRate: 921600 });
  device.place(echoChip('type-a', () => new Uint8Array(65_536 + 300)));
  const link = await reader.activate(long);
  await expect(link.transceive(select, { timeout_ms: 20_000 })).rejects.toMatchObject({ code: 'CHIP_LOST' });
});

test('noise, pieces and doubles on the line do not change what the chip says', async () => {
  const { line, device, reader, heard } = await readerInService();
  device.place(echoChip('type-a'));
  const removes = [
    line.addFault(duplicateWrites({ direction: 'toHost' })),
    line.addFault(noiseBefore({ noise: bytes('ff00a5') })),
    line.addFault(splitWrites({ size_bytes: 5, gap_ms: 1, direction: 'both' })),
  ];
  const link = await reader.activate(long);
  for (const length of [5, 100, 300]) {
    const command = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
    expect(hex(await link.transceive(command, long))).toBe(`${hex(command.toReversed())}9000`);
  }
  await heard.raised('DEVICE_GARBAGE');
  for (const remove of removes) remove();
  await link.release();
  await heard.cleared('DEVICE_GARBAGE');
});

test('a response is whole and right or the call fails, whatever the line damages', async () => {
  const { line, device, reader } = await readerInService();
  device.place(echoChip('type-a'));
  const remove = line.addFault(flipBits({ probability: 0.002, entropy: seeded(20260104) }));
  const command = Uint8Array.from({ length: 120 }, (_, i) => i);
  let answers = 0;
  let failures = 0;
  for (let round = 0; round < 25; round++) {
    try {
      const link = await reader.activate({ timeout_ms: 3000 });
      const response = await link.transceive(command, { timeout_ms: 400 });
      // The checksum of a frame is one byte; what passes it is caught by secure messaging, not here.
      if (hex(response) === `${hex(command.toReversed())}9000`) answers++;
      await link.release();
    } catch (error) {
      expect(error).toMatchObject({ name: 'DeviceError' });
      failures++;
    }
  }
  remove();
  expect(answers).toBeGreaterThan(0);
  expect(answers + failures).toBeGreaterThanOrEqual(24);
});

test('a reader that falls silent is disconnected, and is back by itself', async () => {
  const { line, device, reader, heard } = await readerInService();
  const remove = line.addFault(dropWrites({ every: 1 }));
  await heard.raised('DEVICE_DISCONNECTED');
  await expect(reader.activate(long)).rejects.toMatchObject({ code: 'DEVICE_DISCONNECTED' });
  remove();
  await heard.cleared('DEVICE_DISCONNECTED');
  device.place(echoChip('type-a'));
  await (await reader.activate(long)).transceive(select, long);
});

test('a reader unplugged in mid-session rejects the APDU, and serves again when plugged in', async () => {
  const { line, device, reader, heard } = await readerInService({}, { apduDelay_ms: () => 300 });
  device.place(echoChip('type-b'));
  const link = await reader.activate(long);
  const call = link.transceive(select, long);
  const gone = heard.next('no chip', isType('chipGone'));
  line.unplug();
  // Some unplugs are only noticed with the next write, which follows the time-out (node-serialport).
  const code = await call.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
  expect(['DEVICE_DISCONNECTED', 'DEVICE_TIMEOUT']).toContain(code);
  await gone;
  await heard.raised('DEVICE_DISCONNECTED');
  const present = heard.next('chip', isType('chipPresent'));
  line.replug();
  await present;
  expect(heard.standing).toEqual([]);
});

test('a faster line is negotiated, and found again after the reader or only the driver began anew', async () => {
  const { line, device, reader, heard } = await readerInService({ fastBaudRate: 921600 });
  expect(line.stats().baudRate).toBe(921600);
  line.unplug();
  await heard.raised('DEVICE_DISCONNECTED');
  line.replug();
  await heard.cleared('DEVICE_DISCONNECTED');
  expect(line.stats().baudRate).toBe(921600);
  await reader.stop();
  // The reader keeps its rate; a driver that begins at the slow one has to find it.
  const next = createChipReader({ path: line.path, fastBaudRate: 921600 });
  const heardNext = new Recording(next);
  await heardNext.cleared('DEVICE_DISCONNECTED');
  device.place(echoChip('type-a'));
  await (await next.activate(long)).transceive(select, long);
});

test('a stopped reader rejects what is under way', async () => {
  const { device, reader } = await readerInService({}, { apduDelay_ms: () => 5000 });
  device.place(echoChip('type-a'));
  const link = await reader.activate(long);
  const call = link.transceive(select, long);
  await Promise.all([reader.stop(), expect(call).rejects.toMatchObject({ code: 'DEVICE_STOPPED' })]);
  await expect(reader.activate(long)).rejects.toMatchObject({ code: 'DEVICE_STOPPED' });
});
