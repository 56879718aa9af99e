import { LitElement, css, html } from 'lit';
import type { StepView } from '../api/technician-messages.ts';
import { shared } from '../console/styles.ts';

/** Wall-clock time with milliseconds, as logs have it. */
const timeOf = (at_ms: number): string => new Date(at_ms).toISOString().slice(11, 23);

/** The newest recorded steps, newest on top: what came, how long after the one before, and what it led to. */
export class StepTable extends LitElement {
  static override properties = { steps: { attribute: false } };
  declare steps: readonly StepView[];

  static override styles = [
    shared,
    css`
      .scroll { max-height: 26rem; overflow: auto; }
      table { border-collapse: collapse; width: 100%; font-size: 0.78rem; font-family: var(--font-figures); }
      th {
        text-align: left; font-family: var(--font); font-weight: 600; color: var(--ink-soft); position: sticky; top: 0;
        background: var(--surface);
      }
      th, td { padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
      .number { text-align: right; font-variant-numeric: tabular-nums; }
      tr.ignored td { color: var(--ink-soft); }
      tr.ignored td.event { text-decoration: line-through; }
    `,
  ];

  constructor() {
    super();
    this.steps = [];
  }

  override render() {
    return html`<div class="scroll">
      <table>
        <thead>
          <tr><th class="number">record</th><th>UTC</th><th class="number">after</th><th>machine</th><th>event</th><th>state then</th></tr>
        </thead>
        <tbody>
          ${this.steps.toReversed().map(
            ({
              after_ms,
              at_ms,
              event,
              isIgnored,
              machine,
              seq,
              state,
            }) => html`<tr class=${isIgnored ? 'ignored' : ''}>
              <td class="number">${seq}</td>
              <td>${timeOf(at_ms)}</td>
              <td class="number">${after_ms === null ? '' : `${after_ms} ms`}</td>
              <td>${machine}</td>
              <td class="event">${event}</td>
              <td>${state}${isIgnored ? ' (ignored)' : ''}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}
customElements.define('step-table', StepTable);
