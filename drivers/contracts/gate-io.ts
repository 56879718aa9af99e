import type { Device } from './device.ts';

export type DoorName = 'entry' | 'exit';

/** `hold` asks for nothing: the door stays where the drive leaves it. Every command is a request; the drive may veto. */
export type DoorCommand = 'hold' | 'open' | 'close';

export type DoorMotion = 'unknown' | 'calibrating' | 'open' | 'closed' | 'partial' | 'stopped' | 'opening' | 'closing';

/** What one door reports. Nothing in it is concluded from a command. */
export type DoorReading = {
  readonly motion: DoorMotion;
  /** 0 closed … 100 open; null where the drive does not know. */
  readonly position_percent: number | null;
  /** End switches. `closed` is only true when the switch says so; both false while the leaf travels. */
  readonly isAtOpenLimit: boolean;
  readonly isAtClosedLimit: boolean;
  /** The safety beam of the closing zone sees something: no closing force may be asked for. */
  readonly isClosingZoneObstructed: boolean;
  readonly hasDriveFault: boolean;
};

/** One coherent picture of the gate, all from one answer of the hardware. */
export type GateReading = {
  readonly doors: Readonly<Record<DoorName, DoorReading>>;
  /** Light barriers: true = interrupted. */
  readonly isEntryBeamInterrupted: boolean;
  readonly isExitBeamInterrupted: boolean;
  readonly isChamberFrontOccupied: boolean;
  readonly isChamberRearOccupied: boolean;
  readonly isFloorMatOccupied: boolean;
  /** The separation sensor sees a second person. */
  readonly isSecondPersonSeen: boolean;
  readonly isObjectLeft: boolean;
  /** Emergency-open button pressed, or its normally closed wire broken. Read-only truth. */
  readonly isEmergencyOpen: boolean;
  readonly isFireAlarm: boolean;
  readonly isCoverOpen: boolean;
  readonly isOnUPS: boolean;
  readonly isKeySwitchOn: boolean;
  /** Somebody presses the help button at the reader or in the cabin. */
  readonly isHelpRequested: boolean;
  readonly hasWatchdogTripped: boolean;
  readonly uptime_s: number;
  readonly passages: number;
};

/** What the lamps at the gate show; the traveller acts on them together with the display. */
export type Lamps = {
  /** Over the entry door. */
  readonly entry: 'off' | 'green' | 'red';
  /** Over the exit door. */
  readonly exit: 'off' | 'green' | 'red';
  /** At the document reader: `reading` = leave it, `take` = take your document. */
  readonly document: 'off' | 'place' | 'reading' | 'take';
};

export type GateMode = 'secured' | 'normal' | 'freeExit';

export type GateIOEvent =
  /** Something other than position, uptime or counters changed since the last one; also after every re-connect. */
  { readonly type: 'readingChanged'; readonly reading: GateReading; readonly previous: GateReading | undefined };

export interface GateIO extends Device<GateIOEvent> {
  readonly device: 'gate-io';
  /** Latest reading, or undefined when there is none or it is older than the staleness limit. */
  reading(): GateReading | undefined;
  /**
   * What to ask of a door from now on; stated again in every cycle until it changes. Resolves when the hardware has
   * acknowledged the write, which says nothing about motion. Rejects with DeviceError. After a re-connect or a restart
   * every door is back at `hold`.
   */
  command(door: DoorName, command: DoorCommand): Promise<void>;
  setLamps(lamps: Lamps): void;
  setMode(mode: GateMode): void;
  /** Clears the latched watchdog flag. Rejects with DeviceError. */
  clearWatchdog(): Promise<void>;
}
