/**
 * Entry of the child process that does all inference. One request at a time, in order; models and references live
 * here and end with the process. Anything unforeseen ends the process: the supervisor starts a fresh one.
 */
import sharp from 'sharp';
import { ModelError } from '../models/verify.ts';
import { enrolPortrait, examineFrame, openModels } from './pipeline.ts';
import type { Models } from './pipeline.ts';
import type { EnrolReply, Reply, Request } from './protocol.ts';
import { defaultCalibration } from './quality-limits.ts';
import { FaceSession, Sessions } from './sessions.ts';

// Hostile pictures reach this process only, and of the library's many readers only the one for JPEG.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg'] });

/** A lane holds one traveller; the next may be read while the last one leaves. */
const sessions_max = 4;

const sessions = new Sessions(sessions_max);
let calibration = defaultCalibration;
let models: Models | undefined;
let waiting = 0;
let turn: Promise<void> = Promise.resolve();

async function answer(request: Request): Promise<Reply> {
  const { id } = request;
  if (request.ask === 'open') {
    calibration = request.calibration;
    return open(id, request.modelFolder);
  }
  const { sessionId } = request;
  if (request.ask === 'compare') {
    const { jpeg, purpose } = request;
    const result = await examineFrame(opened(), sessions.of(sessionId), jpeg, { calibration, purpose });
    jpeg.fill(0);
    return { answer: 'compared', id, result };
  }
  // A new portrait never leaves the last one's embedding behind, even when it is refused.
  sessions.forget(sessionId);
  if (request.ask === 'forget') return { answer: 'forgotten', id };
  const result = keep(sessionId, await enrolPortrait(opened(), request.portrait));
  request.portrait.bytes.fill(0);
  return { answer: 'enrolled', id, result };
}

async function open(id: number, modelFolder: string): Promise<Reply> {
  try {
    models = await openModels(modelFolder);
  } catch (error) {
    if (error instanceof ModelError) return { answer: 'refused', id, detail: error.message };
    throw error;
  }
  return {
    answer: 'opened',
    id,
    models: Object.fromEntries(Object.entries(models).map(([name, m]) => [name, m.sha256])),
  };
}

function keep(sessionId: string, result: Awaited<ReturnType<typeof enrolPortrait>>): EnrolReply {
  if (result.status === 'unavailable') return result;
  const { reference, ...rest } = result;
  sessions.keep(sessionId, new FaceSession(reference));
  return rest;
}

function opened(): Models {
  if (models === undefined) throw new Error('the models are opened first');
  return models;
}

function end(error: unknown): void {
  // The kind of error only: a message could hold what a traveller's picture made of it.
  process.stderr.write(`biometrics child ends: ${error instanceof Error ? error.name : 'unknown error'}\n`);
  process.exit(70);
}

process.on('message', (request: Request) => {
  waiting += 1;
  // The supervisor sends the next one after the answer; a flood is a fault of the channel.
  if (waiting > 1) end(new RangeError('queue'));
  turn = turn
    .then(async () => {
      const reply = await answer(request);
      // The files of the models, and 51 MB of each portrait's decoder: frames, whose buffers are used again, give no
      // reason to collect them. Before the answer, so that no other request's deadline runs meanwhile.
      if (reply.answer === 'opened' || reply.answer === 'enrolled') globalThis.gc?.();
      waiting -= 1;
      process.send?.(reply);
    })
    .catch(end);
});

// Without its parent nobody could stop it.
process.on('disconnect', () => process.exit(0));
