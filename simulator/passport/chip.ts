/** A contactless chip as a reader sees it after activation (ISO/IEC 14443-4): commands in, responses out. */
export interface Chip {
  readonly kind: 'type-a' | 'type-b';
  /** UID (4, 7 bytes) for type A, PUPI (4 bytes) for type B. */
  readonly uid: Uint8Array;
  /** Historical bytes of the ATS. */
  readonly historicalBytes: Uint8Array;
  /** Field on: forgets every session and security environment. */
  reset(): void;
  /** One command APDU in, one response APDU out. `undefined`: the chip fell silent. */
  transceive(command: Uint8Array): Promise<Uint8Array | undefined>;
}
