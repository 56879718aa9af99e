import { LitElement, css, html } from 'lit';
import type { ReferralView } from '../api/messages.ts';
import { orderReferrals, reasonsByGravity, severityOf } from './cases.ts';
import { clockTime, duration } from './figures.ts';
import { severityTones, stepWords } from './words.ts';
import { toneSymbol } from './symbols.ts';
import { shared } from './styles.ts';

/** Cases for officers, without names: open ones first, then by severity, then newest. */
export class ReferralList extends LitElement {
  static override properties = {
    referrals: { attribute: false },
    chosenId: {},
    now_ms: { type: Number },
  };
  declare referrals: readonly ReferralView[];
  declare chosenId: string | null;
  declare now_ms: number;

  static override styles = [
    shared,
    css`
      :host { display: flex; flex-direction: column; min-height: 0; }
      header { display: flex; justify-content: space-between; align-items: baseline; padding: 0 2px var(--gap-2); }
      ul { display: grid; gap: var(--gap-2); overflow-y: auto; padding: 3px; margin: -3px; align-content: start; }
      li button {
        width: 100%; text-align: left; font-weight: 450; padding: var(--gap-3);
        border-color: var(--line); border-left: 5px solid var(--tone); display: grid; gap: 3px;
      }
      li button[aria-pressed='true'] {
        background: var(--accent-soft);
        border-color: var(--accent);
        border-left-color: var(--tone);
      }
      li.done button { border-left-color: var(--line); background: transparent; }
      li.done .title { font-weight: 450; color: var(--ink-soft); }
      .title { font-weight: 650; line-height: 1.3; }
      .more { font-weight: 450; font-size: var(--text-s); }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
        justify-content: space-between;
        font-size: var(--text-s);
        color: var(--ink-soft);
      }
      .severity { color: var(--tone); font-weight: 650; display: inline-flex; gap: 5px; align-items: center; }
      .empty {
        padding: var(--gap-5) var(--gap-4);
        text-align: center;
        color: var(--ink-soft);
        border: 1px dashed var(--line);
        border-radius: var(--radius);
      }
    `,
  ];

  constructor() {
    super();
    this.referrals = [];
    this.chosenId = null;
    this.now_ms = 0;
  }

  override render() {
    const open = this.referrals.filter((referral) => !referral.isAcknowledged).length;
    return html`<header>
        <h2 id="title">Referrals</h2>
        <span class="soft small figures">${open} open of ${this.referrals.length}</span>
      </header>
      ${
        this.referrals.length === 0
          ? html`<p class="empty">No referrals. New cases appear here and are read out.</p>`
          : html`<ul aria-labelledby="title">${orderReferrals(this.referrals).map((referral) => this.#item(referral))}</ul>`
      }`;
  }

  #item(referral: ReferralView) {
    const { transaction, isAcknowledged } = referral;
    const severity = severityOf(transaction);
    const [first, ...others] = reasonsByGravity(transaction);
    const choose = () => this.dispatchEvent(new CustomEvent('case-chosen', { detail: transaction.transactionId }));
    const tone = severityTones[severity];
    return html`<li class="${tone} ${isAcknowledged ? 'done' : ''}">
      <button @click=${choose} aria-pressed=${transaction.transactionId === this.chosenId}>
        <span class="title">${first?.title ?? stepWords[transaction.step]}${
          others.length > 0 ? html` <span class="soft more">+ ${others.length} more</span>` : null
        }</span>
        <span class="line">
          ${
            isAcknowledged
              ? html`<span>Acknowledged</span>`
              : html`<span
                class="severity">${toneSymbol(tone)}${severity === 'normal' ? 'Normal' : severity === 'high' ? 'High' : 'Low'}</span>`
          }
          <span class="figures">${clockTime(transaction.startedAt_ms)} · ${duration(this.now_ms - transaction.startedAt_ms)} ago</span>
        </span>
      </button>
    </li>`;
  }
}
customElements.define('referral-list', ReferralList);
