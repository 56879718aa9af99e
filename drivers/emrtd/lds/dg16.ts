/** DG16 (ICAO 9303-10 section 4.7.16): persons to notify in an emergency. */
import { type Name, nameOf } from './dg11.ts';
import { type Template, parseFile } from './template.ts';

const FILE = 0x70;
/** Templates A1, A2 … one a person; what is not a template is their number. */
const isPerson = (tag: number): boolean => tag > 0xa0 && tag <= 0xaf;
const Tag = { RECORDED_ON: 0x5f50, NAME: 0x5f51, TELEPHONE: 0x5f52, ADDRESS: 0x5f53 } as const;

/** What the document does not say is null or empty. */
export type PersonToNotify = {
  /** CCYYMMDD. */
  readonly recordedOn: string | null;
  readonly name: Name | null;
  readonly telephone: string | null;
  readonly address: readonly string[];
};

/** At most 15 persons. Throws DocumentError DG16_MALFORMED. */
export function parseDG16(file: Uint8Array): readonly PersonToNotify[] {
  return parseFile(file, FILE, 'DG16_MALFORMED', (template) => {
    const persons = template.elements.filter(({ tag }) => isPerson(tag));
    if (new Set(persons.map(({ tag }) => tag)).size !== persons.length) throw template.malformed('a person twice');
    return persons.map(({ value }) => personOf(template.inside(value)));
  });
}

function personOf(template: Template): PersonToNotify {
  const name = template.text(Tag.NAME);
  return {
    recordedOn: template.date(Tag.RECORDED_ON),
    name: name === null ? null : nameOf(name),
    telephone: template.text(Tag.TELEPHONE),
    address: template.parts(Tag.ADDRESS),
  };
}
