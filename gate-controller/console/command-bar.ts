import { LitElement, css, html } from 'lit';
import type { OfficerCommand, OfficerCommandName } from '../api/messages.ts';
import { type CommandAnswer, sendCommand } from './command-sender.ts';
import { commandWords, type CommandWords } from './words.ts';
import { shared } from './styles.ts';
import './reason-dialog.ts';

type Asking = { readonly command: OfficerCommandName; readonly words: CommandWords; readonly basis: string };

/** A recorded command shows its effect in the next view; the buttons wait for it so long. */
const effect_ms = 5_000;

/**
 * The commands that are offered now, one button each. Sends them, asks for a reason where one is required, and says
 * plainly what became of them.
 */
export class CommandBar extends LitElement {
  static override properties = {
    laneId: {},
    transactionId: {},
    seq: { type: Number },
    commands: { attribute: false },
    basis: {},
    isLive: { type: Boolean },
    pending: { state: true },
    asking: { state: true },
    unanswered: { state: true },
    refusal: { state: true },
  };
  declare laneId: string;
  declare transactionId: string | null;
  declare seq: number;
  declare commands: readonly OfficerCommandName[];
  /** What a decision rests on (`basisOf`). */
  declare basis: string;
  declare isLive: boolean;
  declare pending: OfficerCommandName | null;
  declare asking: Asking | null;
  declare unanswered: OfficerCommand | null;
  declare refusal: string | null;
  #pendingSince_seq = 0;
  #isRecorded = false;

  static override styles = [
    shared,
    css`
      .buttons { display: flex; flex-wrap: wrap; gap: var(--gap-2); }
      .said {
        display: flex; flex-wrap: wrap; gap: var(--gap-2) var(--gap-3); align-items: center; justify-content: space-between;
        margin-top: var(--gap-2); padding: var(--gap-2) var(--gap-3); border-radius: 6px;
        background: var(--tone-soft); color: var(--tone); font-weight: 600;
      }
      .said p { flex: 1 1 16rem; }
      .said button { min-height: 32px; padding: 4px 12px; }
    `,
  ];

  constructor() {
    super();
    this.laneId = '';
    this.transactionId = null;
    this.seq = 0;
    this.commands = [];
    this.basis = '';
    this.isLive = false;
    this.pending = null;
    this.asking = null;
    this.unanswered = null;
    this.refusal = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get('transactionId') !== undefined || changed.get('laneId') !== undefined) this.#forget();
    if (this.#isRecorded && this.seq !== this.#pendingSince_seq) this.#settle();
  }

  #forget(): void {
    this.asking = null;
    this.unanswered = null;
    this.refusal = null;
    this.#settle();
  }

  #settle(): void {
    this.pending = null;
    this.#isRecorded = false;
  }

  #press(command: OfficerCommandName): void {
    this.refusal = null;
    this.unanswered = null;
    const words = commandWords[command];
    if (words.asks !== null) this.asking = { command, words, basis: this.basis };
    else void this.#send(this.#compose(command, null));
  }

  #compose(command: OfficerCommandName, reason: string | null): OfficerCommand {
    const { laneId, transactionId, seq } = this;
    return { commandId: crypto.randomUUID(), command, laneId, transactionId, expectedSeq: seq, reason };
  }

  readonly #giveReason = (event: CustomEvent<string>): void => {
    const { asking } = this;
    if (asking === null) return;
    if (asking.basis !== this.basis) {
      // What the officer decided about is no longer what stands here: put the question again.
      this.asking = { ...asking, basis: this.basis };
      return;
    }
    this.asking = null;
    void this.#send(this.#compose(asking.command, event.detail));
  };

  async #send(command: OfficerCommand): Promise<void> {
    this.pending = command.command;
    this.unanswered = null;
    this.#pendingSince_seq = this.seq;
    const answer = await sendCommand(command);
    if (command.laneId !== this.laneId || command.transactionId !== this.transactionId) return;
    this.#conclude(command, answer);
  }

  #conclude(command: OfficerCommand, answer: CommandAnswer): void {
    if (answer.kind === 'recorded') {
      this.#isRecorded = true;
      if (this.seq !== this.#pendingSince_seq) this.#settle();
      else setTimeout(() => this.#settle(), effect_ms);
      return;
    }
    this.#settle();
    if (answer.kind === 'unanswered') this.unanswered = command;
    else this.refusal = answer.message;
  }

  override render() {
    const { asking } = this;
    return html`
      <div class="buttons">${this.commands.map((command) => this.#button(command))}</div>
      ${this.#said()}
      <reason-dialog
        .words=${asking?.words ?? null}
        .hasChanged=${asking !== null && asking.basis !== this.basis}
        .isBlocked=${!this.isLive || (asking !== null && !this.commands.includes(asking.command))}
        @reason-given=${this.#giveReason}
        @reason-withheld=${() => (this.asking = null)}
      ></reason-dialog>
    `;
  }

  #button(command: OfficerCommandName) {
    const isPending = this.pending === command;
    const asks = commandWords[command].asks;
    return html`<button
      class=${command === 'acknowledge' || command === 'openLane' ? 'primary' : ''}
      data-command=${command}
      aria-haspopup=${asks === null ? 'false' : 'dialog'}
      aria-busy=${isPending}
      ?disabled=${!this.isLive || this.pending !== null}
      @click=${() => this.#press(command)}
    >
      ${commandWords[command].label}${isPending ? ' …' : asks === null ? '' : '…'}
    </button>`;
  }

  #said() {
    const { unanswered } = this;
    if (unanswered !== null) {
      return html`<div class="said warn" role="alert">
        <p>No answer: it is not known whether “${commandWords[unanswered.command].label}” was recorded. Watch the lane.</p>
        <button @click=${() => void this.#send(unanswered)} ?disabled=${!this.isLive}>Send again</button>
      </div>`;
    }
    if (this.refusal === null) return null;
    return html`<div class="said bad" role="alert">
      <p>${this.refusal}</p>
      <button @click=${() => (this.refusal = null)}>Understood</button>
    </div>`;
  }
}
customElements.define('command-bar', CommandBar);
