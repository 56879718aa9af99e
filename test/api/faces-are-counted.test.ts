import { expect, test } from 'vitest';
import { Metrics } from '../../gate-controller/api/metrics.ts';
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import { at_ms, attackOf, soundEvidence } from '../decision/evidence-samples.ts';

const step = (change: Partial<Committed>): Committed =>
  ({
    seq: 1,
    at_ms,
    subject: 't',
    kind: 'transaction',
    value: 'deciding',
    context: {},
    effects: [],
    isEnded: false,
    isIgnored: false,
    ...change,
  }) as unknown as Committed;

const verified = (attack: object, frames: Readonly<Record<string, number>>): Committed['event'] =>
  ({ type: 'FACE_VERIFIED', ...soundEvidence.face, attack, frames, at_ms }) as unknown as Committed['event'];

test('captures are counted by outcome and frames by what was to be mended, never by a score', async () => {
  const metrics = new Metrics();
  metrics.observe(step({ event: verified(attackOf('live'), { none: 4, stepCloser: 2 }) }));
  metrics.observe(step({ event: verified(attackOf('attack', 'NOTHING_MOVES'), { none: 1 }) }));
  const text = await metrics.text();
  expect(text).toContain('gate_face_captures_total{similarity="measured",attack="live"} 1');
  expect(text).toContain('gate_face_captures_total{similarity="measured",attack="attack"} 1');
  expect(text).toContain('gate_face_frames_total{guidance="none"} 5');
  expect(text).toContain('gate_face_frames_total{guidance="stepCloser"} 2');
  expect(text).not.toContain('0.71');
});

test('a capture that came too late to count is not counted', async () => {
  const metrics = new Metrics();
  metrics.observe(step({ event: verified(attackOf('live'), { none: 4 }), isIgnored: true }));
  expect(await metrics.text()).not.toContain('gate_face_captures_total{');
});
