/** Short command and response APDUs (ISO/IEC 7816-4). */

export type CommandAPDU = {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** At most 255 bytes. */
  readonly data?: Uint8Array;
  /** How many bytes of answer are expected at most, 1..256. */
  readonly le?: number;
};

export type ResponseAPDU = { readonly data: Uint8Array; readonly statusWord: number };

export const Instruction = {
  EXTERNAL_AUTHENTICATE: 0x82,
  GET_CHALLENGE: 0x84,
  SELECT: 0xa4,
  READ_BINARY: 0xb0,
  /** READ BINARY with the offset in a data object, for offsets of 32768 and above. */
  READ_BINARY_ODD: 0xb1,
} as const;

export const StatusWord = {
  OK: 0x9000,
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
  OFFSET_OUTSIDE_FILE: 0x6b00,
  /** The low byte says which Le would be right (00: 256). */
  WRONG_LE: 0x6c00,
  INSTRUCTION_NOT_SUPPORTED: 0x6d00,
  CLASS_NOT_SUPPORTED: 0x6e00,
} as const;

/** Dedicated file name of the eMRTD application (ICAO 9303-10 section 3.3.1). */
export const EMRTD_APPLICATION = Uint8Array.of(0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01);

/** The command as bytes. Throws RangeError for what a short APDU cannot hold. */
export function encodeCommand(command: CommandAPDU): Uint8Array {
  const { data, le } = command;
  if (data !== undefined && (data.length === 0 || data.length > 255))
    throw new RangeError('command data of 1..255 bytes');
  if (le !== undefined && (le < 1 || le > 256)) throw new RangeError('Le of 1..256');
  return Uint8Array.from([
    command.cla,
    command.ins,
    command.p1,
    command.p2,
    ...(data === undefined ? [] : [data.length, ...data]),
    ...(le === undefined ? [] : [le & 0xff]),
  ]);
}

/** The command in `bytes`, or undefined when they are not a short APDU. */
export function decodeCommand(bytes: Uint8Array): CommandAPDU | undefined {
  const [cla, ins, p1, p2, third] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  if (third === undefined) return header;
  if (bytes.length === 5) return { ...header, le: third === 0 ? 256 : third };
  if (third === 0) return undefined;
  const data = bytes.subarray(5, 5 + third);
  if (bytes.length === 5 + third) return { ...header, data };
  const le = bytes[5 + third];
  return bytes.length === 6 + third && le !== undefined ? { ...header, data, le: le === 0 ? 256 : le } : undefined;
}

/** Data and status word of an answer, or undefined when it is shorter than a status word. */
export function decodeResponse(bytes: Uint8Array): ResponseAPDU | undefined {
  const [high, low] = bytes.subarray(-2);
  if (high === undefined || low === undefined) return undefined;
  return { data: bytes.subarray(0, -2), statusWord: high * 256 + low };
}

/** The answer as bytes. */
export function encodeResponse(statusWord: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Uint8Array.from([...data, statusWord >> 8, statusWord & 0xff]);
}
