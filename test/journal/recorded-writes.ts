/** What a process did to some files, in order, out of a trace of its system calls. */

export type Operation =
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'said'; readonly line: string };

/** Flags under which `strace` writes what `operationsOf` reads. */
export const straceFlags: readonly string[] =
  '-f -y -xx -s 200000 -e trace=pwrite64,write,fdatasync,fsync,ftruncate -e signal=none'.split(' ');

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const path = (text: string): string => (text.startsWith('\\x') ? unhex(text).toString() : text);

/**
 * A write counts from the moment it began, a flush when it was over: that is the least that a disk may have kept. Calls of
 * several threads are interrupted in the trace by each other and put together again.
 */
export function operationsOf(trace: string, isOurs: (file: string) => boolean): readonly Operation[] {
  const unfinished = new Map<string, string>();
  const operations: Operation[] = [];
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(call)?.[1];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(call)?.[1];
    if (begun !== undefined) unfinished.set(thread, begun);
    const isSync = /^f(data)?sync/.test(begun ?? call);
    // A write is taken where it began, so its end says nothing more; a flush is taken where it ended.
    const whole = resumed === undefined ? (begun ?? call) : (unfinished.get(thread) ?? '') + resumed;
    const isTaken = resumed === undefined ? begun === undefined || !isSync : /^f(data)?sync/.test(whole);
    const operation = isTaken ? operationIn(whole, isOurs) : undefined;
    if (operation !== undefined) operations.push(operation);
  }
  return operations;
}

function operationIn(call: string, isOurs: (file: string) => boolean): Operation | undefined {
  const [, name = '', descriptor = '', target = '', rest = ''] = /^(\w+)\((\d+)<([^>]*)>(.*)$/.exec(call) ?? [];
  if (name === 'write' && descriptor === '1') {
    const said = /^, "([^"]*)"/.exec(rest)?.[1];
    return said === undefined ? undefined : { kind: 'said', line: unhex(said).toString().trim() };
  }
  const file = path(target);
  if (!isOurs(file)) return undefined;
  if (name === 'fsync' || name === 'fdatasync') return { kind: 'sync', file };
  if (name === 'ftruncate') return { kind: 'truncate', file, size: Number(/^, (\d+)/.exec(rest)?.[1]) };
  const [, bytes, offset] = /^, "([^"]*)", \d+, (\d+)/.exec(rest) ?? [];
  if (name !== 'pwrite64' || bytes === undefined) throw new Error(`a call on ${file} that is not understood: ${name}`);
  return { kind: 'write', file, offset: Number(offset), bytes: unhex(bytes) };
}
