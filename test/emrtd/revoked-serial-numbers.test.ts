/** Serial numbers in revocation lists: one number is one number, however many zeros a list writes before it. */
import { expect, test } from 'vitest';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { writeName } from '../../simulator/passport/certificates.ts';
import { bitString, integer, sequence, time } from '../../simulator/passport/der.ts';
import { signWith, signatureIdentifier } from '../../simulator/passport/keys.ts';
import { NOW_MS, passportOf, utopia } from './simulated-document.ts';
import { DAY_MS } from './trust-material.ts';

/** A list of utopia with one entry whose serial number has this content. */
function listWith(serialContent: Uint8Array): Uint8Array {
  const algorithm = signatureIdentifier(utopia.cscaKey);
  const body = sequence(
    integer(1),
    algorithm,
    writeName(utopia.cscaName),
    time(NOW_MS - DAY_MS),
    time(NOW_MS + DAY_MS),
    sequence(sequence(writeTLV(0x02, serialContent), time(NOW_MS - DAY_MS))),
  );
  return sequence(body, algorithm, bitString(signWith(utopia.cscaKey, body)));
}

function revocationUnder(list: Uint8Array): string {
  const { trust } = createTrustStore([utopia.cscaCertificate], { revocationLists: [parseRevocationList(list)] });
  const sod = passportOf().files.get(0x011d) ?? new Uint8Array(0);
  return authenticatePassively({ securityObject: parseSecurityObject(sod), trust, now_ms: NOW_MS }).revocation.result;
}

const serial = utopia.signerSerialNumber;

test.each([0, 1, 2, 5])('a serial number with %i zeros more than it needs is revoked all the same', (zeros) => {
  const digits = integer(serial).subarray(2);
  expect(revocationUnder(listWith(concatBytes(new Uint8Array(zeros), digits)))).toBe('failed');
});

test('another serial number revokes nobody', () => {
  expect(revocationUnder(listWith(concatBytes(Uint8Array.of(1), serial)))).toBe('passed');
});
