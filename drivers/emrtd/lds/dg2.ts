/**
 * DG2 (ICAO 9303-10 section 4.7.2): the portrait, in a biometric information template around an ISO/IEC 19794-5:2005
 * face record. The picture is cut out, never decoded here.
 */
import { DocumentError } from '../codes.ts';
import { type TLV, TLVError, expectTLV, readTLVs } from '../iso7816/tlv.ts';

/** DG2 image as the chip holds it, after its hash was verified against EF.SOD (never before). */
export type PortraitImage = { readonly format: 'jpeg' | 'jpeg2000'; readonly bytes: Uint8Array };

const Tag = { FILE: 0x75, GROUP: 0x7f61, TEMPLATE: 0x7f60, RECORD: 0x5f2e, RECORD_39794: 0x7f2e } as const;

/** ISO/IEC 19794-5:2005 section 5: sizes in bytes of the parts that stand before the image. */
const RECORD_HEADER_BYTES = 14;
const FACIAL_INFORMATION_BYTES = 20;
const FEATURE_POINT_BYTES = 8;
const IMAGE_INFORMATION_BYTES = 12;

/** Throws DocumentError DG2_MALFORMED, or DG2_ENCODING_UNSUPPORTED for ISO/IEC 39794-5. The first face is taken. */
export function parseDG2(file: Uint8Array): PortraitImage {
  const image = faceImageOf(biometricRecordOf(file));
  const format = imageFormatOf(image);
  if (format === undefined) throw malformed('unknown image format');
  return { format, bytes: Uint8Array.from(image) };
}

/** Decided by the first bytes: the type field of the record is wrong in some documents. */
export function imageFormatOf(image: Uint8Array): PortraitImage['format'] | undefined {
  const startsWith = (...signature: number[]): boolean => signature.every((octet, i) => image[i] === octet);
  if (startsWith(0xff, 0xd8, 0xff)) return 'jpeg';
  // JP2 signature box (ISO/IEC 15444-1 annex I.5.1), or a bare codestream (annex A.4.1).
  const isJP2 = startsWith(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a);
  return isJP2 || startsWith(0xff, 0x4f, 0xff, 0x51) ? 'jpeg2000' : undefined;
}

function biometricRecordOf(file: Uint8Array): Uint8Array {
  try {
    const group = find(readTLVs(expectTLV(file, Tag.FILE).value), Tag.GROUP);
    const template = readTLVs(find(readTLVs(group.value), Tag.TEMPLATE).value);
    if (template.some((element) => element.tag === Tag.RECORD_39794)) {
      throw new DocumentError('DG2_ENCODING_UNSUPPORTED');
    }
    return find(template, Tag.RECORD).value;
  } catch (error) {
    if (error instanceof TLVError) throw malformed(error.message);
    throw error;
  }
}

function faceImageOf(record: Uint8Array): Uint8Array {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (record.length < RECORD_HEADER_BYTES + FACIAL_INFORMATION_BYTES) throw malformed('record too short');
  if (view.getUint32(0) !== 0x46414300) throw malformed('no FAC identifier');
  if (view.getUint16(12) < 1) throw malformed('no face');
  const blockLength = view.getUint32(RECORD_HEADER_BYTES);
  const featurePoints = view.getUint16(RECORD_HEADER_BYTES + 4);
  const imageAt =
    RECORD_HEADER_BYTES + FACIAL_INFORMATION_BYTES + featurePoints * FEATURE_POINT_BYTES + IMAGE_INFORMATION_BYTES;
  const end = RECORD_HEADER_BYTES + blockLength;
  if (end > record.length || imageAt >= end) throw malformed('face block longer or shorter than its record');
  return record.subarray(imageAt, end);
}

function find(elements: readonly TLV[], tag: number): TLV {
  const element = elements.find((candidate) => candidate.tag === tag);
  if (element === undefined) throw malformed(`no ${tag.toString(16)}`);
  return element;
}

function malformed(detail: string): DocumentError {
  return new DocumentError('DG2_MALFORMED', detail);
}
