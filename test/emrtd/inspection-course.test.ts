/** The course of an inspection: what comes before what, what is left out when time is short, what a disturbance costs. */
import { expect, test } from 'vitest';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { type InspectionCheckId, coreCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import type { InspectionProgress } from '../../drivers/emrtd/inspection.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { FileId } from '../../drivers/emrtd/lds/data-groups.ts';
import type { SignerDefect } from '../../drivers/emrtd/pki/defect-list.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { aboutFile, refusing, silent } from '../../simulator/passport/misbehaviour-ingredients.ts';
import type { Misbehaviour } from '../../simulator/passport/misbehaviour.ts';
import { type ProfileName, profileNamed } from '../../simulator/passport/profiles.ts';
import { chipWith, inspectMisbehaving, passportOfKind, trustWithRevocation } from './document-situations.ts';
import {
  NOW_MS,
  chipOf,
  holder,
  inspect,
  issuerOf,
  lineTo,
  mrzOf,
  outcomeOf,
  passportOf,
  portraitOf,
  trusting,
  utopia,
} from './simulated-document.ts';

const everything = passportOf({
  profile: {
    ...profileNamed('all-groups'),
    activeAuthentication: { kind: 'ecdsa-prime256v1', hash: 'sha256' },
  },
});
const further = [7, 11, 12, 13, 16] as const;
const hashOf = (number: (typeof further)[number]) => `data-group-${number}-hash` as const;

test('the portrait is handed on as soon as it is proven, before anything that the face does not need', async () => {
  const course: string[] = [];
  const inspection = await inspect(everything, {
    onProgress: ({ step }: InspectionProgress) => {
      if (course.at(-1) !== step) course.push(step);
    },
    onPortrait: (portrait) => course.push(`portrait ${portrait.format}`),
  });
  const groups = ['DG7', 'DG11', 'DG12', 'DG13', 'DG16'];
  const before = ['chip-access', 'EF.COM', 'EF.SOD', 'DG14', 'DG1', 'DG2', 'portrait jpeg', 'DG15'];
  expect(course).toEqual([...before, ...groups]);
  expect(inspection.checks.filter(({ id }) => id.startsWith('data-group-')).map(({ result }) => result)).toEqual(
    Array.from({ length: 9 }, () => 'passed'),
  );
});

test('a portrait that is not proven is handed to nobody', async () => {
  const altered = passportOf({ alter: { kind: 'flip-bit', file: 'DG2', offset: -40 } });
  let portraits = 0;
  await inspect(altered, { onPortrait: () => (portraits += 1) });
  expect(portraits).toBe(0);
});

test('data groups that are not wanted are not read, and those beyond EF.SOD are never asked for', async () => {
  const read: number[] = [];
  const inspection = await inspect(everything, { dataGroups: [11], onDataGroup: (number) => read.push(number) });
  expect(read).toEqual([14, 1, 2, 15, 11]);
  expect(inspection.listedDataGroups).toEqual([1, 2, 7, 11, 12, 13, 14, 15, 16]);
  expect(inspection.checks.some(({ id }) => id === 'data-group-7-hash')).toBe(false);
  const plain: number[] = [];
  await inspect(passportOf(), { onDataGroup: (number) => plain.push(number) });
  expect(plain).toEqual([1, 2]);
});

test('when time is short the data groups that nobody needs are left out, and nothing fails for it', async () => {
  const inspection = await inspect(everything, { further_ms: 0 });
  expect(inspection.aborted).toBeNull();
  for (const number of further) {
    expect(outcomeOf(inspection, hashOf(number))).toBe('undetermined DATA_GROUP_NOT_READ');
  }
  expect(outcomeOf(inspection, 'chip-authenticity')).toBe('passed');
});

test('time that runs out in the middle of a data group ends it between two commands', async () => {
  let now_ms = NOW_MS;
  const inspection = await inspect(everything, {
    now_ms: () => now_ms,
    onProgress: ({ step, bytesRead }) => {
      if (step === 'DG7' && bytesRead > 0) now_ms = NOW_MS + 7000;
    },
  });
  expect(inspection.aborted).toBeNull();
  expect(outcomeOf(inspection, 'data-group-7-hash')).toBe('undetermined DATA_GROUP_NOT_READ');
  expect(outcomeOf(inspection, 'data-group-16-hash')).toBe('undetermined DATA_GROUP_NOT_READ');
  expect(outcomeOf(inspection, 'data-group-2-hash')).toBe('passed');
});

test('a chip that is lost in a data group that nobody needs has passed what is needed', async () => {
  const inspection = await inspectMisbehaving(everything, silent(aboutFile(FileId.DG12)));
  expect(inspection.aborted).toBe('CHIP_LOST');
  expect(outcomeOf(inspection, 'data-group-11-hash')).toBe('passed');
  expect(outcomeOf(inspection, 'data-group-12-hash')).toBe('aborted CHIP_LOST');
  expect(outcomeOf(inspection, 'chip-authenticity')).toBe('passed');
  expect(coreCheckIds.every((id) => !outcomeOf(inspection, id).startsWith('aborted'))).toBe(true);
});

test('a chip that is lost after it has proven itself has proven itself', async () => {
  const inspection = await inspectMisbehaving(everything, silent(aboutFile(FileId.DG15)));
  expect(outcomeOf(inspection, 'chip-authentication')).toBe('passed');
  expect(outcomeOf(inspection, 'active-authentication')).toBe('aborted CHIP_LOST');
  expect(outcomeOf(inspection, 'chip-authenticity')).toBe('passed');
});

/** Spoils the n-th answers after the chip has agreed on new keys. */
function spoilingProof(times: number): Misbehaviour {
  let left = times;
  let isAgreed = false;
  return {
    transmit: (response, { command }) => {
      if (response === undefined) return undefined;
      if (isAgreed && left > 0) {
        left -= 1;
        isAgreed = false;
        return Uint8Array.from(response, (octet, i) => (i === 4 ? octet ^ 1 : octet));
      }
      isAgreed = command?.ins === 0x86 && isAgreedOn(command.data);
      return response;
    },
  };
}

/** Chip authentication sends its key in 7C 80; PACE never has that tag with content. */
const isAgreedOn = (data: Uint8Array | undefined): boolean => data?.[0] === 0x7c && data[2] === 0x80;

test('a disturbance of the proof is no copy: the chip is asked once more', async () => {
  const disturbed = await inspectMisbehaving(passportOfKind('typical-eu'), spoilingProof(1));
  expect(outcomeOf(disturbed, 'chip-authentication')).toBe('passed');
  expect(disturbed.aborted).toBeNull();
  const twice = await inspectMisbehaving(passportOfKind('typical-eu'), spoilingProof(2));
  expect(outcomeOf(twice, 'chip-authentication')).toBe('failed CHIP_AUTHENTICATION_UNPROVEN');
  expect(outcomeOf(twice, 'data-group-2-hash')).toBe('passed');
  expect(twice.aborted).toBeNull();
});

test('a disturbance after which the chip is gone leaves the proof open, and accuses nobody', async () => {
  const passport = passportOfKind('typical-eu');
  const inspection = await inspectMisbehaving(passport, spoilingProof(1), {
    reconnect: async () => {
      throw new DeviceError('CHIP_ABSENT');
    },
  });
  expect(inspection.aborted).toBe('CHIP_LOST');
  expect(outcomeOf(inspection, 'chip-authentication')).toBe('aborted CHIP_LOST');
});

test('a chip that lets nobody in again after a failed proof ends the inspection, and has failed it', async () => {
  const copy = chipWith(passportOfKind('typical-eu'), spoilingProof(2));
  let selections = 0;
  const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> => {
    const isApplication = command[0] === 0 && command[1] === 0x22;
    if (isApplication && ++selections > 1) return Uint8Array.of(0x69, 0x85);
    return copy.transceive(command);
  };
  const inspection = await inspect(passportOfKind('typical-eu'), { transceiver: lineTo({ transceive }) });
  expect(inspection.aborted).toBe('ACCESS_ENDED');
  expect(outcomeOf(inspection, 'chip-authentication')).toBe('failed CHIP_AUTHENTICATION_UNPROVEN');
  expect(outcomeOf(inspection, 'data-group-1-hash')).toBe('aborted ACCESS_ENDED');
});

test.each([0x6a82, 0x6283, 0x6982, 0x6985, 0x6d00])(
  'a chip that refuses to look for files of the master file with %s is opened by Basic Access Control',
  async (statusWord) => {
    const inMasterFile = ({ isProtected, command }: { isProtected: boolean; command?: { p1: number } | undefined }) =>
      !isProtected && command !== undefined && command.p1 !== 0x04 && command.p1 !== 0;
    const refusingAll = refusing((moment) => inMasterFile(moment) && moment.command?.ins !== 0x84, statusWord);
    const inspection = await inspectMisbehaving(passportOf(), refusingAll);
    expect(outcomeOf(inspection, 'chip-access')).toBe('passed BASIC_ACCESS_USED');
    expect(inspection.portrait).not.toBeNull();
  },
);

test('a comparison that fails names the fields, and nothing that stands in them', async () => {
  const printed = passportOf({ holder: { ...holder, surname: 'Eichenhain', sex: 'M' } });
  const { checks } = await inspect(passportOf(), { mrz: mrzOf(printed.mrzLines) });
  const evidence = checks.find(({ id }) => id === 'mrz-matches-chip')?.evidence;
  expect(evidence).toEqual({ differing: ['name', 'sex'] });
});

test('the card access number opens a chip without a printed zone, and there is nothing to compare then', async () => {
  const passport = passportOfKind('pace-can');
  const inspection = await inspect(passport, { mrz: null, can: passport.can ?? '' });
  expect(outcomeOf(inspection, 'chip-access')).toBe('passed');
  expect(outcomeOf(inspection, 'mrz-matches-chip')).toBe('not-supported PRINTED_ZONE_NOT_USED');
  const neither = await inspect(passport, { mrz: null });
  expect(outcomeOf(neither, 'chip-access')).toBe('failed ACCESS_SECRET_MISSING');
});

test('the way of access is on the sheet with its parameters', async () => {
  const { checks } = await inspect(passportOfKind('pace-gm-bp384'));
  expect(checks.find(({ id }) => id === 'access-pace')?.evidence).toEqual({
    protocol: '0.4.0.127.0.7.2.2.4.2.3',
    mapping: 'generic',
    keyAgreement: 'ecdh',
    suite: 'aes-192',
    version: 2,
    parameterId: 16,
  });
});

test('the signer is on the sheet by country and serial number', async () => {
  const { checks } = await inspect(passportOf());
  const evidence = checks.find(({ id }) => id === 'issuer-certificate')?.evidence ?? {};
  expect(Object.keys(evidence)).toContain('signerSerial');
  expect(evidence.signerCountry).toBe('UT');
  expect(checks.find(({ id }) => id === 'signer-validity')?.evidence?.validTo).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test('of several ways of PACE the one that was chosen is named to the chip', async () => {
  for (const [kind, isNamed] of [
    ['pace-several', true],
    ['pace-gm-bp384', false],
  ] as const) {
    const chip = chipOf(passportOfKind(kind));
    const selections: Uint8Array[] = [];
    const transceive = async (command: Uint8Array): Promise<Uint8Array | undefined> => {
      if (command[0] === 0 && command[1] === 0x22) selections.push(command);
      return chip.transceive(command);
    };
    await inspect(passportOfKind(kind), { transceiver: lineTo({ transceive }) });
    // Tag 84 behind the password reference 83 01 01 (ICAO 9303-11 section 4.4.4.1).
    expect(selections.map((command) => Buffer.from(command).toString('hex').includes('83010184'))).toEqual([isNamed]);
  }
});

test('a chip that says how long its answers may be is read in fewer and longer ones', async () => {
  const passport = passportOf({ portrait: portraitOf(20_000), profile: profileNamed('extended-length') });
  const long = await inspect(passport);
  const masterFiles = new Map([...passport.masterFiles].filter(([id]) => id !== FileId.ATRInfo));
  const short = await inspect({ ...passport, masterFiles });
  expect(long.aborted).toBeNull();
  expect(long.reading.apdus).toBeLessThan(short.reading.apdus / 2);
});

test('a key that another state vouches for does not prove the chip of this one', async () => {
  const other = issuerOf({ state: 'XOM', country: 'XM' });
  const profile = profileNamed('pace-cam-bp256');
  const genuine = passportOf({ profile });
  const foreign = passportOf({ profile, issuer: other });
  const masterFiles = new Map(genuine.masterFiles).set(
    FileId.CardSecurity,
    foreign.masterFiles.get(FileId.CardSecurity) ?? new Uint8Array(0),
  );
  const mixed = { ...genuine, masterFiles, chipKeys: foreign.chipKeys };
  const inspection = await inspect(mixed, { trust: trusting(utopia, other) });
  expect(outcomeOf(inspection, 'card-security-issuer')).toBe('passed');
  expect(outcomeOf(inspection, 'pace-chip-authentication-mapping')).toBe('failed CARD_SECURITY_COUNTRY_DIFFERS');
  expect(outcomeOf(inspection, 'chip-authenticity')).toBe('failed CHIP_IS_A_COPY');
});

test('a revoked signer of EF.CardSecurity vouches for nothing', async () => {
  const trust = trustWithRevocation([utopia.signerSerialNumber]);
  const inspection = await inspect(passportOfKind('pace-cam-bp256'), { trust });
  expect(outcomeOf(inspection, 'card-security-revocation')).toBe('failed SIGNER_REVOKED');
  expect(outcomeOf(inspection, 'pace-chip-authentication-mapping')).toBe('undetermined CHIP_AUTHENTICITY_UNVERIFIED');
});

const defectOf = (kind: SignerDefect['kind']): SignerDefect => ({
  kind,
  type: '0.4.0.127.0.7.3.1.5.1',
  status: null,
  dataGroups: [],
  replacement: null,
  listIssued_ms: NOW_MS,
});

test.each<[SignerDefect['kind'], ProfileName, InspectionCheckId, string]>([
  [
    'chip-authentication-keys-compromised',
    'bac-ca-ecdh',
    'chip-authenticity',
    'failed CHIP_AUTHENTICATION_KEYS_COMPROMISED',
  ],
  [
    'active-authentication-keys-compromised',
    'bac-aa-ecdsa',
    'chip-authenticity',
    'failed ACTIVE_AUTHENTICATION_KEYS_COMPROMISED',
  ],
])('with the known defect %s a document of the kind %s is not called a copy', async (kind, profile, id, outcome) => {
  const list = { issuerCountry: 'XM', issued_ms: NOW_MS, entries: 1, sha256: '', defectsOf: () => [defectOf(kind)] };
  const { trust } = createTrustStore([utopia.cscaCertificate], { defectLists: [list] });
  expect(outcomeOf(await inspect(passportOfKind(profile), { trust }), id)).toBe(outcome);
});

test('a known defect of EF.COM leaves open what it lacks', async () => {
  const list = {
    issuerCountry: 'XM',
    issued_ms: NOW_MS,
    entries: 1,
    sha256: '',
    defectsOf: () => [defectOf('com-differs')],
  };
  const { trust } = createTrustStore([utopia.cscaCertificate], { defectLists: [list] });
  const passport = passportOf();
  const files = new Map(passport.files).set(FileId.COM, writeTLV(0x60, writeTLV(0x5c, Uint8Array.of(0x61))));
  expect(outcomeOf(await inspect({ ...passport, files }, { trust }), 'files-consistent')).toBe(
    'undetermined DEFECT_EXPLAINS_FAILURE',
  );
  const inspection = await inspect({ ...passport, files });
  expect(outcomeOf(inspection, 'files-consistent')).toBe('failed COM_INCOMPLETE');
  expect(inspection.checks.find(({ id }) => id === 'files-consistent')?.evidence).toEqual({ missing: ['DG2'] });
});
