/**
 * Small wrongs put into the source of a pure module, one at a time: a condition that always or never holds, an operator
 * turned round, a negation lost, one door taken for the other.
 */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { compileFunction } from 'node:vm';

export type SourceMutant = {
  /** Line of the source and what became of it. */
  readonly name: string;
  readonly source: string;
};

const exchanges: readonly (readonly [RegExp, string])[] = [
  [/===/g, '!=='],
  [/!==/g, '==='],
  [/&&/g, '||'],
  [/\|\|/g, '&&'],
  [/>=/g, '>'],
  [/>=/g, '<'],
  [/(?<![=<>-])>(?![=>])/g, '>='],
  [/(?<![=<>-])>(?![=>])/g, '<'],
  [/(?<=[( ])!(?=[a-z])/g, ''],
  [/'entry'/g, "'exit'"],
  [/'exit'/g, "'entry'"],
  [/'open'/g, "'close'"],
  [/'close'/g, "'open'"],
  [/'closed'/g, "'open'"],
  [/'hold'/g, "'open'"],
  [/\.entry\b/g, '.exit'],
  [/\.exit\b/g, '.entry'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
];

/** The module with its types and comments taken out. */
export function plainSource(file: URL): string {
  const source = stripTypeScriptTypes(readFileSync(file, 'utf8'));
  return source.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/\/\/.*$/gm, blank);
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Every mutant of the source that differs from it. */
export function mutantsOf(source: string): readonly SourceMutant[] {
  const mutants: SourceMutant[] = [];
  const add = (from: number, to: number, put: string): void => {
    const line = source.slice(0, from).split('\n').length;
    const was = source.slice(from, to);
    if (source.split('\n')[line - 1]?.startsWith('import ')) return;
    mutants.push({ name: `${line}: ${was} → ${put}`, source: source.slice(0, from) + put + source.slice(to) });
  };
  for (const [pattern, put] of exchanges) {
    for (const { index, 0: was } of source.matchAll(pattern)) add(index, index + was.length, put);
  }
  for (const [from, to] of conditions(source)) for (const put of ['true', 'false']) add(from, to, put);
  return mutants;
}

/** Where the conditions of `if` and of `? :` stand. */
function conditions(source: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const { index, 0: head } of source.matchAll(/\bif \(/g)) {
    const from = index + head.length;
    let depth = 1;
    let to = from;
    while (depth > 0 && to < source.length) {
      depth += source[to] === '(' ? 1 : source[to] === ')' ? -1 : 0;
      to += 1;
    }
    found.push([from, to - 1]);
  }
  for (const { index } of source.matchAll(/(?<=[^\s]\s*)\? /g)) found.push(conditionBefore(source, index));
  return found;
}

/** The condition that ends at a question mark: back to the open bracket, or to the word or sign that begins it. */
function conditionBefore(source: string, mark: number): [number, number] {
  let depth = 0;
  let from = mark;
  for (; from > 0; from -= 1) {
    const before = source.slice(0, from);
    if (before.endsWith(')')) depth += 1;
    else if (before.endsWith('(') && depth === 0) break;
    else if (before.endsWith('(')) depth -= 1;
    else if (depth === 0 && /(?:\breturn|=>|[^=!<>]=|[,:;{])\s$/.test(before)) break;
  }
  return [from, from + source.slice(from, mark).trimEnd().length];
}

/** Runs a module's source with what it imports, and gives what it exports by name. */
export function load<T>(source: string, imported: Readonly<Record<string, unknown>>, exported: string): T {
  const body = source.replace(/^import .*$/gm, '').replace(/^export /gm, '');
  const names = Object.keys(imported);
  const run = compileFunction(`${body}\nreturn ${exported};`, names) as (...values: unknown[]) => T;
  return run(...Object.values(imported));
}
