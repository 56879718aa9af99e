// npm run emrtd -- read|chip|trust …
import { chip, listChips } from './chip.ts';
import { type Command, parseCommandLine, usage, UsageError } from './command-line.ts';
import { read } from './read.ts';
import type { Surroundings } from './surroundings.ts';
import { trustImport, trustList } from './trust.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

const surroundings: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  signal: stop.signal,
};

function run(command: Command): Promise<number> | number {
  switch (command.command) {
    case 'read':
      return read(command, surroundings);
    case 'chip':
      return chip(command, surroundings);
    case 'chip-list':
      return listChips(surroundings);
    case 'trust-import':
      return trustImport(command, surroundings);
    case 'trust-list':
      return trustList(command, surroundings);
    case 'help':
      surroundings.say(usage);
  }
  return 0;
}

/** What the operating system refuses, in its own words: a port that is taken, a folder that is not there. */
const isOfSystem = (error: unknown): error is Error => error instanceof Error && 'syscall' in error;

try {
  process.exitCode = await run(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  if (error instanceof UsageError) surroundings.complain(`${error.message}\n\n${usage}`);
  else if (isOfSystem(error)) surroundings.complain(error.message);
  else throw error;
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
