import { expect, test } from 'vitest';
import { RecentDocuments } from '../../gate-controller/cases/recent-documents.ts';
import { parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';

const holder = 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<';
const zone = (line: string) => {
  const result = parseMRZ([holder, line]);
  if (!result.ok) throw new Error('the specimen is wrong');
  return result.mrz;
};
const one = zone('L898902C36UTO7408122F3001019<<<<<<<<<<<<<<<4');
const other = zone('L898903C77UTO7408122F3001019<<<<<<<<<<<<<<<2');

test('a document that let somebody out is known again for as long as it is remembered, and no other is', () => {
  const recent = new RecentDocuments(new Uint8Array(32), 300_000);
  expect(recent.lastUse_ms(one, 0)).toBeNull();
  recent.use(one, 1_000);
  expect(recent.lastUse_ms(one, 61_000)).toBe(60_000);
  expect(recent.lastUse_ms(other, 61_000)).toBeNull();
  expect(recent.lastUse_ms(one, 301_000)).toBe(300_000);
  expect(recent.lastUse_ms(one, 301_001)).toBeNull();
});

test('what is remembered is bounded, and holds neither number nor name', () => {
  const recent = new RecentDocuments(new Uint8Array(32), 300_000);
  recent.use(one, 0);
  for (let n = 0; n < 20_000; n += 1) recent.use({ ...other, documentNumber: `X${n}` }, 1);
  expect(recent.lastUse_ms(one, 2)).toBeNull();
  expect(recent.lastUse_ms({ ...other, documentNumber: 'X19999' }, 2)).toBe(1);
  expect(JSON.stringify(recent)).not.toContain('L898902C3');
});
