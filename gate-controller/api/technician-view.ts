import { deviceFaults } from '../../drivers/contracts/device.ts';
import type { DoorCommand, DoorName, GateReading } from '../../drivers/contracts/gate-io.ts';
import type { TimerRow } from '../journal/database.ts';
import { laneSnapshot, laneSubject, transactionSnapshot } from '../kernel/lane-parts.ts';
import { isLockTimer, isUnderDuress, shownValue } from './disguise.ts';
import { eventName } from './event-names.ts';
import { wordsOfFault } from './fault-words.ts';
import { maintenanceOf } from './four-eyes.ts';
import { statePaths } from './step-log.ts';
import { technicianOffers } from './technician-commands.ts';
import type {
  DeviceFaultView,
  DeviceView,
  DoorStandingView,
  HealthView,
  StandingView,
  TechnicianView,
  TimerView,
} from './technician-messages.ts';
import type { ViewSources } from './view-sources.ts';
import { doorView, modeOf, standingFaults } from './views.ts';

/** A device as it is wired, beside its faults. */
export type DeviceStanding = Omit<DeviceView, 'faults'>;

/** What is asked of a door, and since when; wall-clock milliseconds. */
export type AskedDoor = { readonly command: DoorCommand; readonly since_ms: number | null };

/** What the technician's view is made from. Nothing in it knows a traveller. */
export type TechnicianSources = ViewSources & {
  readonly version: string;
  readonly devices: () => readonly DeviceStanding[];
  readonly askedOfDoors: () => Readonly<Record<DoorName, AskedDoor>>;
  readonly timers: () => readonly TimerRow[];
  readonly health: () => readonly HealthView[];
};

/** Faults that no wired device owns, by the name under which they are raised. */
const otherDevices: Readonly<Record<string, string>> = {
  'face-pipeline': 'Face pipeline',
  'entry-door': 'Entry door',
  'exit-door': 'Exit door',
  'trust-lists': 'Lists of issuers',
  'self-test': 'Self-test',
  power: 'Power',
  cabin: 'Cabin',
  lane: 'Lane',
  controller: 'Controller',
  journal: 'Journal',
  disk: 'Disk of the journal',
  clock: 'Clock',
  risk: 'Risk services',
};

export function technicianView(sources: TechnicianSources): TechnicianView {
  const lane = laneSnapshot(sources.kernel);
  const now_ms = sources.now_ms();
  return {
    laneId: sources.laneId,
    name: sources.laneName,
    mode: modeOf(lane),
    seq: sources.history.seq,
    at_ms: now_ms,
    version: sources.version,
    standings: standingsOf(sources),
    steps: sources.history.log.steps,
    devices: devicesOf(sources),
    doors: { entry: doorStanding('entry', sources), exit: doorStanding('exit', sources) },
    inputs: inputsOf(sources.reading()),
    timers: sources
      .timers()
      .filter(({ id }) => !(isLockTimer(id) && isUnderDuress(lane)))
      .map((row) => timerView(row, now_ms)),
    health: sources.health(),
    maintenance: lane === undefined ? null : maintenanceOf(lane, now_ms),
    commands: lane === undefined ? [] : technicianOffers(lane, now_ms),
  };
}

function standingsOf({ kernel, history }: TechnicianSources): readonly StandingView[] {
  const lane = laneSnapshot(kernel);
  if (lane === undefined) return [];
  const { nextTransactionId, transactionId } = lane.context;
  const passages = [
    ['current', transactionId],
    ['next', nextTransactionId],
  ] as const;
  return [
    {
      machine: 'lane',
      role: 'lane',
      states: statePaths(shownValue(lane)),
      since_ms: history.log.since_ms(laneSubject),
    },
    ...passages.flatMap(([role, id]): readonly StandingView[] => {
      const passage = transactionSnapshot(kernel, id ?? null);
      if (id === null || passage === undefined) return [];
      return [{ machine: 'transaction', role, states: statePaths(passage.value), since_ms: history.log.since_ms(id) }];
    }),
  ];
}

/** Wired devices first, then whatever else has a fault. */
function devicesOf(sources: TechnicianSources): readonly DeviceView[] {
  const standing = standingFaults(sources);
  const wired = sources.devices();
  const faultsOf = (name: string): readonly DeviceFaultView[] =>
    standing
      .filter(({ device }) => device === name)
      .map(({ code, since_ms, isBlocking }) => ({ code, ...wordsOfFault(code), since_ms, isBlocking }));
  const others = [...new Set(standing.map(({ device }) => device))].filter(
    (name) => !wired.some(({ device }) => device === name),
  );
  return [
    ...wired.map((device) => ({ ...device, faults: faultsOf(device.device) })),
    ...others.map((device) => ({
      device,
      title: otherDevices[device] ?? device,
      connection: null,
      identification: null,
      faults: faultsOf(device),
    })),
  ];
}

function doorStanding(door: DoorName, { askedOfDoors, board, reading }: TechnicianSources): DoorStandingView {
  const { command, since_ms } = askedOfDoors()[door];
  const seen = reading()?.doors[door];
  const hasFault = board().some(({ device, code }) => device === `${door}-door` && !(code in deviceFaults));
  return {
    commanded: command,
    commandedAt_ms: since_ms,
    observed:
      seen === undefined
        ? null
        : { ...doorView(seen), isAtOpenLimit: seen.isAtOpenLimit, isAtClosedLimit: seen.isAtClosedLimit },
    agreement:
      seen === undefined ? 'unknown' : hasFault ? 'disagrees' : isWhereAsked(command, seen) ? 'agrees' : 'waiting',
  };
}

const isWhereAsked = (command: DoorCommand, seen: GateReading['doors']['entry']): boolean =>
  command === 'hold' || (command === 'open' ? seen.isAtOpenLimit : seen.isAtClosedLimit);

function inputsOf(reading: GateReading | undefined): TechnicianView['inputs'] {
  if (reading === undefined) return [];
  return (
    [
      ['Entry beam', reading.isEntryBeamInterrupted],
      ['Exit beam', reading.isExitBeamInterrupted],
      ['Entry closing zone', reading.doors.entry.isClosingZoneObstructed],
      ['Exit closing zone', reading.doors.exit.isClosingZoneObstructed],
      ['Cabin, front', reading.isChamberFrontOccupied],
      ['Cabin, rear', reading.isChamberRearOccupied],
      ['Floor mat', reading.isFloorMatOccupied],
      ['Second person', reading.isSecondPersonSeen],
      ['Object left', reading.isObjectLeft],
      ['Help button', reading.isHelpRequested],
      ['Emergency release', reading.isEmergencyOpen],
      ['Fire alarm', reading.isFireAlarm],
      ['Cover open', reading.isCoverOpen],
      ['On battery', reading.isOnUPS],
      ['Key switch', reading.isKeySwitchOn],
      ['Watchdog tripped', reading.hasWatchdogTripped],
    ] as const
  ).map(([name, isOn]) => ({ name, isOn }));
}

const timerView = ({ subject, id, deadline_ms }: TimerRow, now_ms: number): TimerView => ({
  machine: subject === laneSubject ? 'lane' : 'transaction',
  name: eventName(id).replace(/^TIME_OVER:/, ''),
  left_ms: Math.max(0, deadline_ms - now_ms),
});
