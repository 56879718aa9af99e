import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DisplayView } from '../../gate-controller/api/messages.ts';
import { liveEvents } from '../../simulator/live-events.ts';
import { Product } from './product.ts';
import { officer_ms } from './run-passage.ts';

let product: Product;

/** A lane whose configuration asks every traveller for a turn of the head. */
beforeAll(async () => {
  product = await Product.start({ configuration: { face: { challenge: 'always' } } });
  await product.ready();
}, 180_000);
afterAll(() => product.remove(), 30_000);

/** Hints that the display shows until the signal aborts. */
async function hintsUntil(signal: AbortSignal): Promise<ReadonlySet<string>> {
  const hints = new Set<string>();
  try {
    const url = `${product.controllerUrl}/api/display/events`;
    for await (const { hint } of liveEvents<DisplayView>(url, 'display', signal)) if (hint !== null) hints.add(hint);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return hints;
}

test('a traveller whom the display asks to turn the head does so, and is admitted as live', async () => {
  const passed = new AbortController();
  const showing = hintsUntil(passed.signal);
  const judged = product.until('the turn of the head is judged', ({ lanes }) =>
    lanes.some(({ transaction }) => transaction?.face?.attack?.signals.some(({ name }) => name === 'head-turn')),
  );
  const [view, { record }] = await Promise.all([
    judged,
    product.cross('genuine', { fast: true, officer_ms: officer_ms.fast }),
  ]);
  passed.abort();
  const hints = await showing;
  expect(hints.has('turnHeadLeft') || hints.has('turnHeadRight')).toBe(true);
  const signals = view.lanes[0]?.transaction?.face?.attack?.signals ?? [];
  expect(signals.find(({ name }) => name === 'head-turn')).toMatchObject({ verdict: 'live' });
  expect({ outcome: record?.outcome, reasons: record?.reasons }).toEqual({ outcome: 'admitted', reasons: [] });
}, 300_000);
