/** The integrated mapping beyond the published examples, which cover AES-128 and two groups only. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Group,
  bytesFrom,
  curveNamed,
  encodePublicKey,
  isCurveName,
  parsePublicKey,
  standardizedGroup,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import { pointClasses } from '../../drivers/emrtd/access/curves.ts';
import {
  isIntegratedMappingPossible,
  pseudoRandom,
  withGeneratorFor,
} from '../../drivers/emrtd/access/mapping-integrated.ts';
import { objectIdentifierBytes } from '../../drivers/emrtd/access/object-identifier.ts';
import { bytes, text } from './scripted-chip.ts';

const curves = Object.keys(pointClasses).filter(isCurveName).map(curveNamed);
const finite = [0, 1, 2].map((id) => standardizedGroup(id)).filter((group) => group !== undefined);
const mappable = [...curves, ...finite].filter(isIntegratedMappingPossible);

const ascending = (from: number, length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i);

// Computed with the openssl command from the constants that ICAO 9303-11 section 4.4.3.3.2 prints.
test.each([
  ['3des', 16, 16, '22ED8B35A79217A9EA6A085760B2071462E2DDDE2CADAEAF4DA4E1C4D5EEA867'],
  ['aes-192', 32, 24, '93A258397576483D2FDE61AFAE8CDE9260D6FE0B9AAD6B4C5580AEF0172CA771'],
  ['aes-256', 32, 32, '48944D6730BED5352D09FF666F5B4F5A593F63A422C4616128ED3B3427EECBF8'],
] as const)(
  'the pseudo-random function with %s is the one of the standard',
  (suite, nonceBytes, keyBytes, expected) => {
    const { p } = curveNamed('brainpoolP256r1').point.CURVE();
    const number = pseudoRandom(suite, ascending(0, nonceBytes), ascending(0xa0, keyBytes), p);
    expect(text(bytesFrom(number, 32))).toBe(expected);
  },
);

test('every group of the standard can be mapped to but NIST P-224', () => {
  const names = [...curves, ...finite].filter((group) => !mappable.includes(group)).map(({ name }) => name);
  expect(names).toEqual(['secp224r1']);
});

test.each(mappable)('a number gives a generator of $name, or none at all', (group) => {
  const p = group.kind === 'ec' ? group.point.CURVE().p : group.p;
  const isMember = (mapped: Group): boolean =>
    mapped.kind === 'ec'
      ? parsePublicKey(group, encodePublicKey(mapped, { kind: 'ec', point: mapped.generator })) !== undefined
      : parsePublicKey(group, bytesFrom(mapped.g, mapped.p_bytes)) !== undefined;
  fc.assert(
    fc.property(fc.bigInt({ min: 2n, max: p - 2n }), (number) => {
      const mapped = withGeneratorFor(group, number);
      return mapped !== undefined && isMember(mapped);
    }),
    { numRuns: 15 },
  );
  for (const number of [0n, 1n, p - 1n]) expect(withGeneratorFor(group, number)).toBeUndefined();
});

test('object identifiers are written with seven bits a byte', () => {
  expect(text(objectIdentifierBytes('0.4.0.127.0.7.2.2.4.2.4'))).toBe('04007F00070202040204');
  expect(text(objectIdentifierBytes('1.2.840.113549.1.1.11'))).toBe('2A864886F70D01010B');
  expect(text(objectIdentifierBytes('2.23.136.1.1.5'))).toBe('678108010105');
  expect(objectIdentifierBytes('1.2.128')).toEqual(bytes('2A8100'));
  for (const none of ['', '1', '1.', '1.x', '1.-2', '1.2.3 ', '3.1', '1.1234567890']) {
    expect(() => objectIdentifierBytes(none), none).toThrow(RangeError);
  }
});
