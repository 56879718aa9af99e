/**
 * Bugs that a walk must find: a change of a line of production code each, made while its file is loaded. Whoever changes the
 * line that a bug replaces sees the test of it fail, and writes the bug anew.
 */
import { registerHooks } from 'node:module';

export type Mutation = {
  readonly file: string;
  readonly find: string;
  readonly put: string;
  /** A second layer that would hide the bug, and has to go with it. */
  readonly and?: { readonly file: string; readonly find: string; readonly put: string };
  /** Rules that may break by it. */
  readonly breaks: readonly string[];
};

export const mutations: Readonly<Record<string, Mutation>> = {
  'doors are opened whatever the other one does': {
    file: 'gate-controller/safety/interlock.ts',
    find: "if ((door === 'entry' ? hall.exit : hall.entry) !== 'closed') return 'OTHER_DOOR_NOT_CLOSED';",
    put: '',
    and: {
      file: 'gate-controller/lane/machine.ts',
      find: "            { guard: 'isExitUnshut', target: 'shuttingExit' },\n            { guard: 'isCabinEmpty', target: 'shuttingEntry' },\n            { target: 'lettingOut' },",
      put: "            { target: 'lettingOut' },",
    },
    breaks: ['I1'],
  },
  'the exit opens without an authority': {
    file: 'gate-controller/safety/interlock.ts',
    find: "return authority.validUntil_ms >= now_ms ? undefined : 'EXIT_AUTHORITY_EXPIRED';",
    put: 'return undefined;',
    breaks: ['I2'],
  },
  'a face that was not compared passes': {
    file: 'gate-controller/decision/weigh.ts',
    find: "if (evidence.status === 'unavailable') return { id, result: 'undetermined', because: evidence.because, at_ms };",
    put: "if (evidence.status === 'unavailable') return { id, result: 'passed', because: evidence.because, at_ms };",
    breaks: ['I3', 'I11'],
  },
  'any similarity is a match': {
    file: 'gate-controller/decision/weigh.ts',
    find: 'passedIf(Number.isFinite(similarity) && similarity >= point.similarity_min && similarity <= similarityCeiling)',
    put: 'passedIf(true)',
    breaks: ['I11'],
  },
  'a check that failed is forgotten': {
    file: 'gate-controller/decision/decide.ts',
    find: "if (check.result !== 'passed' && !isTolerated(check, policy)) reasons.add(reasonOf(check));",
    put: "if (check.result === 'aborted') reasons.add(reasonOf(check));",
    breaks: ['I3', 'I11'],
  },
  'a hit is clear': {
    file: 'gate-controller/risk/yente.ts',
    find: "verdict: hits.length > 0 ? 'hit' : 'clear',\n        candidates: hits.length,",
    put: "verdict: 'clear',\n        candidates: 0,",
    breaks: ['I11'],
  },
  'the echo of the risk service is not compared': {
    file: 'gate-controller/risk/yente.ts',
    find: "if (!isEchoed(properties, query.properties)) return unavailable('RISK_MALFORMED');",
    put: '',
    breaks: ['I11'],
  },
  'doors move before the record': {
    file: 'gate-controller/kernel/kernel.ts',
    find: 'await this.#commit(steps);\n        for',
    put: 'void this.#commit(steps);\n        for',
    breaks: ['I4'],
  },
  'a closing zone does not count': {
    file: 'gate-controller/safety/interlock.ts',
    find: "(door === 'entry' ? hall.isEntryFree : hall.isExitFree) ? undefined : 'CLOSING_ZONE_OBSTRUCTED'",
    put: 'undefined',
    breaks: ['I5'],
  },
  'fire does not matter': {
    file: 'gate-controller/safety/hall.ts',
    find: 'hall.isKnown && (hall.isFireAlarm || hall.isEmergencyOpen)',
    put: 'hall.isKnown && hall.isFireAlarm && hall.isEmergencyOpen',
    breaks: ['I6'],
  },
  'nobody is let out after a hold': {
    file: 'gate-controller/transaction/machine.ts',
    find: "          { target: 'returning' },\n        ],\n      },\n    },\n    // The way out",
    put: "          { target: '.escalated', reenter: true },\n        ],\n      },\n    },\n    // The way out",
    breaks: ['I7'],
  },
  'a restart resumes the passage': {
    file: 'gate-controller/transaction/machine.ts',
    find: "RESTARTED: { target: '.interrupted', actions: interrupt('CONTROLLER_RESTARTED') },",
    put: 'RESTARTED: {},',
    breaks: ['I9'],
  },
  'a referral is shown at once': {
    file: 'gate-controller/transaction/machine.ts',
    find: "after: { verdict: 'held' },",
    put: "after: { 300: 'held' },",
    breaks: ['I10'],
  },
  'a second person is not seen': {
    file: 'gate-controller/safety/hall.ts',
    find: 'isSecondPersonSeen: reading.isSecondPersonSeen,',
    put: 'isSecondPersonSeen: false,',
    breaks: ['I11'],
  },
};

/** Loads the file changed. Must be called before anything else is imported. */
export function mutate(name: string): void {
  const mutation = mutations[name];
  if (mutation === undefined) throw new Error(`MUTATION_UNKNOWN: ${name}`);
  const edits = [mutation, ...(mutation.and === undefined ? [] : [mutation.and])];
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const edit = edits.find(({ file }) => url.endsWith(`/${file}`));
      if (edit === undefined) return loaded;
      const source = loaded.source ?? '';
      const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
      if (text.split(edit.find).length !== 2) throw new Error(`MUTATION_NOT_FOUND: ${name} in ${edit.file}`);
      return { ...loaded, source: text.replace(edit.find, () => edit.put) };
    },
  });
}
