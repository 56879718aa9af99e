/**
 * The file system of the chip (ISO/IEC 7816-4; ICAO 9303-10 sections 3 and 4): the master file with EF.CardAccess,
 * EF.CardSecurity and EF.ATR/INFO, and the eMRTD application with the data groups.
 */
import { type CommandAPDU, EMRTD_APPLICATION, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { type Answer, done, equalBytes, objectsByTag } from './chip-answer.ts';
import type { ChipMoment } from './misbehaviour.ts';

/** How the reader has proven that it knows the document. */
export type ChipAccess = 'none' | 'bac' | 'pace';

export type ChipDirectory = 'master-file' | 'emrtd';

type ElementaryFile = NonNullable<ChipMoment['file']>;

const MASTER_FILE = 0x3f00;
const CARD_SECURITY = 0x011d;
/** Fingerprints and irises: for terminals that authenticate themselves, which nobody can here (ICAO 9303-11 section 7.1). */
const sensitive = [0x0103, 0x0104];
/** EF.ATR/INFO and EF.DIR have the short identifiers of ISO/IEC 7816-4; every other file that of its low byte. */
const masterFileIds: ReadonlyMap<number, number> = new Map([
  [0x01, 0x2f01],
  [0x1e, 0x2f00],
]);
const LE_MAXIMA = [256, 65_536];
const wrongParameters: Answer = { statusWord: StatusWord.WRONG_PARAMETERS };
const notFound: Answer = { statusWord: StatusWord.FILE_NOT_FOUND };
const locked: Answer = { statusWord: StatusWord.SECURITY_STATUS_NOT_SATISFIED };

export class ChipFiles {
  readonly #files: Readonly<Record<ChipDirectory, ReadonlyMap<number, Uint8Array>>>;
  #directory: ChipDirectory = 'master-file';
  #current: ElementaryFile | undefined;

  constructor(files: Readonly<Record<ChipDirectory, ReadonlyMap<number, Uint8Array>>>) {
    this.#files = files;
  }

  get directory(): ChipDirectory {
    return this.#directory;
  }

  /** Field on: the master file is selected (ISO/IEC 7816-4 section 7.2.1). */
  reset(): void {
    this.#directory = 'master-file';
    this.#current = undefined;
  }

  /** The end of a session: the directory stays, the file does not. */
  deselectFile(): void {
    this.#current = undefined;
  }

  /** Which file a command is about, for behaviours that tell files apart. */
  fileOf(command: CommandAPDU): ElementaryFile | undefined {
    if (command.ins === 0xa4) {
      const id = identifierIn(command.data);
      return command.p1 === 0x04 || id === undefined ? undefined : { in: this.#directory, id };
    }
    if (command.ins === 0xb0 && (command.p1 & 0x80) !== 0) return this.#byShortIdentifier(command.p1);
    return command.ins === 0xb0 || command.ins === 0xb1 ? this.#current : undefined;
  }

  /** SELECT: by name the application, by identifier the master file or an elementary file of the current directory. */
  select(command: CommandAPDU, access: ChipAccess): Answer {
    // P2 0C asks for no control information, 00 for such as the chip wants to give: none.
    if (command.p2 !== 0x0c && command.p2 !== 0x00) return wrongParameters;
    if (command.p1 === 0x04) return this.#selectApplication(command.data);
    if (command.p1 !== 0x00 && command.p1 !== 0x02) return wrongParameters;
    const id = identifierIn(command.data);
    if (command.p1 === 0x00 && (command.data === undefined || id === MASTER_FILE)) {
      this.reset();
      return done;
    }
    return id === undefined ? { statusWord: StatusWord.WRONG_LENGTH } : this.#selectFile(id, access);
  }

  /** READ BINARY with the offset, and perhaps a short file identifier, in P1 and P2. At most `capacity` bytes. */
  read(command: CommandAPDU, access: ChipAccess, capacity: number): Answer {
    const { p1, p2, le } = command;
    if ((p1 & 0x80) === 0) return this.#readAt(p1 * 256 + p2, le, access, capacity);
    const file = this.#byShortIdentifier(p1);
    if (file === undefined) return wrongParameters;
    const selected = this.#selectFile(file.id, access);
    return selected === done ? this.#readAt(p2, le, access, capacity) : selected;
  }

  /** READ BINARY with the offset in DO'54' and the answer in DO'53' (ISO/IEC 7816-4 section 11.3.3). */
  readOdd(command: CommandAPDU, access: ChipAccess, capacity: number): Answer {
    if (command.p1 !== 0 || command.p2 !== 0) return wrongParameters;
    const offset = objectsByTag(command.data)?.get(0x54);
    if (offset === undefined || offset.length === 0 || offset.length > 3) return { statusWord: StatusWord.WRONG_DATA };
    const room = Math.min(command.le ?? 0, capacity);
    const length = room - (writeTLV(0x53, new Uint8Array(room)).length - room);
    if (length < 1) return { statusWord: StatusWord.WRONG_LENGTH };
    const at = offset.reduce((sum, octet) => sum * 256 + octet, 0);
    const { statusWord, data } = this.#readAt(at, length, access, length);
    return data === undefined ? { statusWord } : { statusWord, data: writeTLV(0x53, data) };
  }

  #selectApplication(name: Uint8Array | undefined): Answer {
    if (name === undefined || !equalBytes(name, EMRTD_APPLICATION)) return notFound;
    this.#directory = 'emrtd';
    this.#current = undefined;
    return done;
  }

  /** A file that is not there can be told from one that is locked: the standard demands no less (9303-11 section 4.4.2). */
  #selectFile(id: number, access: ChipAccess): Answer {
    const file = { in: this.#directory, id };
    if (!this.#files[file.in].has(id)) return notFound;
    if (!isOpen(file, access)) return locked;
    this.#current = file;
    return done;
  }

  #readAt(offset: number, le: number | undefined, access: ChipAccess, capacity: number): Answer {
    const current = this.#current;
    const content = current && this.#files[current.in].get(current.id);
    if (current === undefined || content === undefined) {
      const isRefused = this.#directory === 'emrtd' && access === 'none';
      return isRefused ? locked : { statusWord: StatusWord.NO_CURRENT_FILE };
    }
    if (!isOpen(current, access)) return locked;
    if (le === undefined || capacity < 1) return { statusWord: StatusWord.WRONG_LENGTH };
    if (offset >= content.length) return { statusWord: StatusWord.OFFSET_OUTSIDE_FILE };
    const data = content.subarray(offset, offset + Math.min(le, capacity));
    // The maximal Le asks for whatever there is.
    const isShort = !LE_MAXIMA.includes(le) && offset + le > content.length;
    return { statusWord: isShort ? StatusWord.END_OF_FILE : StatusWord.OK, data };
  }

  /** P1 with its highest bit set: the short identifier in its five lowest, zeros between. */
  #byShortIdentifier(p1: number): ElementaryFile | undefined {
    const short = p1 & 0x1f;
    if ((p1 & 0x60) !== 0 || short === 0 || short === 0x1f) return undefined;
    const id = this.#directory === 'master-file' ? masterFileIds.get(short) : undefined;
    return { in: this.#directory, id: id ?? 0x0100 | short };
  }
}

/** EF.CardAccess and EF.ATR/INFO are for everybody, EF.CardSecurity for those who used PACE (9303-10 section 3.11). */
function isOpen(file: ElementaryFile, access: ChipAccess): boolean {
  if (file.in === 'master-file') return file.id !== CARD_SECURITY || access === 'pace';
  return access !== 'none' && !sensitive.includes(file.id);
}

function identifierIn(data: Uint8Array | undefined): number | undefined {
  const [high, low] = data ?? [];
  return data?.length === 2 && high !== undefined && low !== undefined ? high * 256 + low : undefined;
}
