import { LitElement, css, html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { OfficerCommand, OfficerCommandName, SecondOfficerView } from '../api/messages.ts';
import { type CommandAnswer, sendCommand } from './command-sender.ts';
import { Hold } from './hold.ts';
import { LaneClock } from './lane-clock.ts';
import { Newcomers } from './newcomers.ts';
import type { Given } from './reason-dialog.ts';
import { shared } from './styles.ts';
import { commandWords } from './words.ts';
import './reason-dialog.ts';

type Asking = {
  readonly command: OfficerCommandName;
  readonly basis: string;
  /** The officer who has agreed already; another one answers then, with the own number. */
  readonly first: string | null;
};

/** A recorded command shows its effect in the next view; the buttons wait for it so long. */
const effect_ms = 5_000;

/** Whatever ends a press. */
const handsOff = ['pointerup', 'pointercancel', 'keyup', 'blur'] as const;

/** Stand out among the buttons: what is expected of the officer next. */
const primary: ReadonlySet<OfficerCommandName> = new Set(['acknowledge', 'openLane', 'consentMaintenance']);

/**
 * The commands that are offered now, one button each, and those that are rare behind "More". Sends them, asks for a reason
 * or for a second officer where one is required, and says plainly what became of them. Holding any button for two seconds
 * gives the silent alarm: nothing shows that it did.
 */
export class CommandBar extends LitElement {
  static override properties = {
    laneId: {},
    transactionId: {},
    seq: { type: Number },
    commands: { attribute: false },
    rare: { attribute: false },
    canAlarm: { type: Boolean },
    waiting: { attribute: false },
    basis: {},
    isLive: { type: Boolean },
    officer: {},
    clock: { attribute: false },
    pending: { state: true },
    asking: { state: true },
    unanswered: { state: true },
    refusal: { state: true },
  };
  declare laneId: string;
  declare transactionId: string | null;
  declare seq: number;
  declare commands: readonly OfficerCommandName[];
  declare rare: readonly OfficerCommandName[];
  declare canAlarm: boolean;
  declare waiting: SecondOfficerView | null;
  /** What a decision rests on (`basisOf`). */
  declare basis: string;
  declare isLive: boolean;
  /** Number of whoever sits here; null: no command can be given. */
  declare officer: string | null;
  declare clock: LaneClock;
  declare pending: OfficerCommandName | null;
  declare asking: Asking | null;
  declare unanswered: OfficerCommand | null;
  declare refusal: string | null;
  #pendingSince_seq = 0;
  #isRecorded = false;
  #held: OfficerCommandName = 'closeLane';
  readonly #hold = new Hold(() => void this.#alarm());
  readonly #newcomers = new Newcomers<OfficerCommandName>();
  #settling: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    shared,
    css`
      .buttons { display: flex; flex-wrap: wrap; gap: var(--gap-2); justify-content: flex-end; }
      .said {
        display: flex; flex-wrap: wrap; gap: var(--gap-2) var(--gap-3); align-items: center; justify-content: space-between;
        margin-top: var(--gap-2); padding: var(--gap-2) var(--gap-3); border-radius: 6px;
        background: var(--tone-soft); color: var(--tone); font-weight: 600;
      }
      .said p { flex: 1 1 16rem; }
      .said button { min-height: 32px; padding: 4px 12px; }
      details { position: relative; }
      summary {
        list-style: none; cursor: pointer; font-weight: 600; line-height: 1.2; min-height: 40px; padding: 10px 14px;
        border: 1px solid var(--line-strong); border-radius: 6px;
      }
      summary::-webkit-details-marker { display: none; }
      summary::after { content: ' ▾'; color: var(--ink-soft); }
      summary:hover { background: var(--sunken); }
      .menu {
        position: absolute; right: 0; top: calc(100% + 4px); z-index: 2; display: grid; gap: 2px; min-width: 15rem; padding: 6px;
        background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px;
        box-shadow: 0 10px 30px rgb(0 0 0 / 0.25);
      }
      .menu button { border-color: transparent; text-align: left; font-weight: 500; }
    `,
  ];

  constructor() {
    super();
    this.laneId = '';
    this.transactionId = null;
    this.seq = 0;
    this.commands = [];
    this.rare = [];
    this.canAlarm = false;
    this.waiting = null;
    this.basis = '';
    this.isLive = false;
    this.officer = null;
    this.clock = new LaneClock();
    this.pending = null;
    this.asking = null;
    this.unanswered = null;
    this.refusal = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('transactionId') || changed.has('laneId')) {
      this.#forget();
      this.#newcomers.forget();
      this.#hold.end();
    }
    this.#seeButtons();
    if (this.#isRecorded && this.seq !== this.#pendingSince_seq) this.#settle();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const event of handsOff) window.addEventListener(event, this.#letGo);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const event of handsOff) window.removeEventListener(event, this.#letGo);
    clearTimeout(this.#settling);
    this.#hold.end();
  }

  /** The hand may let go anywhere: the button may have gone from under it. */
  readonly #letGo = (): void => this.#hold.end();

  get #shown(): readonly OfficerCommandName[] {
    return [...this.commands, ...this.rare];
  }

  #seeButtons(): void {
    const shown = this.#shown;
    const now_ms = performance.now();
    this.#newcomers.see(shown, now_ms);
    if (!shown.includes(this.#held)) this.#hold.end();
    clearTimeout(this.#settling);
    const left_ms = this.#newcomers.left_ms(now_ms);
    if (left_ms > 0) this.#settling = setTimeout(() => this.requestUpdate(), left_ms);
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
    if (this.#hold.swallows() || this.#newcomers.isNew(command, performance.now())) return;
    this.renderRoot.querySelector('details')?.removeAttribute('open');
    this.refusal = null;
    this.unanswered = null;
    if (commandWords[command].asks !== null) this.asking = this.#ask(command);
    else void this.#send(this.#compose(command, null, this.officer ?? ''));
  }

  #ask(command: OfficerCommandName): Asking {
    const first = this.waiting?.command === command ? this.waiting.officer : null;
    return { command, basis: this.basis, first };
  }

  #compose(command: OfficerCommandName, reason: string | null, officer: string): OfficerCommand {
    const { laneId, transactionId, seq } = this;
    const givenAt_ms = this.clock.now_ms();
    return {
      commandId: crypto.randomUUID(),
      command,
      laneId,
      transactionId,
      expectedSeq: seq,
      givenAt_ms,
      officer,
      reason,
    };
  }

  /** The silent alarm goes out under the cover of the button that was held, and shows nothing else. */
  async #alarm(): Promise<void> {
    if (!this.canAlarm) return;
    this.pending = this.#held;
    await sendCommand({ ...this.#compose('duress', null, this.officer ?? ''), transactionId: null });
    this.#settle();
  }

  readonly #giveReason = (event: CustomEvent<Given>): void => {
    const { asking } = this;
    if (asking === null) return;
    if (asking.basis !== this.basis) {
      // What the officer decided about is no longer what stands here: put the question again.
      this.asking = this.#ask(asking.command);
      return;
    }
    this.asking = null;
    const { officer, reason } = event.detail;
    void this.#send(this.#compose(asking.command, reason, officer ?? this.officer ?? ''));
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
      <div class="buttons">${this.#buttons(this.commands)} ${this.#more()}</div>
      ${this.#waitingForSecond()} ${this.#said()}
      <reason-dialog
        .words=${asking === null ? null : commandWords[asking.command]}
        .firstOfficer=${asking?.first ?? null}
        .ownOfficer=${this.officer}
        .hasChanged=${asking !== null && asking.basis !== this.basis}
        .isBlocked=${!this.isLive || (asking !== null && !this.#shown.includes(asking.command))}
        @reason-given=${this.#giveReason}
        @reason-withheld=${() => (this.asking = null)}
      ></reason-dialog>
    `;
  }

  /** The menu shuts when nobody is in it any more. */
  readonly #shut = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    const menu = currentTarget as HTMLDetailsElement;
    if (!(relatedTarget instanceof Node) || !menu.contains(relatedTarget)) menu.open = false;
  };

  #more() {
    if (this.rare.length === 0) return null;
    return html`<details @focusout=${this.#shut}>
      <summary>More</summary>
      <div class="menu">${this.#buttons(this.rare)}</div>
    </details>`;
  }

  /** Each command keeps its own button: none is made into another one's under a hand. */
  #buttons(commands: readonly OfficerCommandName[]) {
    return repeat(
      commands,
      (command) => command,
      (command) => this.#button(command),
    );
  }

  #button(command: OfficerCommandName) {
    const isPending = this.pending === command;
    const isNew = this.#newcomers.isNew(command, performance.now());
    const asks = commandWords[command].asks;
    const begin = () => {
      this.#held = command;
      if (this.canAlarm) this.#hold.begin();
    };
    const end = () => this.#hold.end();
    const onSpace = (call: () => void) => (event: KeyboardEvent) => {
      if (event.key !== ' ') this.#hold.forget();
      else if (!event.repeat) call();
    };
    return html`<button
      class=${primary.has(command) ? 'primary' : ''}
      data-command=${command}
      aria-haspopup=${asks === null ? 'false' : 'dialog'}
      aria-busy=${isPending}
      ?disabled=${!this.isLive || this.officer === null || this.pending !== null || isNew}
      @pointerdown=${begin}
      @pointerup=${end}
      @pointerleave=${end}
      @pointercancel=${end}
      @contextmenu=${(event: Event) => event.preventDefault()}
      @keydown=${onSpace(begin)}
      @keyup=${onSpace(end)}
      @click=${() => this.#press(command)}
    >
      ${this.#label(command)}${isPending ? ' …' : asks === null ? '' : '…'}
    </button>`;
  }

  #label(command: OfficerCommandName): string {
    const { label } = commandWords[command];
    return this.waiting?.command === command ? `Second officer: ${label.toLowerCase()}` : label;
  }

  #waitingForSecond() {
    const { waiting } = this;
    if (waiting === null) return null;
    const left_s = Math.max(0, Math.ceil((waiting.until_ms - this.clock.now_ms()) / 1000));
    return html`<div class="said warn" role="status">
      <p>
        Officer ${waiting.officer} said “${commandWords[waiting.command].label}”. Another officer has to say so, too, within
        <span class="figures">${left_s} s</span>.
      </p>
    </div>`;
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
