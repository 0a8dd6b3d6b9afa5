import type { ForwardCase, Layer, Track } from './cases.ts';

/** Bytes of send time at the end of each payload. */
export const sendTimeBytes = 8;

const clockRates = { audio: 48_000, video: 90_000 };
const payloadTypes = { audio: 111, video: 96 };
/** Browsers name mid and layer only until the other side has learnt them. */
const namedPackets = 100;

/** Identifiers of the header extensions that publishers offer. */
export const extensionIds = { mid: 1, rid: 2, audioLevel: 3 };

/**
 * Writes the RTP packets of one stream as a browser sends them: VP8 with picture ids, or Opus with audio
 * levels. The last eight bytes of the payload are for the time of sending.
 */
export class RtpStream {
  /** Whether a worker is to forward it: the highest layer of its track. */
  readonly forwarded: boolean;
  readonly ssrc: number;
  /** Its next frame is to be a key frame. */
  keyFrameWanted = false;
  readonly #track: Track;
  readonly #layer: Layer;
  readonly #mid: string;
  #sequence = Math.floor(Math.random() * 0x8000);
  #timestamp = Math.floor(Math.random() * 2 ** 31);
  #pictureId = Math.floor(Math.random() * 0x7fff);
  #frames = 0;
  #packets = 0;

  constructor(track: Track, layer: Layer, mid: string, ssrc: number) {
    this.#track = track;
    this.#layer = layer;
    this.#mid = mid;
    this.ssrc = ssrc;
    this.forwarded = layer === track.layers.at(-1);
  }

  get framesPerSecond(): number {
    return this.#track.framesPerSecond;
  }

  /** Names itself anew, to somebody who has not had its packets yet. */
  introduce(): void {
    this.#packets = 0;
  }

  packetsOf(keyFrame: boolean): number {
    return keyFrame ? this.#layer.packetsPerKeyFrame : this.#layer.packetsPerFrame;
  }

  beginFrame(): void {
    const { kind, framesPerSecond } = this.#track;
    this.#frames++;
    this.#timestamp = (this.#timestamp + Math.round(clockRates[kind] / framesPerSecond)) >>> 0;
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
  }

  /**
   * Writes a packet of the frame that was begun.
   *
   * @returns header length and length, as `headerLength * 65536 + length`: it runs for every packet.
   */
  write(bytes: Buffer, index: number, keyFrame: boolean): number {
    const { kind } = this.#track;
    const last = index === this.packetsOf(keyFrame) - 1;
    bytes[1] = (kind === 'video' && last ? 0x80 : 0) | payloadTypes[kind];
    bytes.writeUInt16BE(this.#sequence, 2);
    bytes.writeUInt32BE(this.#timestamp, 4);
    bytes.writeUInt32BE(this.ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const headerLength = this.#writeExtensions(bytes);
    this.#packets++;
    const length = headerLength + this.#layer.payloadBytes;
    bytes.fill(7, headerLength, length);
    if (kind === 'video') {
      this.#writeVp8(bytes, headerLength, index === 0, keyFrame);
    } else {
      bytes[headerLength] = 0x78;
    }
    return headerLength * 65536 + length;
  }

  #writeExtensions(bytes: Buffer): number {
    let offset = 16;
    if (this.#packets < namedPackets) {
      offset = writeText(bytes, offset, extensionIds.mid, this.#mid);
      if (this.#layer.rid !== '') {
        offset = writeText(bytes, offset, extensionIds.rid, this.#layer.rid);
      }
    }
    if (this.#track.kind === 'audio') {
      bytes[offset] = extensionIds.audioLevel << 4;
      bytes[offset + 1] = 0x80 | 30;
      offset += 2;
    }
    if (offset === 16) {
      bytes[0] = 0x80;
      return 12;
    }
    while ((offset & 3) !== 0) {
      bytes[offset++] = 0;
    }
    bytes[0] = 0x90;
    bytes.writeUInt16BE(0xbede, 12);
    bytes.writeUInt16BE((offset - 16) >> 2, 14);
    return offset;
  }

  /** Payload descriptor with picture id, TL0PICIDX and TID (RFC 7741 section 4.2), then the frame's head. */
  #writeVp8(bytes: Buffer, offset: number, first: boolean, keyFrame: boolean): void {
    bytes[offset] = first ? 0x90 : 0x80;
    bytes[offset + 1] = 0xe0;
    bytes.writeUInt16BE(0x8000 | this.#pictureId, offset + 2);
    bytes[offset + 4] = this.#frames & 0xff;
    bytes[offset + 5] = 0;
    if (first) {
      bytes[offset + 6] = keyFrame ? 0x10 : 0x11;
    }
  }
}

function writeText(bytes: Buffer, offset: number, id: number, text: string): number {
  bytes[offset] = (id << 4) | (text.length - 1);
  return offset + 1 + bytes.write(text, offset + 1, 'latin1');
}

/** The streams of one publisher in the order of its media sections. */
export function streamsOf(
  { tracks }: ForwardCase,
  ssrcOf: (section: number, layer: number) => number,
): RtpStream[] {
  return tracks.flatMap((track, section) =>
    track.layers.map((layer, index) => new RtpStream(track, layer, String(section), ssrcOf(section, index))),
  );
}
