import { svg, type SVGTemplateResult } from 'lit';
import type { CaptureHint, Screen } from '../api/messages.ts';

/**
 * Pictograms on 240 × 240, drawn with the classes of sign.css: `line` (outline), `solid`, `soft` (background things),
 * `mark` (what to do), `nudge-*` (moves a little in the direction of the action).
 */
type Picture = SVGTemplateResult;

const crossAndArrows: Picture = svg`
  <circle class="stop-line" cx="120" cy="92" r="80"></circle>
  <path class="stop-line" d="M88 60l64 64m0-64l-64 64"></path>
  <path class="line" d="M62 214h116M86 192l-24 22 24 22M154 192l24 22-24 22"></path>`;

/** Open booklet, photo page below, seen from the front; 88 wide, 104 high. */
const passport = (x: number, y: number): Picture => svg`<g transform="translate(${x} ${y})">
  <rect class="paper" width="88" height="104" rx="8"></rect>
  <path class="line thin" d="M0 40h88"></path>
  <rect class="line thin" x="12" y="52" width="24" height="30" rx="3"></rect>
  <path class="line thin" d="M46 58h30M46 70h30M12 93h64"></path>
  <circle class="line thin" cx="44" cy="20" r="10"></circle></g>`;

const reader: Picture = svg`<path class="soft" d="M36 178h168l20 44H16z"></path><path class="line thin"
  d="M62 194h116"></path>`;

const arrowDown: Picture = svg`<path class="mark nudge-down" d="M120 14v46M98 40l22 22 22-22"></path>`;
const arrowUp: Picture = svg`<path class="mark nudge-up" d="M120 62V14M98 36l22-22 22 22"></path>`;

/** Walking figure to the right, feet at y 214; `x` is the middle. */
const walker = (x: number): Picture => svg`<g transform="translate(${x - 60} 0)">
  <circle class="solid" cx="64" cy="52" r="20"></circle>
  <path class="limb" d="M62 90L58 142M62 92L88 116L104 112M62 92L38 114L34 138M58 142L82 170L88 212
    M58 142L48 178L26 208"></path></g>`;

const doorway = (x: number): Picture =>
  svg`<path class="line" d="M${x} 222V24h76v198"></path><path class="soft" d="M${x + 8} 32h60v190h-60z"></path>`;

const face = (x: number, y: number, size: number): Picture => svg`<g transform="translate(${x} ${y}) scale(${size})">
  <ellipse class="paper" rx="40" ry="50"></ellipse>
  <circle class="dot" cx="-15" cy="-8" r="5"></circle><circle class="dot" cx="15" cy="-8" r="5"></circle>
  <path class="line thin" d="M-14 20q14 10 28 0"></path></g>`;

const guide: Picture = svg`<path class="line" d="M40 70V36a12 12 0 0 1 12-12h34M154 24h34a12 12 0 0 1 12 12v34
  M200 170v34a12 12 0 0 1-12 12h-34M86 216H52a12 12 0 0 1-12-12v-34"></path>`;

const camera: Picture = svg`<rect class="soft" x="76" y="8" width="88" height="52" rx="12"></rect>
  <circle class="line" cx="120" cy="34" r="15"></circle><circle class="dot light" cx="120" cy="34" r="5"></circle>`;

/** Head and shoulders; 100 wide. */
const bust = (x: number, y: number, look: string): Picture => svg`<g transform="translate(${x} ${y})">
  <circle class=${look} cx="50" cy="34" r="30"></circle><path class=${look}
    d="M0 132c0-40 22-58 50-58s50 18 50 58z"></path></g>`;

const officer = (x: number, y: number): Picture => svg`${bust(x, y, 'solid')}<g transform="translate(${x} ${y})">
  <path class="cap" d="M16 22c-2-26 20-30 34-30s36 4 34 30c-20-8-48-8-68 0z"></path><path class="line thin ground"
    d="M18 24q32-12 64 0"></path></g>`;

const lookAtCamera: Picture = svg`${camera}${face(120, 170, 1.15)}
  <path class="mark thin-mark nudge-up" d="M120 104V72M106 86l14-14 14 14"></path>`;

const onePersonOnly: Picture = svg`${bust(8, 74, 'solid')}
  <path class="line" d="M122 40v176"></path>${bust(136, 74, 'soft')}
  <path class="line" d="M150 96l72 92M222 96l-72 92"></path>`;

const hints: Readonly<Record<CaptureHint, Picture>> = {
  lookAtCamera,
  onePersonOnly,
  stepCloser: svg`${guide}${face(120, 120, 0.72)}
    <path class="mark nudge-grow" d="M82 76L64 58m0 18V58h18M158 76l18-18m-18 0h18v18M82 164l-18 18m0-18v18h18
      M158 164l18 18m-18 0h18v-18"></path>`,
  stepBack: svg`${guide}${face(120, 120, 1.5)}
    <path class="mark nudge-shrink" d="M14 14l22 22m0-18v18H18M226 14l-22 22m0-18v18h18M14 226l22-22m0 18v-18H18
      M226 226l-22-22m0 18v-18h18"></path>`,
  moveIntoView: svg`<g transform="translate(28 0)">${guide}</g>${face(48, 120, 1)}<path class="mark nudge-right"
    d="M104 120h64M144 96l24 24-24 24"></path>`,
  holdStill: svg`${guide}${face(120, 106, 1.2)}<path class="mark" d="M104 186v36M136 186v36"></path>`,
  moreLight: svg`${face(100, 150, 1.3)}<circle class="mark" cx="196" cy="44" r="20"></circle>
    <path class="mark thin-mark" d="M196 10V2M196 86v-8M162 44h-8M238 44h-8M172 20l-6-6M226 74l-6-6M220 20l6-6
      M166 74l6-6"></path>`,
  evenLight: svg`${face(120, 140, 1.3)}<circle class="mark" cx="28" cy="44" r="16"></circle>
    <circle class="mark" cx="212" cy="44" r="16"></circle>
    <path class="mark thin-mark" d="M46 62l16 16M194 62l-16 16"></path>`,
  removeCover: svg`${guide}${face(120, 120, 1.2)}<path class="soft" d="M78 124h84l-14 44H92z"></path>
    <path class="mark nudge-right" d="M150 150h56M182 126l24 24-24 24"></path>`,
  openEyes: svg`${face(120, 158, 1.3)}<path class="mark thin-mark" d="M64 44q56-52 112 0q-56 52-112 0z"></path><circle
    class="mark thin-mark" cx="120" cy="44" r="11"></circle>`,
  turnHeadLeft: svg`${face(120, 140, 1.2)}<path class="mark nudge-left" d="M168 48H72M96 24L72 48l24 24"></path>`,
  turnHeadRight: svg`${face(120, 140, 1.2)}<path class="mark nudge-right" d="M72 48h96M144 24l24 24-24 24"></path>`,
};

const stepThrough: Picture = svg`${doorway(146)}${walker(70)}
  <path class="mark nudge-right" d="M132 120h64M172 94l26 26-26 26"></path>`;

const screens: Readonly<Record<Screen, Picture>> = {
  starting: crossAndArrows,
  outOfService: crossAndArrows,
  closed: crossAndArrows,
  placeDocument: svg`${reader}${passport(76, 76)}${arrowDown}`,
  tryAgain: svg`${reader}${passport(76, 76)}<path class="mark" d="M80 44a46 46 0 0 1 84-4M166 14v28h-28"></path>`,
  readingDocument: svg`<g transform="translate(120 124) scale(0.86) translate(-120 -128)">${passport(76, 60)}<path
    class="soft" d="M36 162h168l20 44H16z"></path></g>`,
  takeDocument: svg`${reader}${passport(76, 80)}${arrowUp}`,
  enter: stepThrough,
  standClear: svg`<path class="line" d="M40 24v198"></path><path class="soft"
    d="M48 24h12v198H48z"></path>${walker(118)}
    <path class="mark nudge-right" d="M170 120h52M198 94l26 26-26 26"></path>`,
  onePersonOnly,
  lookAtCamera,
  pleaseWait: svg`<path class="line" d="M70 24h100M70 216h100M82 24c0 50 38 62 38 96s-38 46-38 96
    M158 24c0 50-38 62-38 96s38 46 38 96"></path>
    <path class="solid" d="M96 204c2-24 14-34 24-44 10 10 22 20 24 44z"></path><path class="solid"
      d="M100 66h40c-6 16-14 22-20 32-6-10-14-16-20-32z"></path>`,
  leave: svg`${doorway(18)}${walker(110)}<path class="mark nudge-right" d="M164 120h58M196 94l26 26-26 26"></path>`,
  officerComing: svg`${officer(104, 66)}<path class="mark nudge-left" d="M86 140H22M46 114l-26 26 26 26"></path>`,
  goBack: svg`<g transform="translate(240 0) scale(-1 1)">${walker(66)}</g>
    <path class="mark nudge-left" d="M22 62h62a34 34 0 0 1 0 68H22M48 104l-26 26 26 26"></path>`,
  goToDesk: svg`${officer(104, 36)}<path class="desk" d="M84 168h140v20H84z"></path><path class="soft"
    d="M96 188h116v34H96z"></path>
    <path class="mark nudge-right" d="M8 130h56M42 104l26 26-26 26"></path>`,
  goToGate: svg`<path class="soft" d="M10 150h54l10 72H0z"></path><path class="line thin" d="M16 166h42"></path>
    <g transform="translate(62 60) scale(0.72)">${walker(70)}</g>${doorway(158)}
    <path class="mark nudge-right" d="M74 54h62M112 30l24 24-24 24"></path>`,
  waitForCabin: svg`${doorway(146)}<g transform="translate(132 60) scale(0.72)">${walker(72)}</g>
    ${bust(14, 92, 'solid')}<path class="mark" d="M50 26v34M78 26v34"></path>`,
  stepIn: stepThrough,
  officerConfirms: svg`${officer(82, 76)}<path class="mark" d="M96 26h.1M132 26h.1M168 26h.1"></path>`,
  helpComing: svg`${officer(126, 66)}${bust(4, 66, 'soft')}<path class="mark nudge-left" d="M132 34H88M106 12L84 34l22 22"></path>`,
  maintenance: crossAndArrows,
  evacuate: svg`${doorway(148)}<g transform="rotate(12 90 120)">${walker(84)}</g><path class="mark nudge-right"
    d="M150 120h54M182 94l26 26-26 26"></path>`,
};

export function pictureOf(name: Screen | CaptureHint): Picture {
  return name in screens ? screens[name as Screen] : hints[name as CaptureHint];
}
