import { expect, test } from 'vitest';
import { inspectionCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import { seededRandom } from '../../simulator/hall/random.ts';
import { parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { transliterate } from '../../drivers/emrtd/mrz/transliteration.ts';
import { FaultBoard, faults } from '../../simulator/scenarios/faults.ts';
import type { FaultHandles } from '../../simulator/scenarios/faults.ts';
import { Hall } from '../../simulator/hall/hall.ts';
import { expiring, listIdentities } from '../../simulator/scenarios/identities.ts';
import { zoneAsRead } from '../../simulator/scenarios/printed-zone.ts';
import { isForAnyLane } from '../../simulator/scenarios/scenario.ts';
import { chapters, scenarioNames, scenarios } from '../../simulator/scenarios/scenarios.ts';
import { TravellerStream } from '../../simulator/scenarios/stream.ts';
import { writeMRZ } from '../../simulator/passport/mrz-writer.ts';
import { listPeople, mistrusted } from '../../simulator/travellers/people.ts';

const people = listPeople().map(({ id }) => id);

test('every scenario names people, faults and checks that exist, and an expected end that fits', () => {
  const faultNames = faults.map((fault) => fault.name);
  for (const scenario of scenarios) {
    const { name, expects, mishaps = [], before = [], acts = [], next } = scenario;
    expect(people, name).toContain(scenario.holder);
    expect(people, name).toContain(scenario.bearer);
    for (const id of Object.keys({ ...expects.findings, ...expects.evidence }))
      expect(inspectionCheckIds).toContain(id);
    const switched = [...before, ...acts].flatMap((act) => (act.does === 'switch' ? [act.fault] : []));
    for (const fault of [...scenario.faults, ...mishaps.map((mishap) => mishap.fault), ...switched])
      expect(faultNames, name).toContain(fault);
    if (expects.outcome === 'none') expect(expects.reasons, name).toEqual([]);
    else if (expects.outcome !== 'admitted') expect(expects.reasons.length, name).toBeGreaterThan(0);
    expect(scenario.title).not.toBe('');
    expect(expects.outcome === 'none', name).toBe(scenario.isNobody === true);
    if (next !== undefined) expect(scenarioNames as readonly string[]).toContain(next.scenario);
  }
});

test('who is to be admitted, or to leave, has a face that the passive network does not mistrust', () => {
  for (const { name, bearer, expects } of scenarios) {
    if (expects.outcome !== 'admitted' && expects.states?.includes('leaving') !== true) continue;
    expect(mistrusted, name).not.toContain(bearer);
  }
});

test('names of scenarios occur once, and a traveller of each kind can come alone', () => {
  const names = Object.values(chapters).flatMap((rows) => Object.keys(rows));
  expect(new Set(names).size).toBe(names.length);
  expect(scenarioNames).toEqual(names);
  expect(scenarios.filter(isForAnyLane).length).toBeGreaterThan(40);
});

test('whatever is switched on in a lane that is not to be reset is switched off when the traveller has left', () => {
  for (const { name, mishaps = [], before = [], acts: later = [] } of scenarios) {
    const acts = [...before, ...later];
    const off = acts.flatMap((act) => (act.does === 'switch' && !act.isOn ? [act.fault] : []));
    const on = acts.flatMap((act) => (act.does === 'switch' && act.isOn ? [act.fault] : []));
    const staying = mishaps.filter(({ stays }) => stays === true).map(({ fault }) => fault);
    expect(off, name).toEqual(expect.arrayContaining([...on, ...staying]));
  }
});

test.each([
  ['upsideDown', 'shape'],
  ['inCover', 'shape'],
  ['zeroForO', 'check-digit'],
  ['forged', 'check-digit'],
] as const)('a zone that is read as %s is taken for no zone, as often as it is read so', (reads, because) => {
  for (const identity of listIdentities(new Date('2026-02-28T12:00:00Z'))) {
    const lines = writeMRZ('TD3', identity, 'UTO');
    const parsed = parseMRZ(zoneAsRead(lines, 2, { reads, times: 2 }));
    expect(parsed.ok).toBe(false);
    if (because === 'check-digit') expect(parsed).toMatchObject({ because });
    expect(parseMRZ(zoneAsRead(lines, 3, { reads, times: 2 })).ok).toBe(true);
    expect(parseMRZ(zoneAsRead(lines, 1, undefined)).ok).toBe(true);
  }
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
    const expired = expiring(identity, 'weeks-ago', today);
    expect(expired.expiryDate < '2026-02-28').toBe(true);
    numbers.add(identity.documentNumber).add(expired.documentNumber);
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
    for (let i = 0; seen.length < 3_000 && i < 3_000_000; i++) {
      const next = stream.tick(50, true);
      if (next !== undefined) seen.push(`${next.name} ${next.bearer}`);
    }
    return seen;
  };
  const seen = names(3);
  const genuine = seen.filter((name) => name.startsWith('genuine'));
  expect(genuine.length / seen.length).toBeGreaterThan(0.65);
  expect(genuine.length / seen.length).toBeLessThan(0.85);
  expect(new Set(seen.map((name) => name.split(' ')[0])).size).toBe(scenarios.filter(isForAnyLane).length);
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
