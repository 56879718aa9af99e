/** The real server over a small fixed state; requests go in without a socket. */
import { pino } from 'pino';
import type { OfficerCommand } from '../../gate-controller/api/messages.ts';
import { createServer, type Server } from '../../gate-controller/api/server.ts';
import { CaseFiles } from '../../gate-controller/cases/case-files.ts';
import type { CommandRefusal } from '../../gate-controller/api/commands.ts';

export const transactionId = 'a3f0c1de-0000-4000-8000-000000000001';

export class ApiBench {
  readonly given: OfficerCommand[] = [];
  readonly cases = new CaseFiles();
  readonly logged: string[] = [];
  refusal: CommandRefusal | undefined;
  notReady: readonly string[] = [];
  server!: Server;

  async open(): Promise<this> {
    const logger = pino({ level: 'debug' }, { write: (line: string) => void this.logged.push(line) });
    this.server = await createServer({
      logger,
      officerView: () => ({ lanes: [], referrals: [] }),
      displayView: () => ({ laneName: 'Lane 1', screen: 'placeDocument', hint: null, progress: null }),
      give: (command) => {
        this.given.push(command);
        return this.refusal;
      },
      recordsOf: () => [],
      cases: this.cases,
      notReadyBecause: () => this.notReady,
      metrics: async () => 'metric 1\n',
      pagesFolder: '/nonexistent',
    });
    return this;
  }

  inject(method: 'GET' | 'POST', url: string, payload?: object | string, headers: Record<string, string> = {}) {
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    return this.server.app.inject({
      method,
      url,
      headers: { host: '127.0.0.1:8080', ...type, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
  }
}
