import { expect, test } from 'vitest';
import type { Lamps } from '../../drivers/contracts/gate-io.ts';
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import { lane } from '../../simulator/hall/geometry.ts';
import { Hall } from '../../simulator/hall/hall.ts';
import { type MannerName, mannerNamed } from '../../simulator/hall/manners.ts';
import { createPace } from '../../simulator/hall/pace.ts';
import { Party, type PartyOptions } from '../../simulator/hall/party.ts';
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

type SceneOptions = Pick<PartyOptions, 'second' | 'manner'> & { readonly isFast?: boolean; readonly seed?: number };

/** A party in a hall whose lamps and doors a test moves by hand; time is virtual. */
class Scene {
  readonly hall = new Hall();
  readonly hands: string[] = [];
  readonly told: string[] = [];
  readonly party: Party;
  lamps: Lamps = inviting;

  screen: string | null = null;

  constructor({ isFast = false, seed = 1, ...who }: SceneOptions = {}) {
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
    const pace = createPace(seededRandom(seed), isFast, mannerNamed(who.manner).slowness);
    const tell = (event: string): void => {
      this.told.push(event);
    };
    this.party = new Party(this.hall, { id: 't1', pace, hands, tell, ...who });
  }

  get position_mm(): number {
    return this.hall.bodies.find((body) => body.id === 't1')?.position_mm ?? Number.NaN;
  }

  drive(door: DoorName, motion: 'open' | 'close'): void {
    this.hall.doors[door].drive = { motion, isLocked: false };
  }

  run(time_ms: number): void {
    for (let passed_ms = 0; passed_ms < time_ms && !this.party.isGone; passed_ms += 10) {
      this.party.tick(10, { lamps: this.lamps, isAlarmSounding: this.hall.isEmergency, screen: this.screen });
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
  const scene = new Scene({ second: 'tailgater' }).withDocumentBack();
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
  const scene = new Scene({ second: 'tailgater' }).withDocumentBack();
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

test('a second person who came in by mistake steps back out of the open entry, and the traveller stays', () => {
  const scene = new Scene({ second: 'misled' }).withDocumentBack();
  scene.lamps = walkIn;
  scene.drive('entry', 'open');
  scene.until(() => scene.hall.sensors().secondPerson);
  scene.until(() => !scene.hall.sensors().secondPerson);
  scene.run(2_000);
  expect(scene.position_mm).toBe(lane.mark_mm);
  expect(scene.hall.bodies.map(({ kind }) => kind)).toEqual(['traveller']);
});

test('a child walks in and out with the traveller', () => {
  const scene = new Scene({ second: 'child' }).withDocumentBack();
  scene.lamps = walkIn;
  scene.drive('entry', 'open');
  scene.until(() => scene.hall.sensors().secondPerson && !scene.hall.sensors().entryClosingZone);
  scene.drive('entry', 'close');
  scene.run(2_000);
  scene.drive('exit', 'open');
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('exit');
  expect(scene.hall.watch.broken).toEqual([]);
});

/** Doors as the gate hardware moves them: an obstruction reopens. */
function closeCarefully(scene: Scene, door: DoorName): void {
  const zone = door === 'entry' ? 'entryClosingZone' : 'exitClosingZone';
  scene.drive(door, scene.hall.sensors()[zone] ? 'open' : 'close');
}

test('somebody runs in through the exit that closes behind a traveller, and is let out by the entry', () => {
  const scene = new Scene({ second: 'intruder' }).inside();
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.drive('exit', 'open');
  scene.until(() => scene.hall.bodies.some(({ kind }) => kind === 'intruder'));
  scene.until(() => !scene.hall.sensors().chamberRear && !scene.hall.sensors().exitClosingZone);
  scene.until(() => {
    closeCarefully(scene, 'exit');
    return scene.hall.doors.exit.position_percent === 0;
  });
  expect(scene.hall.bodies).toMatchObject([{ kind: 'intruder' }]);
  expect(scene.hall.sensors().floorMat).toBe(true);
  scene.drive('entry', 'open');
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('exit');
  expect(scene.hall.watch.broken).toEqual([]);
});

test('an exit that is shut in time keeps the intruder out', () => {
  const scene = new Scene({ second: 'intruder' }).inside();
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.drive('exit', 'open');
  scene.until(() => scene.party.leftBy !== null);
  scene.hall.doors.exit.position_percent = 0;
  scene.drive('exit', 'close');
  scene.until(() => scene.party.isGone);
  expect(scene.hall.sensors().floorMat).toBe(false);
});

test.each<[MannerName, string, (scene: Scene) => void, (scene: Scene) => boolean]>([
  ['turns-back', 'goes away although the entry is open', () => {}, ({ party }) => party.leftBy === 'neverEntered'],
  [
    'dawdles',
    'stands in the entry door, and walks on later',
    (scene) => {
      scene.until(() => scene.hall.sensors().entryClosingZone);
      scene.run(4_000);
      expect(scene.hall.sensors().entryClosingZone).toBe(true);
    },
    (scene) => scene.position_mm === lane.mark_mm,
  ],
])('a traveller who %s: %s', (manner, _, then, ends) => {
  const scene = new Scene({ manner }).withDocumentBack();
  scene.lamps = walkIn;
  scene.drive('entry', 'open');
  then(scene);
  scene.until(() => ends(scene));
});

test.each<[MannerName, number]>([
  ['stays-inside', 0],
  ['steps-back-in', 2_000],
])('a traveller who %s is in the cabin again, and goes by the way back when it opens', (manner, reaches_mm) => {
  const scene = new Scene({ manner }).inside();
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.drive('exit', 'open');
  scene.until(() => scene.position_mm >= reaches_mm);
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.run(15_000);
  expect(scene.position_mm).toBe(lane.mark_mm);
  scene.drive('exit', 'close');
  scene.until(() => scene.hall.doors.exit.position_percent === 0);
  scene.drive('entry', 'open');
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('entry');
  expect(scene.hall.watch.broken).toEqual([]);
});

test('a traveller who turns round behind the exit walks back in while it closes, and out again when it has reopened a while', () => {
  const scene = new Scene({ manner: 'comes-back-in' }).inside();
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.drive('exit', 'open');
  scene.until(() => scene.position_mm >= 2_900);
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.drive('exit', 'close');
  scene.run(2_000);
  scene.drive('exit', 'open');
  scene.run(5_000);
  expect(scene.position_mm).toBe(lane.mark_mm);
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('exit');
});

test('a traveller who sits down does not go by the way back until they are fetched', () => {
  const scene = new Scene({ manner: 'sits-down' }).inside();
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.drive('entry', 'open');
  scene.run(40_000);
  expect(scene.position_mm).toBe(lane.mark_mm);
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('entry');
});

test('a traveller who forgets the document leaves it on the reader', () => {
  const scene = new Scene({ manner: 'forgets-document' }).presented();
  scene.lamps = take;
  scene.run(5_000);
  expect(scene.hands).toEqual(['swipe', 'lay']);
  scene.lamps = toDesk;
  scene.until(() => scene.party.isGone);
  expect(scene.hands).toEqual(['swipe', 'lay']);
});

test('a traveller in a wheelchair takes more than ten seconds to take the document up, and twice as long to roll in', () => {
  const scene = new Scene({ manner: 'wheelchair' }).presented();
  scene.lamps = take;
  scene.run(10_500);
  expect(scene.hands).not.toContain('lift');
  scene.until(() => scene.hands.includes('lift'));
  scene.lamps = walkIn;
  scene.drive('entry', 'open');
  const began_ms = scene.hall.now_ms;
  scene.until(() => scene.position_mm === lane.mark_mm);
  expect(scene.hall.now_ms - began_ms).toBeGreaterThan(4_000);
});

test('at a lane whose reader stands in the cabin a traveller walks in when the display says so, and presents inside', () => {
  const scene = new Scene();
  scene.lamps = { entry: 'green', exit: 'red', document: 'off' };
  scene.drive('entry', 'open');
  scene.run(5_000);
  expect(scene.position_mm).toBe(lane.reader_mm);
  scene.screen = 'stepIn';
  scene.until(() => scene.position_mm === lane.mark_mm);
  scene.lamps = { entry: 'red', exit: 'red', document: 'off' };
  scene.drive('entry', 'close');
  scene.run(2_000);
  expect(scene.hands).toEqual([]);
  scene.lamps = { ...scene.lamps, document: 'place' };
  scene.until(() => scene.hands.includes('lay'));
  expect(scene.position_mm).toBe(lane.mark_mm);
  scene.lamps = { ...scene.lamps, document: 'take' };
  scene.until(() => scene.hands.includes('lift'));
  scene.lamps = walkOut;
  scene.drive('exit', 'open');
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('exit');
  expect(scene.hands).toEqual(['swipe', 'lay', 'lift']);
});

test('a traveller whom the display sends on to the gate shows the document there once more, without delay', () => {
  const scene = new Scene().withDocumentBack();
  scene.screen = 'goToGate';
  scene.lamps = { entry: 'red', exit: 'off', document: 'place' };
  scene.until(() => scene.hands.filter((what) => what === 'lay').length === 2, 5_000);
  scene.lamps = walkIn;
  scene.drive('entry', 'open');
  scene.until(() => scene.position_mm === lane.mark_mm);
  expect(scene.hands.at(-1)).toBe('lift');
});

test('a red lamp is no refusal while the display asks to wait for the cabin', () => {
  const scene = new Scene().withDocumentBack();
  scene.lamps = stay;
  scene.screen = 'waitForCabin';
  scene.run(10_000);
  expect(scene.position_mm).toBe(lane.reader_mm);
  scene.screen = 'goToDesk';
  scene.until(() => scene.party.isGone);
  expect(scene.party.leftBy).toBe('neverEntered');
});
