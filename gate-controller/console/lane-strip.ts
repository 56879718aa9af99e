import { LitElement, css, html } from 'lit';
import type { DoorView, LaneView, OfficerCommandName } from '../api/messages.ts';
import { basisOf } from './cases.ts';
import { duration } from './figures.ts';
import { LaneClock } from './lane-clock.ts';
import { modeTones, modeWords, motionWords, severityTones } from './words.ts';
import { lanePlan } from './lane-plan.ts';
import { toneSymbol } from './symbols.ts';
import { shared } from './styles.ts';
import './command-bar.ts';

const laneCommands: readonly OfficerCommandName[] = [
  'acknowledge',
  'consentMaintenance',
  'openLane',
  'closeLane',
  'resetEvacuation',
  'resetLockdown',
];
const rareCommands: readonly OfficerCommandName[] = [
  'assistLane',
  'useAccessibleProfile',
  'useStandardProfile',
  'resetLockdown',
  'lockLane',
];

/** A lane that does not look locked is unlocked from among the rare commands. */
const isRare = (command: OfficerCommandName, { mode }: LaneView): boolean =>
  rareCommands.includes(command) && !(command === 'resetLockdown' && mode === 'lockdown');

/** One card a lane: mode, doors, cabin, faults, today's figures, and the commands for the lane itself. */
export class LaneStrip extends LitElement {
  static override properties = {
    lanes: { attribute: false },
    chosenLaneId: {},
    isLive: { type: Boolean },
    officer: {},
    clock: { attribute: false },
  };
  declare lanes: readonly LaneView[];
  declare chosenLaneId: string | null;
  declare isLive: boolean;
  declare officer: string | null;
  declare clock: LaneClock;

  static override styles = [
    shared,
    css`
      ul { display: flex; flex-wrap: wrap; gap: var(--gap-3); }
      li {
        flex: 1 1 400px; max-width: 100%; padding: var(--gap-2) var(--gap-4);
        display: flex; flex-wrap: wrap; align-items: center; align-content: start; gap: var(--gap-2) var(--gap-4);
      }
      command-bar { margin-left: auto; order: 1; }
      dl { order: 2; flex-basis: 100%; }
      li:only-child dl { order: 0; flex-basis: auto; }
      .faults { flex-basis: 100%; order: 3; }
      .plan { width: 92px; height: 34px; flex: none; }
      .plan .wall { stroke: var(--line-strong); stroke-width: 2; fill: none; }
      .plan .leaf { stroke: var(--ink); stroke-width: 4; transition: y1 0.3s, y2 0.3s; }
      .plan .leaf.warn { stroke: var(--tone); }
      .plan .body { fill: var(--accent); }
      .plan .second { fill: var(--bad); }
      li:only-child { gap: var(--gap-2) var(--gap-5); }
      li[data-chosen] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
      .head { display: flex; align-items: center; gap: var(--gap-3); flex-wrap: wrap; }
      .name {
        border: 0;
        background: none;
        padding: 2px 4px;
        margin-left: -4px;
        min-height: 0;
        font-size: var(--text-l);
        font-weight: 650;
        text-align: left;
      }
      .name:hover:enabled { background: none; text-decoration: underline; }
      dl { display: flex; flex-wrap: wrap; gap: var(--gap-1) var(--gap-5); }
      dl > div { display: grid; }
      dt { font-size: var(--text-s); color: var(--ink-soft); line-height: 1.2; }
      dd { font-weight: 600; line-height: 1.3; }
      dd.warn, dd.bad { color: var(--tone); }
      .incidents { flex-basis: 100%; order: 3; display: grid; gap: var(--gap-1); }
      .incidents li {
        display: flex; flex-wrap: nowrap; gap: var(--gap-2) var(--gap-3); align-items: flex-start;
        padding: 8px var(--gap-3); border-radius: 6px; background: var(--tone-soft); color: var(--ink);
      }
      .incidents p { flex: 1 1 auto; }
      .incidents strong { color: var(--tone); }
      .incidents .small { flex: none; }
      .maintenance {
        flex-basis: 100%; order: 3; display: flex; gap: var(--gap-2);
        padding: 8px var(--gap-3); border-radius: 6px; background: var(--tone-soft);
      }
      .faults { display: grid; gap: var(--gap-1); }
      .faults p {
        display: flex;
        gap: var(--gap-2);
        align-items: flex-start;
        color: var(--tone);
        font-weight: 600;
        font-size: var(--text-s);
      }
    `,
  ];

  constructor() {
    super();
    this.lanes = [];
    this.chosenLaneId = null;
    this.isLive = false;
    this.officer = null;
    this.clock = new LaneClock();
  }

  override render() {
    return html`<h2 class="unseen">Lanes</h2>
      <ul aria-label="Lanes">
        ${this.lanes.map((lane) => this.#card(lane))}
      </ul>`;
  }

  #card(lane: LaneView) {
    const choose = () => this.dispatchEvent(new CustomEvent('lane-chosen', { detail: lane.laneId }));
    const tone = modeTones[lane.mode];
    return html`<li class="panel" ?data-chosen=${this.lanes.length > 1 && lane.laneId === this.chosenLaneId}>
      <div class="head">
        <button class="name" @click=${choose} aria-pressed=${lane.laneId === this.chosenLaneId}>${lane.name}</button>
        <span class="pill ${tone}">${toneSymbol(tone)}${modeWords[lane.mode]}</span>
        ${this.#marks(lane)}
      </div>
      ${lanePlan(lane)}
      <dl>
        ${this.#door('Entry', lane.doors?.entry)} ${this.#door('Exit', lane.doors?.exit)} ${this.#cabin(lane)}
        <div>
          <dt>Today</dt>
          <dd class="figures">${lane.today.admitted} admitted · ${lane.today.referred} referred · ${lane.today.other} other</dd>
        </div>
      </dl>
      ${this.#commands(lane)} ${this.#incidents(lane)} ${this.#maintenance(lane)} ${this.#faults(lane)}
    </li>`;
  }

  #commands(lane: LaneView) {
    return html`<command-bar
      .laneId=${lane.laneId}
      .transactionId=${null}
      .seq=${lane.seq}
      .commands=${laneCommands.filter((command) => lane.commands.includes(command) && !isRare(command, lane))}
      .rare=${rareCommands.filter((command) => lane.commands.includes(command) && isRare(command, lane))}
      .canAlarm=${lane.commands.includes('duress')}
      .waiting=${lane.waitingForSecondOfficer}
      .officer=${this.officer}
      .clock=${this.clock}
      .basis=${basisOf(lane, null)}
      .isLive=${this.isLive}
    ></command-bar>`;
  }

  #marks({ profile }: LaneView) {
    return profile === 'accessible'
      ? html`<span class="pill accent">${toneSymbol('accent')}More time for the next</span>`
      : null;
  }

  /** What stands in the lane and concerns nobody's passage: said with what to do. */
  #incidents({ at_ms, incidents }: LaneView) {
    if (incidents.length === 0) return null;
    return html`<ul class="incidents" aria-label="Incidents">
      ${incidents.map(({ advice, code, exception, severity, since_ms, title }) => {
        const tone = severityTones[severity];
        return html`<li class=${tone} data-incident=${code}>
          ${toneSymbol(tone)}
          <p><strong>${title}</strong> ${advice}</p>
          <span class="small soft figures">${exception === null ? null : html`${exception} · `}${
            since_ms === null ? 'now' : `for ${duration(at_ms - since_ms)}`
          }</span>
        </li>`;
      })}
    </ul>`;
  }

  #maintenance({ at_ms, maintenance }: LaneView) {
    if (maintenance === null) return null;
    const { askedAt_ms, officer, technician } = maintenance;
    return html`<p class="maintenance accent" role="status">
      ${toneSymbol('accent')}
      ${
        officer === null
          ? html`<span>Technician <strong>${technician}</strong> asks to work in this lane, since ${duration(at_ms - askedAt_ms)}.</span>`
          : html`<span>Technician <strong>${technician}</strong> works in this lane, with the consent of officer ${officer}.</span>`
      }
    </p>`;
  }

  #door(name: string, door: DoorView | undefined) {
    const isTravelling = door?.motion === 'opening' || door?.motion === 'closing' || door?.motion === 'partial';
    const position = isTravelling && door.position_percent !== null ? ` ${Math.round(door.position_percent)} %` : '';
    const words = door === undefined ? 'not known' : `${motionWords[door.motion]}${position}`;
    const isWrong = door === undefined || door.isObstructed || door.motion === 'unknown' || door.motion === 'stopped';
    return html`<div>
      <dt>${name} door</dt>
      <dd class=${isWrong ? 'warn' : ''}>${words}${door?.isObstructed ? ', obstructed' : ''}</dd>
    </div>`;
  }

  #cabin(lane: LaneView) {
    const { sensors } = lane;
    const words =
      sensors === null
        ? 'not known'
        : sensors.isSecondPersonSeen
          ? 'second person seen'
          : sensors.isCabinOccupied
            ? 'occupied'
            : 'empty';
    return html`<div>
      <dt>Cabin</dt>
      <dd class=${sensors === null || sensors.isSecondPersonSeen ? 'warn' : ''}>${words}</dd>
    </div>`;
  }

  #faults(lane: LaneView) {
    const alarms = [
      ...(lane.sensors?.isFireAlarm ? ['Fire alarm'] : []),
      ...(lane.sensors?.isEmergencyOpen ? ['Emergency release pressed in the lane'] : []),
    ];
    if (alarms.length + lane.faults.length === 0) return null;
    return html`<div class="faults">
      ${alarms.map((alarm) => html`<p class="bad">${toneSymbol('bad')}<span>${alarm}</span></p>`)}
      ${lane.faults.map((fault) => {
        const tone = fault.isBlocking ? 'bad' : 'warn';
        return html`<p class=${tone}>
          ${toneSymbol(tone)}
          <span>${fault.meaning} <span
            class="soft">(${fault.device}, ${fault.code}${fault.isBlocking ? ', blocks the lane' : ''})</span></span>
        </p>`;
      })}
    </div>`;
  }
}
customElements.define('lane-strip', LaneStrip);
