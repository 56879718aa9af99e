import { LitElement, css, html, svg } from 'lit';
import type { BodyView, HallView } from '../messages.ts';
import {
  beamDistance_mm,
  cabinWidth_mm,
  farSide_mm,
  type Frame,
  frameOf,
  leafLength_mm,
  positionIn,
} from './geometry.ts';
import { shared } from './styles.ts';

const half = cabinWidth_mm / 2;

/** The lane from above: hall at the left, far side at the right. All of it is what the hall model says. */
export class LaneDrawing extends LitElement {
  static override properties = { hall: { attribute: false } };
  declare hall: HallView | null;

  static override styles = [
    shared,
    css`
      svg { width: 100%; height: auto; max-height: 42vh; display: block; }
      text { font-family: var(--font); font-size: 105px; fill: var(--ink-soft); }
      .name { font-weight: 650; fill: var(--ink); }
      .ground { fill: var(--sunken); }
      .cabin { fill: var(--accent-soft); }
      .wall { stroke: var(--line-strong); stroke-width: 60; stroke-linecap: square; }
      .leaf { stroke: var(--ink); stroke-width: 70; }
      .leaf.obstructed { stroke: var(--warn); }
      .beam { stroke: var(--line-strong); stroke-width: 16; stroke-dasharray: 40 40; }
      .beam.on { stroke: var(--bad); stroke-width: 36; stroke-dasharray: none; }
      .post { fill: var(--line-strong); }
      .beam-on .post { fill: var(--bad); }
      .zone { fill: none; stroke: var(--line); stroke-width: 12; }
      .zone.on { fill: color-mix(in oklab, var(--warn) 30%, transparent); stroke: var(--warn); }
      .reader { fill: var(--surface); stroke: var(--line-strong); stroke-width: 14; }
      .lamp { stroke: var(--line-strong); stroke-width: 14; fill: var(--sunken); }
      .lamp.green { fill: #2fbf71; }
      .lamp.red { fill: #e5484d; }
      .lamp.place, .lamp.take { fill: #2fbf71; }
      .lamp.reading { fill: #f2b83b; }
      .person { transition: transform 0.2s linear; }
      .shoulders { fill: var(--accent); }
      .head { fill: var(--surface); stroke: var(--accent); stroke-width: 26; }
      .tailgater .shoulders, .intruder .shoulders { fill: var(--bad); }
      .tailgater .head, .intruder .head { stroke: var(--bad); }
      .doing {
        font-size: 100px; font-weight: 650; fill: var(--ink); text-anchor: middle;
        paint-order: stroke; stroke: var(--surface); stroke-width: 44px; stroke-linejoin: round;
      }
      .alarm { fill: var(--bad); font-weight: 700; }
      .end { text-anchor: end; }
      @media (prefers-reduced-motion: reduce) { .person { transition: none; } }
    `,
  ];

  constructor() {
    super();
    this.hall = null;
  }

  override render() {
    const { hall } = this;
    if (hall === null) return null;
    const frame = frameOf(hall.lane);
    const on = (name: string) => hall.sensors[name] === true;
    const exit = hall.lane.exit_mm;
    return html`<svg
      viewBox="${frame.left_mm} -1080 ${frame.width_mm} 2100"
      role="img"
      aria-label=${`Lane from above; ${hall.bodies.length} people`}
    >
      <rect class="ground" x=${frame.left_mm} y="-900" width=${frame.width_mm} height="1800"></rect>
      <rect class="cabin" x="0" y=${-half} width=${exit} height=${cabinWidth_mm}></rect>
      <text class="name" x=${frame.left_mm + 60} y="-960">Hall</text>
      <text class="name" x="0"
        y="-960">Entry ${Math.round(hall.doors.entry.position_percent)} % ${hall.doors.entry.motion}</text>
      <text class="name end" x=${exit + 400}
        y="-960">Exit ${Math.round(hall.doors.exit.position_percent)} % ${hall.doors.exit.motion}</text>
      <text class="name end" x=${frame.right_mm - 60} y="-960">Far side</text>
      ${zones(hall, exit, on)} ${furniture(hall, frame, exit)} ${beam('Entry light barrier', -beamDistance_mm, on('entryBeam'))}
      ${beam('Exit light barrier', exit + beamDistance_mm, on('exitBeam'))} ${door(0, hall.doors.entry)} ${door(exit, hall.doors.exit)}
      ${hall.bodies.map((body, index) => person(body, frame, index))}
      <text class="alarm" x=${frame.left_mm + 60} y="860">${alarms(on)}</text>
    </svg>`;
  }
}
customElements.define('lane-drawing', LaneDrawing);

function zones(hall: HallView, exit: number, on: (name: string) => boolean) {
  const zone = (name: string, x: number, width: number) =>
    name in hall.sensors
      ? svg`<rect class="zone ${on(name) ? 'on' : ''}" x=${x} y=${-half + 90} width=${width}
        height=${cabinWidth_mm - 180} rx="40"><title>${name}</title></rect>`
      : null;
  return svg`${zone('chamberFront', 120, exit / 2 - 160)}${zone('chamberRear', exit / 2 + 40, exit / 2 - 160)}
    ${
      'floorMat' in hall.sensors
        ? svg`<rect class="zone ${on('floorMat') ? 'on' : ''}" x=${exit / 2 - 260} y=${-half + 180} width="520"
          height=${cabinWidth_mm - 360} rx="40"><title>floorMat</title></rect>`
        : null
    }`;
}

function furniture(hall: HallView, frame: Frame, exit: number) {
  const lamp = (x: number, y: number, state: string, name: string, label = state, labelX = x - 130) =>
    svg`<circle class="lamp ${state}" cx=${x} cy=${y} r="80"><title>${name}: ${state}</title></circle>
      <text class="end" x=${labelX} y=${y + 36}>${label}</text>`;
  return svg`<path class="wall" d="M0 ${-half}H${exit}M0 ${half}H${exit}"></path>
    <path class="wall" d="M0 ${-half}V-900M0 ${half}V900M${exit} ${-half}V-900M${exit} ${half}V900"></path>
    <rect class="reader" x="-960" y=${half + 40} width="420" height="240" rx="30"></rect>
    <rect class="reader" x=${exit - 720} y=${-half - 60} width="150" height="120" rx="20"></rect>
    <text class="end" x=${exit - 760} y=${-half - 90}>Camera</text>
    ${lamp(-750, half + 160, hall.lamps.document, 'Reader lamp', `Reader: ${hall.lamps.document}`, -1000)} ${lamp(-190, -half - 170, hall.lamps.entry, 'Entry lamp')}
    ${lamp(exit - 190, -half - 170, hall.lamps.exit, 'Exit lamp')}
    <path class="zone" d="M${frame.right_mm - farSide_mm * 0.35} 0h300m-90-90l90 90-90 90"></path>`;
}

function beam(name: string, x: number, isInterrupted: boolean) {
  return svg`<g class=${isInterrupted ? 'beam-on' : ''}><title>${name}${isInterrupted ? ': interrupted' : ''}</title>
    <rect class="post" x=${x - 40} y=${-half - 60} width="80" height="80"></rect><rect class="post" x=${x - 40}
      y=${half - 20} width="80" height="80"></rect>
    <line class="beam ${isInterrupted ? 'on' : ''}" x1=${x} x2=${x} y1=${-half + 20} y2=${half - 20}></line></g>`;
}

function door(x: number, view: HallView['doors']['entry']) {
  const length = leafLength_mm(view.position_percent);
  const look = view.isObstructed ? 'leaf obstructed' : 'leaf';
  return svg`<line class=${look} x1=${x} x2=${x} y1=${-half} y2=${-half + length}></line>
    <line class=${look} x1=${x} x2=${x} y1=${half} y2=${half - length}></line>`;
}

/** Labels of neighbours stand above and below in turn, so that they do not cover each other. */
function person(body: BodyView, frame: Frame, index: number) {
  const x = positionIn(frame, body.position_mm);
  const y = index % 2 === 0 ? -330 : 400;
  return svg`<g class="person ${body.kind}" transform="translate(${x} 0)">
    <ellipse class="shoulders" rx="150" ry="250"></ellipse><circle class="head" cx="20" r="125"></circle>
    <text class="doing" y=${y}>${body.doing}</text></g>`;
}

function alarms(on: (name: string) => boolean): string {
  const known: readonly (readonly [string, string])[] = [
    ['fireAlarm', 'Fire alarm'],
    ['emergencyOpen', 'Emergency release'],
    ['secondPerson', 'Second person seen'],
    ['leftObject', 'Object left in the cabin'],
    ['watchdogTripped', 'Watchdog of the gate hardware has tripped'],
    ['coverOpen', 'Cover open'],
    ['onUPS', 'On battery'],
  ];
  return known
    .filter(([name]) => on(name))
    .map(([, words]) => words)
    .join(' · ');
}
