// The only thread that writes the journal. One message in, one answer out, in order.
import { parentPort, workerData } from 'node:worker_threads';
import { type Commit, JournalDatabase } from './database.ts';

export type WriterRequest =
  | { readonly id: number; readonly commit: Commit }
  | { readonly id: number; readonly close: true };
export type WriterAnswer = { readonly id: number; readonly failure: string | null };

const port = parentPort;
if (port === null) throw new Error('the journal writer runs in a worker thread');
const database = new JournalDatabase((workerData as { file: string }).file);

port.on('message', (request: WriterRequest) => {
  let failure: string | null = null;
  try {
    if ('close' in request) database.close();
    else database.append(request.commit);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  port.postMessage({ id: request.id, failure } satisfies WriterAnswer);
  if ('close' in request) port.close();
});
