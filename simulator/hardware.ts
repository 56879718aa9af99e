/** The simulated devices at the far ends of the wires, and what hands can do to them. */
import type { Lamps } from '../drivers/contracts/gate-io.ts';
import { decodeCommand } from '../drivers/emrtd/iso7816/apdu.ts';
import { gateUnit } from '../drivers/gate-io/map.ts';
import type { WireView } from './bench/messages.ts';
import { SimulatedChipReader } from './devices/chip-reader.ts';
import { GatePLC } from './devices/gate-plc.ts';
import { ModbusSlave } from './devices/modbus-slave.ts';
import { SimulatedMRZReader } from './devices/mrz-reader.ts';
import type { MRZReaderFault } from './devices/mrz-reader.ts';
import { radio_ms } from './devices/radio.ts';
import type { Hall } from './hall/hall.ts';
import { plausibleTiming } from './passport/chip-timing.ts';
import type { Chip } from './passport/chip.ts';
import { lineNames } from './scenarios/faults.ts';
import type { LineName } from './scenarios/faults.ts';
import { Line } from './wire/line.ts';

const shownBytes = 12;
const lampsWithoutPower: Lamps = { entry: 'off', exit: 'off', document: 'off' };

export class Hardware {
  readonly lines: Readonly<Record<LineName, Line>>;
  readonly plc: GatePLC;
  readonly #hall: Hall;
  readonly #mrzReader: SimulatedMRZReader;
  readonly #chipReader: SimulatedChipReader;
  readonly #slave: ModbusSlave;
  readonly #lastBytes: Record<LineName, string | null> = { 'mrz-reader': null, 'chip-reader': null, 'gate-plc': null };
  #hasGatePower = true;
  /** Reads one character of the printed zone for another. */
  isZoneMisread = false;

  /** `folder`: where the ports get their fixed names. */
  constructor(hall: Hall, folder: string) {
    const line = (name: LineName): Line => new Line({ folder, name });
    this.#hall = hall;
    this.lines = { 'mrz-reader': line('mrz-reader'), 'chip-reader': line('chip-reader'), 'gate-plc': line('gate-plc') };
    this.plc = new GatePLC(hall);
    this.#mrzReader = new SimulatedMRZReader(this.lines['mrz-reader']);
    this.#chipReader = new SimulatedChipReader(this.lines['chip-reader'], {
      chipTime_ms,
      apduDelay_ms: (command, response, radio) => radio_ms(radio, command.length, response.length),
    });
    this.#slave = new ModbusSlave(this.lines['gate-plc'], gateUnit, this.plc);
    for (const name of lineNames) {
      this.lines[name].onBytes((bytes) => {
        this.#lastBytes[name] = Buffer.from(bytes.subarray(0, shownBytes)).toString('hex');
      });
    }
  }

  get lamps(): Lamps {
    return this.#hasGatePower ? this.plc.lamps : lampsWithoutPower;
  }

  /** The siren hangs on the emergency contacts themselves. */
  get isAlarmSounding(): boolean {
    return this.#hall.isEmergency;
  }

  tick(dt_ms: number): void {
    if (this.#hasGatePower) this.plc.tick(dt_ms);
  }

  setGatePower(isOn: boolean): void {
    if (isOn === this.#hasGatePower) return;
    this.#hasGatePower = isOn;
    if (isOn) this.plc.restart();
    // Without power a drive stands still; what holds a shut leaf is mechanical.
    for (const door of Object.values(this.#hall.doors)) door.drive = { motion: 'stop', isLocked: true };
  }

  addZoneFault(fault: MRZReaderFault): () => void {
    return this.#mrzReader.addFault(fault);
  }

  presentZone(lines: readonly string[]): void {
    this.#mrzReader.present(this.isZoneMisread ? misread(lines) : lines);
  }

  layChip(chip: Chip): void {
    this.#chipReader.place(chip);
  }

  takeDocument(): void {
    this.#chipReader.remove();
    this.#mrzReader.remove();
  }

  wires(): readonly WireView[] {
    return lineNames.map((name) => {
      const line = this.lines[name];
      const { isPlugged, baudRate, bytesToHost, bytesFromHost } = line.stats();
      const lastExchange = this.#lastBytes[name];
      return { device: name, path: line.path, baudRate, isPlugged, bytesToHost, bytesFromHost, lastExchange };
    });
  }

  close(): void {
    this.#mrzReader.close();
    this.#chipReader.close();
    this.#slave.close();
    for (const name of lineNames) this.lines[name].unplug();
  }
}

/** What a chip takes to think, where it does not pace itself. */
function chipTime_ms(bytes: Uint8Array): number {
  const command = decodeCommand(bytes);
  return command === undefined ? 0 : plausibleTiming(command);
}

/** The first digit of the document number's line that can be taken for a letter or another digit, is. */
export function misread(lines: readonly string[]): readonly string[] {
  const last = lines.length - 1;
  const confused: Readonly<Record<string, string>> = { '0': '8', '1': '7', '5': '6', '8': '0', '7': '1', '6': '5' };
  return lines.map((line, index) => {
    if (index !== last) return line;
    const at = Array.from(line).findIndex((character) => character in confused);
    return at < 0 ? line : `${line.slice(0, at)}${confused[line.charAt(at)]}${line.slice(at + 1)}`;
  });
}
