import { type DeviceFaultCode, deviceFaults } from '../../drivers/contracts/device.ts';

export type FaultWords = {
  readonly meaning: string;
  /** What a technician does first. */
  readonly advice: string;
};

const cable =
  'Check power, plug and cable of this device and the port that is named here; it is tried again by itself.';
const restartGate =
  'Look at the gate hardware’s own lamps; switch its power off and on. The lane tests itself afterwards.';
const lookAtDoor = 'Look at the door: obstacle, end switches, drive. Move it in maintenance; it must reach both ends.';

/** For the devices' own faults; what they mean stands in the drivers' contract. */
const adviceByFault: Readonly<Record<DeviceFaultCode, string>> = {
  DEVICE_DISCONNECTED: cable,
  DEVICE_GARBAGE: 'Compare baud rate and parity with the device; look for a loose plug or a cable beside power lines.',
  GATE_READING_STALE: 'Look at the line to the gate hardware: loose plug, noise, another program on the port.',
  GATE_WATCHDOG_TRIPPED: restartGate,
  GATE_MAP_UNKNOWN: 'The gate hardware has another firmware than this version knows: compare both versions.',
  DOOR_DRIVE_FAULT: lookAtDoor,
  COVER_TAMPER: 'Close the cover. If nobody opened it, call an officer before anything else.',
  CAMERA_NO_FRAMES: 'Open the camera’s address in a browser on this machine; switch the camera’s power off and on.',
  CAMERA_FROZEN: 'Switch the camera’s power off and on. If one picture comes again, replace the camera.',
  CAMERA_BROKEN_FRAMES: 'Look for a bad network plug; lower the camera’s frame rate or resolution.',
};

const others: Readonly<Record<string, FaultWords>> = {
  NOT_READY: {
    meaning: 'the face pipeline is starting or was replaced',
    advice: 'Wait a minute. If it stays, look at the log: memory, models.',
  },
  DOOR_NOT_OPENING: { meaning: 'the door does not open although it was asked to', advice: lookAtDoor },
  DOOR_NOT_CLOSING: { meaning: 'the door does not close although nothing is in its way', advice: lookAtDoor },
  DOOR_FORCED: {
    meaning: 'the door is not closed although nobody asked it to open',
    advice: 'Call an officer first. Then look at lock, end switch and drive.',
  },
  DOOR_SWITCH_IMPLAUSIBLE: {
    meaning: 'the end switches of the door contradict each other or the door’s own travel',
    advice: 'Look at both end switches and their cables; move the door in maintenance and watch them here.',
  },
  RISK_UNAVAILABLE: {
    meaning: 'a risk service does not answer: an officer confirms every traveller',
    advice: 'Look at the network and at the service’s own health page.',
  },
  TRUST_LIST_REFUSED: {
    meaning:
      'an imported master, revocation or defect list is lost, altered or without its issuer: import the list again',
    advice: 'Import the list again with the emrtd tool.',
  },
  CLOCK_JUMPED: {
    meaning: 'the clock was set or jumped; dates are not believed until it is steady and after the last record',
    advice: 'Set the clock right and see that the time service runs. The lane opens half a minute later.',
  },
  DISK_LOW: {
    meaning: 'the disk has little room left',
    advice: 'Make room on the disk that holds the journal. Do not touch the journal itself.',
  },
  DISK_FULL: {
    meaning: 'the disk is full; the last passage was recorded with what had been set aside',
    advice: 'Make room on the disk that holds the journal. The lane opens by itself.',
  },
  CHAIN_BROKEN: {
    meaning: 'an old record of the journal is not what was written',
    advice: 'Stop the controller, keep all files of the journal as evidence, start without them.',
  },
  HEAD_MISSING: {
    meaning:
      'the note of the journal’s head was missing at the start: it cannot be excluded that its last records were cut off',
    advice:
      'Compare count and head that the journal’s verification prints with those kept elsewhere; then restart the controller.',
  },
  WRITER_SILENT: {
    meaning: 'the part that writes the journal does not answer',
    advice: 'Look at the disk: errors, very slow answers. Restart the controller.',
  },
  COMMIT_LATE: {
    meaning: 'the disk takes too long to keep a record',
    advice: 'Look at the disk: errors, very slow answers, another program that writes much.',
  },
  EVENT_LOOP_LATE: {
    meaning: 'the controller itself was held up',
    advice: 'Look for other programs that take this machine’s processor or memory.',
  },
  NOT_STARTED: {
    meaning: 'nothing has been heard of the devices yet',
    advice: 'Wait until the devices have answered.',
  },
  ON_UPS: {
    meaning: 'the mains power has failed; the gate runs on its battery',
    advice: 'Restore the mains. Whoever is inside is let out; nobody new comes in.',
  },
  OBJECT_LEFT: {
    meaning: 'something was left in the cabin',
    advice: 'An officer looks at it first. The lane opens again when the cabin is empty.',
  },
  // What the self-test finds.
  GATE_NOT_SEEN: { meaning: 'doors and sensors are not seen', advice: cable },
  ENTRY_NOT_CLOSED: { meaning: 'the entry door is not closed', advice: lookAtDoor },
  EXIT_NOT_CLOSED: { meaning: 'the exit door is not closed', advice: lookAtDoor },
  EMERGENCY_STANDS: {
    meaning: 'fire alarm or emergency release stands',
    advice: 'Reset the alarm at its panel, or the emergency button in the lane.',
  },
  CAMERA_NOT_SEEN: { meaning: 'the camera sends nothing', advice: cable },
  FACE_PIPELINE_NOT_READY: {
    meaning: 'the face pipeline is not ready',
    advice: 'Wait a minute. If it stays, look at the log: memory, models.',
  },
  TRUST_STORE_EMPTY: {
    meaning: 'no issuer certificate is trusted: put CSCA certificates into the trust folder',
    advice: 'Import a master list with the emrtd tool.',
  },
  CLOCK_NOT_TRUSTED: {
    meaning: 'the clock is wrong or went backwards: set the time',
    advice: 'Set the time, and look at the time service and the clock’s battery.',
  },
  CABIN_NOT_CLEARED: {
    meaning: 'somebody or something is in the cabin',
    advice: 'Empty the cabin. If it is empty, look at mat and presence sensors.',
  },
  SELF_TEST_NOT_ENDED: {
    meaning: 'the self-test did not end in time',
    advice: 'It is repeated by itself. If it stays, look at the log.',
  },
};

const isDeviceFault = (code: string): code is DeviceFaultCode => Object.hasOwn(deviceFaults, code);

/** A fault in words. One that no table knows is named by its code, so that a log can be searched for it. */
export function wordsOfFault(code: string): FaultWords {
  if (isDeviceFault(code)) return { meaning: deviceFaults[code].meaning, advice: adviceByFault[code] };
  const known = Object.hasOwn(others, code) ? others[code] : undefined;
  return known ?? { meaning: code, advice: 'Look for this code in the log.' };
}
