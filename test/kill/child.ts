// A process that the kill test starts, and ends. It loads everything, says so, and lives once it is told into what.
import { Killable } from './killable.ts';
import type { Birth } from './report.ts';

Killable.tell({ type: 'ready' });
process.stdin.once('data', (line: Buffer) => {
  const birth = JSON.parse(line.toString()) as Birth;
  const life = new Killable(birth).live();
  life.then(
    () => process.exit(0),
    (error: unknown) => {
      Killable.tell({
        type: 'unforeseen',
        what: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      process.exit(1);
    },
  );
});
// The parent is gone: nobody listens any more.
process.stdin.once('end', () => process.exit(2));
