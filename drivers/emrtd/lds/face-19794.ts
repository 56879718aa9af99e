/**
 * Face records of ISO/IEC 19794-5: the 2005 edition, which ICAO 9303-10 names, and the 2011 edition, which some issuers
 * use in its place. The images are cut out and never decoded here.
 */

/** One picture of a face as its record has it. */
export type FaceRepresentation = {
  readonly image: Uint8Array;
  /** As the record says; null where it says nothing. Not checked against the picture. */
  readonly width_px: number | null;
  readonly height_px: number | null;
};

/** The bytes are no face record. Carries what is wrong, never content. */
export class FaceRecordError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'FaceRecordError';
  }
}

/** Where the parts of a face stand, in bytes: sections 5.4 to 5.8 of the 2005 edition, 8.4 to 8.6 of that of 2011. */
type Edition = {
  readonly recordHeader: number;
  /** From the start of a face to the number of feature points, without quality blocks. */
  readonly facialInformationAt: number;
  readonly facialInformation: number;
  /** Offset of the number of quality blocks, each of five bytes; null where there are none. */
  readonly qualityCountAt: number | null;
  readonly imageInformation: number;
  /** Whether the length of the image stands before it. */
  readonly hasImageLength: boolean;
};

const editions: Readonly<Record<string, Edition>> = {
  '010': {
    recordHeader: 14,
    facialInformationAt: 4,
    facialInformation: 16,
    qualityCountAt: null,
    imageInformation: 12,
    hasImageLength: false,
  },
  '030': {
    recordHeader: 17,
    facialInformationAt: 19,
    facialInformation: 17,
    qualityCountAt: 18,
    imageInformation: 11,
    hasImageLength: true,
  },
};

const FORMAT_IDENTIFIER = 0x46414300;
const FEATURE_POINT_BYTES = 8;
const QUALITY_BLOCK_BYTES = 5;
const FACES_MAX = 16;
/** Width and height stand after the types of face and image. */
const SIZE_AT = 2;

/** True when the record says it is one of faces, of whatever edition. */
export function isFace19794(record: Uint8Array): boolean {
  return record.length >= 8 && viewOf(record).getUint32(0) === FORMAT_IDENTIFIER;
}

/** Edition of the record as its three digits, '010' for that of 2005; null when it is none that is read here. */
export function editionOf(record: Uint8Array): string | null {
  const digits = Buffer.from(record.subarray(4, 7)).toString('latin1');
  return digits in editions ? digits : null;
}

/** The faces in the order of the record, at most 16. Throws FaceRecordError. */
export function readFace19794(record: Uint8Array): readonly FaceRepresentation[] {
  const edition = editions[editionOf(record) ?? ''];
  if (!isFace19794(record) || edition === undefined) throw new FaceRecordError('no FAC identifier');
  if (record.length < edition.recordHeader) throw new FaceRecordError('record too short');
  const count = Math.min(viewOf(record).getUint16(12), FACES_MAX);
  if (count < 1) throw new FaceRecordError('no face');
  const faces: FaceRepresentation[] = [];
  for (let at = edition.recordHeader; faces.length < count; ) {
    if (at + 4 > record.length) throw new FaceRecordError('fewer faces than announced');
    const end = at + viewOf(record).getUint32(at);
    if (end > record.length || end <= at) throw new FaceRecordError('face longer or shorter than its record');
    faces.push(faceOf(record.subarray(at, end), edition));
    at = end;
  }
  return faces;
}

function faceOf(face: Uint8Array, edition: Edition): FaceRepresentation {
  const view = viewOf(face);
  const headerEnd = edition.facialInformationAt + edition.facialInformation + edition.imageInformation;
  if (face.length < headerEnd) throw new FaceRecordError('face too short');
  const qualityBlocks = edition.qualityCountAt === null ? 0 : view.getUint8(edition.qualityCountAt);
  const informationAt = edition.facialInformationAt + qualityBlocks * QUALITY_BLOCK_BYTES;
  if (informationAt + 2 > face.length) throw new FaceRecordError('face too short');
  const pointsAt = informationAt + edition.facialInformation;
  const imageInformationAt = pointsAt + view.getUint16(informationAt) * FEATURE_POINT_BYTES;
  const imageAt = imageInformationAt + edition.imageInformation;
  if (imageAt >= face.length) throw new FaceRecordError('face ends before its image');
  const size = (at: number): number | null => view.getUint16(imageInformationAt + SIZE_AT + at) || null;
  return {
    image: edition.hasImageLength ? imageWithLength(face, imageAt) : face.subarray(imageAt),
    width_px: size(0),
    height_px: size(2),
  };
}

function imageWithLength(face: Uint8Array, at: number): Uint8Array {
  if (at + 4 > face.length) throw new FaceRecordError('face ends before its image');
  const length = viewOf(face).getUint32(at);
  if (length === 0 || at + 4 + length > face.length) throw new FaceRecordError('image longer than its face');
  return face.subarray(at + 4, at + 4 + length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
