import { LitElement, css, html } from 'lit';
import type { DeviceView } from '../api/technician-messages.ts';
import { clockTime, duration } from '../console/figures.ts';
import { shared } from '../console/styles.ts';
import { toneSymbol } from '../console/symbols.ts';
import type { Tone } from '../console/words.ts';

const toneOf = ({ faults }: DeviceView): Tone =>
  faults.some(({ isBlocking }) => isBlocking) ? 'bad' : faults.length > 0 ? 'warn' : 'good';

const rank: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, good: 2, accent: 3, none: 3 };

/** Devices with a fault first: which port, what it means, since when, and what to do. */
export class DeviceList extends LitElement {
  static override properties = { devices: { attribute: false }, now_ms: { type: Number } };
  declare devices: readonly DeviceView[];
  declare now_ms: number;

  static override styles = [
    shared,
    css`
      ul { display: grid; gap: var(--gap-2); }
      .device {
        border: 1px solid var(--line); border-left: 5px solid var(--tone); border-radius: 6px; padding: 8px var(--gap-3);
        display: grid; gap: 2px;
      }
      .line { display: flex; flex-wrap: wrap; gap: 2px var(--gap-3); align-items: baseline; }
      .line strong { margin-right: auto; }
      code { font-family: var(--font-figures); font-size: 0.8rem; overflow-wrap: anywhere; }
      .fault { margin-top: var(--gap-2); padding: 8px var(--gap-3); border-radius: 6px; background: var(--tone-soft); }
      .fault p { display: flex; gap: var(--gap-2); align-items: flex-start; }
      .do { font-weight: 650; }
    `,
  ];

  constructor() {
    super();
    this.devices = [];
    this.now_ms = 0;
  }

  override render() {
    const ordered = [...this.devices].sort((a, b) => rank[toneOf(a)] - rank[toneOf(b)]);
    return html`<ul aria-label="Devices">${ordered.map((device) => this.#device(device))}</ul>`;
  }

  #device(device: DeviceView) {
    const tone = toneOf(device);
    return html`<li class="device ${tone}" data-device=${device.device}>
      <p class="line">
        <strong>${device.title}</strong>
        <span class="small">${
          device.identification ??
          html`<span class="soft">${device.connection === null ? '' : 'has not answered'}</span>`
        }</span>
      </p>
      ${device.connection === null ? null : html`<code class="soft">${device.connection}</code>`}
      ${device.faults.map(
        ({ advice, code, isBlocking, meaning, since_ms }) => html`<div class="fault ${isBlocking ? 'bad' : 'warn'}">
          <p>${toneSymbol(isBlocking ? 'bad' : 'warn')}<span class="do">${advice}</span></p>
          <p class="small">${meaning} <code class="soft">${code}</code></p>
          <p class="small soft figures">
            since ${clockTime(since_ms)}, ${duration(this.now_ms - since_ms)}${isBlocking ? '; the lane serves nobody' : ''}
          </p>
        </div>`,
      )}
    </li>`;
  }
}
customElements.define('device-list', DeviceList);
