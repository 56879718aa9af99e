// The controller of one lane: npm run gate -- --config FILE. The only file that names concrete drivers.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Logger, pino } from 'pino';
import { buildPages } from '../.ci/build-pages.ts';
import { type Biometrics, BiometricsError, createBiometrics } from '../biometrics/index.ts';
import { createCamera } from '../drivers/camera/driver.ts';
import { createChipReader } from '../drivers/chip-reader/driver.ts';
import { createGateIO } from '../drivers/gate-io/driver.ts';
import { createMRZReader } from '../drivers/mrz-reader/driver.ts';
import { ProvisionError } from '../models/package-files.ts';
import { provisionModels } from '../models/provision.ts';
import { give } from './api/commands.ts';
import { Metrics } from './api/metrics.ts';
import { createServer, type Server } from './api/server.ts';
import { displayView } from './api/display-view.ts';
import { callForHelp, HelpCalls } from './api/help-calls.ts';
import { giveTechnician } from './api/technician-commands.ts';
import type { HealthView } from './api/technician-messages.ts';
import { type DeviceStanding, type TechnicianSources, technicianView } from './api/technician-view.ts';
import { officerView } from './api/views.ts';
import { ConfigurationError, loadConfiguration } from './config/load.ts';
import type { Configuration } from './config/schema.ts';
import { operatingPoint } from './decision/operating-points.ts';
import { type DiskJournal, type Journal, JournalError, openJournal } from './journal/journal.ts';
import { systemClock } from './kernel/clock.ts';
import type { Committed } from './kernel/kernel.ts';
import { currentTransactionId } from './kernel/lane-parts.ts';
import { LaneController } from './lane-controller.ts';
import { transitionTable } from './kernel/transition-table.ts';
import { laneMachine } from './lane/machine.ts';
import { outermost } from './lane/presentation.ts';
import { askYente, pingYente } from './risk/yente.ts';
import { transactionMachine } from './transaction/machine.ts';
import { TrustKeeper } from './trust-keeper.ts';

const version = 'border-gate-controller 0.1.0';

/** Exit codes of the process, for whoever supervises it. */
const exitCodes = { refused: 2, fatal: 70 } as const;

const { values: flags } = parseArgs({
  options: {
    config: { type: 'string' },
    json: { type: 'boolean', default: false },
    'stop-with-stdin': { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  if (flags.config === undefined) {
    console.error('usage: npm run gate -- --config FILE   (an example: gate-controller/config/example.json)');
    process.exitCode = exitCodes.refused;
    return;
  }
  try {
    const configuration = await loadConfiguration(resolve(flags.config));
    await run(configuration);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    console.error(error.message);
    // A child, a port or a journal may be open already; none of them has moved anything.
    process.exit(exitCodes.refused);
  }
}

/** A start that is refused in plain words, not a crash. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof ConfigurationError ||
  error instanceof JournalError ||
  error instanceof ProvisionError ||
  error instanceof BiometricsError;

async function run(configuration: Configuration): Promise<void> {
  const log = pino({ level: configuration.logLevel, base: { lane: configuration.lane.id } }, pino.destination(2));
  const folder = resolve(configuration.folder);
  await mkdir(folder, { recursive: true });
  const [modelFolder] = await Promise.all([provisionModels(), buildPages(['officer', 'display', 'technician'])]);
  // A model that is not what the manifest says ends the start here, before anything can move.
  const biometrics = createBiometrics({
    modelFolder,
    now_ms: systemClock.now_ms,
    calibration: { limits: configuration.face.quality, pitchZero_deg: configuration.face.pitchZero_deg },
    onEvent: (event) => log.warn({ event }, 'face pipeline'),
  });
  const opening = openJournal(join(folder, 'journal.db'));
  const [journal] = await Promise.all([opening, biometrics.start()]).catch(async (error: unknown) => {
    await biometrics.stop();
    throw error;
  });
  const metrics = new Metrics();
  const help = new HelpCalls();
  let server: Server | undefined;
  const lane = await createLane(configuration, {
    biometrics,
    journal,
    log,
    onStep: (step) => {
      metrics.observe(step);
      help.observe(step);
      logStep(log, step);
    },
    onChange: () => server?.changed(),
  });
  server = await createPagesServer(configuration, { lane, help, biometrics, journal, metrics, log });
  stopOnSignal(lane, server, log);
  const address = await listen(server, configuration.http);
  await lane.start();
  if (flags.json) process.stdout.write(`${JSON.stringify({ ready: true, url: address })}\n`);
  log.info(
    { address },
    'officer page at /officer, traveller page at /display, technician page at /technician; local machine only: no sign-in yet',
  );
}

/** Rejects with ConfigurationError when somebody else has the port. */
async function listen(server: Server, { host, port }: Configuration['http']): Promise<string> {
  try {
    return await server.app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new ConfigurationError([`http.port ${port} is in use: stop the other program or choose another port`]);
  }
}

type LaneSurroundings = {
  readonly biometrics: Biometrics;
  readonly journal: DiskJournal;
  readonly log: Logger;
  readonly onStep: (step: Committed) => void;
  readonly onChange: () => void;
};

async function createLane(configuration: Configuration, surroundings: LaneSurroundings): Promise<LaneController> {
  const { devices, risk, policy, inspection, timings, lane, trustFolder } = configuration;
  const { biometrics, journal, log, onStep, onChange } = surroundings;
  await mkdir(resolve(trustFolder), { recursive: true });
  const keeper = await TrustKeeper.open({
    folder: resolve(trustFolder),
    onLoaded: ({ trust, refused, missingLists }) => {
      log.info({ anchors: trust.certificates.length, lists: trust.lists.length, refused }, 'issuer certificates');
      if (missingLists.length > 0) log.error({ missingLists }, 'imported lists cannot be used: out of service');
    },
    onTrouble: ({ name }) => log.error({ name }, 'the trust folder cannot be read; what was read before is used'),
  });
  const yente = { name: 'watchlist', ...risk, now_ms: systemClock.now_ms };
  const controller = new LaneController({
    lane: {
      laneId: lane.id,
      opensByItself: lane.opensByItself,
      topology: lane.topology,
      isOverlapping: lane.isOverlapping,
      attendance: lane.attendance,
      usualProfile: lane.usualProfile,
    },
    journal,
    onStep: (step) => {
      onStep(step);
      // Between two passengers: nobody waits for it, and no inspection sees half of a change.
      if (step.kind === 'transaction' && step.isEnded) void keeper.refresh();
    },
    onChange,
    onFatal: (error) => {
      // Without a record nothing may move: the doors are left to the hardware, which secures them without a host.
      log.fatal({ code: error.name, message: error.message }, 'the lane stops');
      process.exit(exitCodes.fatal);
    },
    onEffectFailure: (name) => log.error({ name }, 'an effect failed'),
    parts: {
      clock: systemClock,
      entropy: (length) => randomBytes(length),
      newId: () => randomUUID(),
      devices: {
        mrzReader: createMRZReader(devices.mrzReader),
        chipReader: createChipReader(devices.chipReader),
        gateIO: createGateIO(devices.gateIO),
        camera: createCamera(devices.camera),
      },
      biometrics,
      challenge: configuration.face.challenge,
      attackLimits: configuration.face.attack,
      trust: () => keeper.trust(),
      isTrustWhole: () => keeper.isWhole(),
      inspection,
      askRisk: (subject, signal) => askYente(yente, subject, signal),
      pingRisk: (signal) => pingYente(yente, signal),
      policy,
      operatingPoint: operatingPoint(policy.operatingPoint),
      timings,
      versions: {
        controller: version,
        node: process.version,
        policy: digestOf(policy),
        'face-limits': digestOf(configuration.face),
        timings: digestOf(timings),
        inspection: digestOf(inspection),
        risk: digestOf({ dataset: risk.dataset, threshold: risk.threshold }),
        ...biometrics.versions(),
      },
      lastRecordAt_ms: journal.latestAt_ms,
    },
  });
  journal.watch(({ device, code, stands }) => {
    // What may have been cut off endangers nobody; the record of the lane says from when on it was not known.
    const isServable = code === 'HEAD_MISSING';
    if (isServable) controller.setDegraded(device, code, stands);
    else controller.setFault(device, code, stands);
    if (stands)
      log.error({ device, code }, isServable ? 'an officer confirms every passage' : 'the lane leaves service');
  });
  keeper.watch(systemClock, () => currentTransactionId(controller.kernel) === null);
  return controller;
}

/** Names a part of the configuration in every record, so that one that was changed without a new version shows. */
const digestOf = (part: object): string => createHash('sha256').update(JSON.stringify(part)).digest('hex').slice(0, 16);

type PagesSurroundings = {
  readonly lane: LaneController;
  readonly help: HelpCalls;
  readonly biometrics: Biometrics;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly log: Logger;
};

function createPagesServer(
  configuration: Configuration,
  { lane, help, biometrics, journal, metrics, log }: PagesSurroundings,
): Promise<Server> {
  const sources: TechnicianSources = {
    laneId: configuration.lane.id,
    laneName: configuration.lane.name,
    kernel: lane.kernel,
    history: lane.history,
    cases: lane.cases,
    board: () => lane.faults,
    reading: () => lane.reading(),
    isDocumentPresent: () => lane.isDocumentPresent(),
    guidance: () => lane.guidance,
    help,
    now_ms: systemClock.now_ms,
    version,
    devices: () => devicesOf(lane, configuration),
    askedOfDoors: () => lane.askedOfDoors(),
    timers: () => lane.kernel.timers(),
    health: () => healthOf(lane, biometrics),
  };
  return createServer({
    logger: log,
    officerView: () => officerView(sources),
    displayView: () => displayView(sources),
    technicianView: () => technicianView(sources),
    give: (command) =>
      give(command, {
        kernel: lane.kernel,
        cases: lane.cases,
        laneId: configuration.lane.id,
        acknowledgeEnded: (id) => lane.history.acknowledge(id),
        answerHelp: () => help.answer(systemClock.now_ms()),
        now_ms: systemClock.now_ms,
      }),
    giveTechnician: (command) =>
      giveTechnician(command, { kernel: lane.kernel, laneId: configuration.lane.id, now_ms: systemClock.now_ms }),
    attend: () => lane.attend(),
    requestHelp: () => callForHelp({ kernel: lane.kernel, help, now_ms: systemClock.now_ms }),
    machines: { lane: transitionTable(laneMachine), transaction: transitionTable(transactionMachine) },
    recordsOf: (id) => journal.recordsOf(id),
    cases: lane.cases,
    notReadyBecause: () => lane.notReadyBecause(),
    metrics: () => metrics.text(),
    pagesFolder: resolve(import.meta.dirname, '../.cache/pages'),
  });
}

/** How the devices are wired, and what they say that they are. */
function devicesOf({ devices }: LaneController, { devices: wired }: Configuration): readonly DeviceStanding[] {
  const { camera, chipReader, gateIO, mrzReader } = devices;
  return (
    [
      [mrzReader, 'Reader of the printed zone', `${wired.mrzReader.path}, ${wired.mrzReader.baudRate} bit/s`],
      [chipReader, 'Chip reader', `${wired.chipReader.path}, ${wired.chipReader.baudRate} bit/s`],
      [gateIO, 'Gate hardware: doors and sensors', `${wired.gateIO.path}, ${wired.gateIO.baudRate} bit/s`],
      [camera, 'Camera', new URL(wired.camera.url).origin],
    ] as const
  ).map(([device, title, connection]) => ({
    device: device.device,
    title,
    connection,
    identification: device.identification() ?? null,
  }));
}

function healthOf(lane: LaneController, biometrics: Biometrics): readonly HealthView[] {
  const because = lane.notReadyBecause();
  const memory_MB = Math.round(process.memoryUsage.rss() / 1e6);
  return [
    {
      name: 'Serves travellers',
      value: because.length === 0 ? 'yes' : because.join(', '),
      isGood: because.length === 0,
    },
    { name: 'Face pipeline', value: biometrics.isReady() ? 'ready' : 'not ready', isGood: biometrics.isReady() },
    { name: 'Records in the journal', value: String(lane.history.seq), isGood: true },
    { name: 'Memory of the controller', value: `${memory_MB} MB`, isGood: memory_MB < 600 },
    { name: 'Running since', value: new Date(Date.now() - process.uptime() * 1_000).toISOString(), isGood: true },
  ];
}

/** Codes and states only: nothing of a traveller can be in a log line. */
function logStep(log: Logger, { seq, subject, kind, event, value, isIgnored }: Committed): void {
  const line = { seq, subject, kind, event: event.type, state: outermost(value) };
  if (isIgnored) log.debug(line, 'ignored');
  else log.info(line, 'step');
}

function stopOnSignal(lane: LaneController, server: Server, log: Logger): void {
  const stop = async (): Promise<void> => {
    // The supervisor's patience is limited, and so is ours: a stop that hangs ends anyway.
    setTimeout(() => process.exit(exitCodes.fatal), 5_000).unref();
    await server.app.close();
    await lane.stop();
    log.info('stopped');
    // Journal and ports are closed; an open standard input must not keep the process.
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  // A parent that is gone, however it went, closes our standard input.
  if (flags['stop-with-stdin']) process.stdin.once('end', () => void stop()).resume();
}

await main();
