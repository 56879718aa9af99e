/** What was asked for on the command line of `npm run emrtd`. Pure. */
import { parseArgs } from 'node:util';
import type { AccessFields } from '../../drivers/emrtd/inspection.ts';
import { type MRZ, parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { vpcdPort } from '../../drivers/virtual-reader/codec.ts';

export const usage = `npm run emrtd -- COMMAND

  read --vpcd PORT --mrz 'DOC/DOB/DOE' [--can N] [--trust DIR] [--wait SECONDS] [--json]
      waits on 127.0.0.1:PORT for a virtual chip, inspects it and prints the report. DOB and DOE are YYMMDD; whole
      lines of the printed zone, joined by /, are compared with the chip too. --can: six digits, with or without --mrz.
      --trust: folder of CSCA certificates and lists; without it no issuer is known. --wait: default 60.
      Exit code 0: inspected, whatever the result; 1: not inspected to the end; 2: wrong use.

  chip --vpcd HOST:PORT (--profile NAME | --misbehaviour NAME) [--trust DIR]
      connects a simulated chip to a reader that speaks the vpcd protocol (vsmartcard: 127.0.0.1:${vpcdPort}), prints the
      printed zone and the CAN, and stays until the reader hangs up. A misbehaviour brings its own kind of document.
      --trust: where to put what a reader has to trust to judge the document.
  chip --list
      names the profiles and misbehaviours

  trust import FILE --folder DIR --by NAME [--root] [--older]
      takes a certificate, master list, revocation list or defect list into a trust folder. --root: pin the certificate
      in FILE as one that vouches for signers of lists. --older: take a list older than the one at hand.
  trust list --folder DIR [--json]`;

/** Something on the command line is wrong; the message says what, in plain words. */
export class UsageError extends Error {}

export type ReadCommand = {
  readonly command: 'read';
  readonly port: number;
  readonly mrz: MRZ | null;
  readonly accessFields: AccessFields | null;
  readonly can: string | null;
  readonly trust: string | null;
  readonly wait_ms: number;
  readonly isJSON: boolean;
};
export type ChipCommand = {
  readonly command: 'chip';
  readonly host: string;
  readonly port: number;
  readonly document: { readonly by: 'profile' | 'misbehaviour'; readonly name: string };
  readonly trust: string | null;
};
export type Command =
  | ReadCommand
  | ChipCommand
  | { readonly command: 'chip-list' }
  | { readonly command: 'help' }
  | {
      readonly command: 'trust-import';
      readonly file: string;
      readonly folder: string;
      readonly by: string;
      readonly isRoot: boolean;
      readonly allowsOlder: boolean;
    }
  | { readonly command: 'trust-list'; readonly folder: string; readonly isJSON: boolean };

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const WAIT_S = 60;
const WAIT_S_MAX = 86_400;

/** Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  switch (name) {
    case 'read':
      return parseRead(rest);
    case 'chip':
      return parseChip(rest);
    case 'trust':
      return parseTrust(rest);
    case '--help':
    case 'help':
      return { command: 'help' };
    default:
      throw new UsageError(name === undefined ? 'no command was given' : `there is no command "${name}"`);
  }
}

function parseRead(args: readonly string[]): ReadCommand {
  const { values } = parse(() =>
    parseArgs({ args: [...args], options: { vpcd: text, mrz: text, can: text, trust: text, wait: text, json: flag } }),
  );
  const can = values.can ?? null;
  if (can !== null && !/^[0-9]{6}$/.test(can)) throw new UsageError('--can wants six digits');
  if (values.mrz === undefined && can === null) throw new UsageError("read wants --mrz 'DOC/DOB/DOE' or --can N");
  const printed = values.mrz === undefined ? { mrz: null, accessFields: null } : parsePrinted(values.mrz);
  const wait_s = Number(values.wait ?? WAIT_S);
  if (!(wait_s > 0 && wait_s <= WAIT_S_MAX)) throw new UsageError(`--wait wants seconds, at most ${WAIT_S_MAX}`);
  const port = portOf(values.vpcd, '--vpcd wants a port of this computer');
  return {
    command: 'read',
    port,
    ...printed,
    can,
    trust: values.trust ?? null,
    wait_ms: wait_s * 1000,
    isJSON: values.json,
  };
}

/** The three fields that open a chip, or the whole zone. What it holds is never repeated in a message. */
function parsePrinted(zone: string): Pick<ReadCommand, 'mrz' | 'accessFields'> {
  const parts = zone.trim().toUpperCase().split('/');
  if (parts.some((part) => part.length >= 30)) {
    const parsed = parseMRZ(parts);
    if (!parsed.ok) throw new UsageError(`--mrz holds no printed zone that can be used: ${parsed.because}`);
    return { mrz: parsed.mrz, accessFields: null };
  }
  const [documentNumber = '', birthDate = '', expiryDate = ''] = parts;
  // Unknown parts of a date of birth are fillers (ICAO 9303-3 section 4.8).
  const isRight =
    parts.length === 3 &&
    /^[A-Z0-9<]{1,22}$/.test(documentNumber) &&
    /^[0-9<]{6}$/.test(birthDate) &&
    /^[0-9]{6}$/.test(expiryDate);
  if (!isRight)
    throw new UsageError('--mrz wants document number, date of birth and date of expiry: DOC/YYMMDD/YYMMDD');
  return { mrz: null, accessFields: { documentNumber: documentNumber.replace(/<+$/, ''), birthDate, expiryDate } };
}

function parseChip(args: readonly string[]): Command {
  const { values } = parse(() =>
    parseArgs({
      args: [...args],
      options: { vpcd: text, profile: text, misbehaviour: text, trust: text, list: flag },
    }),
  );
  if (values.list) return { command: 'chip-list' };
  const { profile, misbehaviour, trust = null } = values;
  const name = profile ?? misbehaviour;
  if (name === undefined || (profile !== undefined && misbehaviour !== undefined)) {
    throw new UsageError('chip wants --profile NAME or --misbehaviour NAME; chip --list names them');
  }
  const target = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):(\d+)$/.exec(values.vpcd ?? '');
  const host = target?.[1] ?? target?.[2];
  if (host === undefined) throw new UsageError('chip wants --vpcd HOST:PORT');
  const port = portOf(target?.[3], '--vpcd wants HOST:PORT');
  return {
    command: 'chip',
    host,
    port,
    document: { by: profile === undefined ? 'misbehaviour' : 'profile', name },
    trust,
  };
}

function parseTrust(args: readonly string[]): Command {
  const [what, ...rest] = args;
  if (what === 'list') {
    const { values } = parse(() => parseArgs({ args: rest, options: { folder: text, json: flag } }));
    return { command: 'trust-list', folder: given(values.folder, '--folder DIR'), isJSON: values.json };
  }
  if (what !== 'import') throw new UsageError('trust wants import or list');
  const { values, positionals } = parse(() =>
    parseArgs({
      args: rest,
      allowPositionals: true,
      options: { folder: text, by: text, root: flag, older: flag },
    }),
  );
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('trust import wants one FILE');
  return {
    command: 'trust-import',
    file,
    folder: given(values.folder, '--folder DIR'),
    by: given(values.by, '--by NAME'),
    isRoot: values.root,
    allowsOlder: values.older,
  };
}

function parse<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'options cannot be read');
  }
}

function given(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing`);
  return value;
}

function portOf(value: string | undefined, complaint: string): number {
  const port = Number(value ?? Number.NaN);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UsageError(`${complaint}, 1 to 65535`);
  return port;
}
