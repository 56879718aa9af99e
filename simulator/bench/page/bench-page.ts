import { LitElement, html } from 'lit';
import type { BenchView, ScenarioView, WireView } from '../messages.ts';
import { type Link, LiveView } from './live-view.ts';
import { pageStyles } from './page-styles.ts';
import { sendTraveller, setFault, setStream } from './requests.ts';
import { shared } from './styles.ts';
import './lane-drawing.ts';
import './passage-list.ts';

/** The technician's page: the simulated hall from above, whom to send, what to break, and what ran over the wires. */
export class BenchPage extends LitElement {
  static override properties = {
    view: { state: true },
    link: { state: true },
    pending: { state: true },
    said: { state: true },
  };
  declare view: BenchView | null;
  declare link: Link;
  /** Names of what was asked for and is not answered yet. */
  declare pending: ReadonlySet<string>;
  declare said: { readonly isWrong: boolean; readonly words: string } | null;

  readonly #live = new LiveView<BenchView>({
    eventsURL: '/api/events',
    event: 'bench',
    snapshotURL: '/api/view',
    silence_ms: 4_000,
    answer_ms: 2_000,
    retry_ms: 1_000,
    onView: (view) => {
      this.view = view;
    },
    onLink: (link) => {
      this.link = link;
    },
  });

  static override styles = [shared, pageStyles];

  constructor() {
    super();
    this.view = null;
    this.link = 'connecting';
    this.pending = new Set();
    this.said = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#live.stop();
  }

  /** Asks the simulator for one thing; its control is disabled meanwhile. */
  async #ask(name: string, done: string, request: () => Promise<string | null>): Promise<void> {
    this.pending = new Set([...this.pending, name]);
    const wrong = await request();
    this.pending = new Set([...this.pending].filter((each) => each !== name));
    this.said = wrong === null ? { isWrong: false, words: done } : { isWrong: true, words: wrong };
  }

  #isBlocked(name: string): boolean {
    return this.link !== 'live' || this.pending.has(name);
  }

  override render() {
    const { view } = this;
    return html`${this.#header(view)}
      ${
        this.link === 'lost'
          ? html`<p class="loss" role="alert">
        <strong>No connection to the simulator: what you see is old</strong></p>`
          : null
      }
      ${view === null ? html`<main class="waiting soft">Asking the simulator …</main>` : this.#body(view)}`;
  }

  #header(view: BenchView | null) {
    const isLive = this.link === 'live';
    return html`<header>
      <h1>Bench <span class="soft">simulated lane</span></h1>
      ${view === null ? null : html`${this.#invariants(view)} ${this.#stream(view)}`}
      <p class="pill ${isLive ? 'good' : this.link === 'lost' ? 'bad' : 'accent'}">
        ${isLive ? '● Live' : this.link === 'lost' ? '✕ No connection' : '… Connecting'}
      </p>
    </header>`;
  }

  #invariants(view: BenchView) {
    const { checked, broken } = view.hall.invariants;
    const isBroken = broken.length > 0;
    return html`<p class="pill figures ${isBroken ? 'bad' : 'good'}" data-invariants>
      ${isBroken ? '✕' : '✓'} Invariants: ${checked.toLocaleString('en-GB')} checked, ${broken.length} broken
    </p>`;
  }

  #stream(view: BenchView) {
    const { isRunning, isPaused } = view.stream;
    const words = isPaused ? 'Stream paused' : isRunning ? 'Stream of travellers runs' : 'No stream of travellers';
    const label = isPaused || !isRunning ? 'Resume stream' : 'Pause stream';
    const paused = isRunning && !isPaused;
    return html`<span class="stream"
      ><span class="small soft">${words}</span>
      <button
        ?disabled=${this.#isBlocked('stream')}
        @click=${() => void this.#ask('stream', paused ? 'Stream paused.' : 'Stream resumed.', () => setStream({ paused }))}
      >
        ${label}
      </button></span
    >`;
  }

  #body(view: BenchView) {
    return html`<main class=${this.link === 'live' ? '' : 'old'}>
      <section class="panel lane" aria-label="Lane">
        <lane-drawing .hall=${view.hall}></lane-drawing>
        ${this.#broken(view)}
      </section>
      <section class="panel scenarios">
        <div class="line"><h2>Send a traveller</h2></div>
        <p class="small said ${this.said?.isWrong ? 'bad' : 'none'}" role="status">${this.said?.words ?? ''}</p>
        <div class="chapters">
          ${chaptersOf(view.scenarios).map(
            ([chapter, scenarios]) =>
              html`<h3>${chapter}</h3>
                <ul>${scenarios.map((scenario) => this.#scenario(scenario))}</ul>`,
          )}
        </div>
      </section>
      <section class="panel passages">
        <h2>Passages</h2>
        <passage-list .passages=${view.passages}></passage-list>
      </section>
      <section class="panel wires">
        <h2>Wires</h2>
        ${this.#wires(view.wires)} ${this.#services(view)}
      </section>
      <section class="panel faults">
        <h2>Faults</h2>
        <ul>${view.faults.map((fault) => this.#fault(fault))}</ul>
      </section>
    </main>`;
  }

  #broken(view: BenchView) {
    const { broken } = view.hall.invariants;
    if (broken.length === 0) return null;
    return html`<ul class="broken bad" role="alert">${broken.map((words) => html`<li>✕ ${words}</li>`)}</ul>`;
  }

  #scenario(scenario: ScenarioView) {
    const { name, expects } = scenario;
    const send = () => void this.#ask(`send ${name}`, `Sent: ${name}.`, () => sendTraveller({ scenario: name }));
    return html`<li>
      <div>
        <p class="title">${scenario.title}</p>
        <p class="small soft">
          <span class="code">${name}</span> → ${expects.outcome}${
            expects.reasons.length > 0
              ? html` <span
            class="code">${expects.reasons.join(', ')}</span>`
              : null
          }${scenario.isForAnyLane ? null : ' · with officers, or a lane configured for it'}
        </p>
      </div>
      <button aria-label=${`Send ${name}`} ?disabled=${this.#isBlocked(`send ${name}`)} @click=${send}>Send</button>
    </li>`;
  }

  #wires(wires: readonly WireView[]) {
    return html`<table>
      <thead>
        <tr><th scope="col">Device</th><th scope="col">Port</th><th scope="col">Baud</th><th scope="col">To host</th>
          <th scope="col">From host</th><th scope="col">Last exchange</th></tr>
      </thead>
      <tbody>
        ${wires.map(
          (wire) => html`<tr class=${wire.isPlugged ? '' : 'unplugged'}>
            <th scope="row">${wire.device}${
              wire.isPlugged
                ? null
                : html` <span
              class="pill bad">✕ unplugged</span>`
            }</th>
            <td class="code">${wire.path}</td>
            <td class="figures number">${wire.baudRate?.toLocaleString('en-GB') ?? '–'}</td>
            <td class="figures number">${wire.bytesToHost.toLocaleString('en-GB')}</td>
            <td class="figures number">${wire.bytesFromHost.toLocaleString('en-GB')}</td>
            <td class="small">${wire.lastExchange ?? '–'}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #services(view: BenchView) {
    const { watchlist } = view.services;
    return html`<dl class="small">
      <div><dt>Watchlist service</dt>
        <dd>${watchlist.mode}, ${watchlist.requests.toLocaleString('en-GB')} requests <span
          class="code soft">${watchlist.url}</span></dd></div>
      <div><dt>Camera</dt><dd>${view.camera.mode}, ${view.camera.frames.toLocaleString('en-GB')} frames <span
        class="code soft">${view.camera.url}</span></dd></div>
    </dl>`;
  }

  #fault(fault: BenchView['faults'][number]) {
    const { name, isOn } = fault;
    const flip = () => {
      const done = `${fault.title}: ${isOn ? 'off' : 'on'}.`;
      void this.#ask(`fault ${name}`, done, () => setFault({ name, on: !isOn }));
    };
    return html`<li>
      <button
        role="switch"
        aria-checked=${isOn}
        aria-label=${fault.title}
        class="switch"
        ?disabled=${this.#isBlocked(`fault ${name}`)}
        @click=${flip}
      >
        <span class="knob"></span>
      </button>
      <span class=${isOn ? 'on' : ''}>${fault.title}</span>
    </li>`;
  }
}

/** In the order of the list. */
const chaptersOf = (scenarios: readonly ScenarioView[]): readonly (readonly [string, readonly ScenarioView[]])[] =>
  [...new Set(scenarios.map(({ chapter }) => chapter))].map(
    (chapter) => [chapter, scenarios.filter((scenario) => scenario.chapter === chapter)] as const,
  );

customElements.define('bench-page', BenchPage);
