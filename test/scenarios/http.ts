/** Requests as the pages make them. */
const answer_ms = 10_000;

export async function getJSON<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answer_ms) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

export async function postJSON(url: string, body: unknown): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(answer_ms),
  });
  const text = await response.text();
  return { status: response.status, answer: text === '' ? null : JSON.parse(text) };
}

/** Switches a fault of the hall, a device or a service on or off. */
export async function setFault(bench: string, name: string, on: boolean): Promise<void> {
  const { status } = await postJSON(`${bench}/api/faults`, { name, on });
  if (status !== 202) throw new Error(`fault ${name}: ${status}`);
}

export const pause = (delay_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay_ms));
