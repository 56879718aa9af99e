import { LitElement, html } from 'lit';
import type { HolderView, LaneView, OfficerCommandName, TransactionView } from '../api/messages.ts';
import { basisOf, condense, reasonsByGravity, severityOf } from './cases.ts';
import { clockTime, duration, offset } from './figures.ts';
import { LaneClock } from './lane-clock.ts';
import { outcomeTones, severityTones, stepWords, type Tone, wordsOfEvent } from './words.ts';
import { toneSymbol } from './symbols.ts';
import { caseStyles } from './case-styles.ts';
import { shared } from './styles.ts';
import './check-list.ts';
import './command-bar.ts';
import './face-comparison.ts';
import './face-findings.ts';
import './report-view.ts';

const caseCommands: readonly OfficerCommandName[] = ['acknowledge', 'returnToEntry', 'releaseToExit'];
const rareCommands: readonly OfficerCommandName[] = ['allowCompanion', 'useAccessibleProfile', 'useStandardProfile'];

const holderRows: readonly (readonly [keyof HolderView, string])[] = [
  ['surname', 'Surname'],
  ['givenNames', 'Given names'],
  ['birthDate', 'Date of birth'],
  ['sex', 'Sex'],
  ['nationality', 'Nationality'],
  ['issuingState', 'Issuing state'],
  ['documentNumber', 'Document number'],
  ['documentCode', 'Document'],
  ['expiryDate', 'Expires'],
];

/** One transaction as an officer needs it: what happened and what to do first, then faces, holder, checks, timeline. */
export class CaseView extends LitElement {
  static override properties = {
    lane: { attribute: false },
    transaction: { attribute: false },
    now_ms: { type: Number },
    isLive: { type: Boolean },
    isHidden: { type: Boolean },
    officer: {},
    clock: { attribute: false },
  };
  declare lane: LaneView | null;
  declare transaction: TransactionView | null;
  declare now_ms: number;
  declare isLive: boolean;
  declare isHidden: boolean;
  declare officer: string | null;
  declare clock: LaneClock;

  static override styles = [shared, caseStyles];

  constructor() {
    super();
    this.lane = null;
    this.transaction = null;
    this.now_ms = 0;
    this.isLive = false;
    this.isHidden = false;
    this.officer = null;
    this.clock = new LaneClock();
  }

  override render() {
    const { transaction } = this;
    if (transaction === null) return this.#nobody();
    return html`${this.#head(transaction)}
      <div class="columns">
        <div class="column">
          ${this.#people(transaction)}
        </div>
        <div class="column">
          <section class="panel">
            <h2>Checks</h2>
            <check-list .checks=${transaction.checks}></check-list>
          </section>
          <section class="panel">
            <h2>Document report</h2>
            <report-view .src=${transaction.report}></report-view>
          </section>
          ${this.#timeline(transaction)}
        </div>
      </div>`;
  }

  #nobody() {
    return html`<section class="panel nobody">
      <h2>${this.lane === null ? 'No lane is known' : 'No traveller in the lane'}</h2>
      <p class="soft">The next passage appears here when a document is placed on the reader.</p>
    </section>`;
  }

  #head(transaction: TransactionView) {
    const tone = this.#toneOf(transaction);
    const end_ms = transaction.endedAt_ms ?? this.now_ms;
    return html`<section class="panel head ${tone}">
      <div class="title">
        <div>
          <h2>${toneSymbol(tone)}${stepWords[transaction.step]}</h2>
          <p class="soft small figures">
            ${this.lane?.name ?? 'Lane not known'} · began ${clockTime(transaction.startedAt_ms)} ·
            ${transaction.endedAt_ms === null ? 'running' : 'took'} ${duration(end_ms - transaction.startedAt_ms)} · case
            <span class="code">${transaction.transactionId.slice(0, 8)}</span>
          </p>
          ${this.#marks(transaction)}
        </div>
        ${this.#commands(transaction)}
      </div>
      ${this.#reasons(transaction)} ${this.#chip(transaction)} ${this.#risk(transaction)}
    </section>`;
  }

  /** What is special about this passage. */
  #marks({ companionBy, hasAskedForHelp, isAssisted, profile }: TransactionView) {
    const marks: readonly (readonly [Tone, string])[] = [
      ...(hasAskedForHelp ? ([['warn', 'Asked for help']] as const) : []),
      ...(isAssisted ? ([['accent', 'You confirm this traveller']] as const) : []),
      ...(companionBy === null ? [] : ([['warn', `Companion allowed by ${companionBy}`]] as const)),
      ...(profile === 'accessible' ? ([['accent', 'More time given']] as const) : []),
    ];
    if (marks.length === 0) return null;
    return html`<p class="marks">
      ${marks.map(([tone, words]) => html`<span class="pill ${tone}">${toneSymbol(tone)}${words}</span>`)}
    </p>`;
  }

  #toneOf(transaction: TransactionView): Tone {
    if (transaction.step === 'held') return severityOf(transaction) === 'high' ? 'bad' : 'warn';
    if (transaction.outcome !== null) return outcomeTones[transaction.outcome];
    return transaction.decision === 'refer' ? 'warn' : transaction.decision === 'admit' ? 'good' : 'accent';
  }

  #commands(transaction: TransactionView) {
    const { lane } = this;
    if (lane === null) return html`<p class="soft small">Commands are given at the lane’s own page.</p>`;
    return html`<command-bar
      .laneId=${lane.laneId}
      .transactionId=${transaction.transactionId}
      .seq=${lane.seq}
      .commands=${caseCommands.filter((command) => transaction.commands.includes(command))}
      .rare=${rareCommands.filter((command) => transaction.commands.includes(command))}
      .canAlarm=${lane.commands.includes('duress')}
      .waiting=${transaction.waitingForSecondOfficer}
      .officer=${this.officer}
      .clock=${this.clock}
      .basis=${basisOf(lane, transaction)}
      .isLive=${this.isLive}
    ></command-bar>`;
  }

  #reasons(transaction: TransactionView) {
    if (transaction.reasons.length === 0) return null;
    return html`<ol class="reasons" aria-label="Reasons and advice">
      ${reasonsByGravity(transaction).map(
        (reason) => html`<li class=${severityTones[reason.severity]}>
          ${reason.advice === '' ? null : html`<p class="advice">${reason.advice}</p>`}
          <p class="what">
            ${toneSymbol(severityTones[reason.severity])}
            <span>${reason.title} <span class="soft small">${reason.exception === null ? null : html`${reason.exception} · `}<span
              class="code">${reason.code}</span></span></span>
          </p>
        </li>`,
      )}
    </ol>`;
  }

  #chip(transaction: TransactionView) {
    const { chip } = transaction;
    if (chip === null || transaction.step !== 'inspectingDocument') return null;
    const read_kB = (chip.bytesRead / 1000).toFixed(1);
    return html`<p class="progress">
      <progress max=${chip.bytesTotal ?? 1} .value=${chip.bytesTotal === null ? 0 : chip.bytesRead}
        aria-label="Chip read"></progress>
      <span class="small figures">Chip: ${read_kB}${chip.bytesTotal === null ? '' : ` of ${(chip.bytesTotal / 1000).toFixed(1)}`} kB read</span>
    </p>`;
  }

  #risk(transaction: TransactionView) {
    const words = { asked: 'asked', slow: 'slow to answer', clear: 'clear', hit: 'hit', unknown: 'no usable answer' };
    const { risk } = transaction;
    if (risk === null) return null;
    const tone = ({ asked: 'accent', slow: 'warn', clear: 'good', hit: 'bad', unknown: 'warn' } as const)[risk.state];
    return html`<p class="risk">
      <span class="pill ${tone}">${toneSymbol(tone)}Risk services: ${words[risk.state]}</span>
      ${risk.detail === null ? null : html`<span class="small">${this.isHidden ? 'Detail hidden' : risk.detail}</span>`}
    </p>`;
  }

  #people(transaction: TransactionView) {
    const show = () => this.dispatchEvent(new CustomEvent('data-shown'));
    return html`<section class="panel people">
      <div class="line">
        <h2>Faces and holder</h2>
        ${this.isHidden ? html`<button @click=${show}>Show personal data</button>` : null}
      </div>
      ${this.isHidden ? html`<p class="soft small">Hidden because nobody used this page for a minute.</p>` : null}
      <face-comparison .images=${transaction.images} .similarity=${transaction.similarity}
        .isHidden=${this.isHidden}></face-comparison>
      <face-findings .face=${transaction.face}></face-findings>
      ${
        transaction.holder === null
          ? html`<p
        class="soft holder">The document has told nothing about its holder yet.</p>`
          : this.#holder(transaction.holder)
      }
    </section>`;
  }

  #holder(holder: HolderView) {
    return html`<dl class="holder">
      ${holderRows.map(
        ([key, label]) => html`<div class=${key}>
          <dt>${label}</dt>
          <dd class=${key === 'documentNumber' ? 'code' : ''}>${
            this.isHidden
              ? html`<span
            class="hidden">Hidden</span>`
              : holder[key] || '–'
          }</dd>
        </div>`,
      )}
    </dl>`;
  }

  #timeline(transaction: TransactionView) {
    return html`<section class="panel">
      <h2>Timeline</h2>
      <ol class="timeline">
        ${condense(transaction.timeline).map(
          ({ at_ms, event, times }) => html`<li>
            <span class="figures soft">${offset(at_ms)}</span>
            <span>${wordsOfEvent(event)}${times > 1 ? html` <span class="soft figures">× ${times}</span>` : null}</span>
          </li>`,
        )}
      </ol>
    </section>`;
  }
}
customElements.define('case-view', CaseView);
