/** Parts of a lane that are there and say nothing of themselves: what chip and face come to is told by the test. */
import type { Biometrics } from '../../biometrics/index.ts';
import { DeviceError, type DeviceId } from '../../drivers/contracts/device.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { FaultLatch } from '../../drivers/transport/fault-latch.ts';
import type { LaneParts } from '../../gate-controller/kernel/lane-parts.ts';
import type { LaneInput } from '../../gate-controller/lane/context.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { point, policy } from '../decision/evidence-samples.ts';

/** ICAO 9303-4 specimen holder; the date of expiry is moved so that the document is valid. */
export const specimen = [
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C36UTO7408122F3001019<<<<<<<<<<<<<<<4',
] as const;

/** A device that is there or not, and tells what a test makes it tell. */
export class PlainDevice<E> {
  readonly device: DeviceId;
  readonly faults: FaultLatch<E>;
  isDead = false;

  constructor(device: DeviceId) {
    this.device = device;
    this.faults = new FaultLatch(device);
  }

  start(): void {
    this.faults.raise('DEVICE_DISCONNECTED');
    if (!this.isDead) this.faults.clear('DEVICE_DISCONNECTED');
  }

  async stop(): Promise<void> {}

  subscribe(listener: never): () => void {
    return this.faults.subscribe(listener);
  }

  identification(): string {
    return 'virtual';
  }

  latest(): { jpeg: Uint8Array; sequence: number; at_ms: number } | undefined {
    return this.faults.isRaised('DEVICE_DISCONNECTED') ? undefined : { jpeg: new Uint8Array(1), sequence: 1, at_ms: 0 };
  }

  isChipPresent(): boolean {
    return true;
  }

  activate({ signal }: { signal?: AbortSignal }): Promise<never> {
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new DeviceError('DEVICE_STOPPED')));
    });
  }
}

const biometrics: Biometrics = {
  start: async () => {},
  isReady: () => true,
  onReadiness: () => () => {},
  enrol: async () => ({
    status: 'measured',
    value: { width_px: 1, height_px: 1, interEye_px: 90, remarks: [], preview: new Uint8Array(1) },
    at_ms: 0,
    by: 'test',
  }),
  compare: () => new Promise(() => {}),
  forget: async () => {},
  versions: () => ({}),
  stop: async () => {},
};

/** A lane in which every device and service is well. */
export const quietParts = {
  biometrics,
  challenge: 'whenUndetermined',
  // The self-test asks for an anchor only; no chip is verified here.
  trust: () => ({ ...createTrustStore([]).trust, certificates: [{}] as never }),
  isTrustWhole: () => true,
  inspection: { accessPolicy: 'pace-required-when-offered', dataGroups: [], further_ms: 0 },
  pingRisk: async () => true,
  policy,
  operatingPoint: point,
  timings: defaultTimings,
  versions: {},
  lastRecordAt_ms: 0,
} as const satisfies Partial<LaneParts>;

export const usualLane: Omit<LaneInput, 'timings'> = {
  laneId: 'lane-1',
  opensByItself: true,
  topology: 'integrated-two-step',
  isOverlapping: false,
  attendance: 'notRequired',
  usualProfile: 'standard',
};
