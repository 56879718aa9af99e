import { LitElement, css, html } from 'lit';
import type { FaceView } from '../api/messages.ts';
import {
  qualityRows,
  signalVerdictWords,
  verdictTones,
  verdictWords,
  wordsOfHint,
  wordsOfSignal,
} from './face-words.ts';
import { shared } from './styles.ts';
import { toneSymbol } from './symbols.ts';
import { wordsOfCode } from './words.ts';

/** What the capture of the live face found: what the traveller is asked, signs of an attack, and how good the picture is. */
export class FaceFindings extends LitElement {
  static override properties = { face: { attribute: false } };
  declare face: FaceView | null;

  static override styles = [
    shared,
    css`
      :host { margin-top: var(--gap-3); }
      .verdict { display: flex; gap: var(--gap-2); align-items: flex-start; font-weight: 600; color: var(--tone); }
      details { margin-top: var(--gap-2); }
      summary { cursor: pointer; font-size: var(--text-s); color: var(--ink-soft); }
      li { display: grid; grid-template-columns: 18px 1fr auto; gap: 0 var(--gap-2); font-size: var(--text-s); padding: 2px 0; }
      .result { color: var(--tone); font-weight: 650; }
      .because { grid-column: 2 / -1; color: var(--ink-soft); }
      dl { display: grid; grid-template-columns: repeat(3, auto); gap: var(--gap-1) var(--gap-4); margin-top: var(--gap-2); }
      dt { font-size: var(--text-s); color: var(--ink-soft); }
      dd { font-size: var(--text-s); font-weight: 600; }
    `,
  ];

  constructor() {
    super();
    this.face = null;
  }

  override render() {
    const { face } = this;
    if (face === null) return null;
    return html`${this.#asked(face)} ${this.#attack(face.attack)} ${this.#quality(face.quality)}`;
  }

  #asked({ guidance, hints }: FaceView) {
    if (guidance !== null) return html`<p class="asked">The traveller is asked: ${wordsOfHint(guidance)}.</p>`;
    const [most] = hints;
    return most === undefined
      ? null
      : html`<p class="asked small soft">Most often in the way: ${wordsOfHint(most.hint)} (${most.frames} pictures).</p>`;
  }

  #attack(attack: FaceView['attack']) {
    if (attack === null) return null;
    const tone = verdictTones[attack.verdict];
    return html`<p class="verdict ${tone}">
        ${toneSymbol(tone)}<span>${verdictWords[attack.verdict]}: ${wordsOfCode(attack.because).toLowerCase()}</span>
      </p>
      <details ?open=${attack.verdict !== 'live'}>
        <summary>Signs of a picture, screen or mask</summary>
        <ul>
          ${attack.signals.map((signal) => {
            const own = signal.verdict === 'undetermined' ? 'none' : verdictTones[signal.verdict];
            return html`<li class=${own}>
              ${toneSymbol(own)}<span>${wordsOfSignal(signal.name)}</span>
              <span class="result">${signalVerdictWords[signal.verdict]}</span>
              ${signal.verdict === 'live' ? null : html`<span class="because">${wordsOfCode(signal.because)}</span>`}
            </li>`;
          })}
        </ul>
      </details>`;
  }

  #quality(quality: FaceView['quality']) {
    if (quality === null) return null;
    return html`<dl aria-label="Quality of the live picture">
      ${qualityRows(quality).map(
        ([label, figure]) => html`<div>
          <dt>${label}</dt>
          <dd class="figures">${figure}</dd>
        </div>`,
      )}
    </dl>`;
  }
}
customElements.define('face-findings', FaceFindings);
