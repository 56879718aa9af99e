/**
 * DG2 (ICAO 9303-10 section 4.7.2): portraits, each in a biometric information template (ISO/IEC 7816-11) around a
 * record of ISO/IEC 19794-5 or ISO/IEC 39794-5. What the record is, its own first bytes say: the format named in the
 * header of the template is wrong in some documents. The picture is cut out, never decoded here.
 */
import { DocumentError } from '../codes.ts';
import { type TLV, TLVError, expectTLV, readTLVs } from '../iso7816/tlv.ts';
import { FaceRecordError, type FaceRepresentation, editionOf, isFace19794, readFace19794 } from './face-19794.ts';
import { readFace39794 } from './face-39794.ts';

/** DG2 image as the chip holds it, after its hash was verified against EF.SOD (never before). */
export type PortraitImage = { readonly format: 'jpeg' | 'jpeg2000'; readonly bytes: Uint8Array };

/** The portrait and how it was recorded. */
export type FacePortrait = PortraitImage & {
  readonly encoding: '19794-5' | '39794-5';
  /** As the record says, not checked against the picture; null where it says nothing. */
  readonly width_px: number | null;
  readonly height_px: number | null;
  /** Pictures in the file, whatever their format. */
  readonly representations: number;
};

type Encoding = FacePortrait['encoding'];
type Face = FaceRepresentation & { readonly encoding: Encoding };

const Tag = { FILE: 0x75, GROUP: 0x7f61, TEMPLATE: 0x7f60, RECORD: 0x5f2e, CONSTRUCTED_RECORD: 0x7f2e } as const;
/** Inside 7F2E: biometric data in a standard format, constructed or primitive (ISO/IEC 7816-11 table 3). */
const Standard = { CONSTRUCTED: 0xa1, PRIMITIVE: 0x81, FACE_IMAGE_DATA_BLOCK: 0x65 } as const;
const TEMPLATES_MAX = 16;

/**
 * The first picture of a format that can be decoded, over all templates and all faces in them. Throws DocumentError
 * DG2_MALFORMED, or DG2_ENCODING_UNSUPPORTED for records of no known standard.
 */
export function parseDG2(file: Uint8Array): FacePortrait {
  const faces = templatesOf(file).flatMap(facesOf);
  for (const { image, ...face } of faces) {
    const format = imageFormatOf(image);
    if (format !== undefined) return { ...face, format, bytes: Uint8Array.from(image), representations: faces.length };
  }
  throw malformed(faces.length === 0 ? 'no picture of a face' : 'unknown image format');
}

/** Decided by the first bytes: the type field of the record is wrong in some documents. */
export function imageFormatOf(image: Uint8Array): PortraitImage['format'] | undefined {
  const startsWith = (...signature: number[]): boolean => signature.every((octet, i) => image[i] === octet);
  if (startsWith(0xff, 0xd8, 0xff)) return 'jpeg';
  // JP2 signature box (ISO/IEC 15444-1 annex I.5.1), or a bare codestream (annex A.4.1).
  const isJP2 = startsWith(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a);
  return isJP2 || startsWith(0xff, 0x4f, 0xff, 0x51) ? 'jpeg2000' : undefined;
}

function templatesOf(file: Uint8Array): readonly (readonly TLV[])[] {
  return asMalformed(() => {
    const group = readTLVs(expectTLV(file, Tag.FILE).value).find(({ tag }) => tag === Tag.GROUP);
    if (group === undefined) throw malformed('no group of templates');
    const templates = readTLVs(group.value).filter(({ tag }) => tag === Tag.TEMPLATE);
    if (templates.length === 0) throw malformed('no template');
    return templates.slice(0, TEMPLATES_MAX).map(({ value }) => readTLVs(value));
  });
}

function facesOf(template: readonly TLV[]): readonly Face[] {
  return asMalformed(() => {
    const record = template.find(({ tag }) => tag === Tag.RECORD || tag === Tag.CONSTRUCTED_RECORD);
    if (record === undefined) throw malformed('no biometric data');
    return record.tag === Tag.RECORD ? facesOf19794(record.value) : facesOfConstructed(record.value);
  });
}

function facesOf19794(record: Uint8Array): readonly Face[] {
  if (isFace19794(record) && editionOf(record) === null) throw new DocumentError('DG2_ENCODING_UNSUPPORTED', 'edition');
  return readFace19794(record).map((face) => ({ ...face, encoding: '19794-5' }));
}

function facesOfConstructed(value: Uint8Array): readonly Face[] {
  const [data] = readTLVs(value);
  if (data === undefined) throw malformed('no biometric data');
  if (data.tag === Standard.PRIMITIVE && isFace19794(data.value)) return facesOf19794(data.value);
  const block = data.tag === Standard.CONSTRUCTED ? data.value : data.raw;
  if (block[0] !== Standard.FACE_IMAGE_DATA_BLOCK) {
    throw new DocumentError('DG2_ENCODING_UNSUPPORTED', `tag ${data.tag.toString(16)}`);
  }
  const faces = readFace39794(block);
  // A record of three-dimensional images only, or of a kind that a later edition adds.
  if (faces.length === 0) throw new DocumentError('DG2_ENCODING_UNSUPPORTED', 'no two-dimensional image');
  return faces.map((face) => ({ ...face, encoding: '39794-5' }));
}

function asMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TLVError || error instanceof FaceRecordError) throw malformed(error.message);
    throw error;
  }
}

function malformed(detail: string): DocumentError {
  return new DocumentError('DG2_MALFORMED', detail);
}
