/** Every misfortune by its name. */
import { inconsistentCardSecurities, wrongCardSecurities } from './card-security.ts';
import { iso7816A } from './iso7816-a.ts';
import { iso7816B } from './iso7816-b.ts';
import { iso7816C } from './iso7816-c.ts';
import { iso7816D } from './iso7816-d.ts';
import { iso7816F } from './iso7816-f.ts';
import { iso7816GSteps } from './iso7816-g-steps.ts';
import { iso7816G } from './iso7816-g.ts';
import { ldsA } from './lds-a.ts';
import { ldsB } from './lds-b.ts';
import { ldsC } from './lds-c.ts';
import { ldsF } from './lds-f.ts';
import { ldsHCertificate } from './lds-h-certificate.ts';
import { ldsHSignedData } from './lds-h-signed-data.ts';
import { ldsHForms } from './lds-h.ts';
import { ldsI } from './lds-i.ts';
import { ldsK } from './lds-k.ts';
import type { Misfortune } from './misfortune.ts';
import { neverAsked } from './never-asked.ts';

/** By unit of BSI TR-03105-5.1; what belongs to several stands with the first. */
export const misfortunesByUnit = {
  ISO7816_A: iso7816A,
  ISO7816_B: iso7816B,
  ISO7816_C: iso7816C,
  ISO7816_D: iso7816D,
  ISO7816_F: iso7816F,
  ISO7816_G: [...iso7816G, ...iso7816GSteps, ...wrongCardSecurities],
  LDS_A: ldsA,
  LDS_B: ldsB,
  LDS_C: ldsC,
  LDS_F: ldsF,
  LDS_H: [...ldsHForms, ...ldsHSignedData, ...ldsHCertificate],
  LDS_I: ldsI,
  LDS_J: inconsistentCardSecurities,
  LDS_K: ldsK,
  none: neverAsked,
} as const satisfies Record<string, readonly Misfortune[]>;

export type MisfortuneUnit = keyof typeof misfortunesByUnit;

export const misfortunes: readonly Misfortune[] = Object.values(misfortunesByUnit).flat();

export const misfortuneNames: readonly string[] = misfortunes.map(({ name }) => name);

/** Undefined for a name that is not in the catalogue. */
export function misfortuneNamed(name: string): Misfortune | undefined {
  return misfortunes.find((misfortune) => misfortune.name === name);
}
