/** Which kind of document each invented holder has. */
import type { DocumentProfile } from '../passport/document-profile.ts';
import { profileNamed } from '../passport/profiles.ts';

/**
 * An RSA key takes up to half a second to make, for which the doors of the hall would stand still: here the document with
 * every data group has a key on a curve.
 */
const everyGroup: DocumentProfile = {
  ...profileNamed('all-groups'),
  name: 'all-groups-ecdsa',
  activeAuthentication: { kind: 'ecdsa-brainpoolP256r1', hash: 'sha256' },
};

const typical = profileNamed('typical-eu');

/** Holders whose document is not the typical one of today. */
const others: ReadonlyMap<string, DocumentProfile> = new Map([
  ['p03', profileNamed('bac-aa-ecdsa')],
  ['p06', profileNamed('pace-cam-bp256')],
  ['p08', everyGroup],
  ['p10', profileNamed('bac-ca-ecdh')],
]);

/** The holder's kind of document, where a scenario asks for no other. */
export function profileOf(person: string): DocumentProfile {
  return others.get(person) ?? typical;
}

/** What holders have. Other kinds occur in scenarios only, with the same groups. */
export const profilesInUse: readonly DocumentProfile[] = [typical, ...others.values()];
