/** The catalogue of misfortunes against the test cases of BSI TR-03105-5.1. */
import { expect, test } from 'vitest';
import { caseIds, gapOf } from '../../simulator/passport/misfortunes/cases.ts';
import { misfortuneNamed, misfortuneNames, misfortunes } from '../../simulator/passport/misfortunes/catalogue.ts';
import { coverageTable } from '../../simulator/passport/misfortunes/coverage.ts';

const covered = new Set(misfortunes.flatMap(({ cases }) => cases));

test('the guideline has 338 cases, and every case of the catalogue is one of them', () => {
  expect(caseIds.length).toBe(338);
  expect(new Set(caseIds).size).toBe(338);
  expect([...covered].filter((caseId) => !caseIds.includes(caseId))).toEqual([]);
});

test('every case is brought about by a misfortune or has a reason why not, and never both', () => {
  const unclear = caseIds.filter((caseId) => covered.has(caseId) === (gapOf(caseId) !== undefined));
  expect(unclear).toEqual([]);
});

test('a misfortune is found by its name, which it shares with no other', () => {
  expect(new Set(misfortuneNames).size).toBe(misfortuneNames.length);
  expect(misfortuneNames.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  expect(misfortuneNamed('signature-wrong')?.cases).toEqual(['LDS_H_37']);
  expect(misfortuneNamed('signature-right')).toBeUndefined();
});

test('the table of the cases is written from the catalogue', async () => {
  // After a change of the catalogue: npx vitest run test/emrtd/conformity-coverage.test.ts -u (in this order: what
  // follows -u is not taken as a file).
  await expect(coverageTable()).toMatchFileSnapshot('../../simulator/passport/misfortunes/coverage.md');
});
