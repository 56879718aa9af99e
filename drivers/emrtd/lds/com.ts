/** EF.COM (ICAO 9303-10 section 4.6.1): which data groups the chip holds. It is not signed. */
import { dataGroupOfTag } from './data-groups.ts';
import { parseFile } from './template.ts';

export type CommonData = {
  /** '0107' as the chip says it; odd values and none at all occur and are not refused. */
  readonly ldsVersion: string | null;
  /** '040000'. */
  readonly unicodeVersion: string | null;
  /** Numbers of the data groups, each once. */
  readonly dataGroups: readonly number[];
};

/** Throws DocumentError COM_MALFORMED. */
export function parseCommonData(file: Uint8Array): CommonData {
  return parseFile(file, 0x60, 'COM_MALFORMED', (template) => {
    const dataGroups = [...new Set(template.need(0x5c))].map(dataGroupOfTag).filter((number) => number !== undefined);
    return { ldsVersion: template.text(0x5f01), unicodeVersion: template.text(0x5f36), dataGroups };
  });
}
