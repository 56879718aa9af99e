import { afterAll, beforeAll, expect, test } from 'vitest';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';
import type { TransactionStep } from '../../gate-controller/api/messages.ts';
import { Product } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await Product.start();
  await product.ready();
}, 180_000);
afterAll(() => product.remove(), 30_000);

/** Moments of a passage: outside, in the entry door, in the cabin, in the exit door. */
const moments: readonly TransactionStep[] = ['inspectingDocument', 'entering', 'capturing', 'leaving'];

test.each(moments)(
  'a controller killed while the traveller is at "%s" starts again safe, and the record says interrupted',
  async (step) => {
    const seenBefore = new Set<string>();
    const lane = await product.lane();
    if (lane.transaction !== null) seenBefore.add(lane.transaction.transactionId);
    await product.send('genuine', true);
    const view = await product.until(`a passage is at ${step}`, ({ lanes: [seen] }) => {
      const transaction = seen?.transaction;
      return transaction != null && !seenBefore.has(transaction.transactionId) && transaction.step === step;
    });
    const transactionId = view.lanes[0]?.transaction?.transactionId ?? '';
    await product.killController();
    await product.startController();
    await product.ready();

    expect(await product.record(transactionId)).toMatchObject({
      outcome: 'interrupted',
      reasons: ['CONTROLLER_RESTARTED'],
    });
    const after = await product.lane();
    expect(after.doors?.entry.motion).toBe('closed');
    expect(after.doors?.exit.motion).toBe('closed');
    expect(after.sensors?.isCabinOccupied).toBe(false);
    const { hall } = await product.bench();
    expect(hall.invariants.broken).toEqual([]);
    const database = new JournalDatabase(product.journalFile, { readOnly: true });
    expect(verifyChain(database.records()).isIntact).toBe(true);
    database.close();
  },
  240_000,
);
