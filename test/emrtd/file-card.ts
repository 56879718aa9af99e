/** A chip that holds files and gives them in one of the ways that chips have, at the level of single commands. */
import { type CommandAPDU, type ResponseAPDU, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { readTLV, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';

/** What the chip does when it is asked for more than the file has. */
export type Overrun = 'give' | '6282' | '6282-padded' | '6282-empty' | '6B00' | '6700' | '6Cxx' | '6F00' | 'empty';

export type FileCardOptions = {
  readonly overrun?: Overrun;
  /** Most bytes of one answer; default 65,536. */
  readonly block_max?: number;
  /** What it does when it is asked for more than that. */
  readonly tooLong?: '6700' | '6Cxx' | 'empty' | 'less';
  /** Le of more than 256 is answered with this status word; default: served. */
  readonly extendedRefusal?: number;
  /** Short identifiers are answered with this status word; default: served. */
  readonly shortIdentifierRefusal?: number;
};

export type FileCard = {
  readonly exchange: (command: CommandAPDU) => Promise<ResponseAPDU>;
  readonly commands: CommandAPDU[];
};

const status = (statusWord: number): ResponseAPDU => ({ data: new Uint8Array(0), statusWord });
const FAR_OFFSET_HEADER_MAX = 4;

export function fileCard(files: ReadonlyMap<number, Uint8Array>, options: FileCardOptions = {}): FileCard {
  const commands: CommandAPDU[] = [];
  let current: Uint8Array | undefined;
  const find = (matches: (id: number) => boolean): ResponseAPDU | undefined => {
    const found = [...files].find(([id]) => matches(id));
    current = found?.[1];
    return found === undefined ? status(StatusWord.FILE_NOT_FOUND) : undefined;
  };
  const open = ({ ins, p1, data }: CommandAPDU): ResponseAPDU | undefined => {
    if (ins === 0xa4) {
      return find((id) => id === (data?.[0] ?? 0) * 256 + (data?.[1] ?? 0)) ?? status(StatusWord.OK);
    }
    if (ins === 0xb0 && p1 >= 0x80) {
      if (options.shortIdentifierRefusal !== undefined) return status(options.shortIdentifierRefusal);
      return find((id) => (id & 0x1f) === (p1 & 0x1f));
    }
    return undefined;
  };
  return {
    commands,
    exchange: async (command) => {
      commands.push(command);
      const { le = 0, ins, p1, p2 } = command;
      if (le > 256 && options.extendedRefusal !== undefined) return status(options.extendedRefusal);
      const answer = open(command);
      if (answer !== undefined) return answer;
      if (current === undefined) return status(StatusWord.NO_CURRENT_FILE);
      if (ins === 0xb1) return far(current, command);
      return given(current, p1 >= 0x80 ? p2 : p1 * 256 + p2, le, options);
    },
  };
}

function given(file: Uint8Array, offset: number, le: number, options: FileCardOptions): ResponseAPDU {
  const { block_max = 0x10000, tooLong = 'less' } = options;
  if (le > block_max && tooLong !== 'less') {
    if (tooLong === 'empty') return status(StatusWord.OK);
    return status(tooLong === '6700' ? StatusWord.WRONG_LENGTH : StatusWord.WRONG_LE | (block_max & 0xff));
  }
  const data = file.subarray(offset, offset + Math.min(le, block_max));
  if (offset + le <= file.length) return { data, statusWord: StatusWord.OK };
  if (offset >= file.length) return status(StatusWord.OFFSET_OUTSIDE_FILE);
  return beyondEnd(file, offset, data, options.overrun ?? 'give');
}

function beyondEnd(file: Uint8Array, offset: number, data: Uint8Array, overrun: Overrun): ResponseAPDU {
  const padded = Uint8Array.from([...data, 0x80, 0, 0, 0]);
  const answers: Readonly<Record<Overrun, ResponseAPDU>> = {
    give: { data, statusWord: StatusWord.OK },
    '6282': { data, statusWord: StatusWord.END_OF_FILE },
    '6282-padded': { data: padded, statusWord: StatusWord.END_OF_FILE },
    '6282-empty': status(StatusWord.END_OF_FILE),
    '6B00': status(StatusWord.OFFSET_OUTSIDE_FILE),
    '6700': status(StatusWord.WRONG_LENGTH),
    '6Cxx': status(StatusWord.WRONG_LE | ((file.length - offset) & 0xff)),
    '6F00': status(0x6f00),
    empty: status(StatusWord.OK),
  };
  return answers[overrun];
}

/** READ BINARY with odd instruction: offset in DO 54, bytes in DO 53 whose header counts towards Le. */
function far(file: Uint8Array, { data, le = 0 }: CommandAPDU): ResponseAPDU {
  const offset = readTLV(data ?? new Uint8Array(0)).value.reduce((value, octet) => value * 256 + octet, 0);
  if (offset >= file.length) return status(StatusWord.OFFSET_OUTSIDE_FILE);
  for (let header = 2; header <= FAR_OFFSET_HEADER_MAX; header++) {
    const object = writeTLV(0x53, file.subarray(offset, offset + Math.max(le - header, 1)));
    if (object.length <= le) return { data: object, statusWord: StatusWord.OK };
  }
  return status(StatusWord.WRONG_LENGTH);
}
