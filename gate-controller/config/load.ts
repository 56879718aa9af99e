import { readFile } from 'node:fs/promises';
import { Value } from 'typebox/value';
import { isLoopbackAddress } from '../api/loopback.ts';
import { operatingPoint } from '../decision/operating-points.ts';
import { indispensableChecks } from '../decision/policy.ts';
import { timingConflicts } from '../transaction/timings.ts';
import { attackConflicts, limitConflicts } from './face-schema.ts';
import { type Configuration, ConfigurationSchema } from './schema.ts';

/** The configuration cannot be used. `problems` are sentences for whoever wrote the file. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`CONFIGURATION_REFUSED:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** Reads and checks a configuration file. Rejects with ConfigurationError. */
export async function loadConfiguration(file: string): Promise<Configuration> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new ConfigurationError([`the file ${file} cannot be read`]);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigurationError([`the file ${file} is not JSON`]);
  }
  return checkConfiguration(value);
}

/** Fills in defaults and checks every rule. Throws ConfigurationError with all problems at once. */
export function checkConfiguration(value: unknown): Configuration {
  const filled: unknown = Value.Default(ConfigurationSchema, structuredClone(value));
  if (!Value.Check(ConfigurationSchema, filled)) {
    const problems = [...Value.Errors(ConfigurationSchema, filled)].map(
      ({ instancePath, message }) =>
        `${instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.')} ${message}`,
    );
    throw new ConfigurationError([...new Set(problems)].slice(0, 20));
  }
  const problems = [
    ...timingConflicts(filled.timings),
    ...limitConflicts(filled.face.quality),
    ...attackConflicts(filled.face.attack),
    ...policyProblems(filled),
    ...exposureProblems(filled),
    ...addressProblems(filled),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return filled;
}

function policyProblems({ policy }: Configuration): readonly string[] {
  const required: readonly string[] = policy.required;
  const missing = indispensableChecks.filter((id) => !required.includes(id));
  const problems = missing.map((id) => `policy.required must contain ${id}: nobody is admitted without it`);
  try {
    operatingPoint(policy.operatingPoint);
  } catch {
    problems.push(`policy.operatingPoint "${policy.operatingPoint}" is not in decision/operating-points.json`);
  }
  return problems;
}

/** There is no sign-in yet, so whoever reaches the port could open a door. */
const exposureProblems = ({ http }: Configuration): readonly string[] =>
  isLoopbackAddress(http.host)
    ? []
    : [
        `http.host must be 127.0.0.1, ::1 or localhost: sign-in does not exist yet, so "${http.host}" would be open to all`,
      ];

/** What travellers' data goes to, and where pictures come from. An address is not repeated: it could hold a password. */
function addressProblems({ risk, devices }: Configuration): readonly string[] {
  return [...riskProblems(risk.url), ...passwordProblems('devices.camera.url', devices.camera.url)];
}

function riskProblems(text: string): readonly string[] {
  const problems = [...passwordProblems('risk.url', text)];
  const url = parseURL(text);
  if (url === undefined) return problems;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    problems.unshift('risk.url must be host and port only, without a path: the client appends its own');
  }
  if (url.protocol !== 'https:' && !isLoopbackAddress(url.hostname.replaceAll(/[[\]]/g, ''))) {
    problems.unshift(
      'risk.url must begin with https: unless the service is on this machine: names and numbers go there',
    );
  }
  return problems;
}

function passwordProblems(setting: string, text: string): readonly string[] {
  const url = parseURL(text);
  if (url === undefined) return [`${setting} is not an address`];
  return url.username === '' && url.password === ''
    ? []
    : [`${setting} must not contain a user name or password: this file is no place for secrets`];
}

function parseURL(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
