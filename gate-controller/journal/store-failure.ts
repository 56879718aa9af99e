/** SQLite's primary result codes that mean something to whoever writes a journal (sqlite.org/rescode.html). */
const full = 13;

/** What `node:sqlite` says of itself: `errcode` is the extended result code, its lowest byte the primary one. */
type SQLiteError = Error & { readonly errcode?: number };

/** True when the store had no room: the one failure after which the same commit may be tried again. */
export const isFull = (error: unknown): boolean => primaryCode(error) === full;

/** Short and without content, e.g. `SQLITE 13: database or disk is full`. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = primaryCode(error);
  return code === undefined ? error.message : `SQLITE ${code}: ${error.message}`;
}

function primaryCode(error: unknown): number | undefined {
  const { errcode } = error as SQLiteError;
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}
