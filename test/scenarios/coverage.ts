/** Which scenario or test stands for which point of the acceptance list, sections A to E and what of F and G touches a lane. */
import { scenarios } from '../../simulator/scenarios/scenarios.ts';

type Point = {
  readonly number: number;
  readonly says: string;
  /** Tests beside or instead of scenarios, from `test/`. */
  readonly tests?: readonly string[];
  /** What of it is not covered, and why. */
  readonly open?: string;
};

const sections: Readonly<Record<string, readonly Point[]>> = {
  'A. Good path and speed': [
    { number: 1, says: 'A genuine passport, an eligible adult: admitted, every check on record' },
    {
      number: 2,
      says: 'A day of travellers with errors at field rates: throughput, no invariant broken, memory flat',
      tests: ['walks/main.ts'],
      open: 'ten lanes at once: a controller serves one lane',
    },
    { number: 3, says: 'Overlap: the next document is read while the one before leaves, never two in the cabin' },
    { number: 4, says: 'Segregated lane by configuration alone' },
    { number: 5, says: 'One-step lane by configuration alone' },
    { number: 6, says: 'Digital travel credential', open: 'not in this version: no published credential to read' },
    { number: 7, says: 'Trusted traveller programme', open: 'not in this version: no programme’s service to ask' },
  ],
  'B. Documents': [
    { number: 8, says: 'Upside down, in its cover: asked again, to the desk at the third failure, no case before' },
    { number: 9, says: 'A wrong check digit, a letter for a digit: tried again, then referred, never admitted' },
    { number: 10, says: 'A chip that is silent, slow, taken away: ends in time, and the next one is served' },
    { number: 11, says: 'The portrait altered by one byte: the entry never opens' },
    { number: 12, says: 'The issuer’s certificate is unknown: not verifiable, which is not forged' },
    {
      number: 13,
      says: 'A revoked signer; a revocation list past its date',
      tests: ['emrtd/revocation-lists.test.ts', 'lane/a-list-that-was-lost.test.ts'],
    },
    { number: 14, says: 'The printed name is another than in the chip; the state is another than the signer’s' },
    {
      number: 15,
      says: 'A known defect is marked, and explains its own kind of failure only',
      tests: ['emrtd/defect-lists.test.ts', 'emrtd/replaced-signers.test.ts'],
    },
    {
      number: 16,
      says: 'Expired at midnight; the clock jumps',
      tests: ['kernel/a-clock-that-jumps.test.ts', 'lane/a-clock-that-went-back.test.ts'],
    },
    { number: 17, says: 'A copied chip', tests: ['emrtd/chips-that-prove-themselves.test.ts'] },
    {
      number: 18,
      says: 'One document twice within a minute',
      tests: ['kernel/a-document-that-was-just-used.test.ts'],
      open: 'at two lanes: lanes do not speak to each other',
    },
    { number: 19, says: 'No chip, an identity card, a child: not eligible, and told so kindly' },
  ],
  'C. Face': [
    {
      number: 20,
      says: 'A face that cannot be compared: coached, and referred when the time is up',
      tests: ['scenarios/head-turn.test.ts'],
    },
    { number: 21, says: 'Impostors and people who look alike', open: 'a swap across two lanes' },
    {
      number: 22,
      says: 'A print, a screen, a repeated picture',
      open: 'three-dimensional masks: no such picture at hand',
    },
    {
      number: 23,
      says: 'A morphed portrait: recorded as not examined',
      tests: ['decision/what-a-chip-leaves-unproven.test.ts'],
    },
    { number: 24, says: 'Two faces in view' },
    { number: 25, says: 'A camera that is frozen, dark, unplugged', tests: ['scenarios/bad-input.test.ts'] },
    { number: 26, says: 'A model file with a wrong checksum: no start', tests: ['models/model-files.test.ts'] },
    {
      number: 27,
      says: 'A threshold is never a bare number',
      tests: ['decision/a-threshold-has-a-birth-certificate.test.ts'],
      open: 'signatures over the configuration',
    },
    { number: 28, says: 'A wheelchair: times twice as long', open: 'a camera that moves down: the hardware has none' },
  ],
  'D. Doors, people, safety': [
    { number: 29, says: 'A second person: the entry reopens; at the second time an officer' },
    { number: 30, says: 'Stepping back in the exit: the leave to go is void' },
    { number: 31, says: 'An arm or a body in the closing door', tests: ['simulator/plc.test.ts'] },
    { number: 32, says: 'Somebody comes in through the exit: lockdown, two officers end it' },
    { number: 33, says: 'A suitcase stays: the lane closes', open: 'neighbouring lanes: a controller serves one' },
    { number: 34, says: 'A traveller who does not leave, or sits down: an officer, and no trap' },
    { number: 35, says: 'A document on the reader: the entry waits' },
    {
      number: 36,
      says: 'Fire at each state: no software holds a door, crossings are counted, nothing resets itself',
      tests: ['walks/main.ts', 'safety/interlock.test.ts'],
    },
    { number: 37, says: 'The mains fail: the traveller gets out, nobody new comes in', tests: ['walks/main.ts'] },
    {
      number: 38,
      says: 'The controller is killed at each state; the disk is full',
      tests: ['scenarios/killed-controller.test.ts', 'kill/kill-nine.test.ts', 'journal/a-disk-that-is-full.test.ts'],
    },
    {
      number: 39,
      says: 'A door that moves unasked, or says so: noticed within a second',
      tests: ['safety/door-watch.test.ts'],
    },
    { number: 40, says: 'The emergency release works at all times, in a lockdown too' },
  ],
  'E. Risk and degraded': [
    {
      number: 41,
      says: 'A hit looks like any other referral from outside',
      tests: [
        'transaction/passage-through-the-lane.test.ts',
        'search/what-can-become-of-a-passage.test.ts',
        'walks/main.ts',
      ],
    },
    { number: 42, says: 'A namesake whom officers cleared', open: 'not in this version: it would keep names' },
    {
      number: 43,
      says: 'A service that is down, slow, cut off, late, or answers another question',
      tests: ['risk/a-bad-answer-is-never-clear.test.ts'],
    },
    { number: 44, says: 'A service with an old index', open: 'the extract it would need is not in this version' },
    {
      number: 45,
      says: 'A service is down: an assisted lane, where an officer confirms',
      tests: ['lane/modes-of-the-lane.test.ts'],
    },
    { number: 46, says: 'Six hours without a network', open: 'nothing is sent anywhere in this version' },
    { number: 47, says: 'Travel authorisations', open: 'not in this version: no such service to ask' },
    { number: 48, says: 'Four eyes release a hit; one officer cannot', tests: ['api/four-eyes.test.ts'] },
    { number: 49, says: 'Lookout lists from pre-arrival data', open: 'not in this version' },
    { number: 50, says: 'A service with a compromised certificate', open: 'left to the TLS of the platform' },
  ],
  'F and G, as far as a lane is concerned': [
    {
      number: 51,
      says: 'Nobody attends: the lane serves who is there and closes',
      tests: ['api/signs-of-life.test.ts'],
    },
    { number: 53, says: 'An order that comes too late is refused', tests: ['api/an-order-is-for-now.test.ts'] },
    { number: 57, says: 'A silent alarm', tests: ['api/a-silent-alarm-stays-silent.test.ts'] },
    {
      number: 59,
      says: 'Cables that are pulled or noisy',
      tests: ['scenarios/bad-input.test.ts', 'drivers/modbus-line-faults.test.ts'],
    },
    { number: 62, says: 'Maintenance needs an officer’s consent', tests: ['lane/modes-of-the-lane.test.ts'] },
    { number: 69, says: 'Hostile input', tests: ['emrtd/fuzz-parsers.test.ts', 'emrtd/fuzz-inspection.test.ts'] },
  ],
};

export const points: readonly Point[] = Object.values(sections).flat();

export const scenariosFor = (number: number): readonly string[] =>
  scenarios.filter(({ covers }) => covers.includes(number)).map(({ name }) => name);

const heading = `# What stands for the acceptance list

Made by \`coverage.ts\` from the table of scenarios; \`coverage.test.ts\` holds it against both. To make it anew:
\`npx vitest run -u test/scenarios/coverage.test.ts\`. Scenarios run by name: \`npm run passage -- --scenario NAME\`.
`;

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

export function coverageTable(): string {
  const parts = Object.entries(sections).map(([title, rows]) => {
    const lines = rows.map(
      ({ number, says, tests = [], open = '' }) =>
        `| ${number} | ${says} | ${code(scenariosFor(number))} | ${code(tests)} | ${open} |`,
    );
    return `## ${title}\n\n| | | scenarios | tests | open |\n|---|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  const beyond = scenarios.filter(({ covers }) => covers.length === 0).map(({ name }) => name);
  return `${heading}\n${parts.join('\n')}\nBeyond the list: ${code(beyond)}.\n`;
}
