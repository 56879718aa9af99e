/**
 * Face image data blocks of ISO/IEC 39794-5:2019, as ICAO's application profile for DG2 has them. The images are cut
 * out and never decoded here. All elements carry context tags, so they are walked by tag; what an extension adds is
 * skipped.
 */
import { type TLV, expectTLV, readTLVs } from '../iso7816/tlv.ts';
import type { FaceRepresentation } from './face-19794.ts';

/** FaceImageDataBlock ::= [APPLICATION 5] SEQUENCE { versionBlock [0], representationBlocks [1], … } */
const FACE_IMAGE_DATA_BLOCK = 0x65;
const SEQUENCE = 0x30;
/** Context tags [0], [1], [7], primitive or constructed. */
const Primitive = { ZERO: 0x80, ONE: 0x81 } as const;
const Constructed = { ZERO: 0xa0, ONE: 0xa1, SEVEN: 0xa7 } as const;
const REPRESENTATIONS_MAX = 16;

/**
 * Two-dimensional images in the order of the record; representations of other kinds are left out, so that there may be
 * none. Throws TLVError for anything that is not such a block.
 */
export function readFace39794(record: Uint8Array): readonly FaceRepresentation[] {
  const block = readTLVs(expectTLV(record, FACE_IMAGE_DATA_BLOCK).value);
  const representations = inside(find(block, Constructed.ONE)).filter(({ tag }) => tag === SEQUENCE);
  return representations.slice(0, REPRESENTATIONS_MAX).flatMap(({ value }) => imageOf(readTLVs(value)) ?? []);
}

/** RepresentationBlock: imageRepresentation [1] { base [0] { imageRepresentation2DBlock [0] } }. */
function imageOf(representation: readonly TLV[]): FaceRepresentation | undefined {
  const base = find(inside(find(representation, Constructed.ONE)), Constructed.ZERO);
  const block = inside(find(inside(base), Constructed.ZERO));
  const image = find(block, Primitive.ZERO);
  if (image === undefined) return undefined;
  // imageInformation2DBlock [1] { imageSizeBlock [7] { width [0], height [1] } }
  const size = inside(find(inside(find(block, Constructed.ONE)), Constructed.SEVEN));
  return {
    image: image.value,
    width_px: sizeOf(find(size, Primitive.ZERO)),
    height_px: sizeOf(find(size, Primitive.ONE)),
  };
}

function inside(element: TLV | undefined): readonly TLV[] {
  return element === undefined ? [] : readTLVs(element.value);
}

function find(elements: readonly TLV[], tag: number): TLV | undefined {
  return elements.find((element) => element.tag === tag);
}

/** ImageSize ::= INTEGER (0..65535). */
function sizeOf(element: TLV | undefined): number | null {
  if (element === undefined || element.value.length > 3) return null;
  const size = element.value.reduce((value, octet) => value * 256 + octet, 0);
  return size > 0 && size <= 0xffff ? size : null;
}
