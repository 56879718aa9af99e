import { expect, test } from 'vitest';
import { inspectionCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import { seededRandom } from '../../simulator/hall/random.ts';
import { transliterate } from '../../drivers/emrtd/mrz/transliteration.ts';
import { FaultBoard, faults } from '../../simulator/scenarios/faults.ts';
import type { FaultHandles } from '../../simulator/scenarios/faults.ts';
import { Hall } from '../../simulator/hall/hall.ts';
import { expired, listIdentities } from '../../simulator/scenarios/identities.ts';
import { scenarioNames, scenarios } from '../../simulator/scenarios/scenarios.ts';
import { TravellerStream } from '../../simulator/scenarios/stream.ts';
import { listPeople } from '../../simulator/travellers/people.ts';

const people = listPeople().map(({ id }) => id);

test('every scenario names people, faults and checks that exist, and an expected end that fits', () => {
  for (const scenario of scenarios) {
    expect(people, scenario.name).toContain(scenario.holder);
    expect(people, scenario.name).toContain(scenario.bearer);
    const { findings, evidence } = scenario.expects;
    for (const id of Object.keys({ ...findings, ...evidence })) expect(inspectionCheckIds).toContain(id);
    for (const name of [...scenario.faults, ...(scenario.faultsInView ?? [])])
      expect(faults.map((fault) => fault.name)).toContain(name);
    expect(scenario.expects.reasons.length > 0).toBe(scenario.expects.outcome === 'referred');
    expect(scenario.title).not.toBe('');
  }
});

test('the table holds every agreed scenario once, with the agreed end', () => {
  const ends = Object.fromEntries(scenarios.map(({ name, expects }) => [name, [expects.outcome, ...expects.reasons]]));
  expect(ends).toEqual({
    genuine: ['admitted'],
    impostor: ['referred', 'FACE_MISMATCH'],
    'expired-document': ['referred', 'DOCUMENT_EXPIRED'],
    'altered-portrait': ['referred', 'DOCUMENT_ALTERED'],
    'unknown-issuer': ['referred', 'ISSUER_UNKNOWN'],
    'chip-removed': ['referred', 'CHIP_NOT_READ'],
    tailgating: ['referred', 'TAILGATING'],
    'watchlist-hit': ['referred', 'WATCHLIST_HIT'],
    'risk-unavailable': ['referred', 'RISK_UNAVAILABLE'],
    'cloned-chip': ['referred', 'CHIP_NOT_GENUINE'],
    'revoked-signer': ['referred', 'SIGNER_REVOKED'],
    'pace-only': ['admitted'],
    'bac-only': ['admitted'],
    'mrz-differs-from-chip': ['referred', 'MRZ_DIFFERS_FROM_CHIP'],
    'iso39794-portrait': ['admitted'],
    'slow-chip': ['referred', 'CHIP_NOT_READ'],
    'hostile-chip': ['referred', 'CHIP_DATA_MALFORMED'],
    'printed-photo': ['referred', 'PRESENTATION_ATTACK_SUSPECTED'],
    'screen-replay': ['referred', 'PRESENTATION_ATTACK_SUSPECTED'],
    'turned-head': ['referred', 'FACE_NOT_CAPTURED'],
    'covered-face': ['referred', 'FACE_NOT_CAPTURED'],
    'closed-eyes': ['referred', 'FACE_NOT_CAPTURED'],
    'two-faces': ['referred', 'FACE_NOT_CAPTURED'],
    'dark-hall': ['referred', 'FACE_NOT_CAPTURED'],
    'frozen-camera': ['referred', 'DEVICE_FAULT'],
    'camera-unplugged': ['referred', 'DEVICE_FAULT'],
    lookalike: ['referred', 'FACE_MISMATCH'],
  });
  expect(new Set(scenarioNames).size).toBe(scenarios.length);
});

test('every person has an identity of an adult whose document is valid and whose name the printed zone can hold', () => {
  const today = new Date('2026-02-28T12:00:00Z');
  const identities = listIdentities(today);
  for (const person of listPeople()) {
    const identity = identities.find((candidate) => candidate.person === person.id);
    expect(identity?.sex, person.id).toBe(person.sex);
  }
  const numbers = new Set<string>();
  for (const identity of identities) {
    expect(Number(identity.birthDate.slice(0, 4))).toBeLessThan(2007);
    expect(identity.expiryDate > '2027').toBe(true);
    expect(expired(identity, today).expiryDate < '2026-02-28').toBe(true);
    numbers.add(identity.documentNumber).add(expired(identity, today).documentNumber);
    const zone = `${transliterate(identity.surname)}<<${transliterate(identity.givenNames)}`;
    expect(zone.length).toBeLessThanOrEqual(39);
    expect(zone).toMatch(/^[A-Z]+(<[A-Z]+)*<<[A-Z]+(<[A-Z]+)*$/);
  }
  expect(numbers.size).toBe(2 * identities.length);
});

test('the stream is mostly genuine, brings every misfortune in time, and repeats itself for one seed', () => {
  const names = (seed: number): string[] => {
    const stream = new TravellerStream(seededRandom(seed), people, false);
    const seen: string[] = [];
    for (let i = 0; seen.length < 1_200 && i < 1_200_000; i++) {
      const next = stream.tick(50, true);
      if (next !== undefined) seen.push(`${next.name} ${next.bearer}`);
    }
    return seen;
  };
  const seen = names(3);
  const genuine = seen.filter((name) => name.startsWith('genuine'));
  expect(genuine.length / seen.length).toBeGreaterThan(0.65);
  expect(genuine.length / seen.length).toBeLessThan(0.85);
  expect(new Set(seen.map((name) => name.split(' ')[0])).size).toBe(scenarioNames.length);
  expect(names(3)).toEqual(seen);
  expect(names(4)).not.toEqual(seen);
});

test('the stream waits for a lane that invites and pauses on demand', () => {
  const stream = new TravellerStream(seededRandom(1), people, false);
  for (let i = 0; i < 1000; i++) expect(stream.tick(100, false)).toBeUndefined();
  stream.isPaused = true;
  for (let i = 0; i < 1000; i++) expect(stream.tick(100, true)).toBeUndefined();
  stream.isPaused = false;
  const waits = Array.from({ length: 100 }, () => stream.tick(100, true));
  expect(waits.some((next) => next !== undefined)).toBe(true);
});

/** Handles that write down what faults do to them. */
function recorder(): { handles: FaultHandles; log: string[]; hall: Hall } {
  const log: string[] = [];
  const hall = new Hall();
  const line = (name: string) => ({
    unplug: () => void log.push(`${name} unplugged`),
    replug: () => void log.push(`${name} replugged`),
    addFault: (fault: { name: string }) => {
      log.push(`${name} +${fault.name}`);
      return () => void log.push(`${name} -${fault.name}`);
    },
  });
  const handles: FaultHandles = {
    hall,
    random: seededRandom(1),
    lines: { 'mrz-reader': line('mrz'), 'chip-reader': line('chip'), 'gate-plc': line('plc') },
    setCameraMode: async (mode) => void log.push(`camera ${mode}`),
    setWatchlistMode: (mode) => void log.push(`watchlist ${mode}`),
    setGatePower: (isOn) => void log.push(`power ${isOn}`),
    addZoneFault: ({ name }) => {
      log.push(`zone +${name}`);
      return () => void log.push(`zone -${name}`);
    },
    setZoneMisread: (isMisread) => void log.push(`misread ${isMisread}`),
  };
  return { handles, log, hall };
}

test('every fault that is switched on does something, shows as on, and is undone when it is switched off', async () => {
  for (const { name } of faults) {
    const { handles, log, hall } = recorder();
    const before = JSON.stringify([hall.contacts, hall.doors, [...hall.stuckSensors], hall.sensors()]);
    const board = new FaultBoard(handles);
    expect(await board.set(name, true)).toBe('done');
    expect(
      board
        .view()
        .filter(({ isOn }) => isOn)
        .map((fault) => fault.name),
    ).toEqual([name]);
    const during = JSON.stringify([hall.contacts, hall.doors, [...hall.stuckSensors], hall.sensors()]);
    expect(log.length > 0 || during !== before, name).toBe(true);
    await board.set(name, false);
    expect(board.view().some(({ isOn }) => isOn)).toBe(false);
    expect(JSON.stringify([hall.contacts, hall.doors, [...hall.stuckSensors], hall.sensors()]), name).toBe(before);
    if (log.length > 0) expect(log.length, `${name}: ${log.join(', ')}`).toBeGreaterThanOrEqual(2);
  }
});

test('of one group only the last fault is on', async () => {
  const { handles, log } = recorder();
  const board = new FaultBoard(handles);
  await Promise.all([board.set('camera-frozen', true), board.set('camera-stopped', true)]);
  expect(log).toEqual(['camera frozen', 'camera ok', 'camera stopped']);
  expect(
    board
      .view()
      .filter(({ isOn }) => isOn)
      .map(({ name }) => name),
  ).toEqual(['camera-stopped']);
  expect(await board.set('no-such-fault', true)).toBe('unknown-fault');
});
