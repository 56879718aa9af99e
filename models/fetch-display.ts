/** Shows a fetch on standard error: a bar on a terminal, one line elsewhere. */
import type { FetchProgress } from './package-files.ts';

const width = 24;
const redraw_bytes = 1 << 18;

/** `label` says what is fetched. The returned function is given to the provisioner; standard output stays untouched. */
export function fetchDisplay(label: string, stream: NodeJS.WriteStream = process.stderr): FetchProgress {
  let begun = false;
  let drawn = 0;
  return (fetched, total) => {
    if (!begun && !stream.isTTY) stream.write(`Fetching ${label} (${megabytes(total)} MB, once) …\n`);
    begun = true;
    if (!stream.isTTY || (fetched < total && fetched - drawn < redraw_bytes)) return;
    drawn = fetched;
    const share = Math.min(1, fetched / total);
    const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░');
    const end = fetched >= total ? '\n' : '';
    stream.write(`\rFetching ${label} ${bar} ${megabytes(fetched)}/${megabytes(total)} MB${end}`);
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
