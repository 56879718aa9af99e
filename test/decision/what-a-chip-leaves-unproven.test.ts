/** From a document on the reader to the reasons an officer sees: every reason named is true, and none hides another. */
import { describe, expect, test } from 'vitest';
import type { ChipLink, ChipReader } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError, type DeviceErrorCode } from '../../drivers/contracts/device.ts';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import type { TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { type Check, checkDefinitions, checkIds, reasonOf } from '../../gate-controller/decision/checks.ts';
import { decide } from '../../gate-controller/decision/decide.ts';
import { furtherChecks, indispensableChecks } from '../../gate-controller/decision/policy.ts';
import { checksForDecision, inspectChip } from '../../gate-controller/kernel/document-inspector.ts';
import { writeDG1 } from '../../simulator/passport/logical-data-structure.ts';
import { writeTD3 } from '../../simulator/passport/mrz-writer.ts';
import { type Passport, basicPassport } from '../../simulator/passport/passport.ts';
import { type SecurityObjectParts, csca, inspectForged, keyUsage, signer } from '../emrtd/forged-document.ts';
import {
  NOW_MS,
  chipOf,
  holder,
  inspect,
  lineTo,
  mrzOf,
  passportOf,
  portraitOf,
  seededEntropy,
  trusting,
  utopia,
} from '../emrtd/simulated-document.ts';
import { policy } from './evidence-samples.ts';

const chipChecks = checkIds.filter((id) => checkDefinitions[id].group === 'chip');
const provable = chipChecks.filter((id) => indispensableChecks.includes(id));
/** What no lane asks for, for these documents lack some of it. */
const further: readonly string[] = furtherChecks;
const demanding = chipChecks.filter((id) => !further.includes(id));

function reasonsAbout(checks: readonly Check[], required = provable): readonly string[] {
  const decision = decide(checks, { ...policy, required });
  return decision.decision === 'admit' ? [] : decision.reasons;
}

const reasonsOf = (inspection: Pick<DocumentInspection, 'checks'>, required = provable): readonly string[] =>
  reasonsAbout(checksForDecision(inspection.checks), required);

describe('a conversation that ended', () => {
  const notRead = ['CHIP_LOST', 'CHIP_ABSENT', 'CHIP_TIMEOUT', 'READER_DISCONNECTED', 'READER_ERROR'];
  const stopped = ['INSPECTION_CANCELLED', 'INSPECTION_TIMEOUT', 'INSPECTION_ERROR'];

  test.each([...notRead, ...stopped])(
    'with %s means that the chip was not read, whichever check it left open',
    (because) => {
      for (const id of chipChecks) {
        expect(reasonOf({ id, result: 'aborted', because, at_ms: 0 }), id).toBe('CHIP_NOT_READ');
      }
    },
  );

  test('with answers that break their protection means that the chip answered against the standard', () => {
    for (const id of chipChecks) {
      const check: Check = { id, result: 'aborted', because: 'SECURE_MESSAGING_FAILED', at_ms: 0 };
      expect(reasonOf(check), id).toBe('CHIP_DATA_MALFORMED');
    }
  });

  test('anywhere gives one reason, also when the policy asks for what cannot be proven', async () => {
    const passport = passportOf();
    for (const [trouble, reason] of [
      [new DeviceError('CHIP_LOST'), 'CHIP_NOT_READ'],
      [new DeviceError('DEVICE_TIMEOUT'), 'CHIP_NOT_READ'],
      [new DeviceError('DEVICE_DISCONNECTED'), 'CHIP_NOT_READ'],
      [Uint8Array.of(0x90, 0), 'CHIP_DATA_MALFORMED'],
    ] as const) {
      const chip = lineTo(chipOf(passport));
      let left = 8;
      const transceive = async (command: Uint8Array): Promise<Uint8Array> => {
        if (left-- > 0) return chip.transceive(command, { timeout_ms: 1000 });
        if (trouble instanceof DeviceError) throw trouble;
        return trouble;
      };
      const inspection = await inspect(passport, { transceiver: { transceive } });
      expect(reasonsOf(inspection)).toEqual([reason]);
      expect(reasonsOf(inspection, demanding)).toEqual([reason]);
    }
  });
});

describe('a document that was read', () => {
  const unknownAlgorithm = Uint8Array.from(Buffer.from('300b060960864801650304030a', 'hex'));
  const other = { ...holder, surname: 'Eichenhain' };
  const renamed = writeTD3({ ...holder, optionalData: 'A1' }, 'UTO');
  const unmapped = writeTD3(holder, 'QQQ');

  test.each<[string, Partial<SecurityObjectParts>, readonly string[]]>([
    ['that is genuine', {}, []],
    ['whose signature is wrong', { sign: () => Uint8Array.of(1) }, ['DOCUMENT_SIGNATURE_INVALID']],
    ['that hides its signer', { certificates: [] }, ['CHIP_DATA_MALFORMED']],
    ['signed in a way that nobody knows', { algorithm: unknownAlgorithm }, ['CHIP_DATA_MALFORMED']],
    [
      'signed by somebody who may not',
      { certificates: [signer({ extensions: [keyUsage(0x40)] })] },
      ['ISSUER_CERTIFICATE_INVALID'],
    ],
    ['whose signed content is something else', { contentType: '1.2.840.113549.1.7.1' }, ['DOCUMENT_ALTERED']],
    ['whose optional data differ from print', { dg1: writeDG1(renamed) }, ['MRZ_DIFFERS_FROM_CHIP']],
  ])('%s has its true reasons', async (_, parts, reasons) => {
    expect(reasonsOf(await inspectForged(parts))).toEqual(reasons);
  });

  test('of an unknown issuer has that reason alone, whatever its certificate says', async () => {
    expect(reasonsOf(await inspectForged({}, []))).toEqual(['ISSUER_UNKNOWN']);
    const odd = signer({ extensions: [keyUsage(0x40)] });
    expect(reasonsOf(await inspectForged({ certificates: [odd] }, []))).toEqual(['ISSUER_UNKNOWN']);
  });

  test('whose signature is wrong and whose issuer is unknown has both reasons', async () => {
    const inspection = await inspectForged({ sign: () => Uint8Array.of(1) }, []);
    expect(reasonsOf(inspection)).toEqual(['DOCUMENT_SIGNATURE_INVALID', 'ISSUER_UNKNOWN']);
  });

  test('of a state that no table knows does not have an unknown issuer', async () => {
    const inspection = await inspectForged({ dg1: writeDG1(unmapped) }, [csca()], { mrz: mrzOf(unmapped) });
    expect(reasonsOf(inspection)).toEqual(['CHIP_DATA_MALFORMED']);
  });

  test.each<[string, Passport, readonly string[]]>([
    [
      'another portrait',
      passportOf({ alter: { kind: 'replace-portrait', portrait: portraitOf(900) } }),
      ['DOCUMENT_ALTERED'],
    ],
    ['another holder', passportOf({ alter: { kind: 'replace-holder', holder: other } }), ['DOCUMENT_ALTERED']],
    ['changed hashes', passportOf({ alter: { kind: 'flip-bit', file: 'SOD', offset: 100 } }), ['DOCUMENT_ALTERED']],
  ])('with %s put in after signing was altered, and nothing else', async (_, passport, reasons) => {
    expect(reasonsOf(await inspect(passport))).toEqual(reasons);
  });

  test('whose key the chip refuses has that reason alone', async () => {
    const printed = passportOf({ holder: { ...holder, documentNumber: 'SIM999999' } });
    const inspection = await inspect(passportOf(), { mrz: mrzOf(printed.mrzLines) });
    expect(reasonsOf(inspection, demanding)).toEqual(['CHIP_ACCESS_REFUSED']);
  });

  test('without EF.SOD obeys no standard, and is not called altered', async () => {
    const { mrzLines, files } = passportOf();
    const without = new Map([...files].filter(([id]) => id !== 0x011d));
    expect(reasonsOf(await inspect(basicPassport({ mrzLines, files: without })))).toEqual(['CHIP_DATA_MALFORMED']);
  });
});

describe('a chip on the reader', () => {
  const passport = passportOf();
  const inspectOn = async (
    reader: Partial<ChipReader>,
    options: { trust?: () => TrustStore; signal?: AbortSignal } = {},
  ): ReturnType<typeof inspectChip> =>
    inspectChip(
      {
        chipReader: reader as ChipReader,
        trust: options.trust ?? (() => trusting(utopia)),
        clock: { now_ms: () => NOW_MS, monotonic_ms: () => 0 } as Parameters<typeof inspectChip>[0]['clock'],
        entropy: seededEntropy('reader'),
        settings: { accessPolicy: 'pace-required-when-offered', dataGroups: [], further_ms: 0 },
        activate_ms: 1000,
        total_ms: 14_000,
        printed: [],
      },
      mrzOf(passport.mrzLines),
      options.signal ?? new AbortController().signal,
      { onProgress: () => undefined, onPortrait: () => undefined },
    );

  let released = 0;
  const link = (): ChipLink => ({
    ...lineTo(chipOf(passport)),
    kind: 'type-a',
    release: async () => {
      released += 1;
    },
  });

  test('that is genuine is read and released', async () => {
    released = 0;
    const { checks, aborted, portrait } = await inspectOn({ activate: async () => link() });
    expect(reasonsAbout(checks)).toEqual([]);
    expect(aborted).toBeNull();
    expect(portrait).not.toBeNull();
    expect(released).toBe(1);
  });

  test.each<[DeviceErrorCode, string]>([
    ['CHIP_ABSENT', 'CHIP_ABSENT'],
    ['CHIP_LOST', 'CHIP_LOST'],
    ['DEVICE_DISCONNECTED', 'READER_DISCONNECTED'],
    ['DEVICE_STOPPED', 'READER_DISCONNECTED'],
    ['DEVICE_TIMEOUT', 'READER_ERROR'],
    ['DEVICE_BUSY', 'READER_ERROR'],
    ['DEVICE_REFUSED', 'READER_ERROR'],
  ])('that cannot be activated for %s was not read, with the code %s', async (code, aborted) => {
    const result = await inspectOn({
      activate: async () => {
        throw new DeviceError(code);
      },
    });
    expect(result.aborted).toBe(aborted);
    expect(result.checks).toEqual([{ id: 'chip-access', result: 'aborted', because: aborted, at_ms: NOW_MS }]);
    expect(result.checks.map(reasonOf)).toEqual(['CHIP_NOT_READ']);
  });

  test('is not called lost when the fault is in the trusted certificates or in the driver', async () => {
    released = 0;
    const broken = (): TrustStore => {
      throw new TypeError('no certificates');
    };
    expect((await inspectOn({ activate: async () => link() }, { trust: broken })).aborted).toBe('INSPECTION_ERROR');
    expect(released).toBe(0);
    const activate = async (): Promise<ChipLink> => {
      throw new TypeError('a fault');
    };
    expect((await inspectOn({ activate })).aborted).toBe('INSPECTION_ERROR');
  });

  test('that was no longer wanted is called cancelled', async () => {
    const activate = async (): Promise<ChipLink> => {
      throw new DeviceError('DEVICE_STOPPED');
    };
    expect((await inspectOn({ activate }, { signal: AbortSignal.abort() })).aborted).toBe('INSPECTION_CANCELLED');
  });
});
