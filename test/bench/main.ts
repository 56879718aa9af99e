// npm run bench -- NAME [--json] | --list
import { parseArgs } from 'node:util';
import { chip } from './chip.ts';
import { face } from './face.ts';
import type { Benchmark, Figure } from './figure.ts';
import { kernel } from './kernel.ts';

const benchmarks: readonly Benchmark[] = [chip, face, kernel];
const usage = `usage: npm run bench -- NAME [--json], where NAME is one of: ${benchmarks.map(({ name }) => name).join(', ')}`;

function goalOf({ value, goal_max, goal_min }: Figure): string {
  if (goal_max !== undefined) return `   goal: at most ${goal_max}${value <= goal_max ? '' : ', MISSED'}`;
  return goal_min === undefined ? '' : `   goal: at least ${goal_min}${value >= goal_min ? '' : ', MISSED'}`;
}

function asText(of: Figure): string {
  const { run, figure, value } = of;
  return `${run.padEnd(44)} ${figure.padEnd(34)} ${value.toFixed(Number.isInteger(value) ? 0 : 3).padStart(11)}${goalOf(of)}`;
}

/** 0: measured, whatever the figures say; 2: there is no such benchmark. */
async function main(): Promise<number> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
  });
  if (flags.list) {
    for (const { name, title } of benchmarks)
      console.log(flags.json ? JSON.stringify({ name, title }) : `${name}  ${title}`);
    return 0;
  }
  const benchmark = benchmarks.find(({ name }) => name === positionals[0]);
  if (benchmark === undefined) {
    console.error(usage);
    return 2;
  }
  if (!flags.json) console.log(`${benchmark.name}: ${benchmark.title}`);
  for await (const figure of benchmark.measure()) console.log(flags.json ? JSON.stringify(figure) : asText(figure));
  return 0;
}

process.exitCode = await main();
