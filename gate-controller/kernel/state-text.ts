/**
 * A state as the text of its record: the same as `JSON.stringify({ value, context })`. Machines replace what changes and
 * keep the rest, so each part of a context is written out once and known by its identity from then on: a third of the time
 * (measured), as policy, waits and checks stay what they are for a whole passage.
 */
export class StateText {
  readonly #known = new WeakMap<object, string>();
  /** Names of a context's parts as JSON writes them: few, and always the same. */
  readonly #names = new Map<string, string>();

  of(value: unknown, context: unknown): string {
    return `{"value":${JSON.stringify(value)},"context":${this.#contextText(context)}}`;
  }

  #contextText(context: unknown): string {
    if (context === null || typeof context !== 'object' || Array.isArray(context)) return JSON.stringify(context);
    let parts = '';
    for (const key of Object.keys(context)) {
      const text = this.#partText((context as Readonly<Record<string, unknown>>)[key]);
      if (text !== undefined) parts += `${parts === '' ? '' : ','}${this.#nameText(key)}${text}`;
    }
    return `{${parts}}`;
  }

  #nameText(key: string): string {
    let text = this.#names.get(key);
    if (text === undefined) this.#names.set(key, (text = `${JSON.stringify(key)}:`));
    return text;
  }

  /** Undefined for what JSON leaves out. */
  #partText(part: unknown): string | undefined {
    if (part === null) return 'null';
    if (typeof part === 'boolean') return part ? 'true' : 'false';
    if (typeof part !== 'object') return JSON.stringify(part);
    const known = this.#known.get(part);
    if (known !== undefined) return known;
    const text = JSON.stringify(part);
    this.#known.set(part, text);
    return text;
  }
}
