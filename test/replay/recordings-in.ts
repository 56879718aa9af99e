/** The recordings that a journal on a disk holds. */
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';
import { type Head, type Recording, recordingOf } from './recording.ts';

type About = Pick<Head, 'title' | 'recordedFrom'>;

/** By name: subject and number. Throws when the journal's chain does not verify. */
export function recordingsIn(file: string, about: About): ReadonlyMap<string, Recording> {
  const database = new JournalDatabase(file, { readOnly: true });
  try {
    const records = [...database.records()];
    const verdict = verifyChain(records);
    if (!verdict.isIntact) throw new Error(`JOURNAL_CHAIN_BROKEN: record ${verdict.brokenAt} (${verdict.because})`);
    return recordingsOf(records, about);
  } finally {
    database.close();
  }
}

/** One recording for every subject whose start is among the records. */
export function recordingsOf(records: readonly JournalRecord[], about: About): ReadonlyMap<string, Recording> {
  const bySubject = Map.groupBy(records, ({ subject }) => subject);
  const found = new Map<string, Recording>();
  for (const [subject, own] of bySubject) {
    const recording = recordingOf(own, about);
    if (recording !== undefined) found.set(subject, recording);
  }
  return found;
}
