import { LitElement, html } from 'lit';
import type { OfficerView, ReferralView } from '../api/messages.ts';
import { type Choice, newReferrals, reasonsByGravity, severityOf, show } from './cases.ts';
import { duration } from './figures.ts';
import { IdleWatch } from './idle.ts';
import { type Link, LiveView } from './live-view.ts';
import { pageStyles } from './page-styles.ts';
import { shared } from './styles.ts';
import { toneSymbol } from './symbols.ts';
import './case-view.ts';
import './lane-strip.ts';
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
  };
  declare view: OfficerView | null;
  declare link: Link;
  declare choice: Choice | null;
  declare isHidden: boolean;
  /** Milliseconds since a view was received. */
  declare age_ms: number;
  declare announcement: string;

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
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.start();
    this.#idle.start();
    this.#ticker = setInterval(() => {
      this.age_ms = this.#live.age_ms();
    }, 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#live.stop();
    this.#idle.stop();
    clearInterval(this.#ticker);
  }

  #receive(view: OfficerView): void {
    const fresh = newReferrals(this.view, view);
    this.view = view;
    this.age_ms = 0;
    if (fresh.length > 0) this.#announce(fresh);
    const open = view.referrals.filter((referral) => !referral.isAcknowledged).length;
    document.title = `${open > 0 ? `(${open}) ` : ''}Officer – border gate`;
  }

  #announce(fresh: readonly ReferralView[]): void {
    const titles = fresh.map(({ transaction }) => {
      const reason = reasonsByGravity(transaction)[0]?.title ?? 'Officer needed.';
      return `New referral, severity ${severityOf(transaction)}: ${reason}`;
    });
    this.announcement = titles.join(' ');
  }

  override render() {
    const { view } = this;
    return html`${this.#header()} ${this.#connectionLoss()}
      <div class="unseen" role="status" aria-live="assertive">${this.announcement}</div>
      ${view === null ? this.#waiting() : this.#body(view)}`;
  }

  #header() {
    const isLive = this.link === 'live';
    const tone = isLive ? 'good' : this.link === 'lost' ? 'bad' : 'accent';
    const words = isLive ? 'Live' : this.link === 'lost' ? 'No connection' : 'Connecting';
    return html`<header>
      <h1>Border gate <span class="soft">Officer</span></h1>
      <p class="local small">Local machine only: no sign-in yet</p>
      <p class="pill ${tone}" data-link=${this.link}>${toneSymbol(tone)}${words}</p>
    </header>`;
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
        @lane-chosen=${(event: CustomEvent<string>) => (this.choice = { kind: 'lane', laneId: event.detail })}
      ></lane-strip>
      <nav aria-label="Cases">
        ${this.#backToLane(view)}
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
          @data-shown=${() => (this.isHidden = false)}
        ></case-view>
      </main>
    </div>`;
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
