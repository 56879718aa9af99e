/** A proof that the signed files offer and that a chip talks its way out of stays open: it never counts as not offered. */
import { expect, test } from 'vitest';
import type { Transceiver } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { checksForDecision } from '../../gate-controller/kernel/document-inspector.ts';
import { decideAtDocument } from '../../gate-controller/decision/decide.ts';
import type { Decision } from '../../gate-controller/decision/decide.ts';
import type { DocumentInspection, InspectionOptions } from '../../drivers/emrtd/inspection.ts';
import { FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import { Instruction } from '../../drivers/emrtd/iso7816/apdu.ts';
import { openDefectList } from '../../drivers/emrtd/pki/defect-list.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { DefectType, writeDefectList } from '../../simulator/passport/defect-list.ts';
import { instruction, refusing } from '../../simulator/passport/misbehaviour-ingredients.ts';
import { type Passport, cloneOf } from '../../simulator/passport/passport.ts';
import type { ProfileName } from '../../simulator/passport/profiles.ts';
import { at_ms, passedChipChecks, policy } from '../decision/evidence-samples.ts';
import { inspectMisbehaving, passportOfKind } from './document-situations.ts';
import { NOW_MS, chipOf, inspect, lineTo, outcomeOf, utopia } from './simulated-document.ts';
import { DAY_MS, DEFECT_LIST_SIGNING, listSigner, publisher, trustIn } from './trust-material.ts';

const kind: ProfileName = 'pace-cam-bp256';

/** What the printed zone gives rise to is in order; what the chip gives rise to is what was found. */
function decisionOn({ checks }: DocumentInspection): Decision {
  const printed = (
    ['mrz-check-digits', 'document-type', 'document-expiry', 'nationality', 'age', 'document-use'] as const
  ).map((id) => ({ id, result: 'passed', because: null, at_ms }) as const);
  expect(passedChipChecks.length).toBeGreaterThan(0);
  return decideAtDocument([...printed, ...checksForDecision(checks)], policy);
}

/** EF.CardAccess is not signed: every way of PACE in it says another version, which no reader speaks. */
function withPACEVersion(passport: Passport, version: number): Passport {
  const cardAccess = Uint8Array.from(passport.masterFiles.get(FileId.CardAccess) ?? []);
  for (let i = 0; i + 2 < cardAccess.length; i++) {
    const isVersion = cardAccess[i] === 0x02 && cardAccess[i + 1] === 1 && cardAccess[i + 2] === 2;
    if (isVersion) cardAccess[i + 2] = version;
  }
  return { ...passport, masterFiles: new Map([...passport.masterFiles, [FileId.CardAccess, cardAccess]]) };
}

test('a copy that gives its ways of PACE another version than was signed is not taken for a chip without PACE', async () => {
  const copy = withPACEVersion(cloneOf(passportOfKind(kind)), 1);
  const inspection = await inspect(copy);
  expect(outcomeOf(inspection, 'chip-access')).toBe('passed BASIC_ACCESS_USED');
  expect(outcomeOf(inspection, 'card-access-matches')).toBe('failed CARD_ACCESS_HIDES_PACE');
  expect(decisionOn(inspection).decision).toBe('refer');
});

test('a copy that ends PACE, where Basic Access Control may follow, has not proven what the mapping would', async () => {
  const isPACE = refusing(
    (moment) => !moment.isProtected && instruction(Instruction.GENERAL_AUTHENTICATE)(moment),
    0x6f00,
  );
  const options: Partial<InspectionOptions> = { accessPolicy: 'basic-when-pace-fails' };
  const inspection = await inspectMisbehaving(cloneOf(passportOfKind(kind)), isPACE, options);
  expect(outcomeOf(inspection, 'chip-access')).toBe('passed PACE_FAILED_BASIC_ACCESS_USED');
  expect(outcomeOf(inspection, 'chip-authenticity')).toBe('undetermined CHIP_AUTHENTICITY_UNVERIFIED');
  expect(decisionOn(inspection)).toEqual({ decision: 'refer', reasons: ['CHIP_AUTHENTICITY_UNPROVEN'] });
});

test('a copy that failed to prove its key and then falls silent, or lets nobody in again, is called a copy', async () => {
  const copy = cloneOf(passportOfKind('typical-eu'));
  for (const isSilent of [true, false]) {
    let openings = 0;
    const openOnce = (): Transceiver => {
      const line = lineTo(chipOf(copy));
      openings += 1;
      // The proof is asked for twice; what comes after that is up to the copy.
      if (openings < 3) return line;
      return {
        transceive: async () => {
          if (isSilent) throw new DeviceError('CHIP_LOST');
          return Uint8Array.of(0x69, 0x85);
        },
      };
    };
    const inspection = await inspect(copy, { transceiver: openOnce(), reconnect: async () => openOnce() });
    expect(inspection.aborted).toBe(isSilent ? 'CHIP_LOST' : 'ACCESS_ENDED');
    expect(outcomeOf(inspection, 'chip-authenticity')).toBe('failed CHIP_IS_A_COPY');
    const decision = decisionOn(inspection);
    expect(decision.decision === 'refer' && decision.reasons).toContain('CHIP_NOT_GENUINE');
  }
});

test('an original that was opened without its mapping is proven by another key that it has', async () => {
  const inspection = await inspectMisbehaving(passportOfKind(kind), {});
  expect(decisionOn(inspection)).toEqual({ decision: 'admit' });
});

test('a mapping proves nothing by an EF.CardSecurity whose signer is in doubt', async () => {
  const known = [{ type: DefectType.CERTIFICATE_REVOKED, status: 1 }];
  const about = { by: 'issuer-and-serial', issuer: utopia.cscaName, serialNumber: utopia.signerSerialNumber } as const;
  const signer = listSigner({ purposes: [DEFECT_LIST_SIGNING] });
  const list = writeDefectList(signer, { defects: [{ signer: about, known }], signedAt_ms: NOW_MS - DAY_MS });
  const defectLists = [openDefectList(list, trustIn(publisher.cscaCertificate))];
  const { trust } = createTrustStore([utopia.cscaCertificate], { defectLists });
  const inspection = await inspect(passportOfKind(kind), { trust });
  expect(outcomeOf(inspection, 'card-security-revocation')).toBe('undetermined SIGNER_ON_HOLD');
  expect(outcomeOf(inspection, 'pace-chip-authentication-mapping')).toBe('undetermined CHIP_AUTHENTICITY_UNVERIFIED');
});
