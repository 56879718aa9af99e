import { LitElement, html, svg } from 'lit';
import type { DisplayView } from '../api/messages.ts';
import { type Link, LiveView } from '../console/live-view.ts';
import { pictureOf } from './pictures.ts';
import { outOfServiceAfter_ms, type Sign, signOf, waySteps } from './sign.ts';
import { direction, helpTexts, languagesAt, type SecondLanguage } from './texts.ts';

/** How long a pair of languages stays. */
const turn_ms = 4_000;
/** How long a call for help may take to be heard. */
const help_ms = 3_000;
const ringRadius = 112;
const ringLength = 2 * Math.PI * ringRadius;

/**
 * The traveller's sign. Drawn into the page itself, so that the static sign of index.html and this one share sign.css;
 * the static sign goes away only when this one stands.
 */
export class DisplaySign extends LitElement {
  static override properties = {
    view: { state: true },
    isLost: { state: true },
    turn: { state: true },
  };
  declare view: DisplayView | null;
  declare isLost: boolean;
  declare turn: number;

  readonly #live = new LiveView<DisplayView>({
    eventsURL: '/api/display/events',
    event: 'display',
    snapshotURL: '/api/display',
    silence_ms: 1_000,
    answer_ms: 1_000,
    retry_ms: 500,
    onView: (view) => {
      this.view = view;
    },
    onLink: (link) => this.#follow(link),
  });
  #lossTimer: ReturnType<typeof setTimeout> | undefined;
  #turnTimer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.view = null;
    this.isLost = false;
    this.turn = 0;
  }

  override createRenderRoot() {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.start();
    this.#turnTimer = setInterval(() => {
      this.turn += 1;
    }, turn_ms);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#live.stop();
    clearTimeout(this.#lossTimer);
    clearInterval(this.#turnTimer);
  }

  override firstUpdated(): void {
    this.querySelector('#still')?.remove();
  }

  #follow(link: Link): void {
    if (link === 'live') {
      clearTimeout(this.#lossTimer);
      this.isLost = false;
      return;
    }
    const left_ms = Math.max(0, outOfServiceAfter_ms - this.#live.age_ms());
    this.#lossTimer = setTimeout(() => {
      this.isLost = true;
    }, left_ms);
  }

  override render() {
    const sign = signOf(this.view, this.isLost);
    return html`<main
      class="sign ${sign.look} ${sign.isAccessible ? 'accessible' : ''}"
      data-screen=${sign.screen}
    >
      ${this.#top(sign)}
      <div class="picture ${sign.screen}">
        <svg viewBox="0 0 240 240" aria-hidden="true">${pictureOf(sign.picture)}${ring(sign)}</svg>
      </div>
      <div class="words" role="status">
        <h1 lang="en">${sign.words.en}</h1>
        ${sign.more === null ? null : html`<p class="more" lang="en">${sign.more.en}</p>`}
        ${languagesAt(this.turn, sign.isAccessible).map((language) => this.#line(sign, language))}
      </div>
      ${this.#help(sign)}
    </main>`;
  }

  #line({ more, words }: Sign, language: SecondLanguage) {
    const whole = more === null ? words[language] : `${words[language]}. ${more[language]}`;
    return html`<p lang=${language} dir=${direction[language]}>${whole}</p>`;
  }

  #help({ help }: Sign) {
    if (help === 'none') return null;
    const words = helpTexts[help];
    const [language] = languagesAt(this.turn, true);
    if (help === 'coming') {
      return html`<p class="help coming" role="status">
        <b lang="en">${words.en}</b> <span lang=${language} dir=${direction[language]}>${words[language]}</span>
      </p>`;
    }
    return html`<button class="help" @click=${this.#callForHelp}>
      <svg viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="18"></circle>
        <path d="M14 15c0-8 12-8 12 0 0 5-6 5-6 10M20 31v.4"></path></svg>
      <b lang="en">${words.en}</b> <span lang=${language} dir=${direction[language]}>${words[language]}</span>
    </button>`;
  }

  /** The next view says that the call was heard; until then the button stays, so that it can be pressed again. */
  readonly #callForHelp = (): void => {
    void fetch('/api/display/help', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(help_ms),
    }).catch(() => {
      // The sign says by itself when the controller does not answer.
    });
  };

  #top(sign: Sign) {
    const at = sign.way === null ? -1 : waySteps.indexOf(sign.way);
    return html`<header>
      <span class="lane">${sign.laneName}</span>
      <span class="way" aria-hidden="true">
        ${
          at < 0
            ? null
            : waySteps.map(
                (_, index) => html`<i
          class=${index < at ? 'done' : index === at ? 'now' : ''}></i>`,
              )
        }
      </span>
    </header>`;
  }
}
customElements.define('display-sign', DisplaySign);

/** Progress of the chip, or a turning piece of ring while its length is not known. */
function ring(sign: Sign) {
  if (sign.screen !== 'readingDocument') return null;
  const isMeasured = sign.progress !== null;
  const share = sign.progress ?? 0.2;
  return svg`<circle class="ring-track" cx="120" cy="120" r=${ringRadius}></circle>
    <circle class="ring ${isMeasured ? '' : 'turning'}" cx="120" cy="120" r=${ringRadius}
      stroke-dasharray="${(ringLength * share).toFixed(1)} ${ringLength.toFixed(1)}"></circle>`;
}
