// Invented views for the technician's page. Shaped by the contract, so a change there shows at compile time.
import type { DeviceView, StepView, TechnicianView } from '../../gate-controller/api/technician-messages.ts';
import { start_ms } from './views.ts';

export const device = (name: string, title: string, change: Partial<DeviceView> = {}): DeviceView => ({
  device: name,
  title,
  connection: `/dev/serial/by-id/${name}`,
  identification: 'Model 7, firmware 1.4',
  faults: [],
  ...change,
});

/** A chip reader whose cable was pulled eight minutes ago. */
export const deadReader: DeviceView = device('chip-reader', 'Chip reader', {
  identification: null,
  faults: [
    {
      code: 'DEVICE_DISCONNECTED',
      meaning: 'does not answer: check cable, power and port',
      advice:
        'Check power, plug and cable of this device and the port that is named here; it is tried again by itself.',
      since_ms: start_ms - 480_000,
      isBlocking: true,
    },
  ],
});

export const steps: readonly StepView[] = [
  ['lane', 'HALL_CHANGED', 'open.shut', false],
  ['lane', 'DOCUMENT_PRESENTED', 'open.shut', false],
  ['transaction', 'STARTED', 'inspectingDocument', false],
  ['transaction', 'DOCUMENT_PLACED', 'inspectingDocument', true],
  ['transaction', 'CHIP_INSPECTED', 'awaitingRemoval', false],
  ['transaction', 'DOCUMENT_TAKEN', 'entering', false],
].map(([machine, event, state, isIgnored], index) => ({
  seq: 812 + index,
  at_ms: start_ms - 9_000 + index * 1_310,
  after_ms: index === 0 ? null : 1_310,
  machine: machine as 'lane' | 'transaction',
  event: event as string,
  state: state as string,
  isIgnored: isIgnored === true,
}));

export const technician = (change: Partial<TechnicianView> = {}): TechnicianView => ({
  laneId: 'lane-1',
  name: 'Lane 1',
  mode: 'open',
  seq: 817,
  at_ms: start_ms,
  version: 'border-gate-controller 0.1.0',
  standings: [
    { machine: 'lane', role: 'lane', states: ['open', 'open.shut'], since_ms: start_ms - 62_000 },
    { machine: 'transaction', role: 'current', states: ['entering'], since_ms: start_ms - 2_450 },
  ],
  steps,
  devices: [
    device('mrz-reader', 'Reader of the printed zone'),
    device('chip-reader', 'Chip reader'),
    device('gate-io', 'Gate hardware: doors and sensors'),
    device('camera', 'Camera', { connection: 'http://127.0.0.1:8092/stream' }),
  ],
  doors: {
    entry: {
      commanded: 'open',
      commandedAt_ms: start_ms - 2_400,
      observed: {
        motion: 'opening',
        position_percent: 62,
        isObstructed: false,
        isAtOpenLimit: false,
        isAtClosedLimit: false,
      },
      agreement: 'waiting',
    },
    exit: {
      commanded: 'close',
      commandedAt_ms: start_ms - 62_000,
      observed: {
        motion: 'closed',
        position_percent: 0,
        isObstructed: false,
        isAtOpenLimit: false,
        isAtClosedLimit: true,
      },
      agreement: 'agrees',
    },
  },
  inputs: [
    { name: 'Entry beam', isOn: true },
    { name: 'Exit beam', isOn: false },
    { name: 'Floor mat', isOn: false },
    { name: 'Fire alarm', isOn: false },
  ],
  timers: [
    { machine: 'transaction', name: 'enter', left_ms: 9_550 },
    { machine: 'transaction', name: 'transaction', left_ms: 111_000 },
  ],
  health: [
    { name: 'Face pipeline', value: 'ready', isGood: true },
    { name: 'Trusted issuer certificates', value: '312', isGood: true },
  ],
  maintenance: null,
  commands: ['askMaintenance'],
  ...change,
});
