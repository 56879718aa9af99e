/**
 * The gate's own controller, as obedient as one can be: it never closes on somebody and knows fire, emergency release
 * and the loss of its host, but no interlock. What the lane asks of it is what the doors do.
 */
import type { DoorCommand, DoorName, GateReading, Lamps } from '../../drivers/contracts/gate-io.ts';
import { doorNames, type Hall, type Sensors } from './hall.ts';

/** The host must be heard within this time. */
export const watchdog_ms = 1_000;

export type Contacts = {
  isFireAlarm: boolean;
  isEmergencyOpen: boolean;
  isCoverOpen: boolean;
  isOnUPS: boolean;
  isHelpRequested: boolean;
};

const dark: Lamps = { entry: 'off', exit: 'off', document: 'off' };

export class GateHardware {
  readonly contacts: Contacts = {
    isFireAlarm: false,
    isEmergencyOpen: false,
    isCoverOpen: false,
    isOnUPS: false,
    isHelpRequested: false,
  };
  readonly commands: Record<DoorName, DoorCommand> = { entry: 'hold', exit: 'hold' };
  lamps: Lamps = dark;
  hasWatchdogTripped = false;
  /** Sensors that say the same whatever is true. */
  readonly lies = new Map<keyof Sensors, boolean>();
  /** End switches that do not speak. */
  readonly deadSwitches = new Set<DoorName>();
  /** Somebody pushes the leaf. */
  readonly forced = new Set<DoorName>();
  readonly #hall: Hall;
  readonly #now_ms: () => number;
  #poweredAt_ms = 0;

  constructor(hall: Hall, now_ms: () => number) {
    this.#hall = hall;
    this.#now_ms = now_ms;
  }

  get isEmergency(): boolean {
    return this.contacts.isFireAlarm || this.contacts.isEmergencyOpen;
  }

  /** Power off and on. */
  restart(): void {
    this.loseHost();
    this.hasWatchdogTripped = false;
    this.#poweredAt_ms = this.#now_ms();
  }

  /** Commands of a host that is gone mean nothing. */
  loseHost(): void {
    for (const name of doorNames) this.commands[name] = 'hold';
    this.lamps = dark;
  }

  trip(): void {
    this.loseHost();
    this.hasWatchdogTripped = true;
  }

  /** Tells the drives what to do; to be called whenever anything has changed. */
  drive(): void {
    for (const name of doorNames) {
      const leaf = this.#hall.leaves[name];
      const asked = this.hasWatchdogTripped ? 'close' : this.commands[name];
      if (this.isEmergency || this.forced.has(name)) leaf.drive = 'open';
      else if (asked === 'open') leaf.drive = 'open';
      else if (asked === 'close' && !this.#hall.isZoneOccupied(name)) leaf.drive = 'close';
      else leaf.drive = 'stop';
    }
  }

  /** What the lane may read now. */
  reading(): GateReading {
    const sensors = this.sensors();
    return {
      doors: { entry: this.#door('entry', sensors.entryZone), exit: this.#door('exit', sensors.exitZone) },
      isEntryBeamInterrupted: sensors.entryBeam,
      isExitBeamInterrupted: sensors.exitBeam,
      isChamberFrontOccupied: sensors.chamberFront,
      isChamberRearOccupied: sensors.chamberRear,
      isFloorMatOccupied: sensors.chamberFront || sensors.chamberRear,
      isSecondPersonSeen: sensors.secondPerson,
      isObjectLeft: sensors.leftObject,
      isEmergencyOpen: this.contacts.isEmergencyOpen,
      isFireAlarm: this.contacts.isFireAlarm,
      isCoverOpen: this.contacts.isCoverOpen,
      isOnUPS: this.contacts.isOnUPS,
      isHelpRequested: this.contacts.isHelpRequested,
      isKeySwitchOn: false,
      hasWatchdogTripped: this.hasWatchdogTripped,
      uptime_s: Math.floor((this.#now_ms() - this.#poweredAt_ms) / 1_000),
      passages: 0,
    };
  }

  sensors(): Sensors {
    const sensors = this.#hall.sensors();
    return this.lies.size === 0 ? sensors : { ...sensors, ...Object.fromEntries(this.lies) };
  }

  #door(name: DoorName, isClosingZoneObstructed: boolean): GateReading['doors'][DoorName] {
    const { position_percent } = this.#hall.leaves[name];
    const isDumb = this.deadSwitches.has(name);
    return {
      motion: 'unknown',
      position_percent: Math.round(position_percent),
      isAtOpenLimit: !isDumb && position_percent >= 100,
      isAtClosedLimit: !isDumb && position_percent <= 0,
      isClosingZoneObstructed,
      hasDriveFault: false,
    };
  }
}
