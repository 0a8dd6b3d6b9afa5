import { randomInt } from 'node:crypto';
import { RtpPacket } from '../rtp/packet.ts';

const HEADER_BYTES = 12;
/** Profile and length, one element of one byte, padding (RFC 8285 section 4.2). */
const EXTENSION_BYTES = 8;
/** The identifier under which packets of local tracks carry their audio level. */
export const AUDIO_LEVEL_ID = 1;
/** Quieter is no voice (RFC 6464: the V bit is the sender's own judgement). */
const VOICE_LEVEL = 60;

/** Numbers the packets of one stream of the runtime's own and puts headers before them (RFC 3550 section 5.1). */
export class RtpWriter {
  readonly ssrc = randomInt(1, 0xffffffff);
  readonly #payloadType: number;
  #sequenceNumber = randomInt(0x8000);

  constructor(payloadType: number) {
    this.#payloadType = payloadType;
  }

  /**
   * One packet. The payload is copied: whoever forwards keeps packets for a while.
   *
   * @param level - RFC 6464, 0 (loudest) to 127; left out with -1.
   */
  packet(payload: Uint8Array, timestamp: number, marker: boolean, level: number): RtpPacket {
    const sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (sequenceNumber + 1) & 0xffff;
    const hasLevel = level >= 0;
    const payloadAt = HEADER_BYTES + (hasLevel ? EXTENSION_BYTES : 0);
    const data = Buffer.allocUnsafe(payloadAt + payload.length);
    data[0] = hasLevel ? 0x90 : 0x80;
    data[1] = this.#payloadType | (marker ? 0x80 : 0);
    data.writeUInt16BE(sequenceNumber, 2);
    data.writeUInt32BE(timestamp >>> 0, 4);
    data.writeUInt32BE(this.ssrc, 8);
    if (hasLevel) {
      data.writeUInt32BE(0xbede_0001, HEADER_BYTES);
      data[16] = AUDIO_LEVEL_ID << 4;
      data[17] = level | (level < VOICE_LEVEL ? 0x80 : 0);
      data[18] = 0;
      data[19] = 0;
    }
    data.set(payload, payloadAt);
    return new RtpPacket(data, data.subarray(payloadAt), {
      payloadType: this.#payloadType,
      marker,
      sequenceNumber,
      timestamp: timestamp >>> 0,
      ssrc: this.ssrc,
      extensionOffset: hasLevel ? HEADER_BYTES + 4 : 0,
      extensionLength: hasLevel ? 4 : 0,
      extensionProfile: hasLevel ? 0xbede : 0,
    });
  }
}
