// npm run passage -- --scenario NAME [--json] [--fast] | --list
import { parseArgs } from 'node:util';
import { runPassage } from './run-passage.ts';
import { findScenario, scenarios } from '../../simulator/scenarios/scenarios.ts';

const { values: flags } = parseArgs({
  options: {
    scenario: { type: 'string' },
    json: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

function list(): void {
  const rows = scenarios.map(({ name, title, expects }) => ({ name, title, expects }));
  if (flags.json) console.log(JSON.stringify(rows));
  else
    for (const { name, title, expects } of rows)
      console.log(`${name.padEnd(32)} ${expects.outcome.padEnd(12)} ${title}`);
}

async function main(): Promise<number> {
  if (flags.list) {
    list();
    return 0;
  }
  const scenario = flags.scenario === undefined ? undefined : findScenario(flags.scenario);
  if (scenario === undefined) {
    console.error('usage: npm run passage -- --scenario NAME [--json] [--fast]; --list names the scenarios');
    return 2;
  }
  const result = await runPassage(scenario, {
    fast: flags.fast,
    onLog: (from, line) => {
      if (flags.verbose) console.error(`[${from}] ${line}`);
    },
  });
  if (flags.json) console.log(JSON.stringify(result));
  else {
    for (const { at_ms, event, state } of result.timeline)
      console.log(`${(at_ms / 1_000).toFixed(2).padStart(7)} s  ${event.padEnd(24)} ${state}`);
    for (const { id, result: outcome } of result.checks) console.log(`  ${outcome.padEnd(14)} ${id}`);
    for (const { check, expected, found } of result.findings)
      console.log(`  ${found === expected ? 'as expected' : `expected ${expected},`} ${check}: ${found}`);
    console.log(`lane: ${result.modes.join(' > ')}; ${(result.duration_ms / 1_000).toFixed(1)} s`);
    if (result.headway !== null) {
      const [begin, end] = [result.headway.begin_ms, result.headway.end_ms].map((ms) => (ms / 1_000).toFixed(1));
      console.log(
        `the next traveller’s passage began ${begin} s after the end of this one, and ended ${end} s after it`,
      );
    }
    for (const deviation of result.deviations) console.log(`  NOT AS EXPECTED: ${deviation}`);
    const { checked, broken } = result.invariants;
    console.log(
      `${result.outcome} ${result.reasons.join(', ')} (${result.asExpected ? 'as expected' : 'NOT AS EXPECTED'})`,
    );
    console.log(`invariants: ${checked} checked, ${broken.length} broken ${broken.join('; ')}`);
  }
  return result.asExpected && result.invariants.broken.length === 0 ? 0 : 1;
}

process.exitCode = await main();
