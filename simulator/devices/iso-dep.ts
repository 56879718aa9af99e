/**
 * The chip's side of the block protocol of ISO/IEC 14443-4, for hosts that speak it themselves through
 * InCommunicateThru. The reader adds and checks the CRC, so blocks come without.
 */
import type { Chip } from '../passport/chip.ts';
import { answerToSelect } from './pn532-target.ts';

const frameSizes = [16, 24, 32, 40, 48, 64, 96, 128, 256] as const;
/** Protocol control byte and CRC. */
const frameOverhead_bytes = 3;
const apduLimit_bytes = 65_536 + 16;

/** RATS (type A) and ATTRIB (type B). */
const rats = 0xe0;
const attrib = 0x1d;

const isDeselect = (pcb: number): boolean => (pcb & 0xf7) === 0xc2;
const isReceiveReady = (pcb: number): boolean => (pcb & 0xe6) === 0xa2;
const isInformation = (pcb: number): boolean => (pcb & 0xe2) === 0x02;
const chaining = 0x10;
const notAcknowledged = 0x10;
/** A card identifier follows the control byte. */
const withCID = 0x08;

export class ISODEPCard {
  readonly #chip: Chip;
  #frame_bytes = 0;
  #block = 1;
  #apdu: number[] = [];
  #parts: Uint8Array[] = [];
  #last: Uint8Array | undefined;

  constructor(chip: Chip) {
    this.#chip = chip;
  }

  get isOpen(): boolean {
    return this.#frame_bytes > 0;
  }

  /** The reader has sent RATS or ATTRIB by itself, for frames of 256 bytes. */
  openByReader(): void {
    this.#begin(frameSizes.length - 1);
  }

  /** One block in, the chip's block out; undefined: the chip stays silent. */
  async exchange(block: Uint8Array): Promise<Uint8Array | undefined> {
    const opened = this.#open(block);
    if (opened !== undefined) return opened;
    if (!this.isOpen) return undefined;
    const pcb = block[0] ?? 0;
    if ((pcb & withCID) === 0 || block.length < 2) return this.#answer(block);
    const answer = await this.#answer(Uint8Array.of(pcb & ~withCID, ...block.subarray(2)));
    return answer && Uint8Array.of((answer[0] ?? 0) | withCID, block[1] ?? 0, ...answer.subarray(1));
  }

  async #answer(block: Uint8Array): Promise<Uint8Array | undefined> {
    const pcb = block[0] ?? 0;
    if (isDeselect(pcb)) {
      this.#frame_bytes = 0;
      return Uint8Array.of(pcb);
    }
    if (isReceiveReady(pcb)) return this.#receiveReady(pcb);
    if (isInformation(pcb)) return this.#information(pcb, block.subarray(1));
    return undefined;
  }

  #open(block: Uint8Array): Uint8Array | undefined {
    if (this.#chip.kind === 'type-a' && block.length === 2 && block[0] === rats) {
      this.#begin((block[1] ?? 0) >> 4);
      return answerToSelect(this.#chip);
    }
    const isOwnATTRIB =
      this.#chip.kind === 'type-b' &&
      block.length >= 9 &&
      block[0] === attrib &&
      this.#chip.uid.slice(0, 4).every((byte, i) => byte === block[1 + i]);
    if (!isOwnATTRIB) return undefined;
    this.#begin((block[6] ?? 0) & 0x0f);
    return Uint8Array.of((block[8] ?? 0) & 0x0f);
  }

  #begin(frameSizeIndex: number): void {
    this.#frame_bytes = frameSizes[Math.min(frameSizeIndex, frameSizes.length - 1)] ?? 256;
    this.#block = 1;
    this.#apdu = [];
    this.#parts = [];
    this.#last = undefined;
  }

  /** ISO/IEC 14443-4 section 7.5.4.3: repeat the last block, acknowledge, or go on with the chain. */
  #receiveReady(pcb: number): Uint8Array | undefined {
    if ((pcb & 1) === this.#block) return this.#last;
    if ((pcb & notAcknowledged) !== 0) return Uint8Array.of(0xa2 | this.#block);
    if (this.#parts.length === 0) return undefined;
    this.#block ^= 1;
    return this.#nextPart();
  }

  async #information(pcb: number, data: Uint8Array): Promise<Uint8Array | undefined> {
    this.#block ^= 1;
    if (this.#apdu.length + data.length > apduLimit_bytes) return undefined;
    this.#apdu.push(...data);
    if ((pcb & chaining) !== 0) {
      this.#last = Uint8Array.of(0xa2 | this.#block);
      return this.#last;
    }
    const response = await this.#chip.transceive(Uint8Array.from(this.#apdu));
    this.#apdu = [];
    if (response === undefined) return undefined;
    const size = this.#frame_bytes - frameOverhead_bytes;
    this.#parts = [];
    for (let i = 0; i < response.length; i += size) this.#parts.push(response.subarray(i, i + size));
    return this.#nextPart();
  }

  #nextPart(): Uint8Array {
    const part = this.#parts.shift() ?? new Uint8Array(0);
    const more = this.#parts.length > 0 ? chaining : 0;
    this.#last = Uint8Array.of(0x02 | this.#block | more, ...part);
    return this.#last;
  }
}
