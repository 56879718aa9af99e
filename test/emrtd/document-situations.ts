/** Documents and chips in situations that a gate meets, by name: what an inspection and what a decision say of each. */
import { authenticateRevocationList, parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import type { DocumentInspection, InspectionOptions } from '../../drivers/emrtd/inspection.ts';
import { Instruction } from '../../drivers/emrtd/iso7816/apdu.ts';
import { FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import { type TrustStore, createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { type Passport, cloneOf } from '../../simulator/passport/passport.ts';
import type { Misbehaviour } from '../../simulator/passport/misbehaviour.ts';
import {
  type When,
  aboutFile,
  instruction,
  refusing,
  silent,
} from '../../simulator/passport/misbehaviour-ingredients.ts';
import { type ProfileName, profileNamed } from '../../simulator/passport/profiles.ts';
import {
  NOW_MS,
  holder,
  inspect,
  issuerOf,
  lineTo,
  mrzOf,
  passportOf,
  seededEntropy,
  utopia,
} from './simulated-document.ts';

const DAY_MS = 86_400_000;

export const passportOfKind = (kind: ProfileName): Passport => passportOf({ profile: profileNamed(kind) });

export const chipWith = (passport: Passport, misbehaviour: Misbehaviour) =>
  createPassportChip(passport, { kind: 'type-a', entropy: seededEntropy('chip'), misbehaviour });

/** Trust in utopia with its revocation list, in which these serial numbers stand. */
export function trustWithRevocation(revoked: readonly Uint8Array[], age_days = 1): TrustStore {
  const file = writeCRL(utopia, {
    revoked: revoked.map((serialNumber) => ({ serialNumber, at_ms: NOW_MS - age_days * DAY_MS })),
    thisUpdate_ms: NOW_MS - age_days * DAY_MS,
    nextUpdate_ms: NOW_MS + (30 - age_days) * DAY_MS,
    number: 1,
  });
  const list = parseRevocationList(file);
  const { trust } = createTrustStore([utopia.cscaCertificate]);
  authenticateRevocationList(list, trust.certificates);
  return createTrustStore([utopia.cscaCertificate], { revocationLists: [list] }).trust;
}

/** A copy whose maker signed an EF.CardSecurity of his own, for a key that the copy does have. */
export function copyWithOwnCardSecurity(kind: ProfileName): Passport {
  const genuine = passportOfKind(kind);
  const forged = passportOf({ profile: profileNamed(kind), issuer: issuerOf() });
  const masterFiles = new Map(genuine.masterFiles);
  masterFiles.set(FileId.CardSecurity, forged.masterFiles.get(FileId.CardSecurity) ?? new Uint8Array(0));
  return { ...genuine, masterFiles, chipKeys: forged.chipKeys };
}

/** The chip speaks as the first passport says, and holds what the second one signed. */
export function withSignedFilesOf(speaking: Passport, signed: Passport): Passport {
  return { ...signed, masterFiles: speaking.masterFiles, profile: speaking.profile, chipKeys: speaking.chipKeys };
}

/** The chip without EF.CardAccess, as if it spoke Basic Access Control only. */
export function withoutCardAccess(passport: Passport): Passport {
  return { ...passport, masterFiles: new Map() };
}

export const withoutFile = (passport: Passport, id: number): Passport => ({
  ...passport,
  files: new Map([...passport.files].filter(([file]) => file !== id)),
});

export async function inspectMisbehaving(
  passport: Passport,
  misbehaviour: Misbehaviour,
  options: Partial<InspectionOptions> = {},
): Promise<DocumentInspection> {
  return inspect(passport, { transceiver: lineTo(chipWith(passport, misbehaviour)), ...options });
}

/** A chip that falls silent as soon as it is asked for EF.CardAccess, until it comes into the field again. */
export function inspectDropping(passport: Passport): Promise<DocumentInspection> {
  const drop = silent(aboutFile(FileId.CardAccess, 'master-file'));
  return inspectMisbehaving(passport, drop, { reconnect: async () => lineTo(chipWith(passport, drop)) });
}

const isPACE: When = (moment) => !moment.isProtected && instruction(Instruction.GENERAL_AUTHENTICATE)(moment);
const refusedPACE = refusing(isPACE, 0x6f00);

/** Every situation by its name: what the inspection finds. */
export const situations: Readonly<Record<string, () => Promise<DocumentInspection>>> = {
  'a copy without the key for chip authentication': () => inspect(cloneOf(passportOfKind('typical-eu'))),
  'a copy without the key for active authentication': () => inspect(cloneOf(passportOfKind('bac-aa-ecdsa'))),
  'a copy without the key for the mapping of PACE': () => inspect(cloneOf(passportOfKind('pace-cam-bp256'))),
  'a copy of a document that proves nothing': () => inspect(cloneOf(passportOfKind('bac-only'))),
  'a copy with an EF.CardSecurity of its maker': () => inspect(copyWithOwnCardSecurity('pace-cam-bp256')),
  'a chip that lacks the DG14 that was signed': () => inspect(withoutFile(passportOfKind('typical-eu'), FileId.DG14)),
  'a chip that hides PACE': () => inspect(withoutCardAccess(passportOfKind('typical-eu'))),
  'a chip that offers a weaker PACE than was signed': () =>
    inspect(withSignedFilesOf(passportOfKind('pace-gm-3des'), passportOfKind('pace-gm-bp256'))),
  'a chip that offers a stronger PACE than was signed': () => {
    const speaking = passportOfKind('pace-several');
    const { access } = speaking.profile;
    const profile = { ...speaking.profile, access: { ...access, pace: access.pace.slice(0, 1) } };
    return inspect(withSignedFilesOf(speaking, passportOf({ profile })));
  },
  'a chip that ends PACE': () => inspectMisbehaving(passportOfKind('typical-eu'), refusedPACE),
  'a chip that ends PACE where Basic Access Control may follow': () =>
    inspectMisbehaving(passportOfKind('typical-eu'), refusedPACE, { accessPolicy: 'basic-when-pace-fails' }),
  'a chip with another key than the printed one': () => {
    const printed = passportOf({ holder: { ...holder, documentNumber: 'SIM999999' } });
    return inspect(passportOfKind('pace-only'), { mrz: mrzOf(printed.mrzLines) });
  },
  'a chip that falls silent when asked for EF.CardAccess': () => inspectDropping(passportOfKind('bac-only')),
  'a signer that was revoked': () => inspect(passportOf(), { trust: trustWithRevocation([utopia.signerSerialNumber]) }),
  'a signer that a current list clears': () => inspect(passportOf(), { trust: trustWithRevocation([]) }),
  'a signer about whom the list is too old': () => inspect(passportOf(), { trust: trustWithRevocation([], 40) }),
  'a printed name that differs from the chip': () => {
    const printed = passportOf({ holder: { ...holder, surname: 'Eichenhain' } });
    return inspect(passportOf(), { mrz: mrzOf(printed.mrzLines) });
  },
};
