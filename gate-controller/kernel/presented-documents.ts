import type { MRZReaderEvent } from '../../drivers/contracts/mrz-reader.ts';
import { birthISO, expiryISO, type MRZ, parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { RecentDocuments } from '../cases/recent-documents.ts';
import type { MRZEvidence } from '../decision/evidence.ts';
import { outermost } from '../lane/presentation.ts';
import type { TransactionContext } from '../transaction/context.ts';
import { completedYears, localDate } from './calendar.ts';
import type { Committed, Kernel } from './kernel.ts';
import {
  askLane,
  askTransaction,
  currentTransactionId,
  documentTransactionId,
  laneSubject,
  type LaneParts,
  transactionSnapshot,
} from './lane-parts.ts';

export type PresentedDocumentsOptions = {
  readonly parts: Pick<LaneParts, 'cases' | 'clock' | 'entropy' | 'newId' | 'policy'>;
  readonly kernel: Kernel;
};

/** Shortest time between two presentations that are looked at, ms; nobody lays down documents faster. */
const presentation_min_ms = 300;
/** How long a case is held at most while its transaction runs, ms. */
const openCase_ms = 15 * 60_000;

/** Printed zones become a transaction, a second try or a ticket, and are remembered once somebody is out with them. */
export class PresentedDocuments {
  readonly #o: PresentedDocumentsOptions;
  /** The zone of the one presentation that is on its way through the kernel. */
  #presented: { readonly presentationId: string; readonly mrz: MRZ | null } | undefined;
  #lastPresented_ms = Number.NEGATIVE_INFINITY;
  readonly #recent: RecentDocuments;
  /** Transactions under way whose document counts as used. */
  readonly #departed = new Set<string>();

  constructor(options: PresentedDocumentsOptions) {
    this.#o = options;
    const { entropy, policy } = options.parts;
    this.#recent = new RecentDocuments(entropy(32), policy.eligibility.reuse_s * 1_000);
  }

  /**
   * A document was presented: to the transaction that waits for a second try, else to the lane. One presentation at a time
   * goes through the kernel, so that evidence and case cannot come from two documents; a reader gone wild is thinned out.
   */
  present(event: MRZReaderEvent): void {
    const { parts } = this.#o;
    const now_ms = parts.clock.monotonic_ms();
    if (this.#presented !== undefined || now_ms - this.#lastPresented_ms < presentation_min_ms) return;
    this.#lastPresented_ms = now_ms;
    const { evidence, mrz } = this.#readZone(event);
    const presentationId = parts.newId();
    this.#presented = { presentationId, mrz };
    const told = this.#tellPresented(presentationId, evidence, mrz);
    void told.then(() => {
      this.#presented = undefined;
    });
  }

  /** To whom a document belongs that was presented now: a second try, a ticket from the kiosk, or the next traveller. */
  #tellPresented(presentationId: string, evidence: MRZEvidence, mrz: MRZ | null): Promise<Committed | undefined> {
    const { kernel } = this.#o;
    const id = documentTransactionId(kernel);
    const state = outermost(transactionSnapshot(kernel, id)?.value);
    if (id !== null && state === 'awaitingDocument') {
      return askTransaction(kernel, id, { type: 'DOCUMENT_PRESENTED', presentationId, mrz: evidence });
    }
    if (id !== null && state === 'awaitingGate' && this.#isSameDocument(id, mrz)) {
      return askTransaction(kernel, id, { type: 'TOKEN_PRESENTED' });
    }
    return askLane(kernel, { type: 'DOCUMENT_PRESENTED', transactionId: presentationId, mrz: evidence });
  }

  /** The ticket at the gate is the very document that was inspected at the kiosk. */
  #isSameDocument(id: string, mrz: MRZ | null): boolean {
    const inspected = this.#o.parts.cases.get(id)?.mrz;
    if (inspected === undefined || inspected === null || mrz === null) return false;
    return (['issuingState', 'documentNumber', 'birthDate', 'expiryDate', 'surname', 'givenNames'] as const).every(
      (field) => inspected[field] === mrz[field],
    );
  }

  /**
   * Called for every durable step before its effects: the zone enters a case only with the event that was accepted. Nothing
   * personal is kept of a document that the lane ignored.
   */
  observe(step: Committed): void {
    if (step.kind === 'transaction') this.#seeDeparture(step);
    if (step.event.type !== 'DOCUMENT_PRESENTED' || step.isIgnored) return;
    const { presentationId, transactionId } = step.event as { presentationId?: string; transactionId?: string };
    const presented = this.#presented;
    if (presented === undefined || presented.presentationId !== (presentationId ?? transactionId)) return;
    const id = step.subject === laneSubject ? presented.presentationId : step.subject;
    this.#o.parts.cases.open(id, this.#o.parts.clock.monotonic_ms() + openCase_ms).mrz = presented.mrz;
  }

  /** From the moment somebody is out, the document counts as used. */
  #seeDeparture({ subject, context, isEnded }: Committed): void {
    const { cases, clock } = this.#o.parts;
    const hasDeparted = (context as TransactionContext).departure !== null;
    const mrz = cases.get(subject)?.mrz;
    if (hasDeparted && !this.#departed.has(subject) && mrz !== undefined && mrz !== null) {
      this.#departed.add(subject);
      this.#recent.use(mrz, clock.monotonic_ms());
    }
    if (isEnded) this.#departed.delete(subject);
  }

  /** A document that somebody else is in the cabin with is in use now (overlap). */
  #lastUse_ms(mrz: MRZ): number | null {
    const { kernel, parts } = this.#o;
    const inCabin = currentTransactionId(kernel);
    const state = outermost(transactionSnapshot(kernel, inCabin)?.value);
    const isOwn = state === 'awaitingDocument' || state === 'awaitingGate';
    if (inCabin !== null && !isOwn && this.#isSameDocument(inCabin, mrz)) return 0;
    return this.#recent.lastUse_ms(mrz, parts.clock.monotonic_ms());
  }

  #readZone(event: MRZReaderEvent): { evidence: MRZEvidence; mrz: MRZ | null } {
    const nothing = (because: string) => ({ evidence: { status: 'unavailable', because } as const, mrz: null });
    if (event.type === 'mrzUnreadable') return nothing('MRZ_NOT_READ');
    const result = parseMRZ(event.lines);
    if (!result.ok) return nothing(result.because === 'check-digit' ? 'MRZ_CHECK_DIGIT' : 'MRZ_BAD_SHAPE');
    const { mrz } = result;
    const now_ms = this.#o.parts.clock.now_ms();
    const today = localDate(now_ms);
    const birth = birthISO(mrz, today);
    return {
      mrz,
      evidence: {
        status: 'measured',
        value: {
          documentCode: mrz.documentCode,
          issuingState: mrz.issuingState,
          nationality: mrz.nationality,
          expiresOn: expiryISO(mrz, today),
          lastUse_ms: this.#lastUse_ms(mrz),
          age_years: birth === null ? null : completedYears(birth, today),
          today,
        },
        at_ms: now_ms,
        by: 'mrz-reader',
      },
    };
  }
}
