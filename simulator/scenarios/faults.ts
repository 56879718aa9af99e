/** Small named faults that a technician or a test switches on and off beside any traveller. */
import type { CameraMode } from '../devices/camera.ts';
import type { MRZReaderFault } from '../devices/mrz-reader.ts';
import type { Hall, SensorName } from '../hall/hall.ts';
import type { Random } from '../hall/random.ts';
import type { WatchlistMode } from '../services/watchlist.ts';
import { flipBits, noiseOnly, truncateWrites } from '../wire/line-fault.ts';
import type { LineFault } from '../wire/line-fault.ts';

export const lineNames = ['mrz-reader', 'chip-reader', 'gate-plc'] as const;
export type LineName = (typeof lineNames)[number];

/** What faults take hold of. */
export type FaultHandles = {
  readonly hall: Hall;
  readonly random: Random;
  readonly lines: Readonly<
    Record<LineName, { unplug(): void; replug(): void; addFault(fault: LineFault): () => void }>
  >;
  readonly setCameraMode: (mode: CameraMode) => Promise<void>;
  readonly setWatchlistMode: (mode: WatchlistMode) => void;
  /** Power of the gate hardware. */
  readonly setGatePower: (isOn: boolean) => void;
  /** Spoils every read of the MRZ reader. Returns the way to take the fault off. */
  readonly addZoneFault: (fault: MRZReaderFault) => () => void;
  /** The printed zone is read with one wrong character. */
  readonly setZoneMisread: (isMisread: boolean) => void;
};

type SwitchOff = () => void | Promise<void>;

export type Fault = {
  readonly name: string;
  readonly title: string;
  /** Of one group only one can be on. */
  readonly group: string;
  switchOn(handles: FaultHandles): SwitchOff | Promise<SwitchOff>;
};

const deviceTitles: Readonly<Record<LineName, string>> = {
  'mrz-reader': 'MRZ reader',
  'chip-reader': 'chip reader',
  'gate-plc': 'gate hardware',
};

/** So much of every answer arrives: not even the shortest frame is whole. */
const halfFrame_bytes: Readonly<Record<LineName, number>> = { 'mrz-reader': 20, 'chip-reader': 5, 'gate-plc': 4 };
const bitErrorRate = 0.002;

function lineFaults(line: LineName): readonly Fault[] {
  const title = deviceTitles[line];
  const byteFault = (name: string, words: string, make: (random: Random) => LineFault): Fault => ({
    name: `${line}-${name}`,
    title: `${title}: ${words}`,
    group: `${line}-${name}`,
    switchOn: ({ lines, random }) => lines[line].addFault(make(random)),
  });
  return [
    {
      name: `${line}-unplugged`,
      title: `${title}: cable pulled`,
      group: `${line}-plug`,
      switchOn: ({ lines }) => {
        lines[line].unplug();
        return () => lines[line].replug();
      },
    },
    byteFault('garbage', 'sends garbage', (entropy) => noiseOnly({ entropy })),
    byteFault('half-frame', 'every answer breaks off', () => truncateWrites({ keep_bytes: halfFrame_bytes[line] })),
    byteFault('bit-errors', 'bits flip on the line', (entropy) => flipBits({ probability: bitErrorRate, entropy })),
  ];
}

const cameraTitles: Readonly<Record<Exclude<CameraMode, 'ok'>, string>> = {
  frozen: 'Camera: repeats one picture',
  truncated: 'Camera: every picture breaks off',
  stopped: 'Camera: connection stays, pictures stop',
  refused: 'Camera: refuses connections',
  flooding: 'Camera: sends as fast as it can',
};

const watchlistTitles: Readonly<Record<Exclude<WatchlistMode, 'ok'>, string>> = {
  unavailable: 'Watchlist: answers 503',
  slow: 'Watchlist: answers slowly',
  hang: 'Watchlist: never answers',
  truncated: 'Watchlist: answer breaks off',
  nonsense: 'Watchlist: answers with something else',
  wrongEcho: 'Watchlist: drops a property of the query',
  late: 'Watchlist: answers long after the deadline',
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

const cameraFaults: readonly Fault[] = (Object.keys(cameraTitles) as (keyof typeof cameraTitles)[]).map((mode) => ({
  name: `camera-${mode}`,
  title: cameraTitles[mode],
  group: 'camera',
  switchOn: async ({ setCameraMode }) => {
    await setCameraMode(mode);
    return () => setCameraMode('ok');
  },
}));

const watchlistFaults: readonly Fault[] = (Object.keys(watchlistTitles) as (keyof typeof watchlistTitles)[]).map(
  (mode) => ({
    name: `watchlist-${kebab(mode)}`,
    title: watchlistTitles[mode],
    group: 'watchlist',
    switchOn: ({ setWatchlistMode }) => {
      setWatchlistMode(mode);
      return () => setWatchlistMode('ok');
    },
  }),
);

function hallFault(name: string, title: string, set: (hall: Hall, isOn: boolean) => void): Fault {
  return {
    name,
    title,
    group: name,
    switchOn: ({ hall }) => {
      set(hall, true);
      return () => set(hall, false);
    },
  };
}

const stuck = (name: string, title: string, sensor: SensorName): Fault =>
  hallFault(name, title, (hall, isOn) => {
    if (isOn) hall.stuckSensors.set(sensor, true);
    else hall.stuckSensors.delete(sensor);
  });

const suitcase = { position_mm: 700, width_mm: 350 } as const;
const arm = { position_mm: 120, width_mm: 100 } as const;
/** As far as a crowbar gets it. */
const prisedTo_percent = 30;

const hallFaults: readonly Fault[] = [
  hallFault('emergency-open', 'Emergency-open button pressed', (hall, isOn) => {
    hall.contacts.isEmergencyHealthy = !isOn;
  }),
  hallFault('fire-alarm', 'Fire alarm', (hall, isOn) => {
    hall.contacts.isFireAlarm = isOn;
  }),
  hallFault('cover-open', 'Cover of the gate open', (hall, isOn) => {
    hall.contacts.isCoverOpen = isOn;
  }),
  hallFault('on-ups', 'Mains lost, supply on UPS', (hall, isOn) => {
    hall.contacts.isOnUPS = isOn;
  }),
  hallFault('key-switch', 'Local key switch on', (hall, isOn) => {
    hall.contacts.isKeySwitchOn = isOn;
  }),
  hallFault('help-button', 'Help button pressed', (hall, isOn) => {
    hall.contacts.isHelpRequested = isOn;
  }),
  hallFault('entry-drive-fault', 'Drive of the entry door fails', (hall, isOn) => {
    hall.doors.entry.hasDriveFault = isOn;
  }),
  hallFault('exit-drive-fault', 'Drive of the exit door fails', (hall, isOn) => {
    hall.doors.exit.hasDriveFault = isOn;
  }),
  hallFault('suitcase-left', 'A suitcase stands in the chamber', (hall, isOn) => {
    if (isOn) hall.putDown('suitcase', suitcase.position_mm, suitcase.width_mm);
    else hall.takeAway('suitcase');
  }),
  hallFault('arm-in-entry', 'Somebody reaches into the entry door', (hall, isOn) => {
    if (isOn) hall.putDown('arm', arm.position_mm, arm.width_mm);
    else hall.takeAway('arm');
  }),
  hallFault('exit-prised', 'The exit door is prised open', (hall, isOn) => {
    hall.doors.exit.prisedTo_percent = isOn ? prisedTo_percent : 0;
  }),
  hallFault('exit-reads-open', 'Position of the exit door: reads open whatever is true', (hall, isOn) => {
    hall.doors.exit.reads_percent = isOn ? 100 : null;
  }),
  stuck('entry-zone-blocked', 'Safety beam of the entry door interrupted', 'entryClosingZone'),
  stuck('exit-zone-blocked', 'Safety beam of the exit door interrupted', 'exitClosingZone'),
  stuck('tailgate-sensor-stuck', 'Separation sensor always sees a second person', 'secondPerson'),
];

const gatePower: Fault = {
  name: 'gate-plc-power-lost',
  title: 'Gate hardware: without power',
  // The same group as the pulled cable: without power nothing answers on the line either.
  group: 'gate-plc-plug',
  switchOn: ({ lines, setGatePower }) => {
    lines['gate-plc'].unplug();
    setGatePower(false);
    return () => {
      setGatePower(true);
      lines['gate-plc'].replug();
    };
  },
};

const zoneMisread: Fault = {
  name: 'mrz-misread',
  title: 'MRZ reader: takes one character for another',
  group: 'mrz-misread',
  switchOn: ({ setZoneMisread }) => {
    setZoneMisread(true);
    return () => setZoneMisread(false);
  },
};

const zoneFaultTitles: Readonly<Record<Exclude<MRZReaderFault['name'], 'half-frame'>, string>> = {
  'glued-frames': 'MRZ reader: sends two reads as one',
  'wrong-length': 'MRZ reader: announces a wrong length',
  'reject-characters': 'MRZ reader: cannot make out some characters',
  'garbage-before': 'MRZ reader: sends garbage before a read',
  'inside-reply': 'MRZ reader: sends a read in the middle of another answer',
};

const zoneFaults: readonly Fault[] = (Object.keys(zoneFaultTitles) as (keyof typeof zoneFaultTitles)[]).map((name) => ({
  name: `mrz-reader-${name}`,
  title: zoneFaultTitles[name],
  group: `mrz-reader-${name}`,
  switchOn: ({ addZoneFault }) => addZoneFault({ name }),
}));

export const faults: readonly Fault[] = [
  ...lineNames.flatMap(lineFaults),
  ...zoneFaults,
  gatePower,
  zoneMisread,
  ...cameraFaults,
  ...watchlistFaults,
  ...hallFaults,
];

/** Which faults are on. Calls are carried out one after another. */
export class FaultBoard {
  readonly #handles: FaultHandles;
  readonly #on = new Map<string, { readonly fault: Fault; readonly off: SwitchOff }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(handles: FaultHandles) {
    this.#handles = handles;
  }

  view(): readonly { readonly name: string; readonly title: string; readonly isOn: boolean }[] {
    return faults.map(({ name, title }) => ({ name, title, isOn: this.#on.has(name) }));
  }

  set(name: string, isOn: boolean): Promise<'done' | 'unknown-fault'> {
    const fault = faults.find((candidate) => candidate.name === name);
    if (fault === undefined) return Promise.resolve('unknown-fault');
    const change = this.#last.then(() => (isOn ? this.#switchOn(fault) : this.#switchOff(name)));
    // A change that failed must not keep later ones from being tried; its own caller hears of it.
    this.#last = change.catch(() => undefined);
    return change.then(() => 'done');
  }

  async #switchOn(fault: Fault): Promise<void> {
    if (this.#on.has(fault.name)) return;
    for (const { fault: other } of this.#on.values())
      if (other.group === fault.group) await this.#switchOff(other.name);
    this.#on.set(fault.name, { fault, off: await fault.switchOn(this.#handles) });
  }

  async #switchOff(name: string): Promise<void> {
    const entry = this.#on.get(name);
    if (entry === undefined) return;
    this.#on.delete(name);
    await entry.off();
  }
}
