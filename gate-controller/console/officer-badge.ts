import { LitElement, css, html } from 'lit';
import { isPersonNumber } from '../api/messages.ts';
import { numberField } from './number-field.ts';
import { shared } from './styles.ts';

/** Asks once who sits here, then shows it. Fires `officer-named` with the number, `officer-left` when somebody goes. */
export class OfficerBadge extends LitElement {
  static override properties = { officer: {}, typed: { state: true } };
  declare officer: string | null;
  declare typed: string;

  static override styles = [
    shared,
    css`
      form, .named { display: flex; flex-wrap: wrap; gap: var(--gap-2); align-items: center; }
      label { font-weight: 600; }
      input {
        font: inherit; width: 9rem; min-height: 34px; padding: 4px 10px; color: var(--ink); background: var(--surface);
        border: 2px solid var(--accent); border-radius: 6px;
      }
      button { min-height: 34px; padding: 4px 12px; }
      strong { font-variant-numeric: tabular-nums; }
    `,
  ];

  constructor() {
    super();
    this.officer = null;
    this.typed = '';
  }

  readonly #name = (event: Event): void => {
    event.preventDefault();
    const number = this.typed.trim();
    if (!isPersonNumber(number)) return;
    this.typed = '';
    this.dispatchEvent(new CustomEvent('officer-named', { detail: number }));
  };

  override render() {
    if (this.officer !== null) {
      return html`<p class="named">
        <span>Officer <strong>${this.officer}</strong></span>
        <button @click=${() => this.dispatchEvent(new CustomEvent('officer-left'))}>Hand over</button>
      </p>`;
    }
    return html`<form @submit=${this.#name}>
      ${numberField({
        id: 'number',
        label: 'Your officer number',
        number: this.typed,
        onTyped: (number) => (this.typed = number),
      })}
      <button type="submit" class="primary" ?disabled=${!isPersonNumber(this.typed.trim())}>Attend</button>
    </form>`;
  }
}
customElements.define('officer-badge', OfficerBadge);
