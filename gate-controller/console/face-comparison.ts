import { LitElement, css, html } from 'lit';
import type { TransactionView } from '../api/messages.ts';
import { similarityBar } from './figures.ts';
import { resultSymbol } from './symbols.ts';
import { shared } from './styles.ts';

/** Portrait of the chip and live face beside each other; what the comparison measured, against what it must reach. */
export class FaceComparison extends LitElement {
  static override properties = {
    images: { attribute: false },
    similarity: { attribute: false },
    isHidden: { type: Boolean },
  };
  declare images: TransactionView['images'];
  declare similarity: TransactionView['similarity'];
  declare isHidden: boolean;

  static override styles = [
    shared,
    css`
      .pair { display: grid; grid-template-columns: 1fr 1fr; gap: var(--gap-3); }
      figure { margin: 0; display: grid; gap: var(--gap-1); }
      .frame {
        height: clamp(150px, 23vh, 300px); width: 100%; border-radius: 6px; overflow: hidden; background: var(--sunken);
        border: 1px solid var(--line); text-align: center;
        display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); place-items: center;
        color: var(--ink-soft); font-size: var(--text-s); padding: 0;
      }
      .frame p { padding: var(--gap-3); }
      /* Whole pictures: a cut chin or hairline would spoil the officer's own comparison. */
      img { width: 100%; height: 100%; object-fit: contain; display: block; }
      figcaption { font-size: var(--text-s); font-weight: 650; color: var(--ink-soft); }
      .bar { margin-top: var(--gap-3); }
      svg.scale { width: 100%; height: 16px; display: block; overflow: visible; }
      .track { fill: var(--sunken); stroke: var(--line-strong); stroke-width: 1; }
      .value { fill: var(--tone); }
      .min { stroke: var(--ink); stroke-width: 3; }
      .said {
        display: flex;
        gap: var(--gap-2);
        align-items: flex-start;
        font-weight: 600;
        margin-bottom: var(--gap-2);
        color: var(--tone);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 var(--gap-4);
        margin-top: var(--gap-1);
      }
    `,
  ];

  constructor() {
    super();
    this.images = { portrait: null, live: null };
    this.similarity = null;
    this.isHidden = false;
  }

  override render() {
    return html`<div class="pair">
        ${this.#picture(this.images.portrait, 'Portrait in the chip')} ${this.#picture(this.images.live, 'Live face')}
      </div>
      ${
        this.similarity === null
          ? html`<p
        class="bar soft">The faces have not been compared.</p>`
          : this.#bar(this.similarity)
      }`;
  }

  #picture(url: string | null, caption: string) {
    const words = this.isHidden && url !== null ? 'Hidden' : 'No picture';
    return html`<figure>
      <figcaption>${caption}</figcaption>
      <div class="frame">
        ${url === null || this.isHidden ? html`<p>${words}</p>` : html`<img src=${url} alt=${caption} />`}
      </div>
    </figure>`;
  }

  #bar(similarity: NonNullable<TransactionView['similarity']>) {
    const bar = similarityBar(similarity);
    return html`<div class="bar ${bar.isEnough ? 'good' : 'bad'}">
      <p class="said">${resultSymbol(bar.isEnough ? 'passed' : 'failed')}<span>${bar.sentence}</span></p>
      <svg class="scale" role="img" aria-label=${bar.sentence}>
        <rect class="track" x="0" y="2" width="100%" height="12" rx="6"></rect>
        <rect class="value" x="0" y="2" width="${bar.value_percent}%" height="12" rx="6"></rect>
        <line class="min" x1="${bar.min_percent}%" x2="${bar.min_percent}%" y1="-2" y2="18"></line>
      </svg>
      <p class="legend small soft figures">
        <span>Scale 0 to 1; the line marks ${bar.min}</span><span>Operating point “${similarity.operatingPoint}”</span>
      </p>
    </div>`;
  }
}
customElements.define('face-comparison', FaceComparison);
