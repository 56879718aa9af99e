/** Anybody can write a certificate and sign a portrait under it: little of either goes any further. */
import { expect, test } from 'vitest';
import { trustWithRevocation } from './document-situations.ts';
import { inspect, issuerOf, passportOf, utopia } from './simulated-document.ts';

test('a certificate that nobody vouches for puts no text of its own into the evidence', async () => {
  const stranger = issuerOf({ country: 'TANNENWALD MIRA '.repeat(500) });
  const { checks } = await inspect(passportOf({ issuer: stranger }));
  const evidence = checks.find(({ id }) => id === 'issuer-certificate')?.evidence;
  expect(evidence).toMatchObject({ signerCountry: 'none', signerKey: expect.any(String) });
  expect(JSON.stringify(checks)).not.toContain('TANNENWALD');
  for (const check of checks) expect(JSON.stringify(check).length).toBeLessThan(1000);
});

test('a portrait is handed over early only where a trusted signer vouches for it', async () => {
  const handedOver: string[] = [];
  const onPortrait = ({ format }: { readonly format: string }): unknown => handedOver.push(format);
  const strangers = await inspect(passportOf({ issuer: issuerOf() }), { onPortrait });
  const revoked = await inspect(passportOf(), { onPortrait, trust: trustWithRevocation([utopia.signerSerialNumber]) });
  expect(handedOver).toEqual([]);
  expect([strangers, revoked].map(({ portrait }) => portrait?.format)).toEqual(['jpeg', 'jpeg']);
  await inspect(passportOf(), { onPortrait });
  expect(handedOver).toEqual(['jpeg']);
});
