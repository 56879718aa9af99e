/** Whoever was in the hall when the controller died: they see lamps and doors, and walk where the lane shows them to. */
import { bodyWidth_mm, lane } from '../../simulator/hall/geometry.ts';
import type { Body } from '../walks/hall.ts';
import { gone_mm, outside_mm, shownWay, stay_max_ms, walkTo } from '../walks/traveller.ts';
import type { World } from '../walks/world.ts';

const reaction_ms = 800;
const walk_max_ms = 6_000;

export async function walkOut(world: World, body: Body): Promise<void> {
  body.speed_mm_s = 1_000;
  // Whoever is outside, or half-way through a door, goes on.
  const isInside = body.position_mm > bodyWidth_mm / 2 && body.position_mm < lane.exit_mm - bodyWidth_mm / 2;
  if (!isInside) await walkTo(world, body, body.position_mm < lane.exit_mm / 2 ? outside_mm : gone_mm, walk_max_ms);
  const until_ms = world.time.now_ms + stay_max_ms;
  while (isWithin(body) && world.time.now_ms < until_ms) {
    await world.until(() => shownWay(world) !== null, stay_max_ms);
    await world.time.sleep(reaction_ms);
    const way = shownWay(world);
    if (way !== null) await walkTo(world, body, way === 'entry' ? outside_mm : gone_mm, walk_max_ms);
  }
  world.hall.leave(body.id);
  world.touch();
}

const isWithin = ({ position_mm }: Body): boolean => position_mm > outside_mm && position_mm < gone_mm;
