/** A simulated document and everything an inspection of it needs, with reproducible random bytes. */
import { createHash } from 'node:crypto';
import type { Transceiver } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import type { InspectionCheckId } from '../../drivers/emrtd/check-sheet.ts';
import { type DocumentInspection, type InspectionOptions, inspectDocument } from '../../drivers/emrtd/inspection.ts';
import { type MRZ, parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { type TrustStore, createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import { type Issuer, type IssuerOptions, createIssuer } from '../../simulator/passport/issuer.ts';
import type { Portrait } from '../../simulator/passport/logical-data-structure.ts';
import type { Holder } from '../../simulator/passport/mrz-writer.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { type Passport, type PassportOptions, issuePassport } from '../../simulator/passport/passport.ts';

export const NOW_MS = Date.UTC(2026, 10, 22, 9, 0, 0);

export const holder: Holder = {
  surname: 'Tannenwald',
  givenNames: 'Mira Solveig',
  nationality: 'UTO',
  sex: 'F',
  birthDate: '1991-04-17',
  expiryDate: '2031-08-02',
  documentNumber: 'SIM482913',
};

/** Counter-mode SHA-256 of a seed: the same bytes in every run. */
export function seededEntropy(seed: string): (bytes: number) => Uint8Array {
  let counter = 0;
  return (bytes) => {
    const blocks: Buffer[] = [];
    for (let length = 0; length < bytes; length += 32) {
      blocks.push(createHash('sha256').update(`${seed}/${counter++}`).digest());
    }
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, bytes));
  };
}

/** Begins like a JPEG; nothing in this area decodes it. */
export function portraitOf(bytes: number, format: Portrait['format'] = 'jpeg'): Portrait {
  const signature = format === 'jpeg' ? [0xff, 0xd8, 0xff, 0xe0] : [0xff, 0x4f, 0xff, 0x51];
  const filling = seededEntropy(`portrait ${bytes}`)(bytes - signature.length);
  return { format, bytes: Uint8Array.from([...signature, ...filling]), width_px: 413, height_px: 531 };
}

export function issuerOf(options: Partial<IssuerOptions> = {}): Issuer {
  return createIssuer({
    state: 'UTO',
    country: 'UT',
    now_ms: () => NOW_MS,
    entropy: seededEntropy('issuer'),
    ...options,
  });
}

/** Key generation is slow beside everything else here: one issuer serves the tests that do not ask for another. */
export const utopia: Issuer = issuerOf();

export function passportOf(options: Partial<PassportOptions> = {}): Passport {
  return issuePassport({ holder, portrait: portraitOf(2000), issuer: utopia, signedAt_ms: NOW_MS, ...options });
}

export function chipOf(passport: Passport): Chip {
  return createPassportChip(passport, { kind: 'type-a', entropy: seededEntropy('chip') });
}

/** The chip behind a line that only loses it when it falls silent. */
export function lineTo(chip: Pick<Chip, 'transceive'>): Transceiver {
  return {
    async transceive(command) {
      const answer = await chip.transceive(command);
      if (answer === undefined) throw new DeviceError('CHIP_LOST');
      return answer;
    },
  };
}

export function mrzOf(lines: readonly string[]): MRZ {
  const parsed = parseMRZ(lines);
  if (!parsed.ok) throw new Error(`not an MRZ: ${parsed.because}`);
  return parsed.mrz;
}

export function trusting(...issuers: readonly Issuer[]): TrustStore {
  return createTrustStore(issuers.map((issuer) => issuer.cscaCertificate)).trust;
}

export async function inspect(
  passport: Passport,
  options: Partial<InspectionOptions> = {},
): Promise<DocumentInspection> {
  return inspectDocument({
    transceiver: lineTo(chipOf(passport)),
    mrz: mrzOf(passport.mrzLines),
    trust: trusting(utopia),
    now_ms: () => NOW_MS,
    entropy: seededEntropy('reader'),
    signal: new AbortController().signal,
    ...options,
  });
}

/** 'passed', or 'failed ACCESS_REFUSED'. */
export function outcomeOf(inspection: DocumentInspection, id: InspectionCheckId): string {
  const found = inspection.checks.filter((check) => check.id === id);
  const [check] = found;
  if (check === undefined || found.length !== 1) throw new Error(`${found.length} checks ${id}`);
  return check.because === null ? check.result : `${check.result} ${check.because}`;
}
