import { LitElement, css, html, type TemplateResult } from 'lit';
import type { InspectionReport, ReportNode } from '../api/messages.ts';
import { isInherited, isOpenAtFirst, reportHeads, reportLine, spokenResult } from './document-report.ts';
import { shared } from './styles.ts';
import { resultSymbol } from './symbols.ts';
import { resultTones, resultWords } from './words.ts';

/**
 * Every check of a document as BSI TR-03135-1 section 5.2 wants it shown: in its hierarchy, in its colours. Branches in
 * which something failed are open; the others open on demand.
 */
export class ReportView extends LitElement {
  static override properties = { src: { type: String }, _report: { state: true }, _isLost: { state: true } };
  /** Address of the report; null while there is none. */
  declare src: string | null;
  declare _report: InspectionReport | null;
  declare _isLost: boolean;
  #loading = new AbortController();

  static override styles = [
    shared,
    css`
      .heads { display: flex; flex-wrap: wrap; gap: var(--gap-2); margin-bottom: var(--gap-2); }
      .leaf.overall { font-size: var(--text-l); margin-bottom: var(--gap-2); }
      .overall .name { font-weight: 650; }
      details { border-top: 1px solid var(--line); }
      details details { border-top: 0; }
      .parts { padding-left: 18px; }
      summary, .leaf {
        display: grid; grid-template-columns: 18px 1fr auto auto; gap: 0 var(--gap-2); align-items: center;
        padding: 4px 0; font-size: var(--text-s);
      }
      summary { cursor: pointer; list-style: none; border-radius: 4px; }
      summary::-webkit-details-marker { display: none; }
      summary .name { font-weight: 650; }
      summary .name::after { content: ' ▸'; color: var(--ink-soft); }
      details[open] > summary .name::after { content: ' ▾'; }
      summary:hover .name { text-decoration: underline; }
      .result { color: var(--tone); font-weight: 650; }
      .time { color: var(--ink-soft); min-width: 3.2em; text-align: right; }
      .more { grid-column: 2 / -1; color: var(--ink-soft); overflow-wrap: anywhere; }
      /* Said again below, where it comes from. */
      details[open] > summary .inherited { display: none; }
      .section { font-family: var(--font-figures); font-size: 0.75rem; color: var(--ink-soft); font-weight: 450; }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 var(--gap-2); }
    `,
  ];

  constructor() {
    super();
    this.src = null;
    this._report = null;
    this._isLost = false;
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('src')) void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#loading.abort();
  }

  override render() {
    const report = this._report;
    if (this._isLost) return html`<p class="soft small" role="status">The report could not be fetched.</p>`;
    if (report === null) {
      return html`<p class="soft small" role="status">${
        this.src === null ? 'No document has been inspected yet.' : 'The report is being fetched.'
      }</p>`;
    }
    const { begunAt_ms, overall } = report;
    // Why it is so is said below, where it comes from.
    return html`<div class="leaf overall ${resultTones[overall.result]}">
        ${this.#line({ ...overall, description: null }, begunAt_ms)}
      </div>
      <p class="heads" aria-label="Results of the document">
        ${reportHeads(report).map(
          (node) => html`<span class="pill ${resultTones[node.result]}">
          ${resultSymbol(node.result)}${node.title}<span class="unseen">: ${resultWords[node.result]}</span>
        </span>`,
        )}
      </p>
      ${reportHeads(report).map((node) => this.#node(node, begunAt_ms))}`;
  }

  #node(node: ReportNode, begunAt_ms: number): TemplateResult {
    const tone = resultTones[node.result];
    if (node.parts.length === 0) return html`<div class="leaf ${tone}">${this.#line(node, begunAt_ms)}</div>`;
    return html`<details ?open=${isOpenAtFirst(node)}>
      <summary class=${tone} aria-label=${spokenResult(node)}>${this.#line(node, begunAt_ms)}</summary>
      <div class="parts">${node.parts.map((part) => this.#node(part, begunAt_ms))}</div>
    </details>`;
  }

  #line(node: ReportNode, begunAt_ms: number): TemplateResult {
    const { why, requirement, time, evidence } = reportLine(node, begunAt_ms);
    return html`${resultSymbol(node.result)}
      <span><span class="name">${node.title}</span> <span class="section">${node.section}
        ${requirement === '' ? null : `(${requirement})`}</span></span>
      <span class="result">${resultWords[node.result]}</span>
      <span class="time figures">${time}</span>
      ${why === '' ? null : html`<span class="more ${isInherited(node) ? 'inherited' : ''}">${why}</span>`}
      ${
        evidence.length === 0
          ? null
          : html`<dl class="more">${evidence.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
      }`;
  }

  async #load(): Promise<void> {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    this._report = null;
    this._isLost = false;
    if (this.src === null) return;
    try {
      const answer = await fetch(this.src, { signal });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const report = (await answer.json()) as InspectionReport;
      if (!signal.aborted) this._report = report;
    } catch {
      // Another case is shown by now, or the controller did not answer: what is shown says which.
      if (!signal.aborted) this._isLost = true;
    }
  }
}
customElements.define('report-view', ReportView);
