/** What whoever asked should do about a device error. It says what to do, not what broke. */
export type Recovery = 'retry' | 'reopen' | 'call-technician';

/** Calls that failed. Numbers and names are never reused. No error of a driver carries document content. */
export const deviceErrors = {
  DEVICE_TIMEOUT: { recovery: 'retry', meaning: 'no answer before the deadline' },
  DEVICE_DISCONNECTED: { recovery: 'reopen', meaning: 'the port or connection closed while in use' },
  DEVICE_PROTOCOL: { recovery: 'retry', meaning: 'the answer does not obey the protocol' },
  DEVICE_REFUSED: { recovery: 'call-technician', meaning: 'the device understood and refused' },
  DEVICE_BUSY: { recovery: 'retry', meaning: 'the bounded queue of requests is full' },
  DEVICE_STOPPED: { recovery: 'reopen', meaning: 'the driver was stopped' },
  CHIP_ABSENT: { recovery: 'retry', meaning: 'no chip answers in the field' },
  CHIP_LOST: { recovery: 'retry', meaning: 'the chip stopped answering in mid-session' },
} as const satisfies Record<string, { recovery: Recovery; meaning: string }>;

export type DeviceErrorCode = keyof typeof deviceErrors;

/** A call to a device failed. `detail` holds protocol facts (lengths, status bytes, function codes), never content. */
export class DeviceError extends Error {
  readonly code: DeviceErrorCode;
  readonly recovery: Recovery;
  constructor(code: DeviceErrorCode, detail?: string) {
    super(`${code}: ${deviceErrors[code].meaning}${detail === undefined ? '' : ` (${detail})`}`);
    this.name = 'DeviceError';
    this.code = code;
    this.recovery = deviceErrors[code].recovery;
  }
}

export type DeviceId = 'mrz-reader' | 'chip-reader' | 'gate-io' | 'camera';

/**
 * Conditions of a device that are raised and later cleared. `blocks` says that no traveller is served while it stands.
 * `disconnected` covers every way in which the other end does not answer.
 */
export const deviceFaults = {
  DEVICE_DISCONNECTED: { blocks: true, meaning: 'does not answer: check cable, power and port' },
  DEVICE_GARBAGE: { blocks: false, meaning: 'sends bytes that obey no protocol: check cable, baud rate and parity' },
  GATE_READING_STALE: { blocks: true, meaning: 'doors and sensors have not reported in time' },
  GATE_WATCHDOG_TRIPPED: { blocks: true, meaning: 'the gate controller hardware lost the host and secured the doors' },
  GATE_MAP_UNKNOWN: { blocks: true, meaning: 'the gate hardware reports a register map this version does not know' },
  DOOR_DRIVE_FAULT: { blocks: true, meaning: 'a door drive reports a fault' },
  COVER_TAMPER: { blocks: true, meaning: 'the cover of the gate is open' },
  CAMERA_NO_FRAMES: { blocks: true, meaning: 'the camera sends no frames' },
  CAMERA_FROZEN: { blocks: true, meaning: 'the camera repeats one frame' },
  CAMERA_BROKEN_FRAMES: { blocks: true, meaning: 'the camera sends truncated or undecodable frames' },
} as const satisfies Record<string, { blocks: boolean; meaning: string }>;

export type DeviceFaultCode = keyof typeof deviceFaults;

/** A fault condition changed. Raising one that stands, or clearing one that does not, is allowed and changes nothing. */
export type FaultEvent = {
  readonly type: 'faultRaised' | 'faultCleared';
  readonly device: DeviceId;
  readonly code: DeviceFaultCode;
};

/** A listener's way out. */
export type Unsubscribe = () => void;

/** What every device driver has. A driver re-connects by itself, with back-off, from `start` until `stop`. */
export interface Device<E> {
  readonly device: DeviceId;
  /** Starts connecting; returns at once. Trouble comes as fault events, never as a throw. */
  start(): void;
  /** Stops, rejects what is pending with DEVICE_STOPPED, and releases the port. Idempotent. */
  stop(): Promise<void>;
  /** Listeners must not throw. Every driver reports `DEVICE_DISCONNECTED` until the device has answered once. */
  subscribe(listener: (event: E | FaultEvent) => void): Unsubscribe;
  /** Identification the device gave (model, firmware); undefined while it has not answered. */
  identification(): string | undefined;
}
