/** A chip of every named profile, read as the profile promises; and its copy, which cannot prove itself. */
import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveBasicAccessKeys, performBasicAccessControl } from '../../../drivers/emrtd/access/bac.ts';
import { numberFrom } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { choosePACE } from '../../../drivers/emrtd/access/pace-choice.ts';
import { type ChipMapping, performPACE } from '../../../drivers/emrtd/access/pace.ts';
import { performActiveAuthentication } from '../../../drivers/emrtd/authenticity/active-authentication.ts';
import {
  performChipAuthentication,
  proveChipAuthentication,
} from '../../../drivers/emrtd/authenticity/chip-authentication.ts';
import type { Exchange, SecureMessaging } from '../../../drivers/emrtd/iso7816/chip-session.ts';
import { parseCardAccess, parseDG14 } from '../../../drivers/emrtd/lds/security-infos.ts';
import type { Chip } from '../../../simulator/passport/chip.ts';
import { passwordOfMRZ } from '../../../simulator/passport/chip-passwords.ts';
import { createPassportChip } from '../../../simulator/passport/passport-chip.ts';
import { type Passport, cloneOf } from '../../../simulator/passport/passport.ts';
import { profileNamed, profileNames } from '../../../simulator/passport/profiles.ts';
import { passportOf, seededEntropy } from '../../emrtd/simulated-document.ts';
import { bytes, readAt, select, selectApplication, send } from './chip-under-test.ts';

type Opened = { readonly exchange: Exchange; readonly mapping: ChipMapping | null };

function under(chip: Chip, messaging: SecureMessaging): Exchange {
  return async (command) => messaging.unprotect((await chip.transceive(messaging.protect(command))) ?? bytes(''));
}

async function open(chip: Chip, passport: Passport): Promise<Opened> {
  const exchange: Exchange = (command) => send(chip, command);
  const entropy = seededEntropy('reader');
  const password = passwordOfMRZ(passport.mrzLines);
  if ((await exchange(select(0x011c))).statusWord === 0x9000) {
    const infos = parseCardAccess((await exchange(readAt(0, 256))).data);
    const info = choosePACE(infos);
    if (info === undefined) throw new Error('no PACE');
    const sendParameterId = infos.pace.length > 1;
    const o = { exchange, info, sendParameterId, password: { kind: 'mrz', seed: password }, entropy } as const;
    const { secureMessaging, mapping } = await performPACE(o);
    const opened = under(chip, secureMessaging);
    await opened(selectApplication);
    return { exchange: opened, mapping };
  }
  await exchange(selectApplication);
  const keys = deriveBasicAccessKeys(password.subarray(0, 16));
  return { exchange: under(chip, await performBasicAccessControl(exchange, keys, entropy)), mapping: null };
}

/** Which of its promises the chip keeps: 'passed' or 'failed' for each. */
async function proofs(passport: Passport, keys: Passport = passport): Promise<Record<string, string>> {
  const chip = createPassportChip(keys, { kind: 'type-a', entropy: seededEntropy('chip') });
  const { exchange, mapping } = await open(chip, passport);
  expect((await exchange(select(0x0101))).statusWord).toBe(0x9000);
  expect((await exchange(readAt(0, 16))).data).toEqual(passport.files.get(0x0101)?.subarray(0, 16));
  const found: Record<string, string> = {};
  const { chipAuthenticationMapping, chipAuthentication, activeAuthentication } = passport.chipKeys;
  if (mapping !== null) {
    const proven = mapping.group.point.BASE.multiply(chipAuthenticationMapping?.secret ?? 1n).multiply(
      numberFrom(mapping.decrypted),
    );
    const isProven = Buffer.compare(proven.toBytes(false), mapping.chipMappingKey) === 0;
    found.mapping = isProven ? 'passed' : 'failed';
  }
  if (activeAuthentication !== null) {
    const dg15 = passport.files.get(0x010f) ?? bytes('');
    const spki = createPublicKey(activeAuthentication).export({ type: 'spki', format: 'der' });
    expect(Buffer.from(dg15).includes(spki)).toBe(true);
    const dg14 = passport.files.get(0x010e);
    const info = dg14 === undefined ? null : parseDG14(dg14).activeAuthentication;
    const entropy = seededEntropy('challenge');
    found.active = (await performActiveAuthentication({ exchange, dg15, info, entropy })).result;
  }
  if (chipAuthentication.length > 0) {
    const infos = parseDG14(passport.files.get(0x010e) ?? bytes(''));
    const { secureMessaging } = await performChipAuthentication({ exchange, infos, entropy: seededEntropy('ca') });
    found.chip = (await proveChipAuthentication(under(chip, secureMessaging))).result;
  }
  return found;
}

test.each(profileNames)('a chip of profile %s keeps its promises, and a copy of it does not', async (name) => {
  const passport = passportOf({ profile: profileNamed(name), entropy: seededEntropy(name) });
  const promised = {
    ...(profileNamed(name).access.pace.some(({ mapping }) => mapping === 'chip-authentication') && {
      mapping: 'passed',
    }),
    ...(passport.chipKeys.activeAuthentication !== null && { active: 'passed' }),
    ...(passport.chipKeys.chipAuthentication.length > 0 && { chip: 'passed' }),
  };
  expect(await proofs(passport)).toEqual(promised);
  const failing = Object.fromEntries(Object.keys(promised).map((proof) => [proof, 'failed']));
  expect(await proofs(passport, cloneOf(passport, seededEntropy(`copy of ${name}`)))).toEqual(failing);
});
