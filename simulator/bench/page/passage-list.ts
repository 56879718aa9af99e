import { LitElement, css, html } from 'lit';
import type { PassageView } from '../messages.ts';
import { shared } from './styles.ts';

const endings: Readonly<Record<NonNullable<PassageView['leftBy']>, string>> = {
  exit: 'left by the exit',
  entry: 'left by the entry',
  neverEntered: 'never went in',
};

/** Who walks, who waits, who has been: walking first, then queued, then newest done. */
export function orderPassages(passages: readonly PassageView[]): readonly PassageView[] {
  const rank = { walking: 0, queued: 1, done: 2 };
  return [...passages].sort((a, b) => rank[a.state] - rank[b.state]);
}

/** Passages with their stories and how they ended, seen from the hall. */
export class PassageList extends LitElement {
  static override properties = { passages: { attribute: false } };
  declare passages: readonly PassageView[];

  static override styles = [
    shared,
    css`
      li.passage { border-top: 1px solid var(--line); }
      summary {
        display: flex;
        gap: var(--gap-2);
        align-items: baseline;
        padding: 7px 0;
        cursor: pointer;
        list-style: none;
        border-radius: 4px;
      }
      summary::-webkit-details-marker { display: none; }
      .scenario { font-weight: 650; }
      .end { margin-left: auto; }
      ol { padding: 0 0 var(--gap-2) var(--gap-2); font-size: var(--text-s); }
      ol li { display: grid; grid-template-columns: 4.5em 1fr; gap: var(--gap-2); }
    `,
  ];

  constructor() {
    super();
    this.passages = [];
  }

  override render() {
    if (this.passages.length === 0) return html`<p class="soft">Nobody yet. Send a traveller.</p>`;
    return html`<ul>${orderPassages(this.passages).map((passage) => this.#passage(passage))}</ul>`;
  }

  #passage(passage: PassageView) {
    const tone = passage.state === 'walking' ? 'accent' : 'none';
    const end =
      passage.state === 'done' ? (passage.leftBy === null ? 'ended' : endings[passage.leftBy]) : passage.state;
    return html`<li class="passage">
      <details ?open=${passage.state === 'walking'}>
        <summary>
          <span class="scenario">${passage.scenario}</span><span class="soft small">${passage.traveller}</span>
          <span class="end pill ${tone}">${end}</span>
        </summary>
        <ol>
          ${passage.story.map(
            (line) =>
              html`<li><span class="soft figures">${(line.at_ms / 1000).toFixed(1)} s</span>
                <span>${line.event}</span></li>`,
          )}
        </ol>
      </details>
    </li>`;
  }
}
customElements.define('passage-list', PassageList);
