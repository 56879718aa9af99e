/** One simulated document of every kind there is, read whole: the protocols its chip speaks are used, and all is proven. */
import { describe, expect, test } from 'vitest';
import type { DocumentProfile } from '../../simulator/passport/document-profile.ts';
import { profileNamed, profileNames } from '../../simulator/passport/profiles.ts';
import { inspect, outcomeOf, passportOf } from './simulated-document.ts';

function proofsOf(profile: DocumentProfile): readonly string[] {
  const { access, chipAuthentication, activeAuthentication } = profile;
  const hasMapping = access.pace.some(({ mapping }) => mapping === 'chip-authentication');
  return [
    ...(hasMapping ? ['pace-chip-authentication-mapping'] : []),
    ...(chipAuthentication.length > 0 ? ['chip-authentication'] : []),
    ...(activeAuthentication === undefined ? [] : ['active-authentication']),
  ];
}

describe.each(profileNames)('a genuine document of the kind %s', (name) => {
  const profile = profileNamed(name);
  test('is opened as its chip offers, verified, and proves its chip where it can', async () => {
    const passport = passportOf({ profile });
    const inspection = await inspect(passport);
    expect(inspection.aborted).toBeNull();
    const usesPACE = profile.access.pace.length > 0;
    expect(outcomeOf(inspection, 'chip-access')).toBe(usesPACE ? 'passed' : 'passed BASIC_ACCESS_USED');
    const proofs = proofsOf(profile);
    const authenticity = inspection.checks.find(({ id }) => id === 'chip-authenticity');
    expect(authenticity?.result).toBe(proofs.length > 0 ? 'passed' : 'not-supported');
    expect(authenticity?.evidence?.by ?? []).toEqual(proofs);
    const troubled = inspection.checks.filter(
      ({ id, result }) => result !== 'passed' && result !== 'not-supported' && !/revocation/.test(id),
    );
    expect(troubled).toEqual([]);
    const groups = inspection.checks.filter(({ id }) => id.startsWith('data-group-'));
    expect(groups.length).toBe(inspection.listedDataGroups?.length);
    expect(inspection.portrait).not.toBeNull();
    expect(inspection.dg1).not.toBeNull();
  });
});
