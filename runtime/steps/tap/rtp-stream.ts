import { randomBytes, randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import {
  createPacketizer,
  type EncodedFrame,
  type PacketizedCodec,
  type Packetizer,
} from '../../media/index.ts';
import { writeSenderReport } from '../../webrtc/index.ts';
import { clockRateOf } from './rtp-description.ts';
import { writeSourceName } from './rtcp-source-name.ts';

const HEADER_BYTES = 12;
const VERSION = 0x80;
const MARKER = 0x80;
/** Payload-specific feedback, picture loss among it (RFC 4585 section 6.3). */
const RTCP_PAYLOAD_FEEDBACK = 206;

export type RtpStreamOptions = {
  address: string;
  port: number;
  payloadType: number;
  ssrc: number;
  /** Canonical name of the source (RFC 3550 section 6.5.1). */
  name: string;
  codec: PacketizedCodec;
  requestKeyFrame: () => void;
  onError: (error: Error) => void;
};

/** One stream of RTP (RFC 3550) over UDP: frames are cut into packets with numbers and a clock of their own. */
export class RtpStream {
  readonly #options: RtpStreamOptions;
  readonly #socket: Socket;
  readonly #packetize: Packetizer;
  readonly #clockRate: number;
  readonly #firstTimestamp = randomBytes(4).readUInt32BE();
  #sequence = randomInt(0x8000);
  #timestamp = 0;
  #packets = 0;
  #octets = 0;
  readonly #emit = (payload: Uint8Array, marker: boolean): void => {
    this.#send(payload, marker);
  };

  constructor(options: RtpStreamOptions) {
    this.#options = options;
    this.#packetize = createPacketizer(options.codec);
    this.#clockRate = clockRateOf(options.codec);
    this.#socket = createSocket(isIPv6(options.address) ? 'udp6' : 'udp4');
    this.#socket.on('error', options.onError);
    this.#socket.on('message', (message) => {
      if (message[1] === RTCP_PAYLOAD_FEEDBACK) {
        options.requestKeyFrame();
      }
    });
  }

  get packets(): number {
    return this.#packets;
  }

  push(frame: EncodedFrame): void {
    this.#timestamp = this.#timestampAt(frame.timestampMs);
    this.#packetize(frame, this.#emit);
  }

  /** Tells receivers which moment the clock of the stream means (RFC 3550 section 6.4), to the port above. */
  report(sessionMs: number, wallClockMs: number): void {
    if (this.#packets === 0) {
      return;
    }
    const { ssrc, name, address, port } = this.#options;
    const report = writeSenderReport({
      ssrc,
      ntpMs: wallClockMs,
      rtpTimestamp: this.#timestampAt(sessionMs),
      packetCount: this.#packets,
      octetCount: this.#octets,
    });
    this.#socket.send(Buffer.concat([report, writeSourceName(ssrc, name)]), port + 1, address);
  }

  close(): void {
    this.#socket.close();
  }

  #timestampAt(sessionMs: number): number {
    return (this.#firstTimestamp + Math.round((sessionMs * this.#clockRate) / 1000)) >>> 0;
  }

  #send(payload: Uint8Array, marker: boolean): void {
    const { payloadType, ssrc, address, port } = this.#options;
    const packet = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
    packet[0] = VERSION;
    packet[1] = (marker ? MARKER : 0) | payloadType;
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.writeUInt32BE(ssrc, 8);
    packet.set(payload, HEADER_BYTES);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets += 1;
    this.#octets += payload.length;
    this.#socket.send(packet, port, address);
  }
}
