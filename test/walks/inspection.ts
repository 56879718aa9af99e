/** What the inspection of drivers/emrtd would say of the walk's documents: checks by their truth, in chip time. */
import { DeviceError } from '../../drivers/contracts/device.ts';
import { coreCheckIds, type InspectionCheck, type InspectionCheckId } from '../../drivers/emrtd/check-sheet.ts';
import type { DocumentInspection, InspectionOptions } from '../../drivers/emrtd/inspection.ts';
import type { Forgery, Papers } from './papers.ts';
import type { WalkLink } from './readers.ts';
import type { VirtualTime } from './virtual-time.ts';

type Word = Pick<InspectionCheck, 'id' | 'result' | 'because'>;

/** What each forgery shows as. */
const signs: Readonly<Record<Forgery, readonly Word[]>> = {
  signature: [{ id: 'security-object-signature', result: 'failed', because: 'SIGNATURE_INVALID' }],
  altered: [{ id: 'data-group-2-hash', result: 'failed', because: null }],
  copied: [{ id: 'chip-authenticity', result: 'failed', because: null }],
  'unknown-issuer': [
    { id: 'issuer-certificate', result: 'undetermined', because: 'ISSUER_UNKNOWN' },
    { id: 'signer-trust', result: 'undetermined', because: 'ISSUER_UNKNOWN' },
  ],
};

const silence: DocumentInspection['reading'] = { apdus: 0, bytesRead: 0, duration_ms: 0 };

/** An inspection in virtual time. */
export function inspectionOver(time: VirtualTime, isLineUp: () => boolean) {
  return async (options: InspectionOptions): Promise<DocumentInspection> => {
    const { transceiver, signal, total_ms = 14_000 } = options;
    const { papers } = transceiver as WalkLink;
    const isCut = await wait(time, Math.min(papers.chip_ms * 0.6, total_ms), signal);
    if (isCut) return ended(options, 'INSPECTION_CANCELLED');
    // A chip that hears and does not answer: this inspection forgets its own deadline, the machine does not.
    if (papers.chip === 'deaf') await wait(time, 60_000, signal);
    if (papers.chip === 'silent') await wait(time, total_ms, signal);
    // The chip opens only with what is printed on it.
    if (options.mrz?.documentNumber !== papers.number) return refused(options);
    if (papers.chip !== 'good') return ended(options, signal.aborted ? 'INSPECTION_CANCELLED' : 'CHIP_LOST');
    if (!isLineUp()) throw new DeviceError('DEVICE_DISCONNECTED');
    const portrait = portraitOf(papers);
    if (portrait !== null) options.onPortrait?.(portrait);
    await wait(time, papers.chip_ms * 0.4, signal);
    return { ...ended(options, null), checks: checksOf(papers, options.now_ms()), portrait };
  };
}

/** True when it was cut short. */
function wait(time: VirtualTime, delay_ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const due = time.in(delay_ms, () => resolve(signal.aborted));
    signal.addEventListener('abort', () => {
      due.wake = undefined;
      resolve(true);
    });
  });
}

/** No decoder sees a portrait that nobody vouches for. */
const portraitOf = ({ forgery, holder }: Papers): DocumentInspection['portrait'] =>
  forgery === null || forgery === 'copied' ? { format: 'jpeg', bytes: new TextEncoder().encode(holder) } : null;

function checksOf({ forgery }: Papers, at_ms: number): readonly InspectionCheck[] {
  const told = new Map<InspectionCheckId, Word>(
    (forgery === null ? [] : signs[forgery]).map((word) => [word.id, word]),
  );
  return coreCheckIds.map((id) => {
    const word = told.get(id) ?? { id, result: 'passed', because: null };
    return { ...word, evidence: null, at_ms };
  });
}

function refused(options: InspectionOptions): DocumentInspection {
  const at_ms = options.now_ms();
  const check = { id: 'chip-access', result: 'failed', because: 'ACCESS_REFUSED', evidence: null, at_ms } as const;
  return { ...ended(options, 'ACCESS_REFUSED'), checks: [check] };
}

function ended(options: InspectionOptions, aborted: DocumentInspection['aborted']): DocumentInspection {
  const checks: readonly InspectionCheck[] =
    aborted === null
      ? []
      : [{ id: 'chip-access', result: 'aborted', because: aborted, evidence: null, at_ms: options.now_ms() }];
  return {
    checks,
    listedDataGroups: null,
    dg1: null,
    portrait: null,
    portraitUnavailable: null,
    aborted,
    reading: silence,
  };
}
