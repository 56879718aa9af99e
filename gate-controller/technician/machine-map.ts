import { LitElement, css, html, type TemplateResult } from 'lit';
import type { MachineKind, StandingView, TransitionRow } from '../api/technician-messages.ts';
import { duration } from '../console/figures.ts';
import { shared } from '../console/styles.ts';
import { innermost, nextStates, rowsIn, stateBlocks, wordsOfState } from './machine-graph.ts';

const titles: Readonly<Record<MachineKind, string>> = { lane: 'The lane', transaction: 'One passage' };

/**
 * One statechart: every state, the one that holds, those that the next step can lead to, and what can happen in the state
 * that is looked at. It looks at the state that holds until somebody chooses another.
 */
export class MachineMap extends LitElement {
  static override properties = {
    machine: {},
    rows: { attribute: false },
    standings: { attribute: false },
    now_ms: { type: Number },
    chosen: { state: true },
  };
  declare machine: MachineKind;
  declare rows: readonly TransitionRow[];
  declare standings: readonly StandingView[];
  declare now_ms: number;
  declare chosen: string | null;

  static override styles = [
    shared,
    css`
      .top { display: flex; flex-wrap: wrap; gap: var(--gap-2) var(--gap-4); align-items: baseline; margin-bottom: var(--gap-3); }
      .top h2 { margin-right: auto; }
      .states { display: flex; flex-wrap: wrap; gap: var(--gap-2); align-items: flex-start; }
      .block {
        display: flex; flex-wrap: wrap; gap: 4px; align-items: center; padding: 3px; border: 1px solid var(--line);
        border-radius: 8px; background: var(--sunken);
      }
      .states button {
        min-height: 28px; padding: 3px 9px; font-size: var(--text-s); font-weight: 550; border-color: transparent;
        background: transparent;
      }
      .states button.inner { font-weight: 450; color: var(--ink-soft); }
      .states button[data-next] { border: 1px dashed var(--accent); color: var(--ink); }
      .states button[data-holds] { background: var(--accent); color: var(--on-accent); }
      .states button[aria-pressed='true'] { outline: 2px solid var(--ink); outline-offset: 1px; }
      .legend { display: flex; flex-wrap: wrap; gap: var(--gap-2) var(--gap-4); margin: var(--gap-2) 0 var(--gap-3); }
      .legend i { display: inline-block; width: 1.6em; height: 0.9em; border-radius: 4px; vertical-align: -0.1em; margin-right: 6px; }
      .legend .holds { background: var(--accent); }
      .legend .next { border: 1px dashed var(--accent); }
      .scroll { overflow-x: auto; max-height: 22rem; overflow-y: auto; border-top: 1px solid var(--line); }
      table { border-collapse: collapse; width: 100%; font-size: var(--text-s); }
      th { text-align: left; font-weight: 600; color: var(--ink-soft); position: sticky; top: 0; background: var(--surface); }
      th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
      td { font-family: var(--font-figures); font-size: 0.78rem; overflow-wrap: anywhere; }
      tr.around td { color: var(--ink-soft); }
      td button { min-height: 0; padding: 0 4px; font: inherit; font-weight: 650; border: 0; background: none; color: var(--accent); white-space: nowrap; }
      td button:hover:enabled { background: none; text-decoration: underline; }
    `,
  ];

  constructor() {
    super();
    this.machine = 'lane';
    this.rows = [];
    this.standings = [];
    this.now_ms = 0;
    this.chosen = null;
  }

  get #looked(): string | null {
    const [standing] = this.standings;
    return this.chosen ?? (standing === undefined ? null : innermost(standing));
  }

  override render() {
    const { rows, standings } = this;
    const holding = new Set(standings.flatMap(({ states }) => states));
    const next = new Set(standings.flatMap(({ states }) => [...nextStates(rows, states)]));
    return html`<div class="top">
        <h2>${titles[this.machine]}</h2>
        ${standings.map((standing) => this.#standing(standing))}
        ${standings.length === 0 ? html`<span class="soft small">nobody’s passage is under way</span>` : null}
      </div>
      <div class="states">${stateBlocks(rows).map(({ path, inner }) => {
        const chips = [path, ...inner].map((each) => this.#chip(each, holding, next));
        return html`<span class="block">${chips}</span>`;
      })}</div>
      <p class="legend small soft">
        <span><i class="holds"></i>holds now</span><span><i class="next"></i>one step away</span>
        ${
          this.chosen === null
            ? html`<span>Press a state to look at it.</span>`
            : html`<button @click=${() => (this.chosen = null)}>Follow the machine</button>`
        }
      </p>
      ${this.#table()}`;
  }

  #standing(standing: StandingView): TemplateResult {
    const { role, since_ms } = standing;
    return html`<span class="small figures">
      ${role === 'next' ? 'next traveller: ' : ''}<strong>${innermost(standing)}</strong>
      <span class="soft">${since_ms === null ? '' : `for ${duration(this.now_ms - since_ms)}`}</span>
    </span>`;
  }

  #chip(path: string, holding: ReadonlySet<string>, next: ReadonlySet<string>): TemplateResult {
    return html`<button
      class=${path.includes('.') ? 'inner' : ''}
      data-state=${path}
      ?data-holds=${holding.has(path)}
      ?data-next=${next.has(path)}
      aria-current=${holding.has(path) ? 'step' : 'false'}
      aria-pressed=${this.chosen === path}
      title=${path}
      @click=${() => (this.chosen = path)}
    >${wordsOfState(path)}</button>`;
  }

  #table() {
    const looked = this.#looked;
    if (looked === null) return null;
    return html`<h3>What can happen in “${looked}”</h3>
      <div class="scroll">
        <table>
          <thead><tr><th>on</th><th>only if</th><th>leads to</th><th>does</th><th>holds in</th></tr></thead>
          <tbody>${rowsIn(this.rows, looked).map((row) => this.#row(row, looked))}</tbody>
        </table>
      </div>`;
  }

  #row({ actions, guard, on, state, target }: TransitionRow, looked: string): TemplateResult {
    return html`<tr class=${state === looked ? '' : 'around'}>
      <td>${breakable(on)}</td>
      <td>${breakable(guard ?? '')}</td>
      <td>${target === null ? '' : html`<button @click=${() => (this.chosen = target)}>${breakable(target)}</button>`}</td>
      <td>${breakable(actions.join(', '))}</td>
      <td>${state === '*' ? 'every state' : breakable(state)}</td>
    </tr>`;
  }
}

/** A long name as it is, that may go on in the next line between its words. */
const breakable = (name: string): readonly TemplateResult[] =>
  name.split(/(?<=[_.])|(?<=[a-z])(?=[A-Z])/).map((part) => html`${part}<wbr />`);

customElements.define('machine-map', MachineMap);
