/**
 * Messages of the vpcd socket protocol (vsmartcard, "Virtual Smart Card Architecture", section on vpcd), both directions.
 * Pure. A message is its length in two bytes, highest first, and as many bytes. One byte alone is a control message,
 * anything longer an APDU or an ATR.
 */

/** Only `atr` is answered, with the ATR. */
export const vpcdControl = { powerOff: 0x00, powerOn: 0x01, reset: 0x02, atr: 0x04 } as const;

/** Port on which vsmartcard's own reader listens. */
export const vpcdPort = 35963;

/** What two bytes of length can say. */
export const longestMessage_bytes = 65_535;
const header_bytes = 2;

/** Throws RangeError for an empty message and for one that is too long. */
export function encodeMessage(payload: Uint8Array): Uint8Array {
  if (payload.length === 0 || payload.length > longestMessage_bytes) {
    throw new RangeError(`a message holds 1 to ${longestMessage_bytes} bytes, not ${payload.length}`);
  }
  const message = new Uint8Array(header_bytes + payload.length);
  message.set([payload.length >> 8, payload.length & 0xff]);
  message.set(payload, header_bytes);
  return message;
}

/** Bytes in, payloads out, whatever the chunks. Holds at most one message and one chunk. */
export class VpcdParser {
  #held: Uint8Array = new Uint8Array(0);

  /** A message has begun and is not complete. */
  get isInMessage(): boolean {
    return this.#held.length > 0;
  }

  /** An empty payload stands for a message of no bytes, which the protocol does not have. */
  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = new Uint8Array(this.#held.length + chunk.length);
    bytes.set(this.#held);
    bytes.set(chunk, this.#held.length);
    const payloads: Uint8Array[] = [];
    let start = 0;
    for (;;) {
      const [high, low] = bytes.subarray(start, start + header_bytes);
      if (high === undefined || low === undefined) break;
      const end = start + header_bytes + high * 256 + low;
      if (end > bytes.length) break;
      payloads.push(bytes.slice(start + header_bytes, end));
      start = end;
    }
    this.#held = bytes.slice(start);
    return payloads;
  }
}
