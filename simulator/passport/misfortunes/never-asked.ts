/** What stands behind terminal authentication: this gate reads no fingerprints and no irises. */
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { aboutFile, silent } from '../misbehaviour-ingredients.ts';
import { profileNamed } from '../profiles.ts';
import { withSignedGroups } from './document-files.ts';
import { unchanged } from './expectations.ts';
import type { Misfortune } from './misfortune.ts';

const profile = profileNamed('bac-only');
const FINGERPRINTS = 0x0103;
const IRISES = 0x0104;
const isFingerprints = aboutFile(FINGERPRINTS);
const isIrises = aboutFile(IRISES);

export const NEVER_ASKED = 'fingerprints-never-asked';

export const neverAsked: readonly Misfortune[] = [
  {
    name: NEVER_ASKED,
    cases: [],
    sentence: 'The document lists DG3 and DG4, and its chip falls silent as soon as anybody asks for one of them.',
    profile,
    arrange: (workshop) => {
      const groups = { 3: writeTLV(0x63, new Uint8Array(40)), 4: writeTLV(0x76, new Uint8Array(40)) };
      return workshop.arrange(withSignedGroups(workshop, workshop.issue(profile), groups), {
        misbehaviour: silent((moment) => isFingerprints(moment) || isIrises(moment)),
      });
    },
    expected: unchanged,
  },
];
