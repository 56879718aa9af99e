/**
 * Who may import whom. A folder is named by its path; a file belongs to the longest name that fits. `node` lists the
 * built-in modules it may use (`*` = all), `packages` what it may take from node_modules (`*` = all), `folders` the folders
 * of this repository (its own is always allowed). A folder without a row may not exist.
 */
export type Rule = {
  readonly node: '*' | readonly string[];
  readonly packages: '*' | readonly string[];
  readonly folders: readonly string[];
};

const pure: readonly string[] = ['node:assert'];
const contracts = 'drivers/contracts';
const emrtd = (path: string): string => `drivers/emrtd/${path}`;
/** What every chapter of the eMRTD inspection speaks: its codes, and an answer to one question. */
const emrtdWords: readonly string[] = [emrtd('codes.ts'), emrtd('finding.ts')];

export const rules: Readonly<Record<string, Rule>> = {
  'drivers/contracts': { node: [], packages: [], folders: [] },
  'drivers/transport': { node: '*', packages: ['serialport', '@serialport/bindings-cpp'], folders: [contracts] },
  'drivers/mrz-reader': { node: ['node:timers'], packages: [], folders: [contracts, 'drivers/transport'] },
  'drivers/chip-reader': { node: ['node:timers'], packages: [], folders: [contracts, 'drivers/transport'] },
  'drivers/virtual-reader': { node: ['node:net'], packages: [], folders: [contracts, 'drivers/transport'] },
  'drivers/gate-io': { node: ['node:timers'], packages: [], folders: [contracts, 'drivers/transport'] },
  'drivers/camera': {
    node: ['node:http', 'node:https', 'node:crypto'],
    packages: [],
    folders: [contracts, 'drivers/transport'],
  },
  'drivers/emrtd': { node: ['node:crypto'], packages: [], folders: [contracts] },
  'drivers/emrtd/report': {
    node: [],
    packages: [],
    folders: [contracts, ...emrtdWords, emrtd('check-sheet.ts')],
  },
  'drivers/emrtd/mrz': { node: ['node:crypto'], packages: [], folders: [...emrtdWords] },
  'drivers/emrtd/iso7816': { node: [], packages: [], folders: [contracts, ...emrtdWords, emrtd('lds/data-groups.ts')] },
  'drivers/emrtd/access': {
    node: ['node:crypto'],
    packages: ['@noble/ciphers', '@noble/curves'],
    folders: [...emrtdWords, emrtd('iso7816'), emrtd('lds')],
  },
  'drivers/emrtd/lds': {
    node: [],
    packages: [],
    folders: [
      ...emrtdWords,
      emrtd('access/cipher-suite.ts'),
      emrtd('iso7816/tlv.ts'),
      emrtd('mrz'),
      emrtd('pki/asn1.ts'),
    ],
  },
  'drivers/emrtd/authenticity': {
    node: ['node:crypto'],
    packages: ['@noble/curves'],
    folders: [
      ...emrtdWords,
      emrtd('access'),
      emrtd('iso7816'),
      emrtd('lds'),
      emrtd('pki/asn1.ts'),
      emrtd('pki/algorithms.ts'),
    ],
  },
  'drivers/emrtd/pki': {
    node: ['node:crypto', 'node:fs/promises', 'node:path'],
    packages: ['asn1js'],
    folders: [...emrtdWords, emrtd('iso7816/tlv.ts')],
  },

  models: { node: '*', packages: ['pacote', 'onnxruntime-node', 'onnxruntime-common', 'typebox'], folders: [] },
  biometrics: {
    node: '*',
    packages: ['onnxruntime-node', 'onnxruntime-common', 'sharp', '@cornerstonejs/codec-openjpeg'],
    folders: [contracts, 'models'],
  },
  // Measures the steps themselves, so that it may look behind index.ts.
  'biometrics/evaluation': {
    node: '*',
    packages: ['sharp', '@cornerstonejs/codec-openjpeg'],
    folders: ['biometrics', 'models'],
  },

  'gate-controller/safety': { node: pure, packages: [], folders: [contracts] },
  'gate-controller/decision': { node: pure, packages: [], folders: [contracts] },
  'gate-controller/transaction': {
    node: pure,
    packages: ['xstate'],
    folders: [contracts, emrtd('report/recorded-report.ts'), 'gate-controller/decision', 'gate-controller/safety'],
  },
  'gate-controller/lane': {
    node: pure,
    packages: ['xstate'],
    folders: [
      contracts,
      'gate-controller/decision',
      'gate-controller/safety',
      // What lane and passage are both told and configured; never the passage's machine.
      'gate-controller/transaction/events.ts',
      'gate-controller/transaction/topology.ts',
    ],
  },
  'gate-controller/risk': { node: [], packages: ['typebox'], folders: ['gate-controller/decision'] },
  'gate-controller/cases': { node: ['node:crypto'], packages: [], folders: ['drivers/emrtd', 'gate-controller/risk'] },
  'gate-controller/journal': { node: '*', packages: [], folders: [] },
  'gate-controller/kernel': {
    node: [],
    packages: ['xstate'],
    folders: [
      contracts,
      'drivers/emrtd',
      'biometrics',
      'gate-controller/cases',
      'gate-controller/decision',
      'gate-controller/journal',
      'gate-controller/lane',
      'gate-controller/risk',
      'gate-controller/safety',
      'gate-controller/transaction',
    ],
  },
  'gate-controller/config': {
    node: ['node:fs/promises'],
    packages: ['typebox'],
    folders: ['biometrics', 'gate-controller/api', 'gate-controller/decision', 'gate-controller/transaction'],
  },
  'gate-controller/api': {
    node: ['node:fs', 'node:http', 'node:path'],
    packages: [
      'fastify',
      '@fastify/helmet',
      '@fastify/static',
      '@fastify/swagger',
      '@fastify/type-provider-typebox',
      'prom-client',
      'typebox',
    ],
    folders: [
      contracts,
      'drivers/emrtd',
      'biometrics',
      'gate-controller/cases',
      'gate-controller/decision',
      'gate-controller/journal',
      'gate-controller/kernel',
      'gate-controller/lane',
      'gate-controller/safety',
      'gate-controller/transaction',
    ],
  },
  'gate-controller/console': { node: [], packages: ['lit'], folders: ['gate-controller/api/messages.ts'] },
  'gate-controller/display': {
    node: [],
    packages: ['lit'],
    folders: ['gate-controller/api/messages.ts', 'gate-controller/console/live-view.ts'],
  },
  'gate-controller/technician': {
    node: [],
    packages: ['lit'],
    folders: [
      'gate-controller/api/messages.ts',
      'gate-controller/api/technician-messages.ts',
      'gate-controller/console',
    ],
  },

  'simulator/wire': { node: '*', packages: ['koffi'], folders: ['drivers/transport'] },
  'simulator/passport': {
    node: ['node:crypto', 'node:timers/promises'],
    packages: ['asn1js'],
    folders: ['drivers/emrtd'],
  },
  'simulator/travellers': {
    node: '*',
    packages: ['sharp', '@cornerstonejs/codec-openjpeg'],
    folders: ['models', 'simulator/hall'],
  },
  'simulator/hall': { node: [], packages: [], folders: [contracts] },
  'simulator/services': { node: ['node:http', 'node:crypto', 'node:net'], packages: [], folders: [] },
  'simulator/devices': {
    node: ['node:http', 'node:crypto', 'node:net'],
    packages: [],
    folders: [
      contracts,
      'drivers/chip-reader',
      'drivers/gate-io',
      'drivers/mrz-reader',
      'drivers/transport',
      'drivers/virtual-reader/codec.ts',
      'simulator/hall',
      'simulator/passport',
      'simulator/wire',
    ],
  },
  'simulator/emrtd-tool': {
    node: ['node:crypto', 'node:fs/promises', 'node:os', 'node:path', 'node:util'],
    packages: [],
    folders: [
      contracts,
      'drivers/emrtd',
      'drivers/virtual-reader',
      'simulator/devices',
      'simulator/passport',
      'simulator/scenarios/identities.ts',
      'simulator/travellers',
    ],
  },
  'simulator/scenarios': {
    node: [],
    packages: [],
    folders: [
      contracts,
      'simulator/bench',
      'simulator/devices',
      'simulator/hall',
      'simulator/passport',
      'simulator/services',
      'simulator/travellers',
      'simulator/wire',
    ],
  },
  'simulator/bench/page': { node: [], packages: ['lit'], folders: ['simulator/bench/messages.ts'] },
  'simulator/bench': {
    node: '*',
    packages: ['fastify', '@fastify/static'],
    folders: [contracts, 'simulator/hall', 'simulator/hardware.ts', 'simulator/scenarios'],
  },

  // Plays everything around the lane at its contracts; only production code decides and moves.
  'test/walks': {
    node: ['node:child_process', 'node:crypto', 'node:module', 'node:path', 'node:util', 'node:worker_threads'],
    packages: ['vitest'],
    folders: [
      contracts,
      'biometrics',
      'drivers/emrtd',
      'drivers/transport/fault-latch.ts',
      'gate-controller',
      'simulator/hall',
    ],
  },
  // Kills the walks' lane with a journal on a disk; judges it by records and reports.
  'test/kill': {
    node: '*',
    packages: ['vite', 'vitest'],
    folders: [contracts, 'gate-controller', 'simulator/hall', 'test/walks'],
  },
  'test/replay': {
    node: ['node:fs/promises', 'node:os', 'node:path'],
    packages: ['vitest'],
    folders: ['gate-controller', 'simulator/scenarios', 'test/lane', 'test/scenarios', 'test/walks'],
  },
};

/** Files directly in these folders put the parts together and may import all that the list names. */
export const compositionRoots: Readonly<Record<string, Rule>> = {
  'gate-controller': {
    node: '*',
    packages: ['pino'],
    folders: ['gate-controller', 'drivers', 'biometrics', 'models', '.ci'],
  },
  simulator: { node: '*', packages: '*', folders: ['simulator', 'drivers', 'models', '.ci'] },
};
