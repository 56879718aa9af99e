/** The simulated devices as a host that knows nothing of this project sees them: bytes in, bytes out. */
import { expect, onTestFinished, test } from 'vitest';
import { SerialLink } from '../../drivers/transport/serial-link.ts';
import { SimulatedChipReader } from '../../simulator/devices/chip-reader.ts';
import { ModbusSlave } from '../../simulator/devices/modbus-slave.ts';
import { SimulatedMRZReader } from '../../simulator/devices/mrz-reader.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import type { Line } from '../../simulator/wire/line.ts';
import { bytes, hex, seeded, temporaryLine, until } from '../drivers/harness.ts';
import { PlainMemory } from '../drivers/register-memory.ts';

class Host {
  received = '';
  readonly #link: SerialLink;

  constructor(line: Line) {
    this.#link = new SerialLink(
      { path: line.path, baudRate: 115200 },
      {
        opened: () => {},
        received: (data) => {
          this.received += hex(data);
        },
        closed: () => {},
      },
    );
    onTestFinished(() => this.#link.stop());
    this.#link.start();
  }

  async write(data: string): Promise<void> {
    await until('open', () => this.#link.isOpen);
    this.#link.write(bytes(data));
  }

  /** Waits for exactly these bytes and forgets them. */
  async expect(data: string): Promise<void> {
    const wanted = data.replaceAll(/\s+/g, '');
    await until(`${wanted} after ${this.received}`, () => this.received.length >= wanted.length);
    expect(this.received.slice(0, wanted.length)).toBe(wanted);
    this.received = this.received.slice(wanted.length);
  }
}

const ack = '0000ff00ff00';

function chipOn(device: SimulatedChipReader, kind: Chip['kind'], answer: (command: Uint8Array) => Uint8Array): void {
  device.place({
    kind,
    uid: bytes('08a1b2c3'),
    historicalBytes: bytes('4a434f5033'),
    reset: () => {},
    transceive: (command) => Promise.resolve(answer(command)),
  });
}

function chipReader(): { host: Host; device: SimulatedChipReader } {
  const line = temporaryLine();
  const device = new SimulatedChipReader(line);
  onTestFinished(() => device.close());
  return { host: new Host(line), device };
}

const frame = (command: string): string => {
  const data = bytes(`d4${command}`);
  const sum = data.reduce((total, byte) => total + byte, 0);
  const byte = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');
  return `0000ff${byte(data.length)}${byte(-data.length)}${hex(data)}${byte(-sum)}00`;
};

test('the chip reader answers the bytes that libnfc sends as a PN532 does', async () => {
  const { host, device } = chipReader();
  chipOn(device, 'type-a', () => bytes('9000'));
  await host.write(`5555${'00'.repeat(14)}0000ff03fdd414011700`);
  await host.expect(`${ack} 0000ff02fed5151600`);
  await host.write(frame('02'));
  await host.expect(`${ack} 0000ff06fad50332010607e800`);
  await host.write(frame('0000aabb'));
  await host.expect(`${ack} 0000ff05fbd50100aabbc500`);
  await host.write(frame('4a0100'));
  await host.expect(`${ack} 0000ff16ead54b01010008200408a1b2c30a78f7b1024a434f50330900`);
  await host.write(frame('400100a4040c07a0000002471001'));
  await host.expect(`${ack} 0000ff05fbd5410090005a00`);
  await host.write('0000ffff0000'); // once more, please
  await host.expect('0000ff05fbd5410090005a00');
  await host.write(frame('99'));
  await host.expect(`${ack} 0000ff01ff7f8100`);
});

test('a long response comes as an extended frame, a longer one in parts', async () => {
  const { host, device } = chipReader();
  let length = 258;
  chipOn(device, 'type-a', () => new Uint8Array(length).fill(0x11));
  await host.write(frame('4a0100'));
  await host.expect(`${ack} 0000ff16ead54b01010008200408a1b2c30a78f7b1024a434f50330900`);
  await host.write(frame('400100b0000000'));
  await host.expect(`${ack} 0000ffffff0105fa d54100 ${'11'.repeat(258)}`);
  await host.expect('c800');
  length = 263;
  await host.write(frame('400100b0000000'));
  await host.expect(`${ack} 0000ffffff0109f6 d54140 ${'11'.repeat(262)}`);
  await host.expect('4400');
  await host.write(frame('4001'));
  await host.expect(`${ack} 0000ff04fcd5410011d900`);
});

test('a host that does the block protocol itself reaches the chip through InCommunicateThru', async () => {
  const { host, device } = chipReader();
  chipOn(device, 'type-a', (command) => Uint8Array.of(...command, 0x90, 0x00));
  await host.write(frame('1204')); // no automatic RATS
  await host.expect(`${ack} 0000ff02fed5131800`);
  await host.write(frame('4a0100'));
  await host.expect(`${ack} 0000ff0cf4d54b01010008200408a1b2c39400`);
  await host.write(frame('420200a4')); // before RATS nobody answers
  await host.expect(`${ack} 0000ff03fdd54301e700`);
  await host.write(frame('42e080')); // RATS
  await host.expect(`${ack} 0000ff0df3d543000a78f7b1024a434f50335d00`);
  await host.write(frame('4202c0c1')); // block 0
  await host.expect(`${ack} 0000ff08f8d5430002c0c19000d500`);
  await host.write(frame('42b3')); // block 1 did not come: NAK with its number
  await host.expect(`${ack} 0000ff04fcd54300a24600`);
  await host.write(frame('42b2')); // block 0 did not come: once more
  await host.expect(`${ack} 0000ff08f8d5430002c0c19000d500`);
  await host.write(frame('42ba05')); // the same question with a card identifier, as libnfc asks
  await host.expect(`${ack} 0000ff09f7d543000a05c0c19000c800`);
  await host.write(frame('42c2')); // DESELECT
  await host.expect(`${ack} 0000ff04fcd54300c22600`);
});

test('a host’s ACK stops a search that would go on for ever', async () => {
  const { host, device } = chipReader();
  await host.write(frame('60ff0120'));
  await host.expect(ack);
  await host.write(ack);
  chipOn(device, 'type-a', () => bytes('9000'));
  await host.write(frame('02'));
  await host.expect(`${ack} 0000ff06fad50332010607e800`);
});

test('the chip reader changes its rate with the host’s acknowledgement, until power-up', async () => {
  const line = temporaryLine();
  const device = new SimulatedChipReader(line);
  onTestFinished(() => device.close());
  const host = new Host(line);
  await host.write(frame('1007'));
  await host.expect(`${ack} 0000ff02fed5111a00`);
  expect(line.device_baud).toBe(115200);
  await host.write(ack);
  await until('rate changed', () => line.device_baud === 921600);
  line.unplug();
  line.replug();
  expect(line.device_baud).toBe(115200);
});

test('the reader of the printed zone answers its command set byte for byte', async () => {
  const line = temporaryLine();
  const device = new SimulatedMRZReader(line);
  onTestFinished(() => device.close());
  const host = new Host(line);
  await host.write('490000');
  await host.expect('490000');
  await host.write('560000');
  await host.expect(`560012${Buffer.from('SIMULATED OCR 1.07').toString('hex')}`);
  await host.write('43000101');
  await host.expect('43000101');
  device.present(['<'.repeat(44), '<'.repeat(44)]);
  await host.expect(`49005b${'3c'.repeat(44)}0d${'3c'.repeat(44)}0d0d`);
  // It has turned itself off, and does not read the same document again.
  expect(device.isContinuous).toBe(false);
  await host.write('43000101');
  await host.expect('43000101');
  await host.write('540000');
  await host.expect(`540014${Buffer.from('SIMULATED MRZ READER').toString('hex')}`);
  expect(device.reads).toBe(1);
});

function modbus(): { host: Host; memory: PlainMemory; slave: ModbusSlave } {
  const line = temporaryLine();
  const memory = new PlainMemory();
  const slave = new ModbusSlave(line, 0x11, memory);
  onTestFinished(() => slave.close());
  return { host: new Host(line), memory, slave };
}

test('a Modbus request with a wrong CRC, or for another unit, is neither answered nor carried out', async () => {
  const { host, memory, slave } = modbus();
  await host.write('110600010003dead');
  await until('seen', () => slave.stats().crcErrors === 1);
  await new Promise((resolve) => {
    setTimeout(resolve, 80); // the pause after which the slave is in step again
  });
  await host.write('1206000100039aa8'); // CRC of unit 12
  await host.write('1106000200036a9b');
  await host.expect('1106000200036a9b');
  expect(memory.holding.slice(0, 4)).toEqual([0, 0, 3, 0]);
});

test('a Modbus broadcast is carried out and not answered', async () => {
  const { host, memory } = modbus();
  await host.write('0006000100039818'.slice(0, 12) + crcOf('000600010003'));
  await host.write(`110300010001${crcOf('110300010001')}`);
  await host.expect(`1103020003${crcOf('1103020003')}`);
  expect(memory.holding[1]).toBe(3);
});

test.each([
  ['an unknown function', '112b0e0100', '11ab01'],
  ['an address beyond the last', '110400640001', '118402'],
  ['a quantity of none', '110400000000', '118403'],
  ['a byte count that does not fit the quantity', '1110000000030400010002', '119003'],
  ['a coil neither on nor off', '110500000001', '118503'],
])('%s is answered by an exception', async (_, request, answer) => {
  const { host, memory } = modbus();
  await host.write(request + crcOf(request));
  await host.expect(answer + crcOf(answer));
  expect(memory.holding.every((value) => value === 0)).toBe(true);
});

test('noise for minutes does not fill the devices, and they answer after it', async () => {
  const { host, slave } = modbus();
  const entropy = seeded(11);
  for (let i = 0; i < 40; i++) {
    await host.write(hex(Uint8Array.from({ length: 200 }, () => Math.floor(entropy() * 256))));
  }
  const request = '110400080001';
  await until('answered', () => {
    void host.write(request + crcOf(request));
    return host.received.includes('11040203f0');
  });
  expect(slave.stats().requests).toBeGreaterThan(0);
});

/** Bit by bit, as the standard's appendix has it; the product's is a table. */
function crcOf(body: string): string {
  let crc = 0xffff;
  for (const byte of bytes(body)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return hex(Uint8Array.of(crc & 0xff, crc >> 8));
}
