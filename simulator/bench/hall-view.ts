/** The hall as the bench page draws it. */
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import { lane } from '../hall/geometry.ts';
import type { Hall } from '../hall/hall.ts';
import type { Hardware } from '../hardware.ts';
import type { HallView } from './messages.ts';

const dark = { entry: 'off', exit: 'off', document: 'off' } as const;

export function hallView(hall: Hall, hardware: Hardware | undefined, doing: (bodyId: string) => string): HallView {
  const sensors = hall.sensors();
  const { contacts, watch } = hall;
  const door = (name: DoorName): HallView['doors'][DoorName] => ({
    position_percent: Math.round(hall.doors[name].position_percent),
    motion: hardware?.plc.state.doors[name].motion ?? 'unknown',
    isObstructed: sensors[`${name}ClosingZone`],
  });
  return {
    at_ms: Math.round(hall.now_ms),
    lane: { exit_mm: lane.exit_mm, hall_mm: lane.hall_mm },
    doors: { entry: door('entry'), exit: door('exit') },
    sensors: {
      ...sensors,
      emergencyOpen: !contacts.isEmergencyHealthy,
      fireAlarm: contacts.isFireAlarm,
      coverOpen: contacts.isCoverOpen,
      onUPS: contacts.isOnUPS,
      keySwitch: contacts.isKeySwitchOn,
      helpButton: contacts.isHelpRequested,
      watchdogTripped: hardware?.plc.state.hasWatchdogTripped ?? false,
    },
    lamps: hardware?.lamps ?? dark,
    bodies: hall.bodies.map(({ id, kind, position_mm }) => ({
      id,
      kind,
      position_mm: Math.round(position_mm),
      doing: doing(id),
    })),
    exitOpenings: hall.doors.exit.openings,
    invariants: { checked: watch.checked, broken: watch.broken },
  };
}
