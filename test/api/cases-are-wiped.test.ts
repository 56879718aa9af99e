import { expect, test } from 'vitest';
import { CaseFiles } from '../../gate-controller/cases/case-files.ts';

test('when there are too many cases the oldest that ended goes, and the one under way stays', () => {
  const cases = new CaseFiles();
  cases.open('under-way', 1_000_000);
  for (let n = 0; n < 500; n += 1) {
    cases.open(`case-${n}`, 1_000_000);
    cases.keepUntil(`case-${n}`, 1_000_000);
  }
  expect(cases.get('under-way')).toBeDefined();
  expect(cases.get('case-0')).toBeUndefined();
  expect(cases.get('case-499')).toBeDefined();
});

test('cases that never end are held up to a bound too, and the newest is the one under way', () => {
  const cases = new CaseFiles();
  for (let n = 0; n < 500; n += 1) cases.open(`case-${n}`, 1_000_000);
  expect(cases.get('case-0')).toBeUndefined();
  expect(cases.get('case-499')).toBeDefined();
});

test('wiping overwrites every picture of a case, also one that was replaced and one that comes too late', () => {
  const cases = new CaseFiles();
  const bytes = (): Uint8Array => Uint8Array.of(1, 2, 3);
  const pictures = {
    portrait: bytes(),
    preview: bytes(),
    live: bytes(),
    newerLive: bytes(),
    late: bytes(),
    lateLive: bytes(),
  };
  const file = cases.open('a', 1_000);
  file.portrait = { format: 'jpeg', bytes: pictures.portrait };
  file.portraitPreview = pictures.preview;
  file.livePreview = pictures.live;
  file.livePreview = pictures.newerLive;
  expect([...pictures.live]).toEqual([0, 0, 0]);
  expect([...pictures.newerLive]).toEqual([1, 2, 3]);
  cases.wipe('a');
  file.portrait = { format: 'jpeg', bytes: pictures.late };
  file.livePreview = pictures.lateLive;
  expect(Object.values(pictures).map((picture) => [...picture])).toEqual(Array.from({ length: 6 }, () => [0, 0, 0]));
  expect(file).toMatchObject({ mrz: null, portrait: null, livePreview: null, candidates: [], chipProgress: null });
});
