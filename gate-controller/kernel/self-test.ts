import type { Camera } from '../../drivers/contracts/camera.ts';
import type { GateIO } from '../../drivers/contracts/gate-io.ts';

export type SelfTestParts = {
  readonly gateIO: Pick<GateIO, 'reading'>;
  readonly camera: Pick<Camera, 'latest'>;
  readonly isFacePipelineReady: () => boolean;
  readonly trustAnchors: () => number;
  readonly now_ms: () => number;
  /** Wall time of the last record before this start; 0 when there is none. */
  readonly lastRecordAt_ms: number;
};

/** No clock of a gate built from this version can be earlier: validity of documents would be judged by a wrong date. */
const earliestPlausible_ms = Date.UTC(2026, 0, 1);

/** What keeps the lane from opening; empty = passed. Codes only. */
export function selfTestFailures(parts: SelfTestParts): readonly string[] {
  const reading = parts.gateIO.reading();
  const now_ms = parts.now_ms();
  const rules: readonly (readonly [boolean, string])[] = [
    [reading !== undefined, 'GATE_NOT_SEEN'],
    [reading?.doors.entry.isAtClosedLimit === true, 'ENTRY_NOT_CLOSED'],
    [reading?.doors.exit.isAtClosedLimit === true, 'EXIT_NOT_CLOSED'],
    [reading?.isFireAlarm === false && !reading.isEmergencyOpen, 'EMERGENCY_STANDS'],
    [parts.camera.latest() !== undefined, 'CAMERA_NOT_SEEN'],
    [parts.isFacePipelineReady(), 'FACE_PIPELINE_NOT_READY'],
    [parts.trustAnchors() > 0, 'TRUST_STORE_EMPTY'],
    [now_ms >= earliestPlausible_ms && now_ms >= parts.lastRecordAt_ms - 1_000, 'CLOCK_NOT_TRUSTED'],
  ];
  return rules.filter(([holds]) => !holds).map(([, code]) => code);
}
