/** EF.COM (ICAO 9303-10 section 4.6.1): which data groups the chip holds. It is not signed. */
import { DocumentError } from '../codes.ts';
import { dataGroupOfTag } from './data-groups.ts';
import { expectTLV, readTLVs, TLVError } from '../iso7816/tlv.ts';

export type CommonData = {
  /** '0107' as the chip says it; odd values occur and are not refused. */
  readonly ldsVersion: string | null;
  readonly unicodeVersion: string | null;
  /** Numbers of the data groups, each once. */
  readonly dataGroups: readonly number[];
};

/** Throws DocumentError COM_MALFORMED. */
export function parseCommonData(file: Uint8Array): CommonData {
  try {
    const elements = readTLVs(expectTLV(file, 0x60).value);
    const text = (tag: number): string | null => {
      const element = elements.find((candidate) => candidate.tag === tag);
      return element === undefined ? null : Buffer.from(element.value).toString('latin1');
    };
    const list = elements.find((element) => element.tag === 0x5c);
    if (list === undefined) throw new DocumentError('COM_MALFORMED', 'no tag list');
    const dataGroups = [...new Set(list.value)].map(dataGroupOfTag).filter((number) => number !== undefined);
    return { ldsVersion: text(0x5f01), unicodeVersion: text(0x5f36), dataGroups };
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('COM_MALFORMED', error.message);
    throw error;
  }
}
