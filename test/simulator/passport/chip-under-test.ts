/** A chip around a few invented files, with whatever protocols a test wants, and ways to talk to it. */
import { type Group, publicKeyBytes, standardizedGroup } from '../../../drivers/emrtd/access/domain-parameters.ts';
import {
  type CommandAPDU,
  EMRTD_APPLICATION,
  type ResponseAPDU,
  decodeResponse,
  encodeCommand,
} from '../../../drivers/emrtd/iso7816/apdu.ts';
import type { Chip } from '../../../simulator/passport/chip.ts';
import type { ChipKeys } from '../../../simulator/passport/document-keys.ts';
import type { DocumentProfile, GroupName, PACEOffer } from '../../../simulator/passport/document-profile.ts';
import { basicProfile } from '../../../simulator/passport/document-profile.ts';
import { type PassportChipOptions, createPassportChip } from '../../../simulator/passport/passport-chip.ts';
import { type Passport, basicPassport } from '../../../simulator/passport/passport.ts';
import { seededEntropy } from '../../emrtd/simulated-document.ts';

export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
export const hex = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString('hex');

/** ICAO 9303-11 appendix D: an invented holder. */
export const mrzLines = [
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C<3UTO6908061F9406236ZE184226B<<<<<14',
] as const;
export const CAN = '500540';

export const dg1 = Uint8Array.from({ length: 700 }, (_, i) => (i * 7) & 0xff);
export const cardAccess = bytes('31143012060a04007f0007020204020202010202010d');
export const cardSecurity = bytes('3003020105');

export type ChipSetUp = {
  readonly pace?: readonly PACEOffer[];
  readonly bac?: boolean;
  readonly can?: string | null;
  readonly keys?: Partial<ChipKeys>;
  readonly profile?: Partial<DocumentProfile>;
  readonly chip?: Partial<PassportChipOptions>;
  readonly mrzLines?: readonly string[];
};

export function documentWith(o: ChipSetUp): Passport {
  const files = new Map([
    [0x011e, bytes('60145f0104303130365f36063034303030305c026175')],
    [0x0101, dg1],
    [0x0103, bytes('6300')],
    [0x010e, bytes('6e00')],
  ]);
  const basic = basicPassport({ mrzLines: o.mrzLines ?? mrzLines, files });
  const pace = o.pace ?? [];
  return {
    ...basic,
    masterFiles: new Map(
      pace.length === 0
        ? []
        : [
            [0x011c, cardAccess],
            [0x011d, cardSecurity],
          ],
    ),
    can: o.can === undefined ? CAN : o.can,
    chipKeys: { ...basic.chipKeys, ...o.keys },
    profile: { ...basicProfile, access: { bac: o.bac ?? true, pace }, ...o.profile },
  };
}

export function chipWith(o: ChipSetUp = {}): Chip {
  return createPassportChip(documentWith(o), { kind: 'type-a', entropy: seededEntropy('chip'), ...o.chip });
}

export async function send(chip: Chip, command: CommandAPDU | string): Promise<ResponseAPDU> {
  const sent = typeof command === 'string' ? bytes(command) : encodeCommand(command);
  const response = decodeResponse((await chip.transceive(sent)) ?? new Uint8Array(0));
  if (response === undefined) throw new Error('no answer');
  return response;
}

/** Status words of commands in hexadecimal, sent one after the other. */
export async function statusWords(chip: Chip, ...commands: readonly (CommandAPDU | string)[]): Promise<string[]> {
  const words: string[] = [];
  for (const command of commands) words.push((await send(chip, command)).statusWord.toString(16));
  return words;
}

export const selectApplication: CommandAPDU = { cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: EMRTD_APPLICATION };
export const selectMasterFile: CommandAPDU = { cla: 0, ins: 0xa4, p1: 0, p2: 0x0c, data: bytes('3f00') };

export function select(id: number): CommandAPDU {
  return { cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: Uint8Array.of(id >> 8, id & 0xff) };
}

export function readAt(offset: number, le: number): CommandAPDU {
  return { cla: 0, ins: 0xb0, p1: offset >> 8, p2: offset & 0xff, le };
}

export function groupOf(parameterId: number): Group {
  const group = standardizedGroup(parameterId);
  if (group === undefined) throw new Error(`no group ${parameterId}`);
  return group;
}

export function groupNameOf(parameterId: number): GroupName {
  const { name } = groupOf(parameterId);
  if (name === 'explicit') throw new Error(`parameters ${parameterId} have no name`);
  return name;
}

export function publicKeyOfSecret(parameterId: number, secret: bigint): Uint8Array {
  return publicKeyBytes(groupOf(parameterId), secret);
}
