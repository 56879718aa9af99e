/** Object identifiers of PACE and Chip Authentication as MSE:Set AT carries them: without tag and length. */
import type { CipherSuite } from '../../drivers/emrtd/access/cipher-suite.ts';
import type { PACEOffer } from './document-profile.ts';

/** 0.4.0.127.0.7.2.2.4: id-PACE (ICAO 9303-11 section 9.2.3). */
const PACE = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04];
/** 0.4.0.127.0.7.2.2.3: id-CA (section 9.2.7). */
const CHIP_AUTHENTICATION = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x03];

/** The arc after id-PACE. Chip authentication mapping exists with ECDH alone, number 5 is its missing counterpart. */
const mappings: Readonly<Record<`${PACEOffer['keyAgreement']} ${PACEOffer['mapping']}`, number>> = {
  'dh generic': 1,
  'ecdh generic': 2,
  'dh integrated': 3,
  'ecdh integrated': 4,
  'dh chip-authentication': 5,
  'ecdh chip-authentication': 6,
};

const suites: Readonly<Record<CipherSuite, number>> = { '3des': 1, 'aes-128': 2, 'aes-192': 3, 'aes-256': 4 };

export function protocolOfPACE(offer: Omit<PACEOffer, 'parameterId'>): Uint8Array {
  return Uint8Array.of(...PACE, mappings[`${offer.keyAgreement} ${offer.mapping}`], suites[offer.suite]);
}

export function protocolOfChipAuthentication(keyAgreement: 'dh' | 'ecdh', suite: CipherSuite): Uint8Array {
  return Uint8Array.of(...CHIP_AUTHENTICATION, keyAgreement === 'dh' ? 1 : 2, suites[suite]);
}
