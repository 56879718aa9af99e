/**
 * Run by the read-stall test: opens the port, says one byte, and waits without any timer shorter than the test.
 * Reports how many messages came and the longest time one was under way.
 */
import { SerialLink } from '../../drivers/transport/serial-link.ts';

const limit_ms = 8000;
let text = '';
let received = 0;
let longest_ms = 0;

const link = new SerialLink(
  { path: process.argv[2] ?? '', baudRate: 115200 },
  {
    opened: () => link.write(Uint8Array.of(0x3f)),
    received: (bytes) => {
      text += Buffer.from(bytes).toString('latin1');
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        received++;
        longest_ms = Math.max(longest_ms, performance.timeOrigin + performance.now() - Number(line));
      }
      if (received === 5) report();
    },
    closed: () => {},
  },
);

function report(): void {
  process.send?.({ received, longest_ms: Math.round(longest_ms) }, () => process.exit());
}

setTimeout(report, limit_ms);
link.start();
