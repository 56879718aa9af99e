import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CaptureHint, Screen } from '../../gate-controller/api/messages.ts';
import { signOf } from '../../gate-controller/display/sign.ts';
import { longerTexts } from '../../gate-controller/display/longer-texts.ts';
import { helpTexts, hintTexts, languages, languagesAt, screenTexts } from '../../gate-controller/display/texts.ts';
import { display } from './views.ts';

const screens = Object.keys(screenTexts) as Screen[];

test('without a view, with a lost connection, or with an unknown screen the sign shows out of service', () => {
  expect(signOf(null, false).screen).toBe('outOfService');
  expect(signOf(display({ screen: 'enter' }), true).screen).toBe('outOfService');
  expect(signOf(display({ screen: 'toString' as Screen }), false).screen).toBe('outOfService');
});

test('a traveller who is referred sees the look of any wait, never that of a stop', () => {
  for (const screen of ['officerComing', 'goBack', 'goToDesk', 'officerConfirms'] as const) {
    expect(signOf(display({ screen }), false).look).toBe('neutral');
  }
  expect(screens.filter((screen) => signOf(display({ screen }), false).look === 'stop')).toEqual([
    'starting',
    'outOfService',
    'closed',
    'maintenance',
  ]);
});

test('a hint speaks only in front of the camera', () => {
  const hint: CaptureHint = 'stepCloser';
  expect(signOf(display({ screen: 'lookAtCamera', hint }), false).words).toBe(hintTexts.stepCloser);
  expect(signOf(display({ screen: 'leave', hint }), false).words).toBe(screenTexts.leave);
  const unknown = signOf(display({ screen: 'lookAtCamera', hint: 'valueOf' as CaptureHint }), false);
  expect(unknown.words).toBe(screenTexts.lookAtCamera);
});

test('whoever was given more time is told more, and nobody else; a hint stays short', () => {
  const profile = 'accessible';
  expect(signOf(display({ screen: 'enter', profile }), false).more).toBe(longerTexts.enter);
  expect(signOf(display({ screen: 'enter' }), false).more).toBeNull();
  expect(signOf(display({ screen: 'lookAtCamera', profile, hint: 'stepBack' }), false).more).toBeNull();
});

test('a traveller who waits for an officer is told the same with more time or without', () => {
  const waits = ['officerComing', 'officerConfirms', 'goBack', 'goToDesk', 'pleaseWait'] as const;
  for (const screen of waits) expect(signOf(display({ screen, profile: 'accessible' }), false).more).toBeNull();
});

test('a sign that has lost the controller offers no help that nobody would hear', () => {
  expect(signOf(display({ help: 'offered' }), false).help).toBe('offered');
  expect(signOf(display({ help: 'offered' }), true).help).toBe('none');
});

test('progress is drawn only while the document is read, and stays within the ring', () => {
  const at = (progress: number | null, screen: Screen = 'readingDocument') =>
    signOf(display({ screen, progress }), false).progress;
  expect([at(0.5), at(7), at(-1), at(Number.NaN), at(null), at(0.5, 'enter')]).toEqual([0.5, 1, 0, null, null, null]);
});

test('every language has words for everything, and each language gets its turn', () => {
  const all = [screenTexts, hintTexts, helpTexts, longerTexts].flatMap((table) => Object.values(table));
  for (const words of all) {
    for (const language of ['en', ...languages] as const) expect(words[language].length).toBeGreaterThan(3);
    expect(words.ar).toMatch(/[\u0600-\u06ff]/);
  }
  expect(new Set([0, 1].flatMap((turn) => languagesAt(turn, false)))).toEqual(new Set(languages));
  expect(new Set([0, 1, 2, 3].flatMap((turn) => languagesAt(turn, true)))).toEqual(new Set(languages));
});

test('the sign that stands before scripts run says what the table of words says', async () => {
  const html = await readFile(
    fileURLToPath(new URL('../../gate-controller/display/index.html', import.meta.url)),
    'utf8',
  );
  for (const words of Object.values(screenTexts.outOfService)) expect(html).toContain(`>${words}<`);
});
