/** One simulated border gate: hall, devices on serial ports, camera, watchlist, travellers, bench. Real time, 127.0.0.1. */
import { createIssuers, countingChip, dress, warmUp } from './backstage.ts';
import type { Issuers, Outfit } from './backstage.ts';
import type { BenchView, PassageView, ScenarioView } from './bench/messages.ts';
import { BenchServer } from './bench/server.ts';
import type { BenchTarget } from './bench/server.ts';
import { hallView } from './bench/hall-view.ts';
import { SimulatedCamera } from './devices/camera.ts';
import { DisplayReader } from './display-reader.ts';
import { Hall } from './hall/hall.ts';
import type { Party } from './hall/party.ts';
import { forkedRandom } from './hall/random.ts';
import { Hardware } from './hardware.ts';
import { FaultBoard } from './scenarios/faults.ts';
import { identityOf } from './scenarios/identities.ts';
import { listPersons, watchlistDataset, watchlistedPerson } from './scenarios/listed-persons.ts';
import { Mishaps } from './scenarios/mishaps.ts';
import { Passages } from './scenarios/passages.ts';
import type { Backstage, Belongings } from './scenarios/passages.ts';
import { chapters, findScenario, scenarios } from './scenarios/scenarios.ts';
import { isForAnyLane, type Scenario } from './scenarios/scenario.ts';
import { TravellerStream } from './scenarios/stream.ts';
import { Watchlist } from './services/watchlist.ts';
import { Pictures } from './pictures.ts';
import type { TravellerScene } from './pictures.ts';
import { Studio } from './studio.ts';
import { listPeople } from './travellers/people.ts';
import { provisionPhotographs } from './travellers/photographs.ts';
import { writeTrust } from './trust.ts';

export type SimulatorOptions = {
  /** Where the serial ports get their fixed names: `mrz-reader`, `chip-reader`, `gate-plc`. Made when absent. */
  readonly folder: string;
  /** Where the certificate of the trusted test issuer and its revocation list are written. Made when absent. */
  readonly trustFolder: string;
  /** Folder of the built bench page. */
  readonly pages: string;
  /** 0 = any free port. */
  readonly benchPort: number;
  readonly cameraPort: number;
  readonly watchlistPort: number;
  /** One seed, one sequence of travellers, paces and appearances. */
  readonly seed: number;
  /** Whether travellers come by themselves. */
  readonly isStreaming: boolean;
  /** Wall clock, ms since the epoch; documents are dated by it. */
  readonly now_ms?: () => number;
};

export type SimulatorAddresses = {
  readonly ports: Readonly<Record<'mrz-reader' | 'chip-reader' | 'gate-plc', string>>;
  readonly camera: string;
  /** Base address; queries go to `/match/` and `watchlistDataset`. */
  readonly watchlist: string;
  readonly watchlistDataset: string;
  readonly bench: string;
  readonly trust: string;
};

export type SendOptions = { readonly fast?: boolean; readonly close?: boolean };

/** What is on account of one passage. */
type OnAccount = { readonly scene: TravellerScene; readonly switchedOn: Set<string>; readonly mishaps: Mishaps };

const step_ms = 10;
/** A process that was held up makes good at most so much; the rest of the time never happened in the hall. */
const catchUpMax_ms = 250;

export type Simulator = {
  /** Resolves when every port, address and certificate is there. */
  start(): Promise<SimulatorAddresses>;
  /** Idempotent. Ports, sockets and timers are gone when it resolves. */
  stop(): Promise<void>;
  /** Queues a traveller. */
  send(scenario: string, options?: SendOptions): ReturnType<BenchTarget['send']>;
  passage(id: string): PassageView | undefined;
  setStream(options: { readonly paused: boolean }): void;
  /** Lays a genuine document on the chip reader, for programs that read it without a gate; resolves with its printed zone. */
  layDocument(): Promise<readonly string[]>;
  setFault(name: string, on: boolean): Promise<'done' | 'unknown-fault'>;
  /** From now on travellers do what the display of the controller at this address asks of their heads. */
  readDisplay(controllerUrl: string): void;
  view(): BenchView;
  /** Called after every step of the hall, 100 times a second. Listeners must not throw. */
  subscribe(listener: () => void): () => void;
};

const scenarioViews: readonly ScenarioView[] = Object.entries(chapters).flatMap(([chapter, rows]) =>
  scenarios
    .filter(({ name }) => name in rows)
    .map((scenario) => {
      const { name, title, expects } = scenario;
      const { outcome, reasons } = expects;
      return { name, title, chapter, isForAnyLane: isForAnyLane(scenario), expects: { outcome, reasons } };
    }),
);

/** Nothing happens, and no port exists, before `start`. */
export function createSimulator(options: SimulatorOptions): Simulator {
  return new RunningSimulator(options);
}

class RunningSimulator implements Simulator, Backstage {
  readonly #options: SimulatorOptions;
  readonly #now_ms: () => number;
  readonly #hall = new Hall();
  readonly #listeners = new Set<() => void>();
  readonly #passages: Passages;
  readonly #stream: TravellerStream;
  readonly #watchlist: Watchlist;
  readonly #camera: SimulatedCamera;
  readonly #bench: BenchServer;
  readonly #issuers: Issuers;
  readonly #display = new DisplayReader(() => this.#promptTraveller());
  readonly #accounts = new Map<string, OnAccount>();
  #hardware: Hardware | undefined;
  #faults: FaultBoard | undefined;
  #pictures: Pictures | undefined;
  #studio: Studio | undefined;
  /** Whose document lies on the readers. */
  #documentOf: string | undefined;
  #inViewSince: { readonly id: string; readonly at_ms: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dressed = 0;
  #isStopped = false;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#now_ms = options.now_ms ?? Date.now;
    const { seed } = options;
    const today = new Date(this.#now_ms());
    const people = listPeople().map((person) => person.id);
    this.#issuers = createIssuers(this.#now_ms, seed);
    this.#passages = new Passages(this.#hall, this, seed);
    this.#stream = new TravellerStream(forkedRandom(seed, 'stream'), people, !options.isStreaming);
    const wanted = identityOf(watchlistedPerson, today);
    this.#watchlist = new Watchlist({
      port: options.watchlistPort,
      dataset: watchlistDataset,
      persons: listPersons(wanted),
    });
    this.#camera = new SimulatedCamera({
      port: options.cameraPort,
      picture: () => this.#studio?.picture() ?? new Uint8Array(0),
    });
    this.#bench = new BenchServer({ port: options.benchPort, pages: options.pages, target: this });
  }

  async start(): Promise<SimulatorAddresses> {
    try {
      const addresses = await this.#open();
      if (this.#isStopped) throw new Error('the simulator was stopped while it started');
      return addresses;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#display.stop();
    this.#hardware?.close();
    await Promise.all([this.#bench.stop(), this.#camera.stop(), this.#watchlist.stop(), this.#pictures?.stop()]);
  }

  send(scenario: string, { fast = false, close = false }: SendOptions = {}): ReturnType<BenchTarget['send']> {
    const found = findScenario(scenario);
    if (found === undefined) return 'unknown-scenario';
    return this.#passages.send(found, fast, close);
  }

  passage(id: string): PassageView | undefined {
    return this.#passages.view(id);
  }

  setStream({ paused }: { readonly paused: boolean }): void {
    this.#stream.isPaused = paused;
  }

  async layDocument(): Promise<readonly string[]> {
    const genuine = findScenario('genuine');
    if (genuine === undefined || this.#pictures === undefined) throw new Error('the simulator is not running');
    const { document } = await dress(genuine, {
      issuers: this.#issuers,
      pictures: this.#pictures,
      now_ms: this.#now_ms,
      seed: this.#options.seed,
    });
    if (document.chip !== null) this.#hardware?.layChip(document.chip);
    return document.mrzLines;
  }

  async setFault(name: string, on: boolean): Promise<'done' | 'unknown-fault'> {
    return (await this.#faults?.set(name, on)) ?? 'unknown-fault';
  }

  readDisplay(controllerUrl: string): void {
    if (!this.#isStopped) this.#display.read(controllerUrl);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  view(): BenchView {
    const { isPaused } = this.#stream;
    const watchlist = this.#watchlist;
    const camera = this.#camera;
    return {
      hall: hallView(this.#hall, this.#hardware, (id) => this.#doing(id)),
      wires: this.#hardware?.wires() ?? [],
      passages: this.#passages.views(),
      stream: { isRunning: !isPaused, isPaused },
      services: { watchlist: { url: watchlist.url, mode: watchlist.mode, requests: watchlist.requests } },
      camera: { url: camera.url, mode: camera.mode, frames: camera.frames },
      faults: this.#faults?.view() ?? [],
      scenarios: scenarioViews,
    };
  }

  #doing(bodyId: string): string {
    for (const party of this.#passages.parties) {
      const doing = party.doing(bodyId);
      if (doing !== undefined) return doing;
    }
    return '';
  }

  async prepare(scenario: Scenario, passageId: string): Promise<Belongings> {
    const seed = Math.floor(forkedRandom(this.#options.seed, `outfit ${++this.#dressed}`)() * 2 ** 31);
    const pictures = this.#pictures;
    if (pictures === undefined) throw new Error('the simulator is not running');
    const outfit = await dress(scenario, { issuers: this.#issuers, pictures, now_ms: this.#now_ms, seed });
    const mishaps = new Mishaps(scenario, (name, isOn) => this.#switchFault(name, isOn));
    this.#accounts.set(passageId, { scene: outfit.scene, switchedOn: new Set(), mishaps });
    return this.#belongings(scenario, outfit, passageId);
  }

  begin(scenario: Scenario, passageId: string): void {
    const account = this.#accounts.get(passageId);
    if (account === undefined) return;
    const isOn = new Map(this.#faults?.view().map((fault) => [fault.name, fault.isOn]));
    for (const name of scenario.faults) {
      // A fault that a technician switched on stays on when the traveller has left.
      if (isOn.get(name) !== false) continue;
      account.switchedOn.add(name);
      this.#switchFault(name, true);
    }
  }

  follow(passageId: string, party: Party, dt_ms: number): void {
    this.#accounts.get(passageId)?.mishaps.tick(dt_ms, party);
  }

  end(passageId: string): void {
    const account = this.#accounts.get(passageId);
    for (const name of account?.switchedOn ?? []) this.#switchFault(name, false);
    account?.mishaps.end();
    this.#accounts.delete(passageId);
    // Nobody else's: the next traveller may have come up to the reader.
    if (this.#documentOf === passageId) this.#takeDocument();
  }

  #takeDocument(): void {
    this.#documentOf = undefined;
    this.#hardware?.takeDocument();
  }

  async #open(): Promise<SimulatorAddresses> {
    const { folder, trustFolder, seed } = this.#options;
    await provisionPhotographs();
    await writeTrust(trustFolder, this.#issuers, this.#now_ms());
    warmUp(this.#issuers, this.#now_ms);
    this.#pictures = new Pictures();
    this.#studio = await Studio.open({
      empty: await this.#pictures.openEmptyScene(seed),
      inView: () => this.#inView(),
      now_ms: () => this.#hall.now_ms,
    });
    const hardware = new Hardware(this.#hall, folder);
    this.#hardware = hardware;
    this.#faults = this.#createFaults(hardware);
    await Promise.all([this.#watchlist.start(), this.#camera.start()]);
    await this.#bench.start();
    this.#run();
    const { lines } = hardware;
    return {
      ports: {
        'mrz-reader': lines['mrz-reader'].path,
        'chip-reader': lines['chip-reader'].path,
        'gate-plc': lines['gate-plc'].path,
      },
      camera: this.#camera.url,
      watchlist: this.#watchlist.url,
      watchlistDataset,
      bench: `${this.#bench.url}/bench`,
      trust: trustFolder,
    };
  }

  #createFaults(hardware: Hardware): FaultBoard {
    return new FaultBoard({
      hall: this.#hall,
      random: forkedRandom(this.#options.seed, 'faults'),
      lines: hardware.lines,
      setCameraMode: (mode) => this.#camera.setMode(mode),
      setWatchlistMode: (mode) => {
        this.#watchlist.mode = mode;
      },
      setGatePower: (isOn) => hardware.setGatePower(isOn),
      addZoneFault: (fault) => hardware.addZoneFault(fault),
      setZoneMisread: (isMisread) => {
        hardware.isZoneMisread = isMisread;
      },
    });
  }

  #run(): void {
    let last_ms = performance.now();
    let owed_ms = 0;
    this.#timer = setInterval(() => {
      const now_ms = performance.now();
      owed_ms = Math.min(catchUpMax_ms, owed_ms + now_ms - last_ms);
      last_ms = now_ms;
      for (; owed_ms >= step_ms; owed_ms -= step_ms) this.#step();
    }, step_ms);
  }

  #step(): void {
    const hardware = this.#hardware;
    if (hardware === undefined) return;
    const { lamps, isAlarmSounding } = hardware;
    this.#passages.tick(step_ms, { lamps, isAlarmSounding, screen: this.#display.screen });
    this.#hall.tick(step_ms);
    hardware.tick(step_ms);
    const isInviting = this.#passages.isQuiet && (lamps.document === 'place' || this.#display.screen === 'stepIn');
    const next = this.#stream.tick(step_ms, isInviting);
    if (next !== undefined) this.#passages.send(next, false);
    for (const listener of this.#listeners) listener();
  }

  /** A person comes into view with the first step into the chamber, and walks up while the camera sees them. */
  #inView(): { scene: TravellerScene; for_ms: number } | undefined {
    const id = this.#passages.parties.find((party) => party.cameraDistance_mm !== null)?.id;
    const scene = this.#accounts.get(id ?? '')?.scene;
    if (id === undefined || scene === undefined) {
      this.#inViewSince = undefined;
      return undefined;
    }
    if (this.#inViewSince?.id !== id) this.#inViewSince = { id, at_ms: this.#hall.now_ms };
    return { scene, for_ms: this.#hall.now_ms - this.#inViewSince.at_ms };
  }

  #belongings(scenario: Scenario, { bearer, document }: Outfit, passageId: string): Belongings {
    const hardware = this.#hardware;
    if (hardware === undefined) throw new Error('the simulator is not running');
    let takeAway = (): void => {};
    const limit = scenario.behaviour.takesDocumentAwayAfter_commands;
    const { chip: own } = document;
    const chip = limit === undefined || own === null ? own : countingChip(own, limit, () => takeAway());
    let presented = 0;
    return {
      name: `${bearer.givenNames} ${bearer.surname}`,
      hands: {
        swipe: () => hardware.presentZone(document.zoneAsRead(++presented)),
        lay: () => {
          this.#documentOf = passageId;
          if (chip !== null) hardware.layChip(chip);
        },
        lift: () => this.#takeDocument(),
        pressEmergencyOpen: () => this.#switchFault('emergency-open', true),
      },
      onTakeAway: (listener) => {
        takeAway = listener;
      },
    };
  }

  #promptTraveller(): void {
    for (const { scene } of this.#accounts.values()) {
      scene.prompt(this.#display.prompt).catch(() => {
        // The scene is no longer open: nobody is there to be asked.
      });
    }
  }

  /** Faults that travellers and scenarios switch do not fail but for a port that is taken; the bench shows what is on. */
  #switchFault(name: string, on: boolean): void {
    this.setFault(name, on).catch(() => undefined);
  }
}
