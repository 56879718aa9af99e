/** One person's way through the lane. They see lamps, display and doors, and know nothing else. */
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import { between, type Random, seededRandom } from '../../simulator/hall/random.ts';
import { lane } from '../../simulator/hall/geometry.ts';
import type { Body } from './hall.ts';
import type { LaneRun } from './lane-run.ts';
import type { LaneKind, Traveller } from './plan.ts';
import type { World } from './world.ts';

/** The queue: one person at the reader at a time. */
export type Queue = { atReader: string | null; readonly waiting: string[] };

export type TravellerParts = {
  readonly world: World;
  readonly run: LaneRun;
  readonly queue: Queue;
  readonly lane: LaneKind;
};

type WayOut = 'throughExit' | 'backOut';

export const outside_mm = -900;
export const gone_mm = 3_100;
/** Whoever waits for the lane longer than this goes to another. */
const patience_ms = 4 * 60_000;
/** In the cabin nobody is patient for ever, but nobody can do anything either. */
export const stay_max_ms = 20 * 60_000;

/** Resolves when somebody is through, for good or not. */
export async function travel(traveller: Traveller, parts: TravellerParts): Promise<void> {
  await new Journey(traveller, parts).go();
}

/** A door that stands open with a green lamp, or open in an emergency; the exit first. */
export function shownWay({ hall, hardware }: World): DoorName | null {
  const isShown = (door: DoorName): boolean =>
    hall.isPassable(door) && (hardware.lamps[door] === 'green' || hardware.isEmergency);
  return isShown('exit') ? 'exit' : isShown('entry') ? 'entry' : null;
}

/** True when it was reached in time. */
export function walkTo(world: World, body: Body, target_mm: number, most_ms: number): Promise<boolean> {
  body.target_mm = Math.round(target_mm);
  world.touch();
  return world.until(() => body.position_mm === body.target_mm, most_ms);
}

class Journey {
  readonly #t: Traveller;
  readonly #p: TravellerParts;
  readonly #random: Random;
  #body: Body | undefined;
  #others: Body[] = [];

  constructor(traveller: Traveller, parts: TravellerParts) {
    this.#t = traveller;
    this.#p = parts;
    this.#random = seededRandom(traveller.seed);
  }

  async go(): Promise<void> {
    const { world } = this.#p;
    const { id, habit } = this.#t;
    world.tell(`${id} comes (${habit})`);
    if (!(await this.#queueUp())) return this.#goAway();
    if (!this.#isReadInside && !(await this.#present())) return this.#goAway();
    if (this.#p.lane === 'segregated') await this.#showTicket();
    const wait_ms = this.#isReadInside ? patience_ms : 45_000;
    const isOpen = await world.until(() => this.#isEntryOffered() || world.hardware.isEmergency, wait_ms);
    if (!isOpen || world.hardware.isEmergency) return this.#goAway();
    await this.#react(habit === 'dawdles' ? between(this.#random, 3_000, 20_000) : 0);
    return await this.#enter();
  }

  get #isReadInside(): boolean {
    return this.#p.lane === 'one-step';
  }

  /** At the gate the document that was read at the kiosk is shown again. */
  async #showTicket(): Promise<void> {
    const { world } = this.#p;
    if (!(await world.until(() => world.screen === 'goToGate' && this.#lamps.document === 'place', 5_000))) return;
    await this.#react(2_000);
    this.#lay(false);
    await this.#react();
    this.#take();
  }

  get #lamps() {
    return this.#p.world.hardware.lamps;
  }

  #isEntryOffered(): boolean {
    return this.#lamps.entry === 'green' && this.#p.world.hall.isPassable('entry');
  }

  #react(more_ms = 0): Promise<void> {
    return this.#p.world.time.sleep(this.#t.reaction_ms * between(this.#random, 0.6, 1.4) + more_ms);
  }

  async #queueUp(): Promise<boolean> {
    const { world, queue } = this.#p;
    const { id } = this.#t;
    queue.waiting.push(id);
    const isFirst = await world.until(() => queue.atReader === null && queue.waiting[0] === id, 4 * patience_ms);
    queue.waiting.splice(queue.waiting.indexOf(id), 1);
    if (isFirst) queue.atReader = id;
    return isFirst;
  }

  #leaveReader(): void {
    const { world, queue, run } = this.#p;
    if (queue.atReader !== this.#t.id) return;
    queue.atReader = null;
    if (run.tray.papers === this.#t.papers) this.#take();
    world.wakeWaiters();
  }

  #goAway(): void {
    this.#p.world.tell(`${this.#t.id} goes away`);
    this.#leaveReader();
  }

  #take(): void {
    const { run, world } = this.#p;
    if (run.tray.papers === null) return;
    run.tray.papers = null;
    world.tell(`${this.#t.id} takes the document`);
    run.devices?.chipReader.noticeTray();
  }

  /** True when the document was read and is in hand again. */
  async #present(): Promise<boolean> {
    const { world } = this.#p;
    let unreadable = this.#t.papers.unreadableTries;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const isDone = (): boolean => this.#body !== undefined && shownWay(world) !== null;
      if (!(await world.until(() => this.#lamps.document === 'place' || isDone(), patience_ms)) || isDone())
        return false;
      await this.#react();
      this.#lay(unreadable > 0);
      unreadable -= 1;
      if (this.#t.habit === 'walksAway' && attempt === 0) return false;
      const isTaken = await world.until(() => this.#lamps.document === 'reading', 2_500);
      if (!isTaken) {
        this.#take();
        continue;
      }
      if (this.#t.habit === 'snatchesDocument' && attempt === 0) {
        await world.time.sleep(between(this.#random, 100, 3_000));
        this.#take();
      }
      await world.until(() => this.#lamps.document !== 'reading', 40_000);
      const isRead = this.#lamps.document === 'take' && world.screen !== 'goToDesk';
      if (this.#t.habit === 'leavesDocument') await world.time.sleep(between(this.#random, 8_000, 40_000));
      else await this.#react();
      this.#take();
      if (this.#lamps.document === 'place' && this.#t.habit !== 'snatchesDocument') continue;
      if (isRead || this.#t.habit === 'snatchesDocument') return isRead;
      return false;
    }
    return false;
  }

  #lay(isUnreadable: boolean): void {
    const { run, world } = this.#p;
    const { papers, id } = this.#t;
    run.tray.papers = papers;
    world.tell(`${id} lays down ${papers.number}${isUnreadable ? ', unreadable' : ''}`);
    run.devices?.chipReader.noticeTray();
    const event = isUnreadable
      ? ({ type: 'mrzUnreadable', because: 'no-text' } as const)
      : ({ type: 'mrzRead', lines: papers.lines } as const);
    world.time.in(350, () => run.devices?.mrzReader.tell(event));
  }

  async #enter(): Promise<void> {
    const { world } = this.#p;
    const { habit, id, speed_mm_s } = this.#t;
    if (!this.#isEntryOffered() || !world.hall.isFreeAt(outside_mm)) return this.#goAway();
    this.#body = world.hall.enter(id, outside_mm);
    this.#body.speed_mm_s = speed_mm_s;
    this.#follow();
    world.tell(`${id} walks in`);
    if (habit === 'turnsBack') await this.#walk(between(this.#random, -200, 900), 4_000);
    if (habit === 'turnsBack') return this.#backOut();
    if (habit === 'standsInDoor') {
      await this.#walk(between(this.#random, -250, 250), 4_000);
      await world.time.sleep(between(this.#random, 1_000, 15_000));
    }
    if (habit === 'stepsInAndOut') {
      await this.#walk(between(this.#random, 200, 700), 4_000);
      await this.#walk(-700, 4_000);
    }
    await this.#walk(lane.mark_mm, 8_000);
    if (this.#body.position_mm < 0) return this.#backOut();
    if (this.#isReadInside) await this.#present();
    else this.#leaveReader();
    return await this.#stay();
  }

  /** Somebody comes along: a child, or one who was not asked. */
  #follow(): void {
    const { world } = this.#p;
    const { habit, id, speed_mm_s } = this.#t;
    if (habit !== 'bringsChild' && habit !== 'isTailgated') return;
    const name = habit === 'bringsChild' ? 'child' : 'tailgater';
    const other = world.hall.enter(`${id}-${name}`, outside_mm - 520);
    other.speed_mm_s = speed_mm_s;
    other.target_mm = lane.mark_mm - 520;
    this.#others.push(other);
    void this.#accompany(other, habit === 'isTailgated' ? 0.5 : 0.8);
  }

  /** Goes back when asked to, or stays beside. */
  async #accompany(other: Body, obedience: number): Promise<void> {
    const { world } = this.#p;
    const { hall } = world;
    const isAsked = (): boolean => world.screen === 'onePersonOnly' && this.#isEntryOffered();
    const isGone = (): boolean => !hall.bodies.includes(other);
    const isWithdrawn = await world.until(() => isAsked() || isGone(), 30_000);
    if (isWithdrawn && !isGone() && this.#random() < obedience) {
      await this.#react();
      other.target_mm = outside_mm - 520;
      world.touch();
    }
    await world.until(() => isGone() || other.position_mm < -700, stay_max_ms);
    hall.leave(other.id);
    world.touch();
  }

  async #stay(): Promise<void> {
    const { world } = this.#p;
    const { habit, id } = this.#t;
    const begun_ms = world.time.now_ms;
    if (habit === 'leavesSuitcase') this.#putDown();
    if (habit === 'pushesHelp') this.#pushHelp();
    if (habit === 'neverLeaves') await world.time.sleep(between(this.#random, 30_000, 200_000));
    while (world.time.now_ms - begun_ms < stay_max_ms) {
      const left_ms = stay_max_ms - (world.time.now_ms - begun_ms);
      const isShown = await world.until(() => shownWay(world) !== null, left_ms);
      if (!isShown) break;
      await this.#react();
      const way = shownWay(world);
      if (way === null) continue;
      const isOut = way === 'exit' ? await this.#walkOut() : await this.#walkBack();
      if (isOut && way === 'exit') return await this.#afterExit();
      if (isOut) return this.#vanish('backOut');
    }
    world.tell(`${id} is fetched out`);
    return this.#vanish('backOut');
  }

  async #walkOut(): Promise<boolean> {
    for (const other of this.#others) other.target_mm = gone_mm - 300;
    return await this.#walk(gone_mm, 6_000);
  }

  async #walkBack(): Promise<boolean> {
    for (const other of this.#others) other.target_mm = outside_mm - 520;
    return await this.#walk(outside_mm, 6_000);
  }

  async #afterExit(): Promise<void> {
    const { world } = this.#p;
    if (this.#t.habit !== 'comesBack' || !world.hall.isPassable('exit')) return this.#vanish('throughExit');
    world.tell(`${this.#t.id} comes back`);
    await this.#walk(lane.mark_mm, 5_000);
    if ((this.#body?.position_mm ?? gone_mm) > lane.exit_mm) return this.#vanish('throughExit');
    const isShown = await world.until(() => shownWay(world) !== null, stay_max_ms);
    const way = isShown ? shownWay(world) : null;
    if (way === 'entry') await this.#walkBack();
    else await this.#walkOut();
    return this.#vanish(way === 'entry' ? 'backOut' : 'throughExit');
  }

  async #backOut(): Promise<void> {
    const isOut = await this.#walkBack();
    return isOut ? this.#vanish('backOut') : await this.#stay();
  }

  #vanish(how: WayOut): void {
    const { world } = this.#p;
    world.hall.leave(this.#t.id);
    for (const other of this.#others) world.hall.leave(other.id);
    world.tell(`${this.#t.id} is out (${how})`);
    this.#leaveReader();
    world.touch();
  }

  async #walk(target_mm: number, most_ms: number): Promise<boolean> {
    return this.#body !== undefined && (await walkTo(this.#p.world, this.#body, target_mm, most_ms));
  }

  #putDown(): void {
    const { world } = this.#p;
    const { id } = this.#t;
    world.tell(`${id} leaves a suitcase`);
    world.hall.things.set(id, { from_mm: 500, to_mm: 900 });
    world.touch();
    const until_ms = between(this.#random, 30_000, 180_000);
    world.time.in(until_ms, () => {
      world.hall.things.delete(id);
      world.tell(`the suitcase of ${id} is fetched`);
      world.touch();
    });
  }

  #pushHelp(): void {
    const { world } = this.#p;
    const { contacts } = world.hardware;
    contacts.isHelpRequested = true;
    world.touch();
    world.time.in(1_500, () => {
      contacts.isHelpRequested = false;
      world.touch();
    });
  }
}
