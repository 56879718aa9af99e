import { LitElement, html } from 'lit';
import type { MachineKind, MachinesView, TechnicianView } from '../api/technician-messages.ts';
import { duration } from '../console/figures.ts';
import { LaneClock } from '../console/lane-clock.ts';
import { type Link, LiveView } from '../console/live-view.ts';
import { shared } from '../console/styles.ts';
import { linkPill, toneSymbol } from '../console/symbols.ts';
import { modeTones, modeWords } from '../console/words.ts';
import { standingsOf } from './machine-graph.ts';
import { technicianStyles } from './technician-styles.ts';
import './device-list.ts';
import './machine-map.ts';
import './maintenance-panel.ts';
import './step-table.ts';

const machines_ms = 5_000;
const noMachines: MachinesView = { lane: [], transaction: [] };

/** The technician's page: devices and doors at the left, the machines and their steps at the right. */
export class TechnicianPage extends LitElement {
  static override properties = {
    view: { state: true },
    machines: { state: true },
    link: { state: true },
    age_ms: { state: true },
  };
  declare view: TechnicianView | null;
  declare machines: MachinesView;
  declare link: Link;
  declare age_ms: number;
  readonly #clock = new LaneClock();
  readonly #live = new LiveView<TechnicianView>({
    eventsURL: '/api/technician/events',
    event: 'technician',
    snapshotURL: '/api/technician',
    silence_ms: 4_000,
    answer_ms: 2_000,
    retry_ms: 1_000,
    onView: (view) => {
      this.view = view;
      this.age_ms = 0;
      this.#clock.hear(view.at_ms);
    },
    onLink: (link) => this.#follow(link),
  });
  #ticker: ReturnType<typeof setInterval> | undefined;

  static override styles = [shared, technicianStyles];

  constructor() {
    super();
    this.view = null;
    this.machines = noMachines;
    this.link = 'connecting';
    this.age_ms = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.start();
    this.#ticker = setInterval(() => {
      this.age_ms = this.#live.age_ms();
    }, 500);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#live.stop();
    clearInterval(this.#ticker);
  }

  /** After every connection: the controller may be another version by then. */
  #follow(link: Link): void {
    this.link = link;
    if (link === 'live') void this.#askMachines();
  }

  async #askMachines(): Promise<void> {
    try {
      const answer = await fetch('/api/machines', { signal: AbortSignal.timeout(machines_ms) });
      if (answer.ok) this.machines = (await answer.json()) as MachinesView;
    } catch {
      // Without the tables the page shows everything else; the next connection asks again.
    }
  }

  override render() {
    const { view } = this;
    return html`${this.#header()} ${this.#loss()}
      ${view === null ? html`<main><p class="soft">Asking the lane …</p></main>` : this.#body(view)}`;
  }

  #header() {
    const { link, view } = this;
    return html`<header>
      <h1>${view?.name ?? 'Border gate'} <span class="soft">Technician</span></h1>
      ${
        view === null
          ? null
          : html`<p class="pill ${modeTones[view.mode]}">${toneSymbol(modeTones[view.mode])}${modeWords[view.mode]}</p>
            <p class="small soft figures">record ${view.seq} · ${view.version}</p>`
      }
      ${linkPill(link)}
    </header>`;
  }

  #loss() {
    if (this.link !== 'lost') return null;
    return html`<p class="loss" role="alert">
      <strong>No connection to lane: what you see is old</strong> Last heard ${duration(this.age_ms)} ago. Nothing can be moved from here.
    </p>`;
  }

  #body(view: TechnicianView) {
    const now_ms = view.at_ms + this.age_ms;
    const isLive = this.link === 'live';
    return html`<main class=${isLive ? '' : 'old'}>
      <div class="column">
        <section class="panel"><h2>Devices</h2><device-list .devices=${view.devices} .now_ms=${now_ms}></device-list></section>
        <section class="panel">
          <h2>Doors and maintenance</h2>
          <maintenance-panel .view=${view} .clock=${this.#clock} .isLive=${isLive}></maintenance-panel>
        </section>
        <section class="panel"><h2>Inputs of the gate</h2>${this.#inputs(view)}</section>
        <section class="panel"><h2>Health</h2>${this.#health(view)}</section>
      </div>
      <div class="column">
        ${(['lane', 'transaction'] as const).map((machine) => this.#machine(machine, view, now_ms))}
        <section class="panel"><h2>Waits under way</h2>${this.#timers(view)}</section>
        <section class="panel"><h2>Last steps</h2><step-table .steps=${view.steps}></step-table></section>
      </div>
    </main>`;
  }

  #machine(machine: MachineKind, view: TechnicianView, now_ms: number) {
    return html`<section class="panel">
      <machine-map
        .machine=${machine}
        .rows=${this.machines[machine]}
        .standings=${standingsOf(view.standings, machine)}
        .now_ms=${now_ms}
      ></machine-map>
    </section>`;
  }

  #inputs({ inputs }: TechnicianView) {
    if (inputs.length === 0) return html`<p class="soft small">The gate hardware has not answered.</p>`;
    return html`<ul class="inputs" aria-label="Inputs">
      ${inputs.map(({ isOn, name }) => html`<li ?data-on=${isOn}>${name}<span class="unseen">${isOn ? ': on' : ': off'}</span></li>`)}
    </ul>`;
  }

  #health({ health }: TechnicianView) {
    return html`<dl>
      ${health.map(
        ({ isGood, name, value }) => html`<dt>${name}</dt>
          <dd class=${isGood ? '' : 'bad'}>${isGood ? null : toneSymbol('bad')}${value}</dd>`,
      )}
    </dl>`;
  }

  /** What is left of a wait runs on between two views. */
  #timers({ timers }: TechnicianView) {
    if (timers.length === 0) return html`<p class="soft small">Nothing is waited for.</p>`;
    return html`<ul class="timers" aria-label="Waits">
      ${[...timers]
        .sort((a, b) => a.left_ms - b.left_ms)
        .map(({ left_ms, machine, name }) => {
          const left_s = Math.max(0, left_ms - this.age_ms) / 1000;
          return html`<li>
            <span>${name} <span class="soft small">${machine}</span></span>
            <span class="figures">${left_s.toFixed(1)} s</span>
            <progress max="60" .value=${Math.min(60, left_s)} aria-label=${`Left of ${name}`}></progress>
          </li>`;
        })}
    </ul>`;
  }
}
customElements.define('technician-page', TechnicianPage);
