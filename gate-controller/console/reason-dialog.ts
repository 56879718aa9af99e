import { LitElement, css, html } from 'lit';
import { type CommandWords, reason_maxLength, reason_minLength } from './words.ts';
import { shared } from './styles.ts';

/**
 * Asks why. Fires `reason-given` with the text as detail, or `reason-withheld`.
 * `hasChanged` warns that the case is no longer as it was when the question was put; confirming is then blocked once.
 */
export class ReasonDialog extends LitElement {
  static override properties = {
    words: { attribute: false },
    hasChanged: { type: Boolean },
    isBlocked: { type: Boolean },
    reason: { state: true },
  };
  declare words: CommandWords | null;
  declare hasChanged: boolean;
  declare isBlocked: boolean;
  declare reason: string;

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
      textarea {
        width: 100%; min-height: 5em; resize: vertical; font: inherit; padding: var(--gap-2);
        color: var(--ink); background: var(--sunken); border: 1px solid var(--line-strong); border-radius: 6px;
      }
      .changed { display: flex; gap: var(--gap-2); margin-top: var(--gap-3); color: var(--tone); font-weight: 600; }
      .answer { display: flex; justify-content: flex-end; gap: var(--gap-3); margin-top: var(--gap-4); }
    `,
  ];

  constructor() {
    super();
    this.words = null;
    this.hasChanged = false;
    this.isBlocked = false;
    this.reason = '';
  }

  get #isLongEnough(): boolean {
    return this.reason.trim().length >= reason_minLength;
  }

  override updated(changed: Map<string, unknown>): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (!changed.has('words') || dialog === null) return;
    if (this.words === null) dialog.close();
    else if (!dialog.open) {
      this.reason = '';
      dialog.showModal();
    }
  }

  readonly #give = (event: Event): void => {
    event.preventDefault();
    if (!this.#isLongEnough || this.isBlocked) return;
    this.dispatchEvent(new CustomEvent('reason-given', { detail: this.reason.trim() }));
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
      <fieldset>
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
      <p class="small soft" id="rule">At least ${reason_minLength} characters.</p>
      ${
        this.hasChanged
          ? html`<p class="changed warn" role="alert">The case has changed since you opened this. Look at it again.</p>`
          : null
      }
      <div class="answer">
        <button type="button" @click=${this.#withhold}>Cancel</button>
        <button type="submit" class="primary" ?disabled=${!this.#isLongEnough || this.isBlocked}>${label}</button>
      </div>
    </form>`;
  }
}
customElements.define('reason-dialog', ReasonDialog);
