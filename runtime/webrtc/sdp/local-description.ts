import { randomInt } from 'node:crypto';
import type { TransportParameters } from '../peer-transport.ts';
import { extensionUris } from '../rtp/header-extensions.ts';
import type { ExtensionIds, ExtensionName } from '../rtp/header-extensions.ts';
import { rtpmapOf } from './codecs.ts';
import type { NegotiatedCodec } from './codecs.ts';
import type { Direction } from './remote-description.ts';

/** A stream we send in a section. */
export type SentStream = { streamId: string; trackId: string; ssrc: number; rtxSsrc: number };

/** One media section of our own offer or answer. */
export type LocalSection =
  | { refused: true; mediaType: string; protocol: string; payloads: string; mid: string }
  | {
      refused: false;
      type: 'audio' | 'video';
      mid: string;
      direction: Direction;
      codec: NegotiatedCodec;
      extensions: ExtensionIds;
      /** Simulcast streams we receive. */
      rids: readonly string[];
      stream: SentStream | undefined;
    };

/** Everything an offer or answer of ours says. */
export type LocalDescription = {
  /** Stays the same for one peer connection. */
  sessionId: string;
  version: number;
  transport: TransportParameters;
  setup: 'active' | 'passive' | 'actpass';
  candidates: readonly string[];
  sections: readonly LocalSection[];
};

/** A session id for the `o=` line (RFC 9429 section 5.2.1: 62 random bits at most). */
export function newSessionId(): string {
  return String(randomInt(2 ** 47));
}

/** Writes an offer or answer with all candidates in it (RFC 9429 section 5). */
export function writeLocalDescription(description: LocalDescription): string {
  const { transport, sections } = description;
  const bundled = sections.filter((section) => !section.refused).map((section) => section.mid);
  const lines = [
    'v=0',
    `o=roomflow ${description.sessionId} ${description.version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    ...(bundled.length > 0 ? [`a=group:BUNDLE ${bundled.join(' ')}`] : []),
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS *',
  ];
  let first = true;
  for (const section of sections) {
    if (section.refused) {
      lines.push(
        `m=${section.mediaType} 0 ${section.protocol} ${section.payloads}`,
        'c=IN IP4 0.0.0.0',
        'a=inactive',
        `a=mid:${section.mid}`,
      );
      continue;
    }
    lines.push(...sectionLines(section));
    lines.push(`a=ice-ufrag:${transport.usernameFragment}`, `a=ice-pwd:${transport.password}`);
    lines.push('a=ice-options:trickle');
    for (const { algorithm, value } of transport.fingerprints) {
      lines.push(`a=fingerprint:${algorithm} ${value}`);
    }
    lines.push(`a=setup:${description.setup}`);
    if (first) {
      lines.push(...description.candidates.map((candidate) => `a=${candidate}`), 'a=end-of-candidates');
      first = false;
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

function sectionLines(section: Extract<LocalSection, { refused: false }>): string[] {
  const { codec } = section;
  const rtx = codec.rtxPayloadType;
  const payloads = rtx >= 0 ? `${codec.payloadType} ${rtx}` : String(codec.payloadType);
  const lines = [
    `m=${section.type} 9 UDP/TLS/RTP/SAVPF ${payloads}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=mid:${section.mid}`,
    `a=${section.direction}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
  ];
  for (const name of Object.keys(extensionUris) as ExtensionName[]) {
    if (section.extensions[name] !== 0) {
      lines.push(`a=extmap:${section.extensions[name]} ${extensionUris[name]}`);
    }
  }
  lines.push(`a=rtpmap:${codec.payloadType} ${rtpmapOf(codec)}`);
  if (codec.fmtp !== '') {
    lines.push(`a=fmtp:${codec.payloadType} ${codec.fmtp}`);
  }
  if (section.extensions.transportCc !== 0) {
    lines.push(`a=rtcp-fb:${codec.payloadType} transport-cc`);
  }
  lines.push(`a=rtcp-fb:${codec.payloadType} nack`);
  if (section.type === 'video') {
    lines.push(
      `a=rtcp-fb:${codec.payloadType} nack pli`,
      `a=rtcp-fb:${codec.payloadType} ccm fir`,
      `a=rtcp-fb:${codec.payloadType} goog-remb`,
    );
  }
  if (rtx >= 0) {
    lines.push(`a=rtpmap:${rtx} rtx/90000`, `a=fmtp:${rtx} apt=${codec.payloadType}`);
  }
  for (const rid of section.rids) {
    lines.push(`a=rid:${rid} recv`);
  }
  if (section.rids.length > 0) {
    lines.push(`a=simulcast:recv ${section.rids.join(';')}`);
  }
  const { stream } = section;
  if (stream !== undefined) {
    lines.push(`a=msid:${stream.streamId} ${stream.trackId}`);
    if (rtx >= 0) {
      lines.push(`a=ssrc-group:FID ${stream.ssrc} ${stream.rtxSsrc}`);
    }
    lines.push(`a=ssrc:${stream.ssrc} cname:${stream.streamId}`);
    if (rtx >= 0) {
      lines.push(`a=ssrc:${stream.rtxSsrc} cname:${stream.streamId}`);
    }
  }
  return lines;
}
