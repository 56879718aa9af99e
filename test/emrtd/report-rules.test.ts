/** How results of parts make the result of the whole: tables after the sections of BSI TR-03135-1. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../drivers/contracts/evidence.ts';
import {
  type Requirement,
  countingResults,
  limitedByTrust,
  provenByOne,
  provenOverall,
  provenTogether,
  provenWhereMade,
} from '../../drivers/emrtd/report/results.ts';

const letters: Readonly<Record<string, CheckResult>> = {
  p: 'passed',
  f: 'failed',
  u: 'undetermined',
  n: 'not-supported',
  a: 'aborted',
};
const results = (text: string): readonly CheckResult[] => text.split('').map((letter) => letters[letter] ?? 'failed');

/** Parts as letters, and the result of the whole. */
type Row = readonly [parts: string, whole: CheckResult];

const tables: readonly (readonly [section: string, rule: typeof provenTogether, rows: readonly Row[]])[] = [
  [
    '5.4 the overall result needs every higher-level check',
    provenOverall,
    [
      ['ppp', 'passed'],
      ['ppf', 'failed'],
      ['paf', 'failed'],
      ['pap', 'aborted'],
      ['upp', 'undetermined'],
      ['pnp', 'undetermined'],
      ['nnn', 'undetermined'],
      ['', 'undetermined'],
    ],
  ],
  [
    '5.6.4 what is undetermined or not supported leaves the electronic result open unless something failed',
    provenTogether,
    [
      ['pppp', 'passed'],
      ['pnpp', 'undetermined'],
      ['pupp', 'undetermined'],
      ['pufn', 'failed'],
      ['panp', 'aborted'],
      ['nnnn', 'not-supported'],
    ],
  ],
  [
    '5.6.4.1 one proof of the chip is enough',
    provenByOne,
    [
      ['pff', 'passed'],
      ['nnp', 'passed'],
      ['apn', 'passed'],
      ['nnn', 'not-supported'],
      ['nnf', 'failed'],
      ['nuf', 'failed'],
      ['nun', 'undetermined'],
      ['nna', 'aborted'],
    ],
  ],
  [
    '5.7 combined checks need one success and nothing else among those made',
    provenWhereMade,
    [
      ['pnn', 'passed'],
      ['pun', 'undetermined'],
      ['pfu', 'failed'],
      ['pan', 'aborted'],
      ['nn', 'not-supported'],
    ],
  ],
];

describe.each(tables)('%s', (_, rule, rows) => {
  test.each(rows.map(([parts, whole]) => [parts, whole] as const))('%s gives %s', (parts, whole) => {
    expect(rule(results(parts))).toBe(whole);
    expect(rule(results(parts).toReversed())).toBe(whole);
  });
});

test.each<[Requirement, CheckResult, boolean]>([
  ['mandatory', 'not-supported', true],
  ['mandatory', 'failed', true],
  ['optional', 'not-supported', false],
  ['optional', 'failed', true],
  ['optional', 'passed', true],
  ['evaluatory', 'failed', false],
  ['evaluatory', 'passed', false],
])('3.7 a check that is %s and %s counts: %s', (requirement, result, counts) => {
  expect(countingResults([{ requirement, result }])).toEqual(counts ? [result] : []);
});

test.each<[CheckResult, CheckResult, CheckResult]>([
  ['passed', 'passed', 'passed'],
  ['passed', 'failed', 'undetermined'],
  ['passed', 'undetermined', 'undetermined'],
  ['passed', 'aborted', 'undetermined'],
  ['failed', 'failed', 'failed'],
  ['undetermined', 'passed', 'undetermined'],
])('5.6.4.3.6 an electronic result %s of a signer whose trust is %s ends %s', (result, trust, limited) => {
  expect(limitedByTrust(result, trust)).toBe(limited);
});

test('no rule makes a success of parts of which none is one, or hides a failure but by another proof', () => {
  const part = fc.constantFrom<CheckResult>('passed', 'failed', 'undetermined', 'not-supported', 'aborted');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      for (const rule of [provenOverall, provenTogether, provenWhereMade, provenByOne]) {
        if (rule(parts) === 'passed') expect(parts).toContain('passed');
      }
      for (const rule of [provenOverall, provenTogether, provenWhereMade]) {
        if (parts.includes('failed')) expect(rule(parts)).toBe('failed');
      }
    }),
  );
});
