import type { SendTraveller, SetFault, SetStream } from '../messages.ts';

const answer_ms = 5_000;

const refusals: Readonly<Record<string, string>> = {
  TOO_MANY_TRAVELLERS: 'Too many travellers wait already.',
  SCENARIO_UNKNOWN: 'The simulator does not know this scenario.',
  FAULT_UNKNOWN: 'The simulator does not know this fault.',
};

/** Posts to the simulator. Resolves with null when it was accepted, else with a sentence. Never rejects. */
async function post(path: string, body: unknown): Promise<string | null> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answer_ms),
    });
    if (answer.ok) return null;
    const said = (await answer.json().catch(() => ({}))) as { readonly code?: unknown };
    const code = typeof said.code === 'string' ? said.code : `HTTP_${answer.status}`;
    return refusals[code] ?? `The simulator refused: ${code}.`;
  } catch {
    return 'The simulator did not answer.';
  }
}

export const sendTraveller = (body: SendTraveller) => post('/api/travellers', body);
export const setStream = (body: SetStream) => post('/api/stream', body);
export const setFault = (body: SetFault) => post('/api/faults', body);
