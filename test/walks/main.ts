/**
 * `npm run walk -- [--seed N] [--transactions M | --gate-days D] [--intensity X] [--workers W] [--story] [--json]`
 * Ends with 1 when a rule was broken; then it prints seed and shortened story.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { mutate } from './mutations.ts';

// Documents expire at local midnight: a walk must not depend on where it is taken.
process.env.TZ = 'UTC';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    transactions: { type: 'string' },
    'gate-days': { type: 'string' },
    intensity: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    story: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** A bug of `mutations.ts`, by name. */
    mutation: { type: 'string' },
  },
});

const numberOf = (name: string, text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`--${name} must be a number, 0 or more`);
  return value;
};

if (values.mutation !== undefined) mutate(values.mutation);
// After the bug was put in: these load the files that it changes.
const { gateDays, summary, walkDays } = await import('./days.ts');
const { planOf } = await import('./plan.ts');
const { shrink } = await import('./shrink.ts');
const { rules } = await import('./rules.ts');
const { walk } = await import('./walk.ts');

const say = (text: string): void => {
  if (!values.json) process.stdout.write(`${text}\n`);
};

const seed = numberOf('seed', values.seed, randomInt(2 ** 32));
const intensity = numberOf('intensity', values.intensity, 1);
const workers = Math.max(1, Math.round(numberOf('workers', values.workers, 1)));
const count = numberOf('gate-days', values['gate-days'], 0);
const transactions = Math.round(numberOf('transactions', values.transactions, 100));
const days = count > 0 ? gateDays(seed, count, intensity) : [{ seed, transactions, intensity }];

say(`seed ${seed}, intensity ${intensity}, ${count > 0 ? `${count} gate-days` : `${transactions} transactions`}`);
if (values.story) {
  for (const day of days) say((await walk(planOf(day), { intensity, isTold: true })).story.join('\n'));
}
const before = process.cpuUsage();
const results = await walkDays(days, workers);
const used = process.cpuUsage(before);
const found = summary(results, (used.user + used.system) / 1e6);
if (values.json) process.stdout.write(`${JSON.stringify(found)}\n`);
else process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);

const last = results.find(({ broken }) => broken !== null);
if (last !== undefined && last.broken !== null) {
  process.exitCode = 1;
  const { rule, what } = last.broken;
  say(`\nBROKEN ${rule} (${rules[rule]}): ${what}\nseed ${last.seed}; shortening ...`);
  if (!values.json) {
    const shortest = await shrink(planOf(last), rule, { intensity, isTold: false });
    say(`${shortest.plan.happenings.length} happenings are left after ${shortest.tries} walks:`);
    for (const one of shortest.plan.happenings) say(`  ${JSON.stringify(one)}`);
    say(shortest.result.story.join('\n'));
  }
}
