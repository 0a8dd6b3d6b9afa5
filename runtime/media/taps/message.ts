import type { TapMessageHeader } from '../../contract/index.ts';

/** A header of JSON is told its length in this many bytes before it. */
const LENGTH_BYTES = 2;

/** What clients of a tap are sent: a header and its payload, in one piece of memory for however many of them. */
export type TapMessage = {
  readonly header: TapMessageHeader;
  readonly payload: Uint8Array;
  /** As it goes over the wire. */
  readonly bytes: Buffer;
};

export function createTapMessage(header: TapMessageHeader, payload: Uint8Array): TapMessage {
  return { header, payload, bytes: encodeTapMessage(header, payload) };
}

/** Length of the header (16 bits, big-endian), the header as JSON, the payload. */
export function encodeTapMessage(header: TapMessageHeader, payload: Uint8Array): Buffer {
  const text = JSON.stringify(header);
  const headerBytes = Buffer.byteLength(text);
  const message = Buffer.allocUnsafeSlow(LENGTH_BYTES + headerBytes + payload.length);
  message.writeUInt16BE(headerBytes);
  message.write(text, LENGTH_BYTES);
  message.set(payload, LENGTH_BYTES + headerBytes);
  return message;
}
