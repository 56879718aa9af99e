import { LitElement, css, html } from 'lit';
import { isPersonNumber, personNumberOf } from '../api/messages.ts';
import type {
  DoorCommandView,
  DoorStandingView,
  TechnicianCommand,
  TechnicianCommandName,
  TechnicianView,
} from '../api/technician-messages.ts';
import { type CommandAnswer, sendCommand } from '../console/command-sender.ts';
import { duration } from '../console/figures.ts';
import type { LaneClock } from '../console/lane-clock.ts';
import { numberField } from '../console/number-field.ts';
import { shared } from '../console/styles.ts';
import { toneSymbol } from '../console/symbols.ts';
import { motionWords, type Tone } from '../console/words.ts';

type DoorName = 'entry' | 'exit';
type Move = { readonly door: DoorName; readonly motion: DoorCommandView };

const agreements: Readonly<Record<DoorStandingView['agreement'], readonly [Tone, string]>> = {
  agrees: ['good', 'is where it was asked to be'],
  waiting: ['accent', 'on its way, or held up'],
  disagrees: ['bad', 'does not do what it was asked'],
  unknown: ['warn', 'not seen'],
};
const asked: Readonly<Record<DoorCommandView, string>> = { hold: 'nothing', open: 'to open', close: 'to close' };
const moves: readonly (readonly [DoorCommandView, string])[] = [
  ['open', 'Open'],
  ['close', 'Close'],
  ['hold', 'Let go'],
];

/** Doors as asked and as seen; asking for maintenance, and moving a door in it, each move confirmed. */
export class MaintenancePanel extends LitElement {
  static override properties = {
    view: { attribute: false },
    clock: { attribute: false },
    isLive: { type: Boolean },
    technician: { state: true },
    move: { state: true },
    isPending: { state: true },
    said: { state: true },
  };
  declare view: TechnicianView;
  declare clock: LaneClock;
  declare isLive: boolean;
  declare technician: string;
  declare move: Move | null;
  declare isPending: boolean;
  declare said: string | null;

  static override styles = [
    shared,
    css`
      .doors { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: var(--gap-3); }
      .door { border: 1px solid var(--line); border-radius: 6px; padding: var(--gap-3); display: grid; gap: 4px; align-content: start; }
      .pill { justify-self: start; }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px var(--gap-3); font-size: var(--text-s); }
      dt { color: var(--ink-soft); }
      dd { font-weight: 600; }
      .ask { display: flex; flex-wrap: wrap; gap: var(--gap-2) var(--gap-3); align-items: center; margin-top: var(--gap-3); }
      label { font-weight: 600; }
      input {
        font: inherit; width: 9rem; padding: 6px 10px; color: var(--ink); background: var(--sunken);
        border: 1px solid var(--line-strong); border-radius: 6px;
      }
      .moves { display: flex; flex-wrap: wrap; gap: var(--gap-2); margin-top: var(--gap-2); }
      .moves button { min-height: 34px; padding: 4px 12px; }
      .confirm, .said {
        margin-top: var(--gap-3); padding: var(--gap-3); border-radius: 6px; background: var(--tone-soft);
        display: flex; flex-wrap: wrap; gap: var(--gap-2) var(--gap-3); align-items: center;
      }
      .confirm p, .said p { flex: 1 1 16rem; font-weight: 600; }
    `,
  ];

  constructor() {
    super();
    this.isLive = false;
    this.technician = '';
    this.move = null;
    this.isPending = false;
    this.said = null;
  }

  #can(command: TechnicianCommandName): boolean {
    return (
      this.isLive && !this.isPending && isPersonNumber(this.technician.trim()) && this.view.commands.includes(command)
    );
  }

  async #give(command: TechnicianCommandName, move: Move | null = null): Promise<void> {
    const { clock, view } = this;
    const body: TechnicianCommand = {
      commandId: crypto.randomUUID(),
      command,
      laneId: view.laneId,
      expectedSeq: view.seq,
      givenAt_ms: clock.now_ms(),
      technician: personNumberOf(this.technician),
      door: move?.door ?? null,
      motion: move?.motion ?? null,
    };
    this.isPending = true;
    this.said = null;
    this.move = null;
    const answer = await sendCommand(body, fetch, '/api/technician');
    this.isPending = false;
    this.said = saidOf(answer);
  }

  override render() {
    const { doors, mode } = this.view;
    return html`<div class="doors">${this.#door('entry', 'Entry door', doors.entry)} ${this.#door('exit', 'Exit door', doors.exit)}</div>
      ${this.#confirm()} ${this.#ask(mode === 'maintenance')}
      ${
        this.said === null
          ? null
          : html`<div class="said bad" role="alert"><p>${this.said}</p>
            <button @click=${() => (this.said = null)}>Understood</button></div>`
      }`;
  }

  #door(name: DoorName, title: string, { agreement, commanded, commandedAt_ms, observed }: DoorStandingView) {
    const [tone, words] = agreements[agreement];
    const age = commandedAt_ms === null ? '' : `, for ${duration(this.view.at_ms - commandedAt_ms)}`;
    return html`<div class="door" data-door=${name}>
      <h3>${title}</h3>
      <p class="pill ${tone}">${toneSymbol(tone)}${words}</p>
      <dl>
        <dt>asked</dt><dd>${asked[commanded]}${age}</dd>
        <dt>seen</dt><dd>${
          observed === null
            ? 'not seen'
            : html`${motionWords[observed.motion]}${
                observed.position_percent === null ? '' : `, ${Math.round(observed.position_percent)} %`
              }${observed.isObstructed ? ', obstructed' : ''}`
        }</dd>
        <dt>end switches</dt><dd>${
          observed === null
            ? '–'
            : `open ${observed.isAtOpenLimit ? 'on' : 'off'}, closed ${observed.isAtClosedLimit ? 'on' : 'off'}`
        }</dd>
      </dl>
      ${
        this.view.commands.includes('moveDoor')
          ? html`<div class="moves">${moves.map(
              ([motion, label]) => html`<button
                ?disabled=${!this.#can('moveDoor')}
                @click=${() => (this.move = { door: name, motion })}
              >${label}</button>`,
            )}</div>`
          : null
      }
    </div>`;
  }

  #confirm() {
    const { move } = this;
    if (move === null) return null;
    const label = moves.find(([motion]) => motion === move.motion)?.[1] ?? '';
    return html`<div class="confirm warn" role="alertdialog" aria-label="Confirm the move">
      <p>${label} the ${move.door} door now? Look that nobody stands in it.</p>
      <button @click=${() => (this.move = null)}>Cancel</button>
      <button class="primary" ?disabled=${!this.#can('moveDoor')} @click=${() => void this.#give('moveDoor', move)}>
        ${label} ${move.door} door
      </button>
    </div>`;
  }

  #ask(isInMaintenance: boolean) {
    const { maintenance } = this.view;
    return html`<div class="ask">
      ${numberField({
        id: 'technician',
        label: 'Your technician number',
        number: this.technician,
        onTyped: (number) => (this.technician = number),
      })}
      <button ?disabled=${!this.#can('askMaintenance')} @click=${() => void this.#give('askMaintenance')}>Ask for maintenance</button>
      <button ?disabled=${!this.#can('endMaintenance')} @click=${() => void this.#give('endMaintenance')}>End maintenance</button>
      <p class="small soft" role="status">${
        maintenance === null
          ? 'An officer has to consent. It begins in a lane that is closed, in fault, or empty.'
          : maintenance.officer === null
            ? `${maintenance.technician} has asked; waiting for an officer’s consent.`
            : `${maintenance.technician} works here; officer ${maintenance.officer} consented.`
      }${isInMaintenance ? ' The interlock is off: both doors may stand open.' : ''}</p>
    </div>`;
  }
}
customElements.define('maintenance-panel', MaintenancePanel);

function saidOf(answer: CommandAnswer): string | null {
  if (answer.kind === 'recorded') return null;
  if (answer.kind === 'unanswered') return 'No answer: it is not known whether this was recorded. Look at the lane.';
  return answer.message;
}
