import { LitElement, html } from 'lit';
import type { OfficerView, ReferralView } from '../api/messages.ts';
import { type Choice, newReferrals, reasonsByGravity, severityOf, show } from './cases.ts';
import { duration } from './figures.ts';
import { AttendanceSigns } from './attendance.ts';
import { Identity } from './identity.ts';
import { LaneClock } from './lane-clock.ts';
import { stepWords } from './words.ts';
import { IdleWatch } from './idle.ts';
import { type Link, LiveView } from './live-view.ts';
import { pageStyles } from './page-styles.ts';
import { shared } from './styles.ts';
import { linkPill, toneSymbol } from './symbols.ts';
import './case-view.ts';
import './lane-strip.ts';
import './officer-badge.ts';
import './referral-list.ts';

/** The officer's page: lanes above, referrals at the left, one case in the middle. It keeps the newest view only. */
export class OfficerPage extends LitElement {
  static override properties = {
    view: { state: true },
    link: { state: true },
    choice: { state: true },
    isHidden: { state: true },
    age_ms: { state: true },
    announcement: { state: true },
    officer: { state: true },
  };
  declare view: OfficerView | null;
  declare link: Link;
  declare choice: Choice | null;
  declare isHidden: boolean;
  /** Milliseconds since a view was received. */
  declare age_ms: number;
  declare announcement: string;
  /** Number of whoever sits here; null: nobody attends, and no command can be given. */
  declare officer: string | null;

  readonly #live = new LiveView<OfficerView>({
    eventsURL: '/api/events',
    event: 'lane',
    snapshotURL: '/api/officer',
    silence_ms: 4_000,
    answer_ms: 2_000,
    retry_ms: 1_000,
    onView: (view) => this.#receive(view),
    onLink: (link) => {
      this.link = link;
    },
  });
  readonly #clock = new LaneClock();
  readonly #identity = new Identity();
  readonly #attendance = new AttendanceSigns(() => this.officer);
  readonly #idle = new IdleWatch(() => {
    this.isHidden = true;
  });
  #ticker: ReturnType<typeof setInterval> | undefined;

  static override styles = [shared, pageStyles];

  constructor() {
    super();
    this.view = null;
    this.link = 'connecting';
    this.choice = null;
    this.isHidden = false;
    this.age_ms = 0;
    this.announcement = '';
    this.officer = this.#identity.officer;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.start();
    this.#idle.start();
    this.#attendance.start();
    this.#ticker = setInterval(() => {
      this.age_ms = this.#live.age_ms();
    }, 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#live.stop();
    this.#idle.stop();
    this.#attendance.stop();
    clearInterval(this.#ticker);
  }

  #receive(view: OfficerView): void {
    const fresh = newReferrals(this.view, view);
    this.view = view;
    this.age_ms = 0;
    const [lane] = view.lanes;
    if (lane !== undefined) this.#clock.hear(lane.at_ms);
    if (fresh.length > 0) this.#announce(fresh);
    const open = view.referrals.filter((referral) => !referral.isAcknowledged).length;
    document.title = `${open > 0 ? `(${open}) ` : ''}Officer – border gate`;
  }

  readonly #name = (event: CustomEvent<string>): void => {
    if (this.#identity.take(event.detail)) this.officer = this.#identity.officer;
    this.#attendance.give();
  };

  readonly #leave = (): void => {
    this.#identity.leave();
    this.officer = null;
    this.isHidden = true;
  };

  #announce(fresh: readonly ReferralView[]): void {
    const titles = fresh.map(({ transaction }) => {
      const reason = reasonsByGravity(transaction)[0]?.title ?? 'Officer needed.';
      return `New referral, severity ${severityOf(transaction)}: ${reason}`;
    });
    this.announcement = titles.join(' ');
  }

  override render() {
    const { view } = this;
    return html`${this.#header()} ${this.#nobody()} ${this.#connectionLoss()}
      <div class="unseen" role="status" aria-live="assertive">${this.announcement}</div>
      ${view === null ? this.#waiting() : this.#body(view)}`;
  }

  #header() {
    return html`<header>
      <h1>Border gate <span class="soft">Officer</span></h1>
      <officer-badge .officer=${this.officer} @officer-named=${this.#name} @officer-left=${this.#leave}></officer-badge>
      <p class="local small">Local machine only: no sign-in yet</p>
      ${linkPill(this.link)}
    </header>`;
  }

  #nobody() {
    if (this.officer !== null) return null;
    return html`<p class="nobody accent" role="status">
      ${toneSymbol('accent')}Nobody attends at this page. Give your number above: until then no command can be given here.
    </p>`;
  }

  #connectionLoss() {
    if (this.link !== 'lost') return null;
    return html`<div class="loss">
      <p role="alert"><strong>No connection to lane: what you see is old</strong></p>
      <p class="figures">
        ${this.view === null ? 'Nothing was received yet.' : `Last heard ${duration(this.age_ms)} ago.`} Commands wait until the lane answers;
        supervise it by sight.
      </p>
    </div>`;
  }

  #waiting() {
    return html`<main class="waiting">
      <p class="soft">${this.link === 'lost' ? 'The lane does not answer. Trying again every second.' : 'Asking the lane …'}</p>
    </main>`;
  }

  #body(view: OfficerView) {
    const shown = show(view, this.choice);
    const isLive = this.link === 'live';
    const now_ms = (shown.lane ?? view.lanes[0])?.at_ms ?? 0;
    return html`<div class="body ${isLive ? '' : 'old'}">
      <lane-strip
        .lanes=${view.lanes}
        .chosenLaneId=${shown.lane?.laneId ?? null}
        .isLive=${isLive}
        .officer=${this.officer}
        .clock=${this.#clock}
        @lane-chosen=${(event: CustomEvent<string>) => (this.choice = { kind: 'lane', laneId: event.detail })}
      ></lane-strip>
      <nav aria-label="Cases">
        ${this.#backToLane(view)} ${this.#nextTraveller(view, shown.transaction?.transactionId)}
        <referral-list
          .referrals=${view.referrals}
          .chosenId=${shown.isReferral ? (shown.transaction?.transactionId ?? null) : null}
          .now_ms=${now_ms + this.age_ms}
          @case-chosen=${(event: CustomEvent<string>) => (this.choice = { kind: 'case', transactionId: event.detail })}
        ></referral-list>
      </nav>
      <main aria-label="Case">
        <case-view
          .lane=${shown.lane}
          .transaction=${shown.transaction}
          .now_ms=${now_ms + this.age_ms}
          .isLive=${isLive}
          .isHidden=${this.isHidden}
          .officer=${this.officer}
          .clock=${this.#clock}
          @data-shown=${() => (this.isHidden = false)}
        ></case-view>
      </main>
    </div>`;
  }

  /** With overlap: whose document is read while the traveller before leaves. */
  #nextTraveller(view: OfficerView, shownId: string | undefined) {
    return view.lanes.map(({ next }) => {
      if (next === null || next.transactionId === shownId) return null;
      return html`<button
        class="back"
        @click=${() => (this.choice = { kind: 'case', transactionId: next.transactionId })}
      >
        Next traveller: ${stepWords[next.step].toLowerCase()}
      </button>`;
    });
  }

  #backToLane(view: OfficerView) {
    const { choice } = this;
    if (choice?.kind !== 'case') return null;
    const lane = view.lanes[0];
    if (lane === undefined) return null;
    return html`<button class="back" @click=${() => (this.choice = { kind: 'lane', laneId: lane.laneId })}>
      Follow the lane (now: ${lane.transaction === null ? 'nobody' : 'a traveller'})
    </button>`;
  }
}
customElements.define('officer-page', OfficerPage);
