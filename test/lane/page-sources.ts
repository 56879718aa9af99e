/** What every page of a virtual lane is made from. */
import { HelpCalls } from '../../gate-controller/api/help-calls.ts';
import type { LaneView } from '../../gate-controller/api/messages.ts';
import type { TechnicianSources } from '../../gate-controller/api/technician-view.ts';
import type { ViewSources } from '../../gate-controller/api/view-sources.ts';
import { officerView } from '../../gate-controller/api/views.ts';
import type { VirtualLane } from './virtual-lane.ts';

export const pageSources = (
  { clock, controller }: VirtualLane,
  how: Partial<Pick<TechnicianSources, 'help' | 'devices' | 'health'>> = {},
): TechnicianSources => ({
  laneId: 'lane-1',
  laneName: 'Lane 1',
  kernel: controller.kernel,
  history: controller.history,
  cases: controller.cases,
  help: new HelpCalls(),
  board: () => controller.faults,
  reading: () => controller.reading(),
  isDocumentPresent: () => controller.isDocumentPresent(),
  guidance: () => controller.guidance,
  now_ms: () => clock.now_ms(),
  version: 'test',
  devices: () => [],
  askedOfDoors: () => controller.askedOfDoors(),
  timers: () => controller.kernel.timers(),
  health: () => [],
  ...how,
});

/** The one lane as officers see it. */
export function laneShown(sources: ViewSources): LaneView {
  const [lane] = officerView(sources).lanes;
  if (lane === undefined) throw new Error('LANE_MISSING');
  return lane;
}
