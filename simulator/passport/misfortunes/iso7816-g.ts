/** Unit ISO7816_G, first part: PACE as a chip may offer it. */
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import { groupOfParameterId } from '../document-keys.ts';
import { integer, oid, sequence } from '../der.ts';
import type { DocumentProfile, PACEOffer } from '../document-profile.ts';
import { profileNamed } from '../profiles.ts';
import { fileOf, withLengthOff, withMasterFile } from './document-files.ts';
import { unchanged } from './expectations.ts';
import * as pace from './iso7816-g-profiles.ts';
import type { Expectation, Misfortune } from './misfortune.ts';

type Entry = Pick<Misfortune, 'name' | 'cases' | 'sentence' | 'profile' | 'expected'>;

const genuine = (entry: Entry): Misfortune => ({
  ...entry,
  arrange: (workshop) => workshop.arrange(workshop.issue(entry.profile)),
});

const mappings = {
  generic: { short: 'gm', number: '02', words: 'the generic mapping' },
  integrated: { short: 'im', number: '03', words: 'the integrated mapping' },
  'chip-authentication': { short: 'cam', number: '41', words: 'chip authentication mapping' },
} as const;

/** One document for each group of a mapping. */
function overEveryGroup(mapping: PACEOffer['mapping']): readonly Misfortune[] {
  const { short, number, words } = mappings[mapping];
  return pace.groupsOf[mapping].map((parameterId) => {
    const { name } = groupOfParameterId(parameterId);
    const offer = pace.offerOf(mapping, parameterId);
    const offers = mapping === 'chip-authentication' ? [{ ...offer, mapping: 'generic' as const }, offer] : [offer];
    return genuine({
      name: `pace-${short}-${name.toLowerCase()}`,
      cases: [`ISO7816_G_${number}`],
      sentence: `PACE with ${words} over ${name}.`,
      profile: pace.withPACE(`pace-${short}-${name}`, ...offers),
      expected: usedBy(mapping, parameterId),
    });
  });
}

function usedBy(mapping: PACEOffer['mapping'], parameterId: number): Expectation {
  return { evidence: { 'access-pace': { mapping, parameterId } } };
}

const suites = (['3des', 'aes-128', 'aes-192', 'aes-256'] as const).map((suite) => {
  return genuine({
    name: `pace-with-${suite}`,
    cases: ['ISO7816_G_04'],
    sentence: `PACE and secure messaging with ${suite.toUpperCase()}.`,
    profile: pace.withPACE(`pace-gm-p256-${suite}`, pace.offerOf('generic', pace.P256, suite)),
    expected: { evidence: { 'access-pace': { suite } } },
  });
});

const unknownInfo = sequence(oid('0.4.0.127.0.7.2.2.5.2.3'), integer(1));
const EXPLICIT_PARAMETERS = 32;
const hidden: Expectation = {
  checks: {
    'access-pace': 'not-supported PACE_NOT_OFFERED',
    'access-bac': 'passed',
    'chip-access': 'passed BASIC_ACCESS_USED',
    'card-access-matches': 'failed CARD_ACCESS_HIDES_PACE',
  },
};
const closedWithoutPACE: Expectation = {
  aborted: 'ACCESS_PROTOCOL_UNSUPPORTED',
  checks: {
    'access-pace': 'not-supported PACE_NOT_OFFERED',
    'access-bac': 'not-supported ACCESS_PROTOCOL_UNSUPPORTED',
    'chip-access': 'not-supported ACCESS_PROTOCOL_UNSUPPORTED',
  },
};
const several = profileNamed('pace-several');
const withCAN: DocumentProfile = {
  ...pace.generic,
  name: 'pace-can-p256',
  access: { ...pace.generic.access, can: '123456' },
};
const onlyPACE: DocumentProfile = {
  ...pace.generic,
  name: 'pace-only-p256',
  access: { ...pace.generic.access, bac: false },
};
const reserved = pace.withPACE('pace-reserved-parameters', pace.offerOf('generic', pace.P256));

const offers: readonly Misfortune[] = [
  genuine({
    name: 'pace',
    cases: ['ISO7816_G_01'],
    sentence: 'A genuine document that is opened by PACE with the printed zone.',
    profile: pace.generic,
    expected: usedBy('generic', pace.P256),
  }),
  {
    name: 'pace-with-card-access-number',
    cases: ['ISO7816_G_01'],
    sentence: 'A genuine document that is opened by PACE with the card access number.',
    profile: withCAN,
    arrange: (workshop) => workshop.arrange(workshop.issue(withCAN), { opensWith: 'can' }),
    expected: unchanged,
  },
  {
    name: 'card-access-with-unknown-info',
    cases: ['ISO7816_G_05'],
    sentence: 'EF.CardAccess holds information about a protocol that this reader does not know.',
    profile: pace.generic,
    arrange: (workshop) => {
      const infos = [...pace.paceInfosOf(pace.generic), unknownInfo];
      return pace.withInfos(workshop, pace.generic, { cardAccess: infos, dg14: infos });
    },
    expected: usedBy('generic', pace.P256),
  },
  genuine({
    name: 'several-ways-of-pace',
    cases: ['ISO7816_G_06'],
    sentence: 'EF.CardAccess offers three ways of PACE; the strongest is used.',
    profile: several,
    expected: { evidence: { 'access-pace': { suite: 'aes-256', parameterId: 16 } } },
  }),
  {
    name: 'parameters-spelt-out',
    cases: ['ISO7816_G_07'],
    sentence: 'Of two ways of PACE one is over parameters that are spelt out; the standardized one is used.',
    profile: pace.generic,
    arrange: (workshop) => {
      const parameters = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'));
      const infos = [
        ...pace.paceInfosOf(pace.generic),
        pace.paceInfo('0.4.0.127.0.7.2.2.4.2.4', EXPLICIT_PARAMETERS),
        sequence(oid('0.4.0.127.0.7.2.2.4.2'), parameters, integer(EXPLICIT_PARAMETERS)),
      ];
      return pace.withInfos(workshop, pace.generic, { cardAccess: infos, dg14: infos });
    },
    expected: usedBy('generic', pace.P256),
  },
  ...[pace.generic, onlyPACE].map((profile): Misfortune => {
    const isOnly = !profile.access.bac;
    return {
      name: isOnly ? 'card-access-length-wrong-without-bac' : 'card-access-length-wrong',
      cases: ['ISO7816_G_27'],
      sentence: `The length inside EF.CardAccess is wrong${isOnly ? ', and the chip speaks nothing but PACE' : ''}.`,
      profile,
      arrange: (workshop) => {
        const passport = workshop.issue(profile);
        const file = fileOf(passport.masterFiles, FileId.CardAccess);
        const broken = file.map((octet, i) => (i === 3 ? octet + 20 : octet));
        return workshop.arrange(withMasterFile(passport, FileId.CardAccess, broken));
      },
      expected: isOnly ? closedWithoutPACE : hidden,
    };
  }),
  {
    name: 'card-access-cut-short',
    cases: ['ISO7816_G_27'],
    sentence: 'EF.CardAccess says that it is longer than it is.',
    profile: pace.generic,
    arrange: (workshop) => {
      const passport = workshop.issue(pace.generic);
      const file = withLengthOff(fileOf(passport.masterFiles, FileId.CardAccess), 5);
      return workshop.arrange(withMasterFile(passport, FileId.CardAccess, file));
    },
    expected: hidden,
  },
  {
    name: 'domain-parameters-reserved',
    cases: ['ISO7816_G_28'],
    sentence: 'PACE is offered over domain parameters whose number is reserved.',
    profile: reserved,
    arrange: (workshop) => {
      const infos = [pace.paceInfo('0.4.0.127.0.7.2.2.4.2.2', 7)];
      return pace.withInfos(workshop, reserved, { cardAccess: infos, dg14: infos });
    },
    expected: {
      checks: {
        'access-pace': 'not-supported PACE_UNUSABLE',
        'access-bac': 'passed',
        'chip-access': 'passed BASIC_ACCESS_USED',
      },
    },
  },
];

const invalid = pace.paceInfo('0.4.0.127.0.7.2.2.4.6.1', pace.P256);
const byGenericMapping: Expectation = {
  checks: {
    'pace-chip-authentication-mapping': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
    'chip-authenticity': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
    'card-security-hash': 'absent',
    'card-security-signature': 'absent',
    'card-security-issuer': 'absent',
    'card-security-validity': 'absent',
    'card-security-revocation': 'absent',
  },
  evidence: { 'access-pace': { mapping: 'generic' } },
};

const withChipMapping: readonly Misfortune[] = [
  genuine({
    name: 'chip-mapping-with-signed-key',
    cases: ['ISO7816_G_34'],
    sentence: 'The chip proves itself in PACE with the key of EF.CardSecurity, which its issuer signed.',
    profile: pace.chipMapping,
    expected: {
      evidence: { 'access-pace': { mapping: 'chip-authentication' }, 'pace-chip-authentication-mapping': {} },
    },
  }),
  {
    name: 'chip-mapping-without-such-protocol',
    cases: ['ISO7816_G_36'],
    sentence: 'EF.CardAccess and DG14 offer chip authentication mapping with 3DES, which does not exist.',
    profile: pace.chipMapping,
    arrange: (workshop) => {
      const infos = [...pace.paceInfosOf(pace.chipMapping).slice(0, 1), invalid];
      return pace.withInfos(workshop, pace.chipMapping, { cardAccess: infos, dg14: infos });
    },
    expected: byGenericMapping,
  },
  {
    name: 'chip-mapping-misnamed-in-card-access',
    cases: ['ISO7816_G_37'],
    sentence: 'EF.CardAccess misnames the chip authentication mapping that the signed DG14 offers.',
    profile: pace.chipMapping,
    arrange: (workshop) => {
      const infos = pace.paceInfosOf(pace.chipMapping);
      return pace.withInfos(workshop, pace.chipMapping, { cardAccess: [...infos.slice(0, 1), invalid], dg14: infos });
    },
    expected: {
      ...byGenericMapping,
      checks: {
        ...byGenericMapping.checks,
        'card-access-matches': 'failed CARD_ACCESS_HIDES_PACE',
        'pace-chip-authentication-mapping': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
        'chip-authenticity': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
      },
    },
  },
  {
    name: 'dg14-without-infos',
    cases: ['ISO7816_G_38'],
    sentence: 'DG14 is an empty list; EF.CardSecurity shows that EF.CardAccess is as it was signed.',
    profile: pace.chipMapping,
    arrange: (workshop) =>
      pace.withInfos(workshop, pace.chipMapping, { cardAccess: pace.paceInfosOf(pace.chipMapping), dg14: [] }),
    expected: unchanged,
  },
];

export const iso7816G: readonly Misfortune[] = [
  ...offers,
  ...suites,
  ...overEveryGroup('generic'),
  ...overEveryGroup('integrated'),
  ...overEveryGroup('chip-authentication'),
  ...withChipMapping,
];
