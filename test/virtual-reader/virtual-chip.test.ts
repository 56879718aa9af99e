import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { encodeMessage } from '../../drivers/virtual-reader/codec.ts';
import { listenForVirtualChip, type VirtualReader } from '../../drivers/virtual-reader/driver.ts';
import { connectVpcdChip, type VpcdChip } from '../../simulator/devices/vpcd-chip.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import { bytes, hex, until } from '../drivers/harness.ts';
import { chipOf, inspect, outcomeOf, passportOf, portraitOf } from '../emrtd/simulated-document.ts';

const long = { timeout_ms: 8000 };
const host = '127.0.0.1';

async function reader(): Promise<VirtualReader> {
  const listening = await listenForVirtualChip({ port: 0 });
  onTestFinished(() => listening.close());
  return listening;
}

async function connected(chip: Chip, { port }: VirtualReader): Promise<VpcdChip> {
  const end = await connectVpcdChip(chip, { host, port });
  onTestFinished(() => end.remove());
  return end;
}

/** Answers with the command and 9000; counts how often it lost its field. */
function echoChip(): Chip & { resets: number } {
  const chip = {
    kind: 'type-a' as const,
    uid: bytes('08a1b2c3'),
    historicalBytes: bytes('4a434f50'),
    resets: 0,
    reset: () => {
      chip.resets++;
    },
    transceive: (command: Uint8Array) => Promise.resolve(Uint8Array.of(...command, 0x90, 0x00)),
  };
  return chip;
}

/** The other end of the reader's socket, for what no chip would do. */
async function strangerAt({ port }: VirtualReader, onAsked: (socket: Socket) => void): Promise<Socket> {
  const socket = connect({ host, port });
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  let asked = 0;
  socket.on('data', (data) => {
    asked += data.length;
    if (asked >= 6) onAsked(socket); // power on, then the question for the ATR
  });
  await new Promise((resolve) => {
    socket.once('connect', resolve);
  });
  return socket;
}

test('a simulated passport is read over the socket as it was issued', async () => {
  const listening = await reader();
  const portrait = portraitOf(12_000);
  const passport = passportOf({ portrait });
  const chip = await connected(chipOf(passport), listening);
  const transceiver = await listening.activate(long);
  const inspection = await inspect(passport, { transceiver });
  expect(outcomeOf(inspection, 'chip-access')).toBe('passed BASIC_ACCESS_USED');
  expect(inspection.aborted).toBeNull();
  expect(inspection.portrait?.bytes).toEqual(portrait.bytes);
  await listening.close();
  expect(await chip.ended).toBe('reader-hung-up');
});

test('the ATR is that of a contactless chip with its historical bytes', async () => {
  const listening = await reader();
  await connected(echoChip(), listening);
  // 3B, T0 with TD1 and four historical bytes, TD1, TD2, historical bytes, check byte over all but the first.
  expect(hex((await listening.activate(long)).atr)).toBe('3b8480014a434f5013');
});

test('commands and responses of every length go through whole', async () => {
  const listening = await reader();
  await connected(echoChip(), listening);
  const link = await listening.activate(long);
  for (const length of [2, 255, 256, 5000, 65_533]) {
    const command = Uint8Array.from({ length }, (_, i) => i % 251);
    expect(hex(await link.transceive(command, long)), `length ${length}`).toBe(`${hex(command)}9000`);
  }
  await expect(link.transceive(new Uint8Array(65_536), long)).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
});

test('every activation finds a chip that has forgotten the last', async () => {
  const listening = await reader();
  const chip = echoChip();
  await connected(chip, listening);
  const first = await listening.activate(long);
  await expect(listening.activate(long)).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
  const { resets } = chip;
  await first.release();
  await first.release();
  await expect(first.transceive(bytes('00a4'), long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
  const second = await listening.activate(long);
  await second.transceive(bytes('00a4'), long);
  expect(chip.resets).toBeGreaterThan(resets);
});

test('a reader waits for a chip until its deadline, until it is told to stop, or until it is closed', async () => {
  const listening = await reader();
  await expect(listening.activate({ timeout_ms: 20 })).rejects.toMatchObject({ code: 'CHIP_ABSENT' });
  const stop = new AbortController();
  const waiting = listening.activate({ ...long, signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'DEVICE_STOPPED' });
  const closed = listening.activate(long);
  await Promise.all([listening.close(), expect(closed).rejects.toMatchObject({ code: 'DEVICE_STOPPED' })]);
  await expect(listening.activate(long)).rejects.toMatchObject({ code: 'DEVICE_STOPPED' });
});

test('a chip that is taken away is lost, and the next one is welcome', async () => {
  const listening = await reader();
  const first = await connected({ ...echoChip(), transceive: () => new Promise(() => undefined) }, listening);
  const link = await listening.activate(long);
  const call = link.transceive(bytes('00a4'), long);
  first.remove();
  await expect(call).rejects.toMatchObject({ code: 'CHIP_LOST' });
  await link.release();
  await connected(echoChip(), listening);
  expect(hex(await (await listening.activate(long)).transceive(bytes('00a4'), long))).toBe('00a49000');
});

test('a chip that falls silent is lost at once; one that thinks too long ends the connection', async () => {
  const listening = await reader();
  const silent = await connected({ ...echoChip(), transceive: () => Promise.resolve(undefined) }, listening);
  const link = await listening.activate(long);
  await expect(link.transceive(bytes('00a4'), long)).rejects.toMatchObject({ code: 'CHIP_LOST' });
  expect(await silent.ended).toBe('chip-silent');
  await link.release();
  const slow = await connected({ ...echoChip(), transceive: () => new Promise(() => undefined) }, listening);
  const second = await listening.activate(long);
  await expect(second.transceive(bytes('00a4'), { timeout_ms: 20 })).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' });
  expect(await slow.ended).toBe('reader-hung-up');
});

test('one APDU at a time, and whoever sent it may cancel it', async () => {
  const listening = await reader();
  await connected({ ...echoChip(), transceive: () => new Promise(() => undefined) }, listening);
  const link = await listening.activate(long);
  const cancel = new AbortController();
  const call = link.transceive(bytes('00a4'), { ...long, signal: cancel.signal });
  await expect(link.transceive(bytes('00b0'), long)).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
  cancel.abort();
  await expect(call).rejects.toMatchObject({ code: 'DEVICE_STOPPED' });
});

test('a second chip is hung up on while the first is there', async () => {
  const listening = await reader();
  await connected(echoChip(), listening);
  const link = await listening.activate(long);
  const second = await connected(echoChip(), listening);
  expect(await second.ended).toBe('reader-hung-up');
  expect(hex(await link.transceive(bytes('00a4'), long))).toBe('00a49000');
});

test.each([
  ['two answers to one question', Buffer.concat([encodeMessage(bytes('3b00')), encodeMessage(bytes('9000'))])],
  ['an ATR longer than any', encodeMessage(new Uint8Array(34))],
  ['a message of no bytes', bytes('0000')],
])('a chip that gives %s is hung up on', async (_, answer) => {
  const listening = await reader();
  let isClosed = false;
  const socket = await strangerAt(listening, (asked) => asked.write(answer));
  socket.on('close', () => {
    isClosed = true;
  });
  const use = listening.activate(long).then((link) => link.transceive(bytes('00a4'), long));
  await expect(use).rejects.toMatchObject({ code: 'CHIP_LOST' });
  await until('hung up', () => isClosed);
});

test('a chip whose reader does not speak the protocol leaves', async () => {
  // Sixteen control messages at once, an unknown one, and one of no bytes.
  for (const message of [
    Buffer.concat(Array.from({ length: 16 }, () => bytes('000104'))),
    bytes('000177'),
    bytes('0000'),
  ]) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(message);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, host, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const chip = await connectVpcdChip(echoChip(), { host, port });
    expect(await chip.ended).toBe('protocol-error');
    server.close();
  }
});

test('a chip finds no reader where none listens', async () => {
  const listening = await reader();
  const { port } = listening;
  await listening.close();
  await expect(connectVpcdChip(echoChip(), { host, port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
