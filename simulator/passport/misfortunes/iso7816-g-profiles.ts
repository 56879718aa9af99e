/** Kinds of documents for PACE: every mapping over every group, and the information that a chip gives about them. */
import type { CipherSuite } from '../../../drivers/emrtd/access/cipher-suite.ts';
import { standardizedGroup } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { isIntegratedMappingPossible } from '../../../drivers/emrtd/access/mapping-integrated.ts';
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import { integer, oid, sequence, setOf } from '../der.ts';
import type { DocumentProfile, PACEOffer } from '../document-profile.ts';
import { profileNamed } from '../profiles.ts';
import { paceProtocol } from '../security-info-writer.ts';
import { withMasterFile, withSignedGroups, writeInfosAsDG14 } from './document-files.ts';
import type { Arrangement } from './misfortune.ts';
import type { Workshop } from './workshop.ts';

export const P256 = 12;
export const DH_1024 = 0;
/** Standardized domain parameters by their identifiers (ICAO 9303-11 section 9.5.1). */
const finiteGroups = [0, 1, 2];
const curves = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];

/** Groups over which a mapping exists: not over all curves the integrated one, over curves alone chip authentication. */
export const groupsOf: Readonly<Record<PACEOffer['mapping'], readonly number[]>> = {
  generic: [...finiteGroups, ...curves],
  integrated: [...finiteGroups, ...curves].filter((id) => {
    const group = standardizedGroup(id);
    return group !== undefined && isIntegratedMappingPossible(group);
  }),
  'chip-authentication': curves,
};

export function offerOf(mapping: PACEOffer['mapping'], parameterId: number, suite: CipherSuite = 'aes-128'): PACEOffer {
  return { mapping, parameterId, suite, keyAgreement: finiteGroups.includes(parameterId) ? 'dh' : 'ecdh' };
}

/** Offers these ways of PACE, and Basic Access Control beside them. Keys of 2048 bits need extended length. */
export function withPACE(name: string, ...pace: readonly PACEOffer[]): DocumentProfile {
  const isLong = pace.some(({ parameterId }) => parameterId === 1 || parameterId === 2);
  const basic = profileNamed('bac-only');
  return { ...basic, name, access: { bac: true, pace }, ...(isLong ? { extendedLength_bytes: 1024 } : {}) };
}

export const generic = withPACE('pace-gm-p256', offerOf('generic', P256));
export const integrated = withPACE('pace-im-p256', offerOf('integrated', P256));
export const overDH = withPACE('pace-dh-gm-1024-160', offerOf('generic', DH_1024));
export const chipMapping = withPACE('pace-cam-p256', offerOf('generic', P256), offerOf('chip-authentication', P256));

export function paceInfo(protocol: string, parameterId: number): Uint8Array {
  return sequence(oid(protocol), integer(2), integer(parameterId));
}

export function paceInfosOf({ access }: DocumentProfile): readonly Uint8Array[] {
  return access.pace.map((offer) => paceInfo(paceProtocol(offer), offer.parameterId));
}

/** A document with these SecurityInfos in EF.CardAccess and, signed, in DG14. */
export function withInfos(
  workshop: Workshop,
  profile: DocumentProfile,
  o: { readonly cardAccess: readonly Uint8Array[]; readonly dg14: readonly Uint8Array[] },
): Arrangement {
  const offering = withMasterFile(workshop.issue(profile), FileId.CardAccess, setOf(...o.cardAccess));
  return workshop.arrange(withSignedGroups(workshop, offering, { 14: writeInfosAsDG14(o.dg14) }));
}
