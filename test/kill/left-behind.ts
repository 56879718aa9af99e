/** Whoever was in the hall when the controller died: they see lamps and doors, and walk where the lane shows them to. */
import { bodyWidth_mm, lane } from '../../simulator/hall/geometry.ts';
import type { Body } from '../walks/hall.ts';
import type { World } from '../walks/world.ts';

const reaction_ms = 800;
const outside_mm = -900;
const gone_mm = 3_100;
const stay_max_ms = 20 * 60_000;

export async function walkOut(world: World, body: Body): Promise<void> {
  body.speed_mm_s = 1_000;
  // Whoever is outside, or half-way through a door, goes on.
  const isInside = body.position_mm > bodyWidth_mm / 2 && body.position_mm < lane.exit_mm - bodyWidth_mm / 2;
  if (!isInside) await walkTo(world, body, body.position_mm < lane.exit_mm / 2 ? outside_mm : gone_mm);
  const until_ms = world.time.now_ms + stay_max_ms;
  while (isWithin(body) && world.time.now_ms < until_ms) {
    await world.until(() => shownWay(world) !== null, stay_max_ms);
    await world.time.sleep(reaction_ms);
    const way = shownWay(world);
    if (way !== null) await walkTo(world, body, way === 'entry' ? outside_mm : gone_mm);
  }
  world.hall.leave(body.id);
  world.touch();
}

const isWithin = ({ position_mm }: Body): boolean => position_mm > outside_mm && position_mm < gone_mm;

function shownWay({ hall, hardware }: World): 'entry' | 'exit' | null {
  const isShown = (door: 'entry' | 'exit'): boolean =>
    hall.isPassable(door) && (hardware.lamps[door] === 'green' || hardware.isEmergency);
  return isShown('exit') ? 'exit' : isShown('entry') ? 'entry' : null;
}

async function walkTo(world: World, body: Body, target_mm: number): Promise<void> {
  body.target_mm = target_mm;
  world.touch();
  await world.until(() => body.position_mm === target_mm, 6_000);
}
