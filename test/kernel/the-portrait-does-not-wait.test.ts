/** The face pipeline gets the portrait as soon as it is proven, while the chip is still being read; once, and no longer. */
import { expect, test } from 'vitest';
import type { Biometrics, PortraitImage } from '../../biometrics/index.ts';
import { CaseFiles } from '../../gate-controller/cases/case-files.ts';
import type { DoorKeeper } from '../../gate-controller/kernel/door-keeper.ts';
import { Effects } from '../../gate-controller/kernel/effects.ts';
import type { Committed, Kernel } from '../../gate-controller/kernel/kernel.ts';
import type { LaneParts } from '../../gate-controller/kernel/lane-parts.ts';
import { reportFrom } from '../../drivers/emrtd/report/recorded-report.ts';
import type { TransactionHappening } from '../../gate-controller/transaction/events.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { point, policy, zoneRead } from '../decision/evidence-samples.ts';
import { passportOfKind } from '../emrtd/document-situations.ts';
import { NOW_MS, chipOf, lineTo, mrzOf, seededEntropy, trusting, utopia } from '../emrtd/simulated-document.ts';
import { VirtualClock } from './virtual-clock.ts';

const id = 'a3f0c1de-0000-4000-8000-000000000001';

function bench(trust = trusting(utopia)) {
  const passport = passportOfKind('all-groups');
  const course: string[] = [];
  const enrolled: PortraitImage[] = [];
  const preview = Uint8Array.of(1, 2, 3);
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const happened: TransactionHappening[] = [];
  const kernel = {
    snapshot: () => ({ context: { evidence: { mrz: zoneRead } } }),
    send: (_: string, event: TransactionHappening) => {
      course.push(event.type);
      happened.push(event);
      if (event.type === 'CHIP_INSPECTED') resolve();
    },
  } as unknown as Kernel;
  const line = lineTo(chipOf(passport));
  const link = {
    kind: 'type-a',
    transceive: async (command: Uint8Array, options: { timeout_ms: number }) => {
      if (course.at(-1) !== 'command') course.push('command');
      return line.transceive(command, options);
    },
    release: async () => undefined,
  };
  const cases = new CaseFiles();
  const file = cases.open(id, 60_000);
  file.mrz = mrzOf(passport.mrzLines);
  const biometrics: Partial<Biometrics> = {
    enrol: async (_, portrait) => {
      course.push('enrolled');
      enrolled.push(portrait);
      return {
        status: 'measured',
        value: { width_px: 1, height_px: 1, interEye_px: 90, remarks: [], preview },
        at_ms: 0,
        by: 'test',
      };
    },
    forget: async () => undefined,
  };
  const parts: Partial<LaneParts> = {
    clock: Object.assign(new VirtualClock(), { now_ms: () => NOW_MS }),
    entropy: seededEntropy('reader'),
    devices: { chipReader: { activate: async () => link } } as unknown as LaneParts['devices'],
    biometrics: biometrics as Biometrics,
    trust: () => trust,
    inspection: { accessPolicy: 'pace-required-when-offered', dataGroups: [7, 11], further_ms: 7000 },
    cases,
    policy,
    operatingPoint: point,
    timings: defaultTimings,
  };
  const failures: string[] = [];
  const effects = new Effects({
    parts: parts as LaneParts,
    kernel: () => kernel,
    doors: {} as DoorKeeper,
    onGuidance: () => undefined,
    onCaseChanged: () => undefined,
    onFailure: (name) => failures.push(name),
  });
  const step = { subject: id } as Committed;
  const execute = (type: string): void => effects.execute({ type, params: undefined }, step);
  return { course, enrolled, file, happened, told, failures, effects, execute };
}

test('the portrait is enrolled while the rest is read, and its bytes do not outlive that', async () => {
  const { course, enrolled, file, happened, told, failures, execute } = bench();
  execute('inspectDocument');
  await told;
  expect(course).toEqual(['command', 'enrolled', 'command', 'CHIP_INSPECTED']);
  execute('prepareReference');
  await expect.poll(() => course.at(-1)).toBe('REFERENCE_PREPARED');
  expect(happened.at(-1)).toMatchObject({ portrait: { status: 'measured', value: { interEye_px: 90 } } });
  expect(enrolled).toHaveLength(1);
  expect(enrolled[0]?.bytes.every((octet) => octet === 0)).toBe(true);
  expect([file.portrait, file.portraitPreview?.length]).toEqual([null, 3]);
  expect(failures).toEqual([]);
});

test('the record of the inspection has the report, and no more checks than the decision knows', async () => {
  const { happened, told, execute } = bench();
  execute('inspectDocument');
  await told;
  const [inspected] = happened;
  if (inspected?.type !== 'CHIP_INSPECTED') throw new Error('not inspected');
  const report = inspected.report === null ? null : reportFrom(inspected.report);
  expect(report?.overall.parts.map(({ id: part }) => part)).toEqual([
    'optical',
    'electronic',
    'combined',
    'digital-seal',
  ]);
  expect(inspected.checks.some(({ id: check }) => (check as string) === 'access-pace')).toBe(false);
  expect(inspected.checks.every((check) => !('evidence' in check))).toBe(true);
});

test('a passage that ends while its chip is read leaves no portrait behind', async () => {
  const { effects, enrolled, happened, file, execute } = bench();
  execute('inspectDocument');
  effects.end(id);
  await expect.poll(() => file.chipProgress).toBeNull();
  expect(happened).toEqual([]);
  expect(enrolled.every(({ bytes }) => bytes.every((octet) => octet === 0))).toBe(true);
});

test('the face pipeline gets no portrait for whose signer nobody vouches', async () => {
  const { enrolled, happened, file, told, failures, execute } = bench(trusting());
  execute('inspectDocument');
  await told;
  expect(happened.map(({ type }) => type)).toEqual(['CHIP_INSPECTED']);
  expect([enrolled, file.portrait, file.portraitPreview, failures]).toEqual([[], null, null, []]);
});
