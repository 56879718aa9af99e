/** The portrait in a biometric data block: ISO/IEC 19794-5:2005, or ISO/IEC 39794-5:2019 which takes its place. */
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { context, contextPrimitive, integerContent, sequence } from './der.ts';

export type Portrait = {
  readonly format: 'jpeg' | 'jpeg2000';
  readonly bytes: Uint8Array;
  readonly width_px: number;
  readonly height_px: number;
};

/** ISO/IEC 19794-5:2005 section 5: record header, facial information, image information, image. No feature points. */
export function writeFaceRecord19794(portrait: Portrait): Uint8Array {
  const head = new DataView(new ArrayBuffer(46));
  const recordLength = head.byteLength + portrait.bytes.length;
  head.setUint32(0, 0x46414300); // 'FAC'
  head.setUint32(4, 0x30313000); // version '010'
  head.setUint32(8, recordLength);
  head.setUint16(12, 1); // faces
  head.setUint32(14, recordLength - 14); // facial record data
  head.setUint8(34, 1); // image type: full frontal
  head.setUint8(35, portrait.format === 'jpeg' ? 0 : 1);
  head.setUint16(36, portrait.width_px);
  head.setUint16(38, portrait.height_px);
  head.setUint8(40, 1); // colour space: 24-bit RGB
  head.setUint8(41, 2); // source: static photograph from a digital camera
  return concatBytes(new Uint8Array(head.buffer), portrait.bytes);
}

const GENERATION = 3;
const YEAR = 2019;
/** ImageDataFormatCode. */
const imageFormats: Readonly<Record<Portrait['format'], number>> = { jpeg: 2, jpeg2000: 3 };

/**
 * FaceImageDataBlock of ISO/IEC 39794-5:2019 in DER under the [1] of the biometric data block, with the fields that
 * ICAO's application profile makes mandatory, and the size of the image: laid out as in ICAO's specimen files.
 */
export function writeFaceRecord39794(portrait: Portrait): Uint8Array {
  const number = (tag: number, value: number): Uint8Array => contextPrimitive(tag, integerContent(value));
  const imageInformation = context(
    1,
    context(0, number(0, imageFormats[portrait.format])),
    context(7, number(0, portrait.width_px), number(1, portrait.height_px)),
  );
  const image2D = context(0, contextPrimitive(0, portrait.bytes), imageInformation);
  const representation = sequence(number(0, 0), context(1, context(0, image2D)));
  const version = context(0, number(0, GENERATION), number(1, YEAR));
  return context(1, writeTLV(0x65, version, context(1, representation)));
}
