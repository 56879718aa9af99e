// Native modules (onnxruntime-node, koffi, serialport) need real processes: the vm pools break typed arrays across realms.
import { defineConfig } from 'vitest/config';

/** Whole processes with real pace: one file at a time, after everything else, so that they have the machine to themselves. */
const wholeProduct = [
  'test/scenarios/**/*.test.ts',
  'test/pages/**/*.test.ts',
  'test/simulator/passage-over-the-wires.test.ts',
];

const common = {
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  setupFiles: ['test/property-seed.setup.ts'],
};

export default defineConfig({
  test: {
    globalSetup: ['test/provision.setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          ...common,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: wholeProduct,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...common,
          name: 'product',
          include: wholeProduct,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
