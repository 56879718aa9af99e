/** From when on a signal objects or admits. Each default stands in `attack-limits.json` with unit and origin. */
import defaults from './attack-limits.json' with { type: 'json' };

export type AttackLimit = keyof typeof defaults;

/** They belong to one camera: to be fitted on site. */
export type AttackLimits = Readonly<Record<AttackLimit, number>>;

export const defaultAttackLimits: AttackLimits = Object.fromEntries(
  Object.entries(defaults).map(([name, { value }]) => [name, value]),
) as AttackLimits;
