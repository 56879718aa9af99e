/** PN532 on a serial line: finds chips of type A and B, activates one on request, carries APDUs. */
import type { ChipLink, ChipReader, ChipReaderEvent } from '../contracts/chip-reader.ts';
import { DeviceError, type FaultEvent, type Unsubscribe } from '../contracts/device.ts';
import { type Cancel, type Clock, pause, systemClock } from '../transport/clock.ts';
import { FaultLatch, GarbageMeter } from '../transport/fault-latch.ts';
import { SerialLink } from '../transport/serial-link.ts';
import { ChipSession } from './chip-session.ts';
import { ackFrame, pn532Command, radioRates_kbps, serialBaudRates, statusMask, wakeUp } from './codec.ts';
import { PN532Exchange } from './exchange.ts';
import { type ChipKind, fastestRate_kbps, isDocumentChip, listParameters, type RadioRate_kbps } from './target.ts';

export type ChipReaderOptions = {
  readonly path: string;
  /** Rate after power-up of the reader, default 115200. */
  readonly baudRate?: number;
  /** Rate to negotiate after that; one of serialBaudRates. Default: stay. */
  readonly fastBaudRate?: (typeof serialBaudRates)[number];
  /**
   * Fastest rate on the air to ask a chip of type A for; default 106, the rate of activation. A chip that is lost at a
   * faster rate is tried at 106 as long as it lies there.
   */
  readonly radioRate_kbps?: RadioRate_kbps;
  /** Between two looks into the field while nobody asks, default 300. */
  readonly poll_ms?: number;
  readonly clock?: Clock;
};

type Activation = {
  readonly resolve: (link: ChipLink) => void;
  readonly reject: (error: DeviceError) => void;
  readonly cancelDeadline: Cancel;
};

const command_ms = 500;
/** Polls follow each other so fast while someone waits for a chip. */
const activationPoll_ms = 80;
/** A session that is not used asks the chip so often whether it is still there; also the heartbeat of the port. */
const presenceCheck_ms = 800;
/** Field off at least 5.1 ms resets every chip (ISO/IEC 14443-3 section 6.2.3 and EMV Level 1). */
const fieldOff_ms = 6;
const emptyPollsMax = 2;
const missedAnswersMax = 3;
/** Bits of SetParameters: automatic ATR_RES, automatic RATS. */
const automaticATRAndRATS = 0x14;
const rfItem = { field: 0x01, maxRetries: 0x05 } as const;
/** Retries of ATR, PSL and passive activation: short, so that an empty field is reported at once. */
const fewRetries = [0x01, 0x00, 0x01] as const;

export function createChipReader(options: ChipReaderOptions): ChipReader {
  return new PN532ChipReader(options);
}

class PN532ChipReader implements ChipReader {
  readonly device = 'chip-reader';
  readonly #options: ChipReaderOptions;
  readonly #clock: Clock;
  readonly #poll_ms: number;
  readonly #faults = new FaultLatch<ChipReaderEvent>('chip-reader');
  readonly #garbage = new GarbageMeter();
  readonly #link: SerialLink;
  readonly #exchange: PN532Exchange;
  #isRunning = false;
  #connection: AbortController | undefined;
  #wake: () => void = () => {};
  #identification: string | undefined;
  #isChipPresent = false;
  #emptyPolls = 0;
  #missedAnswers = 0;
  #isFieldUsed = false;
  #kindFirst: ChipKind = 'type-a';
  #session: ChipSession | undefined;
  #activation: Activation | undefined;
  /** The reader keeps a negotiated rate over a closed port: after a failure the other rate is tried. */
  #isFast = false;
  /** This chip has failed at a faster rate than that of activation. */
  #isRadioSlow = false;
  #rate_kbps: RadioRate_kbps = 106;

  constructor(options: ChipReaderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#poll_ms = options.poll_ms ?? 300;
    this.#link = new SerialLink(
      { path: options.path, baudRate: options.baudRate ?? 115200, clock: this.#clock },
      {
        opened: () => this.#opened(),
        received: (bytes) => this.#exchange.receive(bytes),
        closed: () => this.#closed(),
      },
    );
    this.#exchange = new PN532Exchange({
      clock: this.#clock,
      write: (bytes) => this.#link.write(bytes),
      baudRate: () => this.#link.baudRate,
      onFrame: () => this.#frameCame(),
      onGarbage: () => this.#garbageCame(),
    });
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#faults.raise('DEVICE_DISCONNECTED');
    this.#link.start();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#endConnection(new DeviceError('DEVICE_STOPPED'));
    await this.#link.stop();
  }

  subscribe(listener: (event: ChipReaderEvent | FaultEvent) => void): Unsubscribe {
    return this.#faults.subscribe(listener);
  }

  identification(): string | undefined {
    return this.#identification;
  }

  isChipPresent(): boolean {
    return this.#isChipPresent;
  }

  activate(options: { readonly timeout_ms: number; readonly signal?: AbortSignal }): Promise<ChipLink> {
    const { timeout_ms, signal } = options;
    return new Promise((resolve, reject) => {
      if (!this.#isRunning) return reject(new DeviceError('DEVICE_STOPPED'));
      if (this.#faults.isRaised('DEVICE_DISCONNECTED')) return reject(new DeviceError('DEVICE_DISCONNECTED'));
      if (this.#session !== undefined || this.#activation !== undefined) return reject(new DeviceError('DEVICE_BUSY'));
      if (signal?.aborted === true) return reject(new DeviceError('DEVICE_STOPPED', 'aborted by the caller'));
      const give = (code: 'CHIP_ABSENT' | 'DEVICE_STOPPED', detail?: string) => (): void =>
        this.#endActivation((activation) => activation.reject(new DeviceError(code, detail)));
      const onAbort = give('DEVICE_STOPPED', 'aborted by the caller');
      const cancelTimer = this.#clock.after(timeout_ms, give('CHIP_ABSENT'));
      const cancelDeadline = (): void => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      signal?.addEventListener('abort', onAbort);
      this.#activation = { resolve, reject, cancelDeadline };
      this.#wake();
    });
  }

  #endActivation(settle: (activation: Activation) => void): void {
    const activation = this.#activation;
    this.#activation = undefined;
    activation?.cancelDeadline();
    if (activation !== undefined) settle(activation);
  }

  #opened(): void {
    this.#endConnection(new DeviceError('DEVICE_DISCONNECTED'));
    this.#missedAnswers = 0;
    this.#connection = new AbortController();
    void this.#run(this.#connection.signal);
  }

  #closed(): void {
    this.#endConnection(new DeviceError('DEVICE_DISCONNECTED'));
    this.#faults.raise('DEVICE_DISCONNECTED');
  }

  #endConnection(error: DeviceError): void {
    this.#connection?.abort();
    this.#connection = undefined;
    this.#exchange.rejectAll(error);
    this.#session?.end(error);
    this.#session = undefined;
    this.#endActivation((activation) => activation.reject(error));
    this.#wake();
    this.#chipGone();
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      await this.#initialise();
    } catch {
      // Every failure here means the same: nobody answers as a PN532 does. The other rate is tried next.
      if (signal.aborted) return;
      this.#isFast = this.#options.fastBaudRate !== undefined && !this.#isFast;
      this.#link.reopen();
      return;
    }
    while (!signal.aborted) {
      let wait_ms = this.#poll_ms;
      try {
        wait_ms = await this.#step();
        // A whole answer. An acknowledgement alone says only that something is on the line.
        this.#missedAnswers = 0;
      } catch (error) {
        if (!signal.aborted) this.#stepFailed(error);
      }
      if (!signal.aborted) await this.#sleep(wait_ms);
    }
  }

  /** One look at the chip or into the field. Returns the time until the next one. */
  async #step(): Promise<number> {
    const session = this.#session;
    if (session !== undefined) {
      const wait_ms = presenceCheck_ms - session.idle_ms;
      if (wait_ms > 0) return wait_ms;
      await session.checkPresence();
      return presenceCheck_ms;
    }
    const kind = await this.#findChip();
    if (kind === undefined) this.#fieldEmpty();
    else this.#chipFound(kind);
    return this.#activation === undefined ? this.#poll_ms : activationPoll_ms;
  }

  #sleep(wait_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(wait_ms, finish);
      this.#wake = finish;
    });
  }

  async #initialise(): Promise<void> {
    const { fastBaudRate } = this.#options;
    if (this.#isFast && fastBaudRate !== undefined) await this.#link.setBaudRate(fastBaudRate);
    this.#link.write(wakeUp);
    await this.#command(pn532Command.samConfiguration, [0x01]); // normal mode, no security module
    await this.#readFirmware();
    if (fastBaudRate !== undefined && this.#link.baudRate !== fastBaudRate) await this.#goFast(fastBaudRate);
    await this.#command(pn532Command.setParameters, [automaticATRAndRATS]);
    await this.#command(pn532Command.rfConfiguration, [rfItem.maxRetries, ...fewRetries]);
    await this.#command(pn532Command.rfConfiguration, [rfItem.field, 0x01]);
    this.#isFieldUsed = true; // whoever had the reader before may have left a chip selected
    this.#link.confirmAlive();
    this.#faults.clear('DEVICE_DISCONNECTED');
  }

  async #readFirmware(): Promise<void> {
    const [chip, version, revision] = await this.#command(pn532Command.getFirmwareVersion, []);
    if (chip !== 0x32) throw new DeviceError('DEVICE_PROTOCOL', 'no PN532');
    this.#identification = `PN532 firmware ${version}.${revision}`;
  }

  /** The reader changes its rate after the host has acknowledged the response (UM0701-02 section 7.2.8). */
  async #goFast(baudRate: (typeof serialBaudRates)[number]): Promise<void> {
    await this.#command(pn532Command.setSerialBaudRate, [serialBaudRates.indexOf(baudRate)]);
    this.#link.write(ackFrame);
    await pause(this.#clock, 20); // until the acknowledgement is off the line
    await this.#link.setBaudRate(baudRate);
    await this.#readFirmware();
    this.#isFast = true;
  }

  #command(code: number, parameters: readonly number[]): Promise<Uint8Array> {
    return this.#exchange.command(code, parameters, { timeout_ms: command_ms });
  }

  async #findChip(): Promise<ChipKind | undefined> {
    if (this.#isFieldUsed) await this.#resetField();
    const second: ChipKind = this.#kindFirst === 'type-a' ? 'type-b' : 'type-a';
    for (const kind of [this.#kindFirst, second]) {
      const wasUsed = this.#isFieldUsed;
      this.#isFieldUsed = true; // also when the response is lost on its way
      const response = await this.#command(pn532Command.inListPassiveTarget, listParameters[kind]);
      this.#isFieldUsed = wasUsed || response[0] !== 0;
      if (isDocumentChip(kind, response)) return (await this.#speedUp(kind, response)) ? kind : undefined;
    }
    return undefined;
  }

  /** Only right after activation, and only for a session. False: the chip has to be activated anew, without. */
  async #speedUp(kind: ChipKind, response: Uint8Array): Promise<boolean> {
    this.#rate_kbps = 106;
    const most_kbps = this.#isRadioSlow ? 106 : (this.#options.radioRate_kbps ?? 106);
    const rate_kbps = fastestRate_kbps(kind, response, most_kbps);
    if (this.#activation === undefined || rate_kbps === 106) return true;
    const parameter = radioRates_kbps.indexOf(rate_kbps);
    const [status = statusMask] = await this.#command(pn532Command.inPSL, [0x01, parameter, parameter]);
    this.#rate_kbps = rate_kbps;
    this.#isRadioSlow = (status & statusMask) !== 0;
    return !this.#isRadioSlow;
  }

  /** An activated chip does not answer a new request before it was without field; and it must begin without memory. */
  async #resetField(): Promise<void> {
    await this.#command(pn532Command.rfConfiguration, [rfItem.field, 0x00]);
    await pause(this.#clock, fieldOff_ms);
    await this.#command(pn532Command.rfConfiguration, [rfItem.field, 0x01]);
    this.#isFieldUsed = false;
  }

  #chipFound(kind: ChipKind): void {
    this.#kindFirst = kind;
    this.#emptyPolls = 0;
    if (this.#activation !== undefined) {
      const session = new ChipSession({
        kind,
        exchange: this.#exchange,
        clock: this.#clock,
        onEnd: (ended) => this.#sessionEnded(ended),
      });
      this.#session = session;
      this.#endActivation((activation) => activation.resolve(session));
    }
    if (this.#isChipPresent) return;
    this.#isChipPresent = true;
    this.#faults.emit({ type: 'chipPresent' });
  }

  #fieldEmpty(): void {
    if (this.#isChipPresent && ++this.#emptyPolls >= emptyPollsMax) this.#chipGone();
  }

  #chipGone(): void {
    this.#emptyPolls = 0;
    this.#isRadioSlow = false;
    if (!this.#isChipPresent) return;
    this.#isChipPresent = false;
    this.#faults.emit({ type: 'chipGone' });
  }

  #sessionEnded(session: ChipSession): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#isFieldUsed = true;
    if (session.isLost && this.#rate_kbps > 106) this.#isRadioSlow = true;
    this.#wake();
  }

  #stepFailed(error: unknown): void {
    if (error instanceof DeviceError && error.code === 'DEVICE_TIMEOUT') this.#missedAnswers++;
    if (this.#missedAnswers >= missedAnswersMax) this.#link.reopen();
  }

  #frameCame(): void {
    this.#garbage.good();
    this.#faults.set('DEVICE_GARBAGE', this.#garbage.isGarbage);
  }

  #garbageCame(): void {
    this.#garbage.burst();
    this.#faults.set('DEVICE_GARBAGE', this.#garbage.isGarbage);
  }
}
