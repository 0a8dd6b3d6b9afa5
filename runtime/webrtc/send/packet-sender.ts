import { nowMs } from '../clock.ts';
import { shiftVp8Descriptor } from '../codec/vp8-continuity.ts';
import { findExtension, noExtensions } from '../rtp/header-extensions.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import { emptyPacket } from '../rtp/packet.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { maxPacketBytes, takePacketSlot } from '../fast-path/index.ts';
import type { PacketSlot } from '../fast-path/index.ts';
import type { BandwidthEstimator } from './bandwidth-estimator.ts';

/** What a packet becomes on its way out. */
export type OutgoingHeader = {
  marker: boolean;
  payloadType: number;
  ssrc: number;
  sequence: number;
  timestamp: number;
  /** See `Vp8Continuity.shift`; 0 for other codecs. */
  vp8Shift: number;
  /** Sequence number of the packet that an RTX packet repeats (RFC 4588 section 4), or -1. */
  originalSequence: number;
  /** Whether it goes on with the stream, comes after later ones for the first time, or was sent before. */
  order: 'next' | 'late' | 'again';
};

/** The number in the stream of media whose packet the subscriber has after this one. */
export function mediaSequence({ sequence, originalSequence }: Readonly<OutgoingHeader>): number {
  return originalSequence >= 0 ? originalSequence : sequence;
}

/** Takes packets that are to be sent; answers their size in bytes, 0 for one that is not sent. */
export type PacketSink = {
  send(packet: RtpPacket, header: OutgoingHeader, from: ExtensionIds, to: ExtensionIds): number;
};

/** A header to be filled in. */
export function newOutgoingHeader(): OutgoingHeader {
  return {
    marker: false,
    payloadType: 0,
    ssrc: 0,
    sequence: 0,
    timestamp: 0,
    vp8Shift: 0,
    originalSequence: -1,
    order: 'next',
  };
}

/** Keeps a header that its owner will use again. */
export function copyOutgoingHeader(from: Readonly<OutgoingHeader>, to: OutgoingHeader): void {
  Object.assign(to, from);
}

/** Where finished packets go: a transport of the subscriber, which encrypts and sends them. */
export type PacketOutput = { sendRtp(slot: PacketSlot, headerLength: number, length: number): void };

/**
 * Writes outgoing packets of one subscriber into preallocated memory and sends them, numbering all of them
 * for transport-wide feedback.
 */
export class PacketSender {
  readonly #transport: PacketOutput;
  readonly #estimator: BandwidthEstimator;
  #transportSequence = 0;

  constructor(transport: PacketOutput, estimator: BandwidthEstimator) {
    this.#transport = transport;
    this.#estimator = estimator;
  }

  /** @returns the size of the packet before encryption in bytes; 0 when it does not fit. */
  send(packet: RtpPacket, header: OutgoingHeader, from: ExtensionIds, to: ExtensionIds): number {
    const { payload } = packet;
    if (payload.length > maxPacketBytes - 64) {
      return 0;
    }
    const slot = takePacketSlot();
    const { bytes } = slot;
    this.#writeHeader(bytes, header);
    let offset = this.#writeExtensions(bytes, packet, from, to);
    const headerLength = offset;
    if (header.originalSequence >= 0) {
      bytes[offset] = header.originalSequence >> 8;
      bytes[offset + 1] = header.originalSequence & 0xff;
      offset += 2;
    }
    bytes.set(payload, offset);
    if (header.vp8Shift !== 0) {
      shiftVp8Descriptor(bytes, offset, payload.length, header.vp8Shift);
    }
    const length = offset + payload.length;
    this.#noteSent(length, to);
    this.#transport.sendRtp(slot, headerLength, length);
    return length;
  }

  /**
   * Sends a packet that is nothing but padding (RFC 3550 section 5.1), as libwebrtc probes a path: on the RTX
   * stream, where a number more or less means nothing to a decoder.
   *
   * @param paddingBytes 1 to 255
   * @returns the size of the packet before encryption in bytes.
   */
  sendPadding(header: OutgoingHeader, to: ExtensionIds, paddingBytes: number): number {
    const slot = takePacketSlot();
    const { bytes } = slot;
    this.#writeHeader(bytes, header);
    const headerLength = this.#writeExtensions(bytes, emptyPacket, noExtensions, to);
    bytes[0] = (bytes[0] as number) | 0x20;
    const length = headerLength + paddingBytes;
    bytes.fill(0, headerLength, length - 1);
    bytes[length - 1] = paddingBytes;
    this.#noteSent(length, to);
    this.#transport.sendRtp(slot, headerLength, length);
    return length;
  }

  #writeHeader(bytes: Buffer, header: OutgoingHeader): void {
    bytes[0] = 0x80;
    bytes[1] = (header.marker ? 0x80 : 0) | header.payloadType;
    bytes[2] = header.sequence >> 8;
    bytes[3] = header.sequence & 0xff;
    bytes.writeUInt32BE(header.timestamp, 4);
    bytes.writeUInt32BE(header.ssrc, 8);
  }

  #noteSent(length: number, to: ExtensionIds): void {
    if (to.transportCc === 0) {
      this.#estimator.onSent(-1, length, nowMs());
      return;
    }
    this.#estimator.onSent(this.#transportSequence, length, nowMs());
    this.#transportSequence = (this.#transportSequence + 1) & 0xffff;
  }

  /** One-byte header extensions (RFC 8285 section 4.2): ours, and those passed on as they came. */
  #writeExtensions(bytes: Buffer, packet: RtpPacket, from: ExtensionIds, to: ExtensionIds): number {
    let offset = 16;
    if (to.transportCc !== 0) {
      bytes[offset] = (to.transportCc << 4) | 1;
      bytes[offset + 1] = this.#transportSequence >> 8;
      bytes[offset + 2] = this.#transportSequence & 0xff;
      offset += 3;
    }
    if (to.audioLevel !== 0) {
      offset = copyByteExtension(bytes, offset, packet, from.audioLevel, to.audioLevel);
    }
    if (to.videoOrientation !== 0) {
      offset = copyByteExtension(bytes, offset, packet, from.videoOrientation, to.videoOrientation);
    }
    if (offset === 16) {
      return 12;
    }
    while ((offset & 3) !== 0) {
      bytes[offset++] = 0;
    }
    bytes[0] = 0x90;
    bytes[12] = 0xbe;
    bytes[13] = 0xde;
    bytes[14] = 0;
    bytes[15] = (offset - 16) >> 2;
    return offset;
  }
}

function copyByteExtension(
  bytes: Buffer,
  offset: number,
  packet: RtpPacket,
  fromId: number,
  toId: number,
): number {
  const found = findExtension(packet, fromId);
  if (found < 0) {
    return offset;
  }
  bytes[offset] = toId << 4;
  bytes[offset + 1] = packet.data[Math.floor(found / 256)] as number;
  return offset + 2;
}
