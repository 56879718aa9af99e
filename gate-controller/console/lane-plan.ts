import { html, svg, type TemplateResult } from 'lit';
import type { DoorView, LaneView } from '../api/messages.ts';

/** Half height of the doorway in drawing units: a closed pair of leaves meets in the middle. */
const doorway = 13;

/** The lane from above, small: entry at the left, exit at the right, who is in between. */
export function lanePlan(lane: LaneView): TemplateResult {
  const { doors, sensors } = lane;
  return html`<svg class="plan" viewBox="0 0 92 34" aria-hidden="true">
    <path class="wall" d="M16 3h60M16 31h60"></path>
    ${leaves(16, doors?.entry)} ${leaves(76, doors?.exit)}
    ${sensors?.isCabinOccupied ? svg`<circle class="body" cx="46" cy="17" r="7"></circle>` : null}
    ${sensors?.isSecondPersonSeen ? svg`<circle class="second" cx="32" cy="17" r="6"></circle>` : null}
    ${sensors?.isDocumentPresent ? svg`<rect class="body" x="2" y="13" width="7" height="9" rx="1"></rect>` : null}
  </svg>`;
}

function leaves(x: number, door: DoorView | undefined) {
  const isKnown = door !== undefined && door.motion !== 'unknown' && !door.isObstructed;
  const open = Math.min(100, Math.max(0, door?.position_percent ?? 0)) / 100;
  const length = doorway * (1 - open * 0.85);
  const look = isKnown ? 'leaf' : 'leaf warn';
  return svg`<line class=${look} x1=${x} x2=${x} y1="4" y2=${4 + length}></line>
    <line class=${look} x1=${x} x2=${x} y1="30" y2=${30 - length}></line>`;
}
