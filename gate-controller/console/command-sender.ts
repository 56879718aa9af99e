export type CommandAnswer =
  | { readonly kind: 'recorded' }
  /** The controller refused; nothing was done. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** No answer in time, or none that says: whether it was recorded is not known. A repeat with the same commandId is safe. */
  | { readonly kind: 'unanswered' };

const answer_ms = 5_000;

/** Says something to the controller. Rejects when no answer comes in time. */
export const post = (address: string, content: unknown, send: typeof fetch = fetch): Promise<Response> =>
  send(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(content),
    signal: AbortSignal.timeout(answer_ms),
  });

/** Posts one command of an officer, or of a technician under its own address. Never rejects. */
export async function sendCommand<C extends { readonly commandId: string }>(
  command: C,
  send: typeof fetch = fetch,
  address = '/api/commands',
): Promise<CommandAnswer> {
  try {
    const answer = await post(address, command, send);
    if (answer.ok) return { kind: 'recorded' };
    // The lane stopped, or was too slow, between taking the command and confirming its record.
    if (answer.status === 503) return { kind: 'unanswered' };
    return await refusalOf(answer);
  } catch {
    return { kind: 'unanswered' };
  }
}

async function refusalOf(answer: Response): Promise<CommandAnswer> {
  const said = (await answer.json().catch(() => ({}))) as { readonly code?: unknown; readonly message?: unknown };
  const code = typeof said.code === 'string' ? said.code : `HTTP_${answer.status}`;
  const words = typeof said.message === 'string' ? said.message : 'The controller gave no explanation.';
  if (code === 'COMMAND_EXPIRED') {
    return { kind: 'refused', code, message: `Not done: too late. ${words} Look again, then decide again.` };
  }
  if (answer.status === 409) {
    return {
      kind: 'refused',
      code,
      message: `Not done: the lane had moved on. ${words} Look again, then decide again.`,
    };
  }
  return { kind: 'refused', code, message: `Not done: ${words}` };
}
