import { describe, expect, test } from 'vitest';
import { defaultAttackLimits, defaultCalibration } from '../../biometrics/index.ts';
import { measureRanges } from '../../gate-controller/config/face-schema.ts';
import { checkConfiguration } from '../../gate-controller/config/load.ts';
import { indispensableChecks } from '../../gate-controller/decision/policy.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { least, problemsOf } from './least.ts';

test('the least that must be said is devices and the risk service; the rest has defaults', () => {
  const { lane, http, policy, timings } = checkConfiguration(least);
  expect(lane).toEqual({
    id: 'lane-1',
    name: 'Lane 1',
    opensByItself: false,
    topology: 'integrated-two-step',
    isOverlapping: false,
    attendance: 'required',
    usualProfile: 'standard',
  });
  expect(http).toEqual({ host: '127.0.0.1', port: 8080 });
  expect(timings).toEqual(defaultTimings);
  expect(policy.required).toEqual(expect.arrayContaining([...indispensableChecks]));
  expect([policy.chipAuthenticity, policy.revocation]).toEqual(['when-offered', 'when-known']);
});

test('documents are read with PACE where it is offered, and with all their groups, unless said otherwise', () => {
  const accessPolicy = 'pace-required-when-offered';
  const defaults = { accessPolicy, dataGroups: [7, 11, 12, 13, 16], further_ms: 7_000 };
  expect(checkConfiguration(least).inspection).toEqual(defaults);
  expect(checkConfiguration({ ...least, inspection: { dataGroups: [11] } }).inspection.dataGroups).toEqual([11]);
});

test('a lane keeps the limits of its own camera, and the defaults for all others', () => {
  const { face } = checkConfiguration({ ...least, face: { pitchZero_deg: 3.5, quality: { yaw_deg: { max: 20 } } } });
  expect(face.pitchZero_deg).toBe(3.5);
  expect({ ...defaultCalibration.limits, yaw_deg: { max: 20 } }).toMatchObject(face.quality);
  expect(face.challenge).toBe('whenUndetermined');
  expect(Object.keys(measureRanges)).toEqual(expect.arrayContaining(Object.keys(defaultCalibration.limits)));
});

test('a lane keeps its own limits of attack signals, and the defaults for all others', () => {
  const { face } = checkConfiguration({ ...least, face: { attack: { passiveLive_min: 0.6 } } });
  expect(face.attack).toEqual({ ...defaultAttackLimits, passiveLive_min: 0.6 });
});

describe('refused in plain words', () => {
  test('limits of attack signals that contradict each other, are out of range, or that no signal has', () => {
    const attack = (limits: object) => problemsOf({ ...least, face: { attack: limits } });
    expect(attack({ passiveAttack_max: 0.3 })).toEqual([
      'face.attack.passiveAttack_max must not be more than face.attack.passiveSuspect_max',
    ]);
    for (const limits of [{ turn_min_deg: 12 }, { passiveFrames_min: 5.5 }, { passiveFrames_min: 0 }, { luck: 1 }]) {
      expect(attack(limits).length, JSON.stringify(limits)).toBeGreaterThan(0);
    }
  });

  test('a limit of the face that contradicts itself, is out of range, or that the measure has not', () => {
    const quality = (limits: object) => problemsOf({ ...least, face: { quality: limits } });
    expect(quality({ luminanceMean: { min: 0.9 } })).toEqual(['face.quality.luminanceMean: min must be less than max']);
    expect(quality({ yaw_deg: { max: 90 } }).length).toBeGreaterThan(0);
    expect(quality({ yaw_deg: { min: 3 } }).length).toBeGreaterThan(0);
    expect(quality({ beauty: { min: 0.5 } }).length).toBeGreaterThan(0);
    expect(problemsOf({ ...least, face: { challenge: 'sometimes' } }).length).toBeGreaterThan(0);
  });

  test('nothing at all', () => {
    expect(problemsOf({}).length).toBeGreaterThan(0);
  });

  test('an address that others could reach, because there is no sign-in', () => {
    expect(problemsOf({ ...least, http: { host: '0.0.0.0' } })[0]).toMatch(/sign-in/);
  });

  test.each(indispensableChecks)('a policy without %s', (id) => {
    const required = indispensableChecks.filter((other) => other !== id);
    expect(problemsOf({ ...least, policy: { required } })).toEqual([
      `policy.required must contain ${id}: nobody is admitted without it`,
    ]);
  });

  test('a bare number in place of a named operating point', () => {
    expect(problemsOf({ ...least, policy: { operatingPoint: 0.3 } }).length).toBeGreaterThan(0);
    expect(problemsOf({ ...least, policy: { operatingPoint: 'loose' } })[0]).toMatch(/operating-points.json/);
  });

  test('data groups that only terminal authentication opens, and policies that are none', () => {
    expect(problemsOf({ ...least, inspection: { dataGroups: [3] } }).length).toBeGreaterThan(0);
    expect(problemsOf({ ...least, inspection: { accessPolicy: 'anything' } }).length).toBeGreaterThan(0);
    expect(problemsOf({ ...least, policy: { revocation: 'never' } }).length).toBeGreaterThan(0);
    expect(problemsOf({ ...least, policy: { chipAuthenticity: 'ignored' } }).length).toBeGreaterThan(0);
  });

  test('a misspelt setting', () => {
    expect(problemsOf({ ...least, polcy: {} }).length).toBeGreaterThan(0);
  });

  test('a wait outside its range, and waits that contradict each other', () => {
    expect(problemsOf({ ...least, timings: { chip_ms: 1 } }).length).toBeGreaterThan(0);
    expect(problemsOf({ ...least, timings: { riskSoft_ms: 9_000 } })).toEqual([
      'riskSoft_ms must be shorter than riskHard_ms',
    ]);
  });

  test.each([
    ['http://risk.example:8000', /https/],
    ['http://127.0.0.1.risk.example/', /https/],
    ['http://127.0.0.1@risk.example/', /https/],
    ['https://risk.example/yente', /path/],
    ['https://risk.example/?key=CANARY', /path/],
    ['https://user:CANARY@risk.example', /password/],
    ['https://CANARY@risk.example', /password/],
    ['https://', /address/],
  ])('a risk service at %s, where travellers’ data would be readable or go elsewhere', (url, words) => {
    const problems = problemsOf({ ...least, risk: { url } });
    expect(problems[0]).toMatch(words);
    expect(problems.join()).not.toContain('CANARY');
  });

  test('a camera address with a password, or one that is none', () => {
    const withCamera = (url: string) => problemsOf({ ...least, devices: { ...least.devices, camera: { url } } });
    expect(withCamera('http://user:CANARY@192.0.2.10/')).toEqual([expect.stringMatching(/password/)]);
    expect(withCamera('http://[')).toEqual([expect.stringMatching(/address/)]);
    expect(withCamera('http://192.0.2.10/stream.mjpeg?quality=80')).toEqual([]);
  });
});

test.each([
  'http://127.0.0.1:8000',
  'http://[::1]:8000/',
  'http://localhost',
  'https://risk.example',
  'https://risk.example:8443/',
])('a risk service at %s is taken', (url) => {
  expect(problemsOf({ ...least, risk: { url } })).toEqual([]);
});
