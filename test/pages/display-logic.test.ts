import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CaptureHint, Screen } from '../../gate-controller/api/messages.ts';
import { signOf } from '../../gate-controller/display/sign.ts';
import { hintTexts, languages, pairAt, screenTexts } from '../../gate-controller/display/texts.ts';
import { display } from './views.ts';

const screens = Object.keys(screenTexts) as Screen[];

test('without a view, with a lost connection, or with an unknown screen the sign shows out of service', () => {
  expect(signOf(null, false).screen).toBe('outOfService');
  expect(signOf(display({ screen: 'enter' }), true).screen).toBe('outOfService');
  expect(signOf(display({ screen: 'toString' as Screen }), false).screen).toBe('outOfService');
});

test('a traveller who is referred sees the look of any wait, never that of a stop', () => {
  for (const screen of ['officerComing', 'goBack', 'goToDesk'] as const) {
    expect(signOf(display({ screen }), false).look).toBe('neutral');
  }
  expect(screens.filter((screen) => signOf(display({ screen }), false).look === 'stop')).toEqual([
    'starting',
    'outOfService',
    'closed',
  ]);
});

test('a hint speaks only in front of the camera', () => {
  const hint: CaptureHint = 'stepCloser';
  expect(signOf(display({ screen: 'lookAtCamera', hint }), false).words).toBe(hintTexts.stepCloser);
  expect(signOf(display({ screen: 'leave', hint }), false).words).toBe(screenTexts.leave);
  const unknown = signOf(display({ screen: 'lookAtCamera', hint: 'valueOf' as CaptureHint }), false);
  expect(unknown.words).toBe(screenTexts.lookAtCamera);
});

test('progress is drawn only while the document is read, and stays within the ring', () => {
  const at = (progress: number | null, screen: Screen = 'readingDocument') =>
    signOf(display({ screen, progress }), false).progress;
  expect([at(0.5), at(7), at(-1), at(Number.NaN), at(null), at(0.5, 'enter')]).toEqual([0.5, 1, 0, null, null, null]);
});

test('every language has words for everything, and each language gets its turn', () => {
  for (const words of [...Object.values(screenTexts), ...Object.values(hintTexts)]) {
    for (const language of ['en', ...languages] as const) expect(words[language].length).toBeGreaterThan(3);
    expect(words.ar).toMatch(/[\u0600-\u06ff]/);
  }
  expect(new Set([...pairAt(0), ...pairAt(1)])).toEqual(new Set(languages));
});

test('the sign that stands before scripts run says what the table of words says', async () => {
  const html = await readFile(
    fileURLToPath(new URL('../../gate-controller/display/index.html', import.meta.url)),
    'utf8',
  );
  for (const words of Object.values(screenTexts.outOfService)) expect(html).toContain(`>${words}<`);
});
