/** The real server over a small fixed state; requests go in without a socket, or with one where the socket matters. */
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { DisplayView, OfficerCommand, OfficerView } from '../../gate-controller/api/messages.ts';
import type { TechnicianCommand, TechnicianView } from '../../gate-controller/api/technician-messages.ts';
import { createServer, type Server } from '../../gate-controller/api/server.ts';
import { CaseFiles } from '../../gate-controller/cases/case-files.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import type { CommandRefusal } from '../../gate-controller/api/commands.ts';
import { technician } from '../pages/technician-views.ts';
import { display } from '../pages/views.ts';

export const transactionId = 'a3f0c1de-0000-4000-8000-000000000001';

export class ApiBench {
  readonly given: OfficerCommand[] = [];
  readonly givenByTechnicians: TechnicianCommand[] = [];
  /** Officers who said that they are there. */
  readonly attended: string[] = [];
  helpCalls = 0;
  readonly cases = new CaseFiles();
  readonly logged: string[] = [];
  refusal: CommandRefusal | undefined;
  /** Answers to commands wait for this. */
  recorded: Promise<void> = Promise.resolve();
  /** What the journal holds of any transaction. */
  records: readonly JournalRecord[] = [];
  notReady: readonly string[] = [];
  officerView: () => OfficerView = () => ({ lanes: [], referrals: [] });
  displayView: () => DisplayView = () => display();
  technicianView: () => TechnicianView = () => technician();
  server!: Server;
  readonly #sockets: Socket[] = [];
  #listening: Promise<string> | undefined;

  async open(): Promise<this> {
    const logger = pino({ level: 'debug' }, { write: (line: string) => void this.logged.push(line) });
    this.server = await createServer({
      logger,
      officerView: () => this.officerView(),
      displayView: () => this.displayView(),
      technicianView: () => this.technicianView(),
      giveTechnician: async (command) => {
        this.givenByTechnicians.push(command);
        return this.refusal;
      },
      attend: (officer) => void this.attended.push(officer),
      requestHelp: () => void (this.helpCalls += 1),
      machines: { lane: [], transaction: [] },
      give: async (command) => {
        this.given.push(command);
        const { refusal } = this;
        await this.recorded;
        return refusal;
      },
      recordsOf: () => this.records,
      cases: this.cases,
      notReadyBecause: () => this.notReady,
      metrics: async () => 'metric 1\n',
      pagesFolder: '/nonexistent',
    });
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    await this.server.app.close();
  }

  inject(
    method: 'GET' | 'HEAD' | 'POST',
    url: string,
    payload?: object | string,
    headers: Record<string, string> = {},
  ) {
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    return this.server.app.inject({
      method,
      url,
      headers: { host: '127.0.0.1:8080', ...type, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
  }

  /** Writes bytes to the real port. `said` resolves with what came once it matches, or when the connection ends. */
  async raw(bytes: string): Promise<{ readonly socket: Socket; readonly said: (pattern: RegExp) => Promise<string> }> {
    const { app } = this.server;
    this.#listening ??= app.listen({ host: '127.0.0.1', port: 0 });
    await this.#listening;
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    this.#sockets.push(socket);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    // A server that cuts a connection is what some tests wait for.
    socket.on('error', () => socket.destroy());
    socket.write(bytes);
    const said = (pattern: RegExp): Promise<string> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (pattern.test(text) || socket.closed) resolve(text);
        };
        socket.on('data', look).on('close', look);
        look();
      });
    return { socket, said };
  }
}
