/** Run by the read-stall test: a device that sends five messages, 200 ms apart, after it was spoken to. */
import { Line } from '../../simulator/wire/line.ts';

const line = new Line({ folder: process.argv[2] ?? '.', name: 'port' });
const interval_ms = 200;
let sent = 0;

function send(): void {
  line.write(Buffer.from(`${Math.round(performance.timeOrigin + performance.now())}\n`, 'latin1'));
  if (++sent < 5) setTimeout(send, interval_ms);
}

line.onBytes(() => {
  if (sent === 0) setTimeout(send, interval_ms);
});
process.on('disconnect', () => process.exit());
process.send?.(line.path);
