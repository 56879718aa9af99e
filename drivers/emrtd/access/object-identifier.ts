/** Object identifiers as MSE:Set AT and public key data objects carry them (ISO/IEC 8825-1 section 8.19). */

/** Content bytes, without tag and length, of a dotted identifier. Throws RangeError for what is none. */
export function objectIdentifierBytes(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const isDotted = /^[0-2](\.\d{1,9}){1,30}$/.test(dotted);
  if (!isDotted || first === undefined || second === undefined) throw new RangeError('object identifier expected');
  return Uint8Array.from([40 * first + second, ...rest].flatMap(base128));
}

/** Most significant group of seven bits first; all but the last have their highest bit set. */
function base128(arc: number): number[] {
  const groups = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(0x80 | (left % 128));
  return groups;
}
