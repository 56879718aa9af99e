/** Faults that begin at moments of a traveller's, and end by themselves, with the passage, or not at all. */
import type { Party } from '../hall/party.ts';
import type { Mishap, Scenario } from './scenario.ts';

type Switch = (fault: string, isOn: boolean) => void;

export class Mishaps {
  readonly #pending: { readonly mishap: Mishap; for_ms: number }[];
  readonly #lasting: { readonly mishap: Mishap; left_ms: number }[] = [];
  readonly #switch: Switch;

  constructor({ mishaps = [] }: Scenario, switchFault: Switch) {
    this.#pending = mishaps.map((mishap) => ({ mishap, for_ms: 0 }));
    this.#switch = switchFault;
  }

  tick(dt_ms: number, party: Party): void {
    const now = this.#pending.filter(({ mishap }) => isNow(mishap, party));
    for (const entry of now) entry.for_ms += dt_ms;
    for (const entry of now.filter(({ mishap, for_ms }) => for_ms > (mishap.after_ms ?? 0))) {
      this.#pending.splice(this.#pending.indexOf(entry), 1);
      this.#switch(entry.mishap.fault, true);
      this.#lasting.push({ mishap: entry.mishap, left_ms: entry.mishap.for_ms ?? Number.POSITIVE_INFINITY });
    }
    for (const entry of this.#lasting) entry.left_ms -= dt_ms;
    for (const entry of this.#lasting.filter(({ left_ms }) => left_ms <= 0)) this.#end(entry);
  }

  /** The party has left. */
  end(): void {
    for (const entry of this.#lasting.filter(({ mishap }) => mishap.stays !== true)) this.#end(entry);
  }

  #end(entry: { readonly mishap: Mishap; left_ms: number }): void {
    this.#lasting.splice(this.#lasting.indexOf(entry), 1);
    this.#switch(entry.mishap.fault, false);
  }
}

const isNow = ({ when }: Mishap, party: Party): boolean =>
  when === 'inView' ? party.cameraDistance_mm !== null : party.traveller.state === when;
