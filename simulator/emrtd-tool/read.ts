/** Waits for a virtual chip, inspects it, and reports. */
import { randomBytes } from 'node:crypto';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { type DocumentInspection, inspectDocument } from '../../drivers/emrtd/inspection.ts';
import { expiryISO } from '../../drivers/emrtd/mrz/mrz.ts';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import { createTrustStore, type TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { buildReport, type InspectionReport, type PrintedFinding } from '../../drivers/emrtd/report/report.ts';
import { listenForVirtualChip, type VirtualChipLink, type VirtualReader } from '../../drivers/virtual-reader/driver.ts';
import type { ReadCommand } from './command-line.ts';
import { reportText } from './report-text.ts';
import type { Surroundings } from './surroundings.ts';

/** 0 when the inspection went to its end, whatever it found; 1 otherwise. */
export async function read(command: ReadCommand, { say, complain, signal }: Surroundings): Promise<number> {
  await trustOf(command); // a folder that cannot be read is told now, not when the chip has come
  const reader = await listenForVirtualChip({ port: command.port });
  try {
    complain(`waiting for a virtual chip on 127.0.0.1:${reader.port}`);
    const link = await reader.activate({ timeout_ms: command.wait_ms, signal });
    const trust = await trustOf(command);
    const begunAt_ms = Date.now();
    const inspection = await inspect({ reader, link, command, trust, signal });
    const report = reportOf(command, inspection, { begunAt_ms, endedAt_ms: Date.now(), trust });
    const { aborted, reading } = inspection;
    say(command.isJSON ? JSON.stringify({ aborted, reading, report }) : textOf(report, inspection));
    return aborted === null ? 0 : 1;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    complain(error.code === 'CHIP_ABSENT' ? `no chip came within ${command.wait_ms / 1000} s` : error.message);
    return 1;
  } finally {
    await reader.close();
  }
}

async function trustOf({ trust: folder }: ReadCommand): Promise<TrustStore> {
  return folder === null ? createTrustStore([]).trust : (await loadTrustFolder(folder)).trust;
}

async function inspect(o: {
  readonly reader: VirtualReader;
  readonly link: VirtualChipLink;
  readonly command: ReadCommand;
  readonly trust: TrustStore;
  readonly signal: AbortSignal;
}): Promise<DocumentInspection> {
  const { mrz, accessFields, can, wait_ms } = o.command;
  const { signal, trust, reader } = o;
  let { link } = o;
  try {
    return await inspectDocument({
      transceiver: link,
      mrz,
      trust,
      now_ms: () => Date.now(),
      entropy: (bytes) => Uint8Array.from(randomBytes(bytes)),
      signal,
      reconnect: async () => {
        await link.release();
        link = await reader.activate({ timeout_ms: wait_ms, signal });
        return link;
      },
      ...(accessFields !== null && { accessFields }),
      ...(can !== null && { can }),
    });
  } finally {
    await link.release();
  }
}

function reportOf(
  { mrz }: ReadCommand,
  inspection: DocumentInspection,
  {
    begunAt_ms,
    endedAt_ms,
    trust,
  }: { readonly begunAt_ms: number; readonly endedAt_ms: number; readonly trust: TrustStore },
): InspectionReport {
  const kind = mrz ?? inspection.dg1;
  const today = new Date(endedAt_ms).toISOString().slice(0, 10);
  const expiry = mrz === null ? null : expiryISO(mrz, today);
  const printed = (result: PrintedFinding['result'], because: string | null): PrintedFinding => ({
    result,
    because,
    at_ms: endedAt_ms,
  });
  return buildReport({
    ...inspection,
    // A zone that came in whole has passed its check digits; of single fields nobody knows how they were printed.
    checkDigits: mrz === null ? printed('undetermined', 'MRZ_NOT_READ') : printed('passed', null),
    expiry:
      mrz === null
        ? printed('undetermined', 'MRZ_NOT_READ')
        : expiry === null
          ? printed('undetermined', 'EXPIRY_UNKNOWN')
          : expiry < today
            ? printed('failed', 'EXPIRED')
            : printed('passed', null),
    lists: trust.lists.map((list) => ({
      name: `${list.kind} of ${list.issuerCountry ?? 'unknown country'}`,
      result: list.isFresh(endedAt_ms) ? 'passed' : 'undetermined',
      code: list.isFresh(endedAt_ms) ? null : 'LIST_STALE',
      evidence: { issued: new Date(list.issued_ms).toISOString().slice(0, 10), entries: list.entries },
    })),
    document:
      kind === null ? null : { format: kind.format, documentCode: kind.documentCode, issuingState: kind.issuingState },
    begunAt_ms,
    endedAt_ms,
  });
}

function textOf(report: InspectionReport, { aborted, reading }: DocumentInspection): string {
  const { apdus, bytesRead, duration_ms } = reading;
  const end = aborted === null ? 'inspected to the end' : `ended early: ${aborted}`;
  return `${reportText(report)}\n${end}; ${apdus} APDUs, ${bytesRead} bytes of files, ${Math.round(duration_ms)} ms`;
}
