/** EF.CardSecurity with other content: for units ISO7816_G and LDS_J. */
import { curveNamed, publicKeyBytes, randomSecret } from '../../../drivers/emrtd/access/domain-parameters.ts';
import type { CurveName } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import { bitString, integer, oid, sequence, setOf } from '../der.ts';
import { type ChipKeys, groupNamed } from '../document-keys.ts';
import { signedByDocumentSigner } from '../logical-data-structure.ts';
import { withMasterFile } from './document-files.ts';
import { isCopy, proofOpen } from './expectations.ts';
import * as pace from './iso7816-g-profiles.ts';
import type { Expectation, Misfortune } from './misfortune.ts';
import type { Workshop } from './workshop.ts';

const CONTENT_TYPE = '0.4.0.127.0.7.3.2.1';
const PUBLIC_KEY = '0.4.0.127.0.7.2.2.1.2';
const STANDARDIZED_DOMAIN_PARAMETERS = '0.4.0.127.0.7.1.2';
const BRAINPOOL_P256 = 13;

type Content = { readonly paceInfos: readonly Uint8Array[]; readonly key: Uint8Array };

const cardSecurity = (
  entry: Pick<Misfortune, 'name' | 'cases' | 'sentence' | 'expected'>,
  alter: (content: Content, workshop: Workshop) => readonly Uint8Array[],
): Misfortune => ({
  ...entry,
  profile: pace.chipMapping,
  arrange: (workshop) => {
    const passport = workshop.issue(pace.chipMapping);
    const own = { paceInfos: pace.paceInfosOf(pace.chipMapping), key: ownKeyInfo(passport.chipKeys) };
    const content = setOf(...alter(own, workshop));
    const object = { contentType: CONTENT_TYPE, content, signedAt_ms: workshop.now_ms };
    const file = signedByDocumentSigner(workshop.issuer, object);
    return workshop.arrange(withMasterFile(passport, FileId.CardSecurity, file));
  },
});

const mapping = 'pace-chip-authentication-mapping';
const inconsistent = (checks: Expectation['checks'] & object): Expectation => ({ checks });

export const wrongCardSecurities: readonly Misfortune[] = [
  cardSecurity(
    {
      name: 'card-security-with-another-key',
      cases: ['ISO7816_G_39', 'LDS_J_04'],
      sentence: 'The signed EF.CardSecurity holds the public key of another chip.',
      expected: isCopy(mapping, 'CHIP_MAPPING_UNPROVEN'),
    },
    ({ paceInfos }, workshop) => [...paceInfos, newKeyInfo(workshop, 'prime256v1', pace.P256)],
  ),
  cardSecurity(
    {
      name: 'card-security-without-key',
      cases: ['ISO7816_G_40'],
      sentence: 'The signed EF.CardSecurity holds no public key.',
      expected: proofOpen(mapping, 'CHIP_MAPPING_KEY_ABSENT'),
    },
    ({ paceInfos }) => paceInfos,
  ),
  cardSecurity(
    {
      name: 'card-security-key-on-another-curve',
      cases: ['LDS_J_04'],
      sentence: 'The public key of EF.CardSecurity lies on another curve than the one PACE was done on.',
      expected: proofOpen(mapping, 'CHIP_MAPPING_KEY_ABSENT'),
    },
    ({ paceInfos }, workshop) => [...paceInfos, newKeyInfo(workshop, 'brainpoolP256r1', BRAINPOOL_P256)],
  ),
];

const strongerInfo = pace.paceInfo('0.4.0.127.0.7.2.2.4.6.4', pace.P256);

export const inconsistentCardSecurities: readonly Misfortune[] = [
  cardSecurity(
    {
      name: 'card-security-offers-more',
      cases: ['LDS_J_01'],
      sentence: 'The signed EF.CardSecurity offers a way of PACE that EF.CardAccess does not.',
      expected: inconsistent({ 'card-access-matches': 'failed CARD_ACCESS_HIDES_PACE' }),
    },
    ({ paceInfos, key }) => [...paceInfos, strongerInfo, key],
  ),
  cardSecurity(
    {
      name: 'card-security-offers-less',
      cases: ['LDS_J_02'],
      sentence: 'The way of PACE that was used is not in the signed EF.CardSecurity.',
      expected: inconsistent({ 'card-access-matches': 'failed PACE_NOT_SIGNED' }),
    },
    ({ paceInfos, key }) => [...paceInfos.slice(0, 1), key],
  ),
  cardSecurity(
    {
      name: 'card-security-offers-other',
      cases: ['LDS_J_03'],
      sentence: 'The signed EF.CardSecurity offers another way of PACE in place of one in EF.CardAccess.',
      expected: inconsistent({ 'card-access-matches': 'failed CARD_ACCESS_HIDES_PACE' }),
    },
    ({ paceInfos, key }) => [...paceInfos.slice(0, 1), strongerInfo, key],
  ),
];

function ownKeyInfo({ chipAuthenticationMapping: key }: ChipKeys): Uint8Array {
  if (key === null) throw new RangeError('no key for chip authentication mapping');
  return keyInfo(pace.P256, publicKeyBytes(groupNamed(key.group), key.secret));
}

function newKeyInfo({ o }: Workshop, curve: CurveName, parameterId: number): Uint8Array {
  const group = curveNamed(curve);
  return keyInfo(
    parameterId,
    publicKeyBytes(
      group,
      randomSecret(group, (bytes) => o.entropy(bytes)),
    ),
  );
}

function keyInfo(parameterId: number, publicKey: Uint8Array): Uint8Array {
  const algorithm = sequence(oid(STANDARDIZED_DOMAIN_PARAMETERS), integer(parameterId));
  return sequence(oid(PUBLIC_KEY), sequence(algorithm, bitString(publicKey)));
}
