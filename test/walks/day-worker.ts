// One walk after the other, as they are asked for.
import { parentPort } from 'node:worker_threads';
import { type Day, walkDay } from './days.ts';

process.env.TZ = 'UTC';

parentPort?.on('message', ({ n, day }: { n: number; day: Day }) => {
  void walkDay(day).then((result) => parentPort?.postMessage({ n, result }));
});
