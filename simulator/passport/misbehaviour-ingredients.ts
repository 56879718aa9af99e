/**
 * What misbehaviours are made of: one small deviation each, to be joined with `misbehavingAs`. They know the protocol only
 * as far as they spoil it.
 */
import { Instruction, StatusWord, encodeResponse } from '../../drivers/emrtd/iso7816/apdu.ts';
import { readTLV, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import type { ChipMoment, Misbehaviour } from './misbehaviour.ts';

/** Which commands a deviation is for. */
export type When = (moment: ChipMoment) => boolean;

/** Commands with this instruction, READ BINARY in either form. */
export function instruction(ins: number): When {
  const isRead = ins === Instruction.READ_BINARY;
  return ({ command }) => command?.ins === ins || (isRead && command?.ins === Instruction.READ_BINARY_ODD);
}

/** Commands about this elementary file of the application or, by name, of the master file. */
export function aboutFile(id: number, directory: 'master-file' | 'emrtd' = 'emrtd'): When {
  return ({ file }) => file?.id === id && file.in === directory;
}

/** From the n-th command after the field came on. */
export function fromCommand(number: number): When {
  return (moment) => moment.number >= number;
}

export const underProtection: When = ({ isProtected }) => isProtected;

export function all(...conditions: readonly When[]): When {
  return (moment) => conditions.every((condition) => condition(moment));
}

/** Time: `factor` times the honest one, and `extra_ms` on top. */
export function slow(o: { readonly factor?: number; readonly extra_ms?: number; readonly when?: When }): Misbehaviour {
  return {
    delay_ms: (honest_ms, moment) =>
      o.when?.(moment) === false ? honest_ms : honest_ms * (o.factor ?? 1) + (o.extra_ms ?? 0),
  };
}

/** No answer. The chip carries on inside. */
export function silent(when: When): Misbehaviour {
  return { transmit: (response, moment) => (when(moment) ? undefined : response) };
}

/** This status word and no data; the chip does not carry the command out. Under protection it is a protected one. */
export function refusing(when: When, statusWord: number): Misbehaviour {
  return { answer: (moment, honest) => (when(moment) ? { statusWord } : honest()) };
}

/** Another status word wherever the honest one is `statusWord`: 63C2 for 6300 counts the tries that are left. */
export function sayingInstead(statusWord: number, other: number, when: When = () => true): Misbehaviour {
  return {
    answer: (moment, honest) => {
      const answer = honest();
      return answer.statusWord === statusWord && when(moment) ? { ...answer, statusWord: other } : answer;
    },
  };
}

/** The honest answer with other data. */
export function withData(when: When, alter: (data: Uint8Array) => Uint8Array): Misbehaviour {
  return {
    answer: (moment, honest) => {
      const answer = honest();
      return answer.data !== undefined && when(moment) ? { ...answer, data: alter(answer.data) } : answer;
    },
  };
}

/** A short read: at most `bytes_max` at once, whatever the reader asks for. Le itself is taken. */
export function shortReads(bytes_max: number): Misbehaviour {
  return {
    answer: (moment, honest) => {
      const { command } = moment;
      const isLong = instruction(Instruction.READ_BINARY)(moment) && (command?.le ?? 0) > bytes_max;
      return command !== undefined && isLong ? honest({ ...command, le: bytes_max }) : honest();
    },
  };
}

/** A longer Le than this is refused with `statusWord`, 6700 by default; 6C00 is completed with the Le that would do. */
export function refusingLongReads(bytes_max: number, statusWord: number = StatusWord.WRONG_LENGTH): Misbehaviour {
  return refusing(
    ({ command }) => command?.ins === Instruction.READ_BINARY && (command.le ?? 0) > bytes_max,
    statusWord === StatusWord.WRONG_LE ? statusWord | (bytes_max & 0xff) : statusWord,
  );
}

/** How a chip may say that a read went beyond the end of the file (ISO/IEC 7816-4 section 11.3.3). */
export type EndOfFile = '6282 without data' | '6b00' | '6cxx' | '9000';

export function endingFilesWith(style: EndOfFile): Misbehaviour {
  return {
    answer: (moment, honest) => {
      const answer = honest();
      if (!instruction(Instruction.READ_BINARY)(moment) || answer.statusWord !== StatusWord.END_OF_FILE) return answer;
      if (style === '9000') return { ...answer, statusWord: StatusWord.OK };
      if (style === '6b00') return { statusWord: StatusWord.OFFSET_OUTSIDE_FILE };
      const length = answer.data?.length ?? 0;
      return { statusWord: style === '6cxx' ? StatusWord.WRONG_LE | (length & 0xff) : StatusWord.END_OF_FILE };
    },
  };
}

/** Extended length fields are refused before anything else is looked at: outside secure messaging. */
export const refusingExtendedLength: Misbehaviour = {
  transmit: (response, { isExtended }) => (isExtended ? encodeResponse(StatusWord.WRONG_LENGTH) : response),
};

/** A protected answer without DO'8E', DO'99' or the cryptogram. The checksum, if there is one, fits what is left. */
export function without(part: 'checksum' | 'status' | 'cryptogram', when: When = underProtection): Misbehaviour {
  return {
    protect: (answer, moment, checksumOver) => {
      if (!when(moment)) return answer;
      const left = { ...answer, [part]: null };
      return part === 'checksum' ? left : { ...left, checksum: checksumOver(joined(left.cryptogram, left.status)) };
    },
  };
}

/** The last bit of the checksum is wrong. */
export function wrongChecksum(when: When = underProtection): Misbehaviour {
  return {
    protect: (answer, moment) =>
      when(moment) && answer.checksum !== null ? { ...answer, checksum: flipped(answer.checksum) } : answer,
  };
}

/** The cryptogram is wrong, and the checksum over it right: what a reader decrypts is noise or has no padding. */
export function wrongCryptogram(when: When = underProtection): Misbehaviour {
  return {
    protect: (answer, moment, checksumOver) => {
      if (!when(moment) || answer.cryptogram === null) return answer;
      const cryptogram = flipped(answer.cryptogram);
      return { ...answer, cryptogram, checksum: checksumOver(joined(cryptogram, answer.status)) };
    },
  };
}

/** A bare status word where a protected answer is due. */
export function unprotectedStatus(statusWord: number, when: When = underProtection): Misbehaviour {
  return { transmit: (response, moment) => (when(moment) ? encodeResponse(statusWord) : response) };
}

/** The answer before this one, once more. The first answer has none before it. */
export function replaying(when: When): Misbehaviour {
  let previous: Uint8Array | undefined;
  return {
    transmit: (response, moment) => {
      const sent = when(moment) && moment.number > 1 ? (previous ?? response) : response;
      previous = response;
      return sent;
    },
  };
}

/** "More data" for ever: each answer brings `bytes` more and promises others (61xx). */
export function endlessMoreData(when: When, bytes = 16): Misbehaviour {
  const answer = encodeResponse(StatusWord.MORE_DATA | (bytes & 0xff), new Uint8Array(bytes));
  return { transmit: (response, moment) => (when(moment) ? answer : response) };
}

/** Nothing at all, not even a status word. */
export function zeroBytes(when: When): Misbehaviour {
  return { transmit: (response, moment) => (when(moment) ? new Uint8Array(0) : response) };
}

/** A file that announces four gigabytes in its first bytes. */
export function enormousLength(fileId: number, directory: 'master-file' | 'emrtd' = 'emrtd'): Misbehaviour {
  const isStart: When = ({ command }) => command?.p2 === 0 && (command.p1 === 0 || (command.p1 & 0x80) !== 0);
  const when = all(instruction(Instruction.READ_BINARY), aboutFile(fileId, directory), isStart);
  return withData(when, (data) => {
    const tagBytes = ((data[0] ?? 0) & 0x1f) === 0x1f ? 2 : 1;
    const announced = [...data.subarray(0, tagBytes), 0x84, 0xff, 0xff, 0xff, 0xff];
    return Uint8Array.from([...announced, ...data.subarray(announced.length)].slice(0, data.length));
  });
}

/** The object in an answer of GENERAL AUTHENTICATE has another tag: 90 for 80, 92 for 82. */
export function wrongTag(when: When): Misbehaviour {
  return withData(when, (data) => {
    if (data[0] !== 0x7c) return data;
    const { tag, value } = readTLV(data);
    return writeTLV(
      tag,
      value.map((octet, i) => (i === 0 ? octet | 0x10 : octet)),
    );
  });
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((octet, i) => (i === bytes.length - 1 ? octet ^ 1 : octet));
}

function joined(...objects: readonly (Uint8Array | null)[]): Uint8Array {
  return Uint8Array.from(objects.flatMap((object) => (object === null ? [] : [...object])));
}
