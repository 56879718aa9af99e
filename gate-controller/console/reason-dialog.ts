import { LitElement, css, html } from 'lit';
import { isPersonNumber, personNumberOf } from '../api/messages.ts';
import { numberField } from './number-field.ts';
import { type CommandWords, reason_maxLength, reason_minLength } from './words.ts';
import { shared } from './styles.ts';

/** The officer's answer: no reason where none is asked, no number but where a second officer answers. */
export type Given = { readonly reason: string | null; readonly officer: string | null };

/**
 * Asks why, or only whether. Fires `reason-given` with a `Given` as detail, or `reason-withheld`. Where one officer has
 * agreed already, whoever answers is another one and says so with the own number.
 * `hasChanged` warns that the case is no longer as it was when the question was put; confirming is then blocked once.
 */
export class ReasonDialog extends LitElement {
  static override properties = {
    words: { attribute: false },
    firstOfficer: {},
    ownOfficer: {},
    hasChanged: { type: Boolean },
    isBlocked: { type: Boolean },
    reason: { state: true },
    officer: { state: true },
  };
  declare words: CommandWords | null;
  declare firstOfficer: string | null;
  /** Who sits at this page: the second officer, unless the first one still does. */
  declare ownOfficer: string | null;
  declare hasChanged: boolean;
  declare isBlocked: boolean;
  declare reason: string;
  declare officer: string;

  static override styles = [
    shared,
    css`
      dialog {
        width: min(34rem, 92vw); padding: var(--gap-5); color: var(--ink); background: var(--surface);
        border: 1px solid var(--line-strong); border-radius: 12px; box-shadow: 0 20px 60px rgb(0 0 0 / 0.35);
      }
      dialog::backdrop { background: rgb(8 14 22 / 0.5); }
      h2 { font-size: var(--text-xl); margin-bottom: var(--gap-2); }
      fieldset { border: 0; padding: 0; margin: var(--gap-4) 0 var(--gap-3); display: grid; gap: var(--gap-2); }
      legend { font-weight: 600; padding: 0; margin-bottom: var(--gap-2); }
      fieldset button { text-align: left; font-weight: 450; min-height: 38px; }
      fieldset button[aria-pressed='true'] {
        border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent);
      }
      label { display: block; font-weight: 600; margin-bottom: var(--gap-1); }
      input { width: 12rem; }
      .second p { margin-top: var(--gap-2); }
      textarea { width: 100%; min-height: 5em; resize: vertical; }
      .second { margin-top: var(--gap-4); padding: var(--gap-3); border-radius: 6px; background: var(--tone-soft); }
      textarea, input {
        font: inherit; padding: var(--gap-2);
        color: var(--ink); background: var(--sunken); border: 1px solid var(--line-strong); border-radius: 6px;
      }
      .changed { display: flex; gap: var(--gap-2); margin-top: var(--gap-3); color: var(--tone); font-weight: 600; }
      .answer { display: flex; justify-content: flex-end; gap: var(--gap-3); margin-top: var(--gap-4); }
    `,
  ];

  constructor() {
    super();
    this.words = null;
    this.firstOfficer = null;
    this.ownOfficer = null;
    this.hasChanged = false;
    this.isBlocked = false;
    this.reason = '';
    this.officer = '';
  }

  get #needsReason(): boolean {
    return (this.words?.asks?.usualReasons.length ?? 0) > 0;
  }

  get #isSecondOfficer(): boolean {
    return isPersonNumber(this.officer.trim()) && personNumberOf(this.officer) !== this.firstOfficer;
  }

  get #isComplete(): boolean {
    const isReasoned = !this.#needsReason || this.reason.trim().length >= reason_minLength;
    return isReasoned && (this.firstOfficer === null || this.#isSecondOfficer);
  }

  override updated(changed: Map<string, unknown>): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (!changed.has('words') || dialog === null) return;
    if (this.words === null) dialog.close();
    else if (!dialog.open) {
      this.reason = '';
      this.officer = this.ownOfficer === this.firstOfficer ? '' : (this.ownOfficer ?? '');
      dialog.showModal();
    }
  }

  readonly #give = (event: Event): void => {
    event.preventDefault();
    if (!this.#isComplete || this.isBlocked) return;
    const detail: Given = {
      reason: this.#needsReason ? this.reason.trim() : null,
      officer: this.firstOfficer === null ? null : personNumberOf(this.officer),
    };
    this.dispatchEvent(new CustomEvent('reason-given', { detail }));
  };

  readonly #withhold = (): void => {
    if (this.words !== null) this.dispatchEvent(new CustomEvent('reason-withheld'));
  };

  override render() {
    const asks = this.words?.asks;
    return html`<dialog aria-labelledby="title" @close=${this.#withhold}>
      ${asks === null || asks === undefined ? null : this.#form(this.words?.label ?? '', asks)}
    </dialog>`;
  }

  #form(label: string, asks: NonNullable<CommandWords['asks']>) {
    return html`<form @submit=${this.#give}>
      <h2 id="title">${asks.title}</h2>
      <p class="soft">${asks.consequence}</p>
      ${this.#second()} ${this.#needsReason ? this.#why(asks) : null}
      ${
        this.hasChanged
          ? html`<p class="changed warn" role="alert">The case has changed since you opened this. Look at it again.</p>`
          : null
      }
      <div class="answer">
        <button type="button" @click=${this.#withhold}>Cancel</button>
        <button type="submit" class="primary" ?disabled=${!this.#isComplete || this.isBlocked}>${label}</button>
      </div>
    </form>`;
  }

  #second() {
    if (this.firstOfficer === null) return null;
    return html`<div class="second warn">
      ${numberField({
        id: 'officer',
        label: 'Number of the second officer',
        number: this.officer,
        onTyped: (number) => (this.officer = number),
      })}
      <p class="small">Officer ${this.firstOfficer} has agreed. Only another officer can answer here.</p>
    </div>`;
  }

  #why(asks: NonNullable<CommandWords['asks']>) {
    return html`<fieldset>
        <legend>Reason</legend>
        ${asks.usualReasons.map(
          (usual) =>
            html`<button type="button" aria-pressed=${this.reason === usual} @click=${() => (this.reason = usual)}>
              ${usual}
            </button>`,
        )}
      </fieldset>
      <label for="reason">In your words (recorded; no names or numbers)</label>
      <textarea
        id="reason"
        maxlength=${reason_maxLength}
        .value=${this.reason}
        @input=${(event: Event) => (this.reason = (event.target as HTMLTextAreaElement).value)}
      ></textarea>
      <p class="small soft" id="rule">At least ${reason_minLength} characters.</p>`;
  }
}
customElements.define('reason-dialog', ReasonDialog);
