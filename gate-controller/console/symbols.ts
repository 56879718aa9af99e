import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { CheckResultView } from '../api/messages.ts';
import type { Link } from './live-view.ts';
import type { Tone } from './words.ts';

/** Each result has its own shape, so that it can be told without seeing colour. Drawn on 20 × 20. */
const shapes: Readonly<Record<CheckResultView, SVGTemplateResult>> = {
  passed: svg`<circle cx="10" cy="10" r="9" class="fill"/><path d="M5.5 10.5l3 3 6-7" class="mark"/>`,
  failed: svg`<path d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z" class="fill"/><path d="M6.5 6.5l7 7m0-7l-7 7"
    class="mark"/>`,
  undetermined: svg`<path d="M10 1l9.5 17.5H.5z" class="fill"/><path d="M10 7.5v5m0 2.6v.2" class="mark"/>`,
  'not-supported': svg`<rect x="1" y="1" width="18" height="18" rx="4" class="fill"/><path d="M5.5 10h9"
    class="mark"/>`,
  aborted: svg`<circle cx="10" cy="10" r="8" class="outline"/><path d="M4.5 15.5l11-11" class="outline"/>`,
};

export const resultSymbol = (result: CheckResultView): TemplateResult =>
  html`<svg class="symbol" viewBox="0 0 20 20" aria-hidden="true">${shapes[result]}</svg>`;

const toneShapes: Readonly<Record<Tone, SVGTemplateResult>> = {
  good: shapes.passed,
  bad: shapes.failed,
  warn: shapes.undetermined,
  none: shapes['not-supported'],
  accent: svg`<circle cx="10" cy="10" r="9" class="fill"/><path d="M10 9.5v5m0-8.6v.2" class="mark"/>`,
};

export const toneSymbol = (tone: Tone): TemplateResult =>
  html`<svg class="symbol" viewBox="0 0 20 20" aria-hidden="true">${toneShapes[tone]}</svg>`;

const links: Readonly<Record<Link, readonly [Tone, string]>> = {
  live: ['good', 'Live'],
  lost: ['bad', 'No connection'],
  connecting: ['accent', 'Connecting'],
};

/** Whether the page still hears its lane. */
export function linkPill(link: Link): TemplateResult {
  const [tone, words] = links[link];
  return html`<p class="pill ${tone}" data-link=${link}>${toneSymbol(tone)}${words}</p>`;
}
