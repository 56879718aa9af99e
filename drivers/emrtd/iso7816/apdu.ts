/** Command and response APDUs, short and extended (ISO/IEC 7816-4 section 5). */

export type CommandAPDU = {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** 1..65,535 bytes; absent when there is none. */
  readonly data?: Uint8Array;
  /** How many bytes of answer are expected at most, 1..65,536. */
  readonly le?: number;
};

export type ResponseAPDU = { readonly data: Uint8Array; readonly statusWord: number };

/** Bit of the class byte: more commands of one chain follow (ISO/IEC 7816-4 section 5.3.3). */
export const COMMAND_CHAINING = 0x10;

export const Instruction = {
  MANAGE_SECURITY_ENVIRONMENT: 0x22,
  EXTERNAL_AUTHENTICATE: 0x82,
  GET_CHALLENGE: 0x84,
  GENERAL_AUTHENTICATE: 0x86,
  INTERNAL_AUTHENTICATE: 0x88,
  SELECT: 0xa4,
  READ_BINARY: 0xb0,
  /** READ BINARY with the offset in a data object, for offsets of 32768 and above. */
  READ_BINARY_ODD: 0xb1,
  GET_RESPONSE: 0xc0,
} as const;

export const StatusWord = {
  OK: 0x9000,
  /** The low byte says how many bytes of the answer wait for GET RESPONSE (00: 256 or more). */
  MORE_DATA: 0x6100,
  /** End of file reached before Le bytes were read. */
  END_OF_FILE: 0x6282,
  AUTHENTICATION_FAILED: 0x6300,
  WRONG_LENGTH: 0x6700,
  SECURITY_STATUS_NOT_SATISFIED: 0x6982,
  CONDITIONS_NOT_SATISFIED: 0x6985,
  NO_CURRENT_FILE: 0x6986,
  SECURE_MESSAGING_OBJECT_MISSING: 0x6987,
  SECURE_MESSAGING_OBJECT_WRONG: 0x6988,
  WRONG_DATA: 0x6a80,
  FILE_NOT_FOUND: 0x6a82,
  WRONG_PARAMETERS: 0x6a86,
  REFERENCED_DATA_NOT_FOUND: 0x6a88,
  OFFSET_OUTSIDE_FILE: 0x6b00,
  /** The low byte says which Le would be right (00: 256). */
  WRONG_LE: 0x6c00,
  INSTRUCTION_NOT_SUPPORTED: 0x6d00,
  CLASS_NOT_SUPPORTED: 0x6e00,
} as const;

/** Dedicated file name of the eMRTD application (ICAO 9303-10 section 3.3.1). */
export const EMRTD_APPLICATION = Uint8Array.of(0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01);

const HEADER_BYTES = 4;
const SHORT_DATA_MAX = 255;
const SHORT_LE_MAX = 256;
const EXTENDED_DATA_MAX = 65_535;
const EXTENDED_LE_MAX = 65_536;

/**
 * The command as bytes: short whenever data and Le allow it, otherwise extended. Throws RangeError for what neither
 * form can hold.
 */
export function encodeCommand(command: CommandAPDU): Uint8Array {
  const { data, le } = command;
  if (data !== undefined && (data.length === 0 || data.length > EXTENDED_DATA_MAX)) {
    throw new RangeError('command data of 1..65,535 bytes');
  }
  if (le !== undefined && !(Number.isInteger(le) && le >= 1 && le <= EXTENDED_LE_MAX)) {
    throw new RangeError('Le of 1..65,536');
  }
  const isExtended = (data?.length ?? 0) > SHORT_DATA_MAX || (le ?? 0) > SHORT_LE_MAX;
  const lengths = isExtended ? extendedLengths(data?.length, le) : shortLengths(data?.length, le);
  const bytes = new Uint8Array(HEADER_BYTES + lengths.lc.length + (data?.length ?? 0) + lengths.le.length);
  bytes.set([command.cla, command.ins, command.p1, command.p2, ...lengths.lc]);
  bytes.set(data ?? [], HEADER_BYTES + lengths.lc.length);
  bytes.set(lengths.le, bytes.length - lengths.le.length);
  return bytes;
}

type LengthFields = { readonly lc: readonly number[]; readonly le: readonly number[] };

function shortLengths(dataBytes: number | undefined, le: number | undefined): LengthFields {
  return { lc: dataBytes === undefined ? [] : [dataBytes], le: le === undefined ? [] : [le & 0xff] };
}

/** Three bytes, the first of them zero; a second length field beside data leaves that zero out. */
function extendedLengths(dataBytes: number | undefined, le: number | undefined): LengthFields {
  const leBytes = le === undefined ? [] : [(le >> 8) & 0xff, le & 0xff];
  if (dataBytes === undefined) return { lc: [], le: [0, ...leBytes] };
  return { lc: [0, dataBytes >> 8, dataBytes & 0xff], le: leBytes };
}

/** The command in `bytes`, short or extended, or undefined when they are neither. */
export function decodeCommand(bytes: Uint8Array): CommandAPDU | undefined {
  const [cla, ins, p1, p2, first, second = 0, third = 0] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  if (first === undefined) return header;
  if (bytes.length === HEADER_BYTES + 1) return { ...header, le: first === 0 ? SHORT_LE_MAX : first };
  if (first !== 0) return withData(header, bytes.subarray(HEADER_BYTES + 1), first, 1);
  const number = second * 256 + third;
  if (bytes.length === HEADER_BYTES + 3) return { ...header, le: number === 0 ? EXTENDED_LE_MAX : number };
  if (bytes.length < HEADER_BYTES + 3 || number === 0) return undefined;
  return withData(header, bytes.subarray(HEADER_BYTES + 3), number, 2);
}

/** `rest` is the data field and, if there is one, Le of `leBytes` bytes, in which zeros mean the most it can say. */
function withData(header: CommandAPDU, rest: Uint8Array, dataBytes: number, leBytes: 1 | 2): CommandAPDU | undefined {
  const command = { ...header, data: rest.subarray(0, dataBytes) };
  if (rest.length === dataBytes) return command;
  if (rest.length !== dataBytes + leBytes) return undefined;
  const le = rest.subarray(dataBytes).reduce((number, octet) => number * 256 + octet, 0);
  return { ...command, le: le === 0 ? 256 ** leBytes : le };
}

/** Data and status word of an answer, or undefined when it is shorter than a status word. */
export function decodeResponse(bytes: Uint8Array): ResponseAPDU | undefined {
  const [high, low] = bytes.subarray(-2);
  if (high === undefined || low === undefined) return undefined;
  return { data: bytes.subarray(0, -2), statusWord: high * 256 + low };
}

/** The answer as bytes. */
export function encodeResponse(statusWord: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(data.length + 2);
  bytes.set(data);
  bytes.set([statusWord >> 8, statusWord & 0xff], data.length);
  return bytes;
}
