/** DG7 (ICAO 9303-10 section 4.7.7): images of the holder's signature or usual mark, as they are displayed. */
import { parseFile } from './template.ts';

const Tag = { FILE: 0x67, IMAGE: 0x5f43 } as const;

export type DisplayedSignature = {
  /** ISO/IEC 10918 or 15444 as the chip has them; at least one. Never decoded here. */
  readonly images: readonly Uint8Array[];
};

/** Throws DocumentError DG7_MALFORMED. */
export function parseDG7(file: Uint8Array): DisplayedSignature {
  return parseFile(file, Tag.FILE, 'DG7_MALFORMED', (template) => {
    const images = template.all(Tag.IMAGE).map((image) => Uint8Array.from(image));
    if (images.length === 0) throw template.malformed('no image');
    return { images };
  });
}
