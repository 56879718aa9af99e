import type { CommandRefusal } from './commands.ts';

/** Commands whose answers are remembered. */
const answers_max = 1_000;

type Command = { readonly commandId: string; readonly reason?: string | null };
type Answer = Promise<CommandRefusal | undefined>;
type Entry = { readonly content: string; readonly answer: Answer; isPending: boolean };

/** The words of a reason are no part of it: one that was refused for naming somebody must not be kept here. */
const contentOf = ({ commandId: _, reason: __, ...content }: Command): string =>
  JSON.stringify(Object.entries(content).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const idReused: CommandRefusal = {
  status: 409,
  code: 'COMMAND_ID_REUSED',
  message: 'This command has the number of another one.',
};
const tooMany: CommandRefusal = {
  status: 503,
  code: 'TOO_MANY_COMMANDS',
  message: 'Too many commands wait to be recorded.',
};

/** Carries a command out once: a repeat hears what the first heard, also while that is still being recorded. */
export class CommandAnswers<C extends Command> {
  readonly #give: (command: C) => Answer;
  readonly #entries = new Map<string, Entry>();

  constructor(give: (command: C) => Answer) {
    this.#give = give;
  }

  answer(command: C): Answer {
    const known = this.#entries.get(command.commandId);
    const content = contentOf(command);
    if (known !== undefined) return known.content === content ? known.answer : Promise.resolve(idReused);
    if (!this.#makeRoom()) return Promise.resolve(tooMany);
    // Begins at once; what it throws is an answer like any other.
    const answer = (async () => this.#give(command))();
    const entry: Entry = { content, answer, isPending: true };
    const settle = (): void => {
      entry.isPending = false;
    };
    answer.then(settle, settle);
    this.#entries.set(command.commandId, entry);
    return answer;
  }

  /** Forgets the oldest that is answered; false when none is. */
  #makeRoom(): boolean {
    if (this.#entries.size < answers_max) return true;
    const oldest = [...this.#entries].find(([, { isPending }]) => !isPending);
    return oldest !== undefined && this.#entries.delete(oldest[0]);
  }
}
