/** DG1 (ICAO 9303-10 section 4.7.1): the MRZ as the chip holds it. */
import { DocumentError } from '../codes.ts';
import { type MRZ, parseMRZ } from '../mrz/mrz.ts';
import { TLVError, expectTLV, readTLVs } from '../iso7816/tlv.ts';

/** Line lengths by the number of characters of the whole zone. */
const lineLengths: Readonly<Record<number, number>> = { 72: 36, 88: 44, 90: 30 };

/** Throws DocumentError DG1_MALFORMED. */
export function parseDG1(file: Uint8Array): MRZ {
  const text = Buffer.from(zoneOf(file)).toString('latin1');
  const lineLength = lineLengths[text.length];
  if (lineLength === undefined) throw new DocumentError('DG1_MALFORMED', `${text.length} characters`);
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += lineLength) lines.push(text.slice(at, at + lineLength));
  const parsed = parseMRZ(lines);
  if (!parsed.ok) throw new DocumentError('DG1_MALFORMED', parsed.because);
  if (parsed.mrz.kind === 'visa') throw new DocumentError('DG1_MALFORMED', 'zone of a visa');
  return parsed.mrz;
}

function zoneOf(file: Uint8Array): Uint8Array {
  try {
    const zone = readTLVs(expectTLV(file, 0x61).value).find((element) => element.tag === 0x5f1f);
    if (zone === undefined) throw new DocumentError('DG1_MALFORMED', 'no MRZ object');
    return zone.value;
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('DG1_MALFORMED', error.message);
    throw error;
  }
}
