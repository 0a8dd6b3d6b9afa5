import type { NegotiatedCodec } from '../sdp/codecs.ts';
import type { TrackLayer } from '../incoming-track.ts';
import { readTextExtension } from '../rtp/header-extensions.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { NackGenerator } from './nack-generator.ts';
import type { PublishedTrack } from './published-track.ts';
import { ReceptionStatistics } from './reception-statistics.ts';

/** What one media section receives. */
export type ReceiveSection = {
  mid: string;
  track: PublishedTrack;
  codec: NegotiatedCodec;
  extensions: ExtensionIds;
  ssrcs: readonly { ssrc: number; rtxSsrc: number | undefined }[];
};

/** One received RTP stream: a layer of a track. */
export type ReceiveStream = {
  ssrc: number;
  section: ReceiveSection;
  layer: TrackLayer;
  nack: NackGenerator;
  statistics: ReceptionStatistics;
};

/** Where a packet belongs: a stream, and whether it is a retransmission (RFC 4588) for it. */
export type Route = { stream: ReceiveStream; isRtx: boolean };

const maxStreams = 64;

/**
 * Finds out to which track and layer an SSRC belongs: from the session description, or from the mid and rid
 * that the packet carries (RFC 9143 section 9.2, RFC 8852). Layers are looked up by mid *and* rid, so two
 * simulcast senders of one connection may use the same rids.
 */
export class StreamTable {
  readonly #sections = new Map<string, ReceiveSection>();
  readonly #routes = new Map<number, Route>();
  /** Extension identifiers of the bundle: one identifier means the same in every section (RFC 8843 9). */
  #extensions: ExtensionIds | undefined;

  get streams(): ReceiveStream[] {
    return [...this.#routes.values()].filter((route) => !route.isRtx).map((route) => route.stream);
  }

  setSection(section: ReceiveSection): void {
    this.#sections.set(section.mid, section);
    this.#extensions = section.extensions;
  }

  /** @returns the SSRCs that are forgotten with the section. */
  removeSection(mid: string): number[] {
    this.#sections.delete(mid);
    const removed: number[] = [];
    for (const [ssrc, route] of this.#routes) {
      if (route.stream.section.mid === mid) {
        this.#routes.delete(ssrc);
        removed.push(ssrc);
      }
    }
    return removed;
  }

  get(ssrc: number): Route | undefined {
    return this.#routes.get(ssrc);
  }

  /** Learns the route of a new SSRC from its packet; `undefined` when it belongs to nothing known. */
  learn(packet: RtpPacket): Route | undefined {
    if (this.#routes.size >= maxStreams) {
      return undefined;
    }
    const route = this.#classify(packet);
    if (route !== undefined) {
      this.#routes.set(packet.ssrc, route);
    }
    return route;
  }

  #classify(packet: RtpPacket): Route | undefined {
    const ids = this.#extensions;
    const mid = ids === undefined ? undefined : readTextExtension(packet, ids.mid);
    const section = (mid === undefined ? undefined : this.#sections.get(mid)) ?? this.#sectionOf(packet);
    if (section === undefined) {
      return undefined;
    }
    const isRtx = packet.payloadType === section.codec.rtxPayloadType;
    if (!isRtx && packet.payloadType !== section.codec.payloadType) {
      return undefined;
    }
    if (isRtx) {
      const repaired = readTextExtension(packet, section.extensions.repairedRid);
      const primary = section.ssrcs.find((entry) => entry.rtxSsrc === packet.ssrc)?.ssrc;
      const stream = this.streams.find(
        (candidate) =>
          candidate.section === section &&
          (repaired === undefined
            ? candidate.ssrc === primary || section.track.layers.length === 1
            : candidate.layer.rid === repaired),
      );
      return stream === undefined ? undefined : { stream, isRtx };
    }
    const { layers } = section.track;
    const rid = readTextExtension(packet, section.extensions.rid);
    const layer =
      layers.length === 1
        ? layers[0]
        : rid === undefined
          ? layers[section.ssrcs.findIndex((entry) => entry.ssrc === packet.ssrc)]
          : layers.find((candidate) => candidate.rid === rid);
    if (layer === undefined) {
      return undefined;
    }
    // A layer that comes with another SSRC has been restarted: the old one is over.
    for (const [ssrc, route] of this.#routes) {
      if (route.stream.layer === layer && !route.isRtx) {
        this.#routes.delete(ssrc);
      }
    }
    layer.ssrc = packet.ssrc;
    return {
      isRtx,
      stream: {
        ssrc: packet.ssrc,
        section,
        layer,
        nack: new NackGenerator(),
        statistics: new ReceptionStatistics(section.codec.clockRate),
      },
    };
  }

  /** Without a mid: the section that announced the SSRC, or the only one with this payload type. */
  #sectionOf(packet: RtpPacket): ReceiveSection | undefined {
    const sections = [...this.#sections.values()];
    const announced = sections.find((section) =>
      section.ssrcs.some((entry) => entry.ssrc === packet.ssrc || entry.rtxSsrc === packet.ssrc),
    );
    if (announced !== undefined) {
      return announced;
    }
    const matching = sections.filter(
      ({ codec }) => codec.payloadType === packet.payloadType || codec.rtxPayloadType === packet.payloadType,
    );
    return matching.length === 1 ? matching[0] : undefined;
  }
}
