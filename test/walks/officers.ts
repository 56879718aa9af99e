/** Officers on duty: they look after referrals, open the lane, reset it; late, twice, wrongly or not at all. */
import { between, forkedRandom, type Random, seededRandom } from '../../simulator/hall/random.ts';
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import { laneSnapshot, laneSubject, transactionSnapshot } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import type { LaneRun } from './lane-run.ts';
import type { World } from './world.ts';

/** How long a command means what the officer saw. */
const valid_ms = 5_000;
const attend_ms = 10_000;

type Word = { readonly type: string } & Readonly<Record<string, unknown>>;

export class Officers {
  readonly #world: World;
  readonly #run: LaneRun;
  readonly #seed: number;
  readonly #intensity: number;
  /** Calls that are being looked after. */
  readonly #called = new Set<string>();
  /** Nobody is at the console. */
  isAway = false;
  #isOpening = false;
  #isResetting = false;
  #isUnlocking = false;

  constructor(parts: { world: World; run: LaneRun; seed: number; intensity: number }) {
    this.#world = parts.world;
    this.#run = parts.run;
    this.#seed = parts.seed;
    this.#intensity = parts.intensity;
  }

  /** Signs of life, as long as the walk lasts. */
  attend(): void {
    if (!this.isAway) this.#run.controller?.attend();
    this.#world.time.in(attend_ms, () => this.attend());
  }

  observe(step: Committed): void {
    if (step.subject === laneSubject) this.#lookAtLane(outermost(step.value));
    else if (step.effects.some(({ type }) => type === 'callOfficer')) this.#answer(step.subject);
  }

  #lookAtLane(state: string): void {
    if (state === 'closed') void this.#open();
    if (state === 'evacuation') void this.#reset();
    if (state === 'lockdown') void this.#endLockdown();
  }

  async #open(): Promise<void> {
    if (this.#isOpening) return;
    this.#isOpening = true;
    const random = this.#for(`open ${this.#world.time.now_ms}`);
    await this.#world.time.sleep(between(random, 3_000, 20_000));
    this.#isOpening = false;
    if (this.#run.laneState === 'closed') this.#tellLane({ type: 'OFFICER_OPENED_LANE' });
    // Somebody else was quicker, or it was not heard: look again.
    this.#world.time.in(10_000, () => this.#lookAtLane(this.#run.laneState));
  }

  async #reset(): Promise<void> {
    if (this.#isResetting) return;
    this.#isResetting = true;
    const random = this.#for(`reset ${this.#world.time.now_ms}`);
    // The first is too eager.
    await this.#world.time.sleep(between(random, 2_000, 30_000));
    this.#tellLane({ type: 'OFFICER_RESET_EVACUATION', reason: 'walked through' });
    await this.#world.until(() => !this.#world.hardware.isEmergency, 60 * 60_000);
    await this.#world.time.sleep(between(random, 10_000, 40_000));
    this.#tellLane({ type: 'OFFICER_RESET_EVACUATION', reason: 'walked through' });
    this.#isResetting = false;
    this.#world.time.in(15_000, () => this.#lookAtLane(this.#run.laneState));
  }

  async #endLockdown(): Promise<void> {
    if (this.#isUnlocking) return;
    this.#isUnlocking = true;
    const random = this.#for(`unlock ${this.#world.time.now_ms}`);
    await this.#world.time.sleep(between(random, 15_000, 120_000));
    this.#tellLane({ type: 'OFFICER_RESET_LOCKDOWN', reason: 'looked into the cabin' });
    await this.#world.time.sleep(between(random, 1_000, 35_000));
    this.#tellLane({ type: 'OFFICER_RESET_LOCKDOWN', reason: 'looked into the cabin' }, 'officer-2');
    this.#isUnlocking = false;
    this.#world.time.in(10_000, () => this.#lookAtLane(this.#run.laneState));
  }

  #answer(id: string): void {
    if (this.#called.has(id)) return;
    this.#called.add(id);
    void this.#lookAfter(id, this.#for(`case ${id} ${this.#world.time.now_ms}`));
  }

  async #lookAfter(id: string, random: Random): Promise<void> {
    const { time } = this.#world;
    if (this.isAway || random() < 0.04 * this.#intensity) {
      // This call is not heard; the next one may be.
      this.#called.delete(id);
      return;
    }
    await time.sleep(between(random, 2_000, random() < 0.05 * this.#intensity ? 90_000 : 15_000));
    this.#tell(id, { type: 'OFFICER_ACKNOWLEDGED' });
    await time.sleep(between(random, 1_000, 12_000));
    if (random() < 0.1) this.#tell(id, { type: 'OFFICER_ALLOWED_COMPANION', reason: 'travels with a child' });
    const isReleased = random() < 0.5;
    const word = { type: isReleased ? 'OFFICER_RELEASED' : 'OFFICER_RETURNED', reason: 'looked at' };
    const isHeld = this.#stepOf(id) === 'held';
    if (isHeld || random() < 0.3) this.#tell(id, word);
    // Some releases need a second officer; the first one pressing twice is none.
    if (random() < 0.2) this.#tell(id, word);
    if (isReleased && random() < 0.7) this.#tell(id, word, 'officer-2');
    if (random() < 0.05) this.#tell(id, { ...word, type: 'OFFICER_RELEASED' });
    this.#called.delete(id);
    await time.sleep(20_000);
    if (this.#stepOf(id) === 'held') this.#answer(id);
  }

  /** Presses whatever there is, for whoever comes to mind. */
  confuse(seed: number): void {
    const random = seededRandom(seed);
    const kernel = this.#run.controller?.kernel;
    const transaction = (kernel === undefined ? undefined : laneSnapshot(kernel)?.context.transactionId) ?? 'p1';
    const words = [
      () => this.#tellLane({ type: 'OFFICER_OPENED_LANE' }),
      () => this.#tellLane({ type: 'OFFICER_RESET_EVACUATION', reason: 'by mistake' }),
      () => this.#tell(transaction, { type: 'OFFICER_RELEASED', reason: 'by mistake' }),
      () => this.#tell(transaction, { type: 'OFFICER_RETURNED', reason: 'by mistake' }),
      () => this.#tell('p1', { type: 'OFFICER_RELEASED', reason: 'somebody else' }),
    ];
    for (let n = 0; n < 3; n += 1) words[Math.floor(random() * words.length)]?.();
  }

  lockLane(isDuress: boolean): void {
    this.#tellLane({ type: 'OFFICER_LOCKED_LANE', isDuress });
  }

  assist(isAssisted: boolean): void {
    this.#tellLane({ type: isAssisted ? 'OFFICER_ASSISTED_LANE' : 'OFFICER_OPENED_LANE' });
  }

  setProfile(profile: 'standard' | 'accessible'): void {
    this.#tellLane({ type: 'OFFICER_SET_PROFILE', profile });
  }

  /** A technician works in the gate, with an officer's consent, or without. */
  async maintain(random: Random, for_ms: number): Promise<void> {
    const technician = { technician: 'technician-1' };
    this.closeLane();
    await this.#world.time.sleep(between(random, 100, 40_000));
    this.#tellLane({ type: 'TECHNICIAN_ASKED_MAINTENANCE', ...technician });
    await this.#world.time.sleep(between(random, 500, 35_000));
    if (random() < 0.8) this.#tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE' });
    for (let n = 0; n < 5; n += 1) {
      await this.#world.time.sleep(for_ms / 5);
      const door = random() < 0.5 ? 'entry' : 'exit';
      const command = random() < 0.6 ? 'open' : 'close';
      this.#tellLane({ type: 'TECHNICIAN_MOVED_DOOR', door, command, ...technician });
    }
    await this.#world.time.sleep(5_000);
    this.#tellLane({ type: 'TECHNICIAN_ENDED_MAINTENANCE', ...technician });
  }

  closeLane(): void {
    this.#tellLane({ type: 'OFFICER_CLOSED_LANE' });
  }

  #stepOf(id: string): string {
    const kernel = this.#run.controller?.kernel;
    return kernel === undefined ? '' : outermost(transactionSnapshot(kernel, id)?.value ?? '');
  }

  #tellLane(event: Word, officer = 'officer-1'): void {
    this.#world.tell(`${officer}: ${event.type}`);
    this.#run.tellLane(this.#signed(event, officer));
  }

  #tell(id: string, event: Word, officer = 'officer-1'): void {
    this.#world.tell(`${officer}: ${event.type} ${id}`);
    this.#run.tellTransaction(id, this.#signed(event, officer));
  }

  #signed(event: Word, officer: string) {
    return { ...event, officer, validUntil_ms: Math.round(this.#world.time.wall_ms) + valid_ms };
  }

  /** What is drawn for one case does not depend on other cases. */
  #for(what: string): Random {
    return forkedRandom(0, `${this.#seed} ${what}`);
  }
}
