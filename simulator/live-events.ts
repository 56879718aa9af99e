/** Server-sent events of one kind from an address, parsed, until the signal aborts or the stream ends. */
export async function* liveEvents<T>(
  url: string,
  event: string,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const response = await fetch(url, { signal, headers: { accept: 'text/event-stream' } });
  if (!response.ok || response.body === null) throw new Error(`EVENTS_REFUSED: ${response.status}`);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      if (!lines.includes(`event: ${event}`)) continue;
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      yield JSON.parse(data.join('\n')) as T;
    }
  }
}
