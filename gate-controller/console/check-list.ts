import { LitElement, css, html } from 'lit';
import type { CheckView } from '../api/messages.ts';
import { type CheckGroupView, groupChecks } from './checks.ts';
import { offset } from './figures.ts';
import { resultTones, resultWords, wordsOfCode } from './words.ts';
import { resultSymbol } from './symbols.ts';
import { shared } from './styles.ts';

/**
 * Checks in groups with the result of each group. A group that passed is folded; in the others, what did not pass comes
 * first and says why.
 */
export class CheckList extends LitElement {
  static override properties = { checks: { attribute: false } };
  declare checks: readonly CheckView[];

  static override styles = [
    shared,
    css`
      details { border-top: 1px solid var(--line); }
      summary {
        display: flex; align-items: center; gap: var(--gap-2); padding: 9px 0; cursor: pointer; list-style: none; border-radius: 4px;
      }
      summary::-webkit-details-marker { display: none; }
      summary::after {
        content: ''; width: 7px; height: 7px; margin: 0 4px 3px; flex: none;
        border: solid var(--ink-soft); border-width: 0 2px 2px 0; transform: rotate(45deg);
      }
      details[open] > summary::after { transform: rotate(225deg); margin-bottom: -4px; }
      summary:hover .name { text-decoration: underline; }
      .name { font-weight: 650; }
      .count { margin-left: auto; color: var(--ink-soft); font-size: var(--text-s); }
      ul { padding: 0 0 var(--gap-2) 1px; }
      li {
        display: grid;
        grid-template-columns: 18px 1fr auto;
        gap: 0 var(--gap-2);
        padding: 2px 0;
        align-items: center;
        font-size: var(--text-s);
      }
      li.passed { color: var(--ink-soft); }
      .result { color: var(--tone); font-weight: 650; }
      .because { grid-column: 2 / -1; color: var(--ink-soft); }
      .optional { color: var(--ink-soft); font-weight: 450; }
    `,
  ];

  constructor() {
    super();
    this.checks = [];
  }

  override render() {
    const groups = groupChecks(this.checks);
    return groups.length === 0
      ? html`<p class="soft">No check has ended yet.</p>`
      : groups.map((group) => this.#group(group));
  }

  #group(group: CheckGroupView) {
    return html`<details ?open=${group.result !== 'passed'}>
      <summary class=${resultTones[group.result]}>
        ${resultSymbol(group.result)}
        <span class="name">${group.title}<span class="unseen">: ${resultWords[group.result]}</span></span>
        <span class="count figures">${group.passed} of ${group.checks.length} passed</span>
      </summary>
      <ul>
        ${group.checks.map((check) => this.#check(check))}
      </ul>
    </details>`;
  }

  #check(check: CheckView) {
    return html`<li class="${resultTones[check.result]} ${check.result}" title=${`after ${offset(check.at_ms)}`}>
      ${resultSymbol(check.result)}
      <span>${check.label}${check.isRequired ? null : html` <span class="optional">(not required)</span>`}</span>
      <span class="result">${resultWords[check.result]}</span>
      ${check.because === null ? null : html`<span class="because">${wordsOfCode(check.because)}</span>`}
    </li>`;
  }
}
customElements.define('check-list', CheckList);
