import { expect, test } from 'vitest';
import type { Lamps } from '../../drivers/contracts/gate-io.ts';
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import { lane } from '../../simulator/hall/geometry.ts';
import { Hall } from '../../simulator/hall/hall.ts';
import { createPace } from '../../simulator/hall/pace.ts';
import { Party } from '../../simulator/hall/party.ts';
import { seededRandom } from '../../simulator/hall/random.ts';
import { patience } from '../../simulator/hall/traveller.ts';
import type { Hands } from '../../simulator/hall/traveller.ts';

const inviting: Lamps = { entry: 'off', exit: 'off', document: 'place' };
const reading: Lamps = { entry: 'red', exit: 'off', document: 'reading' };
const take: Lamps = { entry: 'off', exit: 'off', document: 'take' };
const walkIn: Lamps = { entry: 'green', exit: 'red', document: 'off' };
const stay: Lamps = { entry: 'red', exit: 'red', document: 'off' };
const walkOut: Lamps = { entry: 'red', exit: 'green', document: 'off' };
const toDesk: Lamps = { entry: 'red', exit: 'red', document: 'take' };

/** A party in a hall whose lamps and doors a test moves by hand; time is virtual. */
class Scene {
  readonly hall = new Hall();
  readonly hands: string[] = [];
  readonly told: string[] = [];
  readonly party: Party;
  lamps: Lamps = inviting;

  constructor({ hasTailgater = false, isFast = false, seed = 1 } = {}) {
    const note = (what: string) => () => {
      this.hands.push(what);
    };
    const hands: Hands = {
      swipe: note('swipe'),
      lay: note('lay'),
      lift: note('lift'),
      pressEmergencyOpen: () => {
        this.hands.push('emergency');
        this.hall.contacts.isEmergencyHealthy = false;
      },
    };
    const pace = createPace(seededRandom(seed), isFast);
    const tell = (event: string): void => {
      this.told.push(event);
    };
    this.party = new Party(this.hall, { id: 't1', pace, hands, hasTailgater, tell });
  }

  get position_mm(): number {
    return this.hall.bodies.find((body) => body.id === 't1')?.position_mm ?? Number.NaN;
  }

  drive(door: DoorName, motion: 'open' | 'close'): void {
    this.hall.doors[door].drive = { motion, isLocked: false };
  }

  run(time_ms: number): void {
    for (let passed_ms = 0; passed_ms < time_ms && !this.party.isGone; passed_ms += 10) {
      this.party.tick(10, this.lamps, this.hall.isEmergency);
      this.hall.tick(10);
    }
  }

  /** Runs until it holds, at most so long. */
  until(holds: () => boolean, limit_ms = 30_000): void {
    for (let passed_ms = 0; passed_ms < limit_ms && !holds(); passed_ms += 10) this.run(10);
    expect(holds()).toBe(true);
  }

  presented(): Scene {
    this.until(() => this.hands.includes('lay'));
    this.lamps = reading;
    this.run(1500);
    return this;
  }

  withDocumentBack(): Scene {
    this.presented().lamps = take;
    this.until(() => this.hands.includes('lift'));
    return this;
  }

  inside(): Scene {
    this.withDocumentBack().lamps = walkIn;
    this.drive('entry', 'open');
    this.until(() => this.position_mm > 500);
    this.lamps = stay;
    this.drive('entry', 'close');
    this.until(() => this.hall.doors.entry.position_percent === 0);
    return this;
  }
}

test('a traveller swipes the document only when the lamp asks for it, lays it down, and leaves it while it is read', () => {
  const scene = new Scene();
  scene.lamps = { ...inviting, document: 'off' };
  scene.run(10_000);
  expect(scene.hands).toEqual([]);
  scene.lamps = inviting;
  scene.until(() => scene.hands.length === 2);
  scene.lamps = reading;
  scene.run(20_000);
  expect(scene.hands).toEqual(['swipe', 'lay']);
});

test('a traveller walks in on green with the door open, stands at the mark, and leaves by the exit when it opens', () => {
  const scene = new Scene().inside();
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.run(5000);
  expect(scene.position_mm).toBe(lane.mark_mm);
  scene.lamps = walkOut;
  scene.drive('exit', 'open');
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('exit');
  expect(scene.hands).toEqual(['swipe', 'lay', 'lift']);
  expect(scene.hall.watch.broken).toEqual([]);
});

test('a traveller does not walk in while the lamp is not green, although the door stands open', () => {
  const scene = new Scene().withDocumentBack();
  scene.drive('entry', 'open');
  scene.run(5000);
  expect(scene.position_mm).toBeLessThan(0);
});

test('a traveller who sees the entry open again behind them, and the exit shut, walks back to the public hall', () => {
  const scene = new Scene().inside();
  scene.run(3000);
  scene.drive('entry', 'open');
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('entry');
});

test('a traveller who sees red after presenting takes the document and goes to the desk without entering', () => {
  const scene = new Scene().presented();
  scene.lamps = toDesk;
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('neverEntered');
  expect(scene.hands).toEqual(['swipe', 'lay', 'lift']);
});

test('a document that the reader does not take is presented three times, then the traveller goes to the desk', () => {
  const scene = new Scene();
  scene.until(() => scene.party.isGone, 60_000);
  expect(scene.hands.filter((what) => what === 'swipe')).toHaveLength(3);
  expect(scene.hands.at(-1)).toBe('lift');
  expect(scene.party.leftBy).toBe('neverEntered');
});

test('a traveller who takes the document away while it is read does not put it back', () => {
  const scene = new Scene().presented();
  scene.party.traveller.snatchDocument();
  expect(scene.hands.at(-1)).toBe('lift');
  scene.run(5000);
  scene.lamps = toDesk;
  scene.until(() => scene.party.isGone);
  expect(scene.hands).toEqual(['swipe', 'lay', 'lift']);
  expect(scene.party.leftBy).toBe('neverEntered');
});

test.each([
  ['before presenting', (scene: Scene) => Object.assign(scene, { lamps: stay })],
  ['while the document is read', (scene: Scene) => scene.presented()],
  ['with the document back in hand', (scene: Scene) => Object.assign(scene.withDocumentBack(), { lamps: walkIn })],
])('a traveller whom nobody serves loses patience and goes: %s', (_where, arrange) => {
  const scene = new Scene();
  arrange(scene);
  scene.until(() => scene.party.isGone, 200_000);
  expect(scene.party.leftBy).toBe('neverEntered');
});

test('a traveller who is shut in for minutes presses the emergency button and walks out', () => {
  const scene = new Scene().inside();
  scene.run(patience.inChamber_ms - 10_000);
  expect(scene.hands).not.toContain('emergency');
  scene.until(() => scene.party.isGone, 60_000);
  expect(scene.hands).toContain('emergency');
  expect(scene.hall.watch.broken).toEqual([]);
});

test('on an alarm a traveller in the chamber leaves by a door that opens, and one outside walks away', () => {
  const inside = new Scene().inside();
  inside.hall.contacts.isFireAlarm = true;
  inside.until(() => inside.party.isGone);
  expect(inside.party.leftBy).toBe('exit');
  const outside = new Scene().presented();
  outside.hall.contacts.isFireAlarm = true;
  outside.until(() => outside.party.isGone);
  expect(outside.party.leftBy).toBe('neverEntered');
});

test('a tailgater slips in close behind, so that the sensor sees two, and leaves when the traveller does', () => {
  const scene = new Scene({ hasTailgater: true }).withDocumentBack();
  scene.lamps = walkIn;
  scene.drive('entry', 'open');
  scene.until(() => scene.hall.sensors().secondPerson);
  scene.run(5000);
  expect(scene.hall.sensors()).toMatchObject({ secondPerson: true, entryClosingZone: false });
  scene.until(() => scene.party.isGone, 60_000);
  expect(scene.party.leftBy).toBe('entry');
  expect(scene.hall.bodies).toEqual([]);
});

test('a traveller with somebody behind them gives the other more than 8 s to step back through the open door', () => {
  const scene = new Scene({ hasTailgater: true }).withDocumentBack();
  scene.lamps = walkIn;
  scene.drive('entry', 'open');
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.run(9000);
  expect(scene.position_mm).toBe(lane.mark_mm);
});

test('fast shortens what people take and nothing else', () => {
  const timeOf = (isFast: boolean): number => {
    const scene = new Scene({ isFast }).inside();
    scene.drive('exit', 'open');
    scene.until(() => scene.party.isGone);
    return scene.hall.now_ms;
  };
  expect(timeOf(true)).toBeLessThan(timeOf(false) * 0.75);
});

test('one seed gives one story, another seed another', () => {
  const story = (seed: number): string => {
    const scene = new Scene({ seed }).inside();
    return `${scene.hall.now_ms} ${scene.told.join(' > ')}`;
  };
  expect(story(7)).toBe(story(7));
  expect(story(7)).not.toBe(story(8));
});
