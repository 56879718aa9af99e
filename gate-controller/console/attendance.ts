import { type Attendance, attendanceEvery_ms } from '../api/messages.ts';
import { post } from './command-sender.ts';

/** What this part needs from a browser; a test passes its own. */
export type AttendanceWorld = {
  isVisible(): boolean;
  onVisibility(call: () => void): () => void;
  every(ms: number, call: () => void): () => void;
  /** Must not reject. */
  post(officer: string): void;
};

const browserWorld: AttendanceWorld = {
  isVisible: () => document.visibilityState === 'visible',
  onVisibility: (call) => {
    document.addEventListener('visibilitychange', call);
    return () => document.removeEventListener('visibilitychange', call);
  },
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
  post: (officer) => {
    void post('/api/attendance', { officer } satisfies Attendance).catch(() => {
      // The page says by itself that the lane does not answer; the next sign of life comes in time.
    });
  },
};

/** Says every 10 s that an officer is there, as long as the page can be seen and somebody has given a number. */
export class AttendanceSigns {
  readonly #officer: () => string | null;
  readonly #world: AttendanceWorld;
  readonly #stops: (() => void)[] = [];

  constructor(officer: () => string | null, world: AttendanceWorld = browserWorld) {
    this.#officer = officer;
    this.#world = world;
  }

  start(): void {
    this.#stops.push(
      this.#world.every(attendanceEvery_ms, () => this.give()),
      this.#world.onVisibility(() => this.give()),
    );
    this.give();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** One sign now; none from a page that nobody sees, or of nobody. */
  give(): void {
    const officer = this.#officer();
    if (officer !== null && this.#world.isVisible()) this.#world.post(officer);
  }
}
