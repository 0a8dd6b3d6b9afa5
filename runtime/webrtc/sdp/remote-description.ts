import { parse, parseSimulcastStreamList } from 'sdp-transform';
import type { MediaDescription as ParsedMedia, SessionDescription as ParsedSession } from 'sdp-transform';
import { RoomflowError } from '../../contract/index.ts';
import type { TransportParameters } from '../peer-transport.ts';
import { extensionUris, noExtensions } from '../rtp/header-extensions.ts';
import type { ExtensionIds, ExtensionName } from '../rtp/header-extensions.ts';
import { supportedCodecs } from './codecs.ts';
import type { NegotiatedCodec } from './codecs.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One media section of the other side, reduced to what the SFU uses. */
export type RemoteSection = {
  mid: string;
  /** `other` for data channels and unknown media: refused with port 0. */
  type: 'audio' | 'video' | 'other';
  /** Media type of the `m=` line as it came. */
  mediaType: string;
  /** The words after the port of the `m=` line, needed to refuse the section. */
  protocol: string;
  payloads: string;
  rejected: boolean;
  direction: Direction;
  codecs: NegotiatedCodec[];
  extensions: ExtensionIds;
  /** Simulcast streams that the other side sends, in its order. */
  rids: string[];
  /** SSRCs of media streams with the SSRC of their retransmissions, where announced. */
  ssrcs: { ssrc: number; rtxSsrc: number | undefined }[];
};

/** The other side's session description. */
export type RemoteDescription = {
  sections: RemoteSection[];
  /** Mids of the BUNDLE group, in its order. */
  bundle: string[];
  transport: TransportParameters;
  setup: 'active' | 'passive' | 'actpass';
  candidates: { candidate: string; sdpMid: string }[];
};

const maxSections = 256;
const fingerprintPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){19,63}$/i;

/**
 * Reads an offer or answer.
 *
 * @throws RoomflowError `invalid-sdp`, naming what was wrong.
 */
export function readRemoteDescription(sdp: string, type: 'offer' | 'answer'): RemoteDescription {
  const session = parseSession(sdp, type);
  const sections = session.media.map((media, index) => readSection(media, index, session, type));
  const mids = new Set<string>();
  for (const section of sections) {
    if (mids.has(section.mid)) {
      throw invalid(type, `two media sections have the mid "${section.mid}"`);
    }
    mids.add(section.mid);
  }
  const bundle =
    session.groups
      ?.find((group) => group.type === 'BUNDLE')
      ?.mids.toString()
      .split(' ')
      .filter(Boolean) ?? [];
  const used = sections.filter((section) => !section.rejected);
  if (used.length > 1 && used.some((section) => !bundle.includes(section.mid))) {
    throw invalid(
      type,
      'the media sections are not all in one BUNDLE group (RFC 8843); use bundlePolicy "max-bundle"',
    );
  }
  const first =
    session.media.find((media) => media.port !== 0 || media.bundleOnly !== undefined) ?? session.media[0];
  return {
    sections,
    bundle,
    ...readTransport(session, first, type),
    candidates: session.media.flatMap((media, index) =>
      (media.candidates ?? []).map((candidate) => ({
        candidate:
          `candidate:${candidate.foundation} ${candidate.component} ${candidate.transport} ` +
          `${candidate.priority} ${candidate.ip} ${candidate.port} typ ${candidate.type}`,
        sdpMid: sections[index]?.mid ?? '',
      })),
    ),
  };
}

function parseSession(sdp: string, type: 'offer' | 'answer'): ParsedSession {
  if (!sdp.startsWith('v=0')) {
    throw invalid(type, `it must begin with "v=0" but begins with ${quote(sdp)}`);
  }
  let session: ParsedSession;
  try {
    session = parse(sdp);
  } catch (error) {
    throw invalid(type, error instanceof Error ? error.message : String(error));
  }
  if (!Array.isArray(session.media) || session.media.length === 0) {
    throw invalid(type, 'it has no media section ("m=" line)');
  }
  if (session.media.length > maxSections) {
    throw invalid(type, `it has ${session.media.length} media sections; at most ${maxSections} are taken`);
  }
  return session;
}

function readSection(
  media: ParsedMedia,
  index: number,
  session: ParsedSession,
  type: 'offer' | 'answer',
): RemoteSection {
  const where = `media section ${index} (m=${media.type})`;
  const known = media.type === 'audio' || media.type === 'video' ? media.type : 'other';
  const protocol = text(media.protocol);
  const payloads = text(media.payloads);
  const rejected = media.port === 0 && media.bundleOnly === undefined;
  const mid = text(media.mid) || String(index);
  if (!/^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,64}$/.test(mid)) {
    throw invalid(type, `${where} has the mid ${quote(mid)}, which is not a token of at most 64 characters`);
  }
  if (known !== 'other' && !rejected && !/SAVPF$/.test(protocol)) {
    throw invalid(type, `${where} uses the protocol ${quote(protocol)} instead of UDP/TLS/RTP/SAVPF`);
  }
  const order = payloads.split(' ').map(Number).filter(Number.isInteger);
  const codecs = known === 'other' ? [] : supportedCodecs(known, order, media.rtp, media.fmtp);
  return {
    mid,
    type: known,
    mediaType: media.type,
    protocol,
    payloads,
    rejected,
    direction: readDirection(media, session),
    codecs,
    extensions: readExtensions(media),
    rids: readRids(media),
    ssrcs: readSsrcs(media),
  };
}

function readDirection(media: ParsedMedia, session: ParsedSession): Direction {
  const value = media.direction ?? (session as { direction?: Direction }).direction;
  return value ?? 'sendrecv';
}

function readExtensions(media: ParsedMedia): ExtensionIds {
  const ids = { ...noExtensions };
  for (const extension of media.ext ?? []) {
    const { value } = extension;
    for (const name of Object.keys(extensionUris) as ExtensionName[]) {
      if (extensionUris[name] === extension.uri && value >= 1 && value <= 255) {
        ids[name] = value;
      }
    }
  }
  return ids;
}

function readRids(media: ParsedMedia): string[] {
  const { simulcast } = media;
  const list =
    simulcast?.dir1 === 'send' ? simulcast.list1 : simulcast?.dir2 === 'send' ? simulcast.list2 : undefined;
  const offered = (media.rids ?? []).filter((rid) => rid.direction === 'send').map((rid) => text(rid.id));
  if (list === undefined) {
    return [];
  }
  // Alternatives of one stream ("a,b") are the same layer; the first one offered is taken.
  return parseSimulcastStreamList(list)
    .map((alternatives) => alternatives.map((entry) => text(entry.scid)).find((rid) => offered.includes(rid)))
    .filter((rid): rid is string => rid !== undefined && /^[0-9A-Za-z_-]{1,32}$/.test(rid))
    .slice(0, 8);
}

function readSsrcs(media: ParsedMedia): { ssrc: number; rtxSsrc: number | undefined }[] {
  const rtxOf = new Map<number, number>();
  for (const group of media.ssrcGroups ?? []) {
    const [primary, repair] = text(group.ssrcs).split(' ').map(Number);
    if (group.semantics === 'FID' && primary !== undefined && repair !== undefined) {
      rtxOf.set(primary, repair);
    }
  }
  const repairs = new Set(rtxOf.values());
  const all = new Set((media.ssrcs ?? []).map((entry) => numeric(entry.id)));
  return [...all]
    .filter((ssrc) => Number.isInteger(ssrc) && ssrc >= 0 && ssrc <= 0xffffffff && !repairs.has(ssrc))
    .slice(0, 16)
    .map((ssrc) => ({ ssrc, rtxSsrc: rtxOf.get(ssrc) }));
}

function readTransport(
  session: ParsedSession,
  media: ParsedMedia | undefined,
  type: 'offer' | 'answer',
): { transport: TransportParameters; setup: 'active' | 'passive' | 'actpass' } {
  const usernameFragment = text(media?.iceUfrag ?? session.iceUfrag);
  const password = text(media?.icePwd ?? session.icePwd);
  if (!/^[A-Za-z0-9+/=_-]{4,256}$/.test(usernameFragment)) {
    throw invalid(type, `a=ice-ufrag is ${quote(usernameFragment)}; it needs 4 to 256 ice-chars (RFC 8839)`);
  }
  if (!/^[A-Za-z0-9+/=_-]{22,256}$/.test(password)) {
    throw invalid(type, 'a=ice-pwd is missing or has not 22 to 256 ice-chars (RFC 8839)');
  }
  const fingerprint = media?.fingerprint ?? session.fingerprint;
  if (fingerprint === undefined) {
    throw invalid(type, 'a=fingerprint is missing; only DTLS-SRTP is taken');
  }
  const algorithm = text(fingerprint.type).toLowerCase();
  const value = text(fingerprint.hash);
  if (!/^sha-(1|224|256|384|512)$/.test(algorithm) || !fingerprintPattern.test(value)) {
    throw invalid(
      type,
      `a=fingerprint ${quote(`${algorithm} ${value}`)} is not a SHA fingerprint (RFC 8122)`,
    );
  }
  const setup = media?.setup ?? (session as { setup?: string }).setup ?? 'actpass';
  if (setup !== 'active' && setup !== 'passive' && setup !== 'actpass') {
    throw invalid(type, `a=setup:${quote(setup)} is none of active, passive, actpass`);
  }
  return {
    transport: {
      usernameFragment,
      password,
      iceLite: /lite/.test(text((session as { icelite?: string }).icelite)),
      fingerprints: [{ algorithm, value }],
    },
    setup,
  };
}

/** A parsed value as text. The parser's typings promise values that a hostile description need not have. */
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function numeric(value: unknown): number {
  return Number(text(value));
}

function quote(line: string): string {
  const firstLine = line.split(/\r?\n/, 1)[0] ?? '';
  return JSON.stringify(firstLine.length > 80 ? `${firstLine.slice(0, 80)}…` : firstLine);
}

function invalid(type: 'offer' | 'answer', what: string): RoomflowError {
  return new RoomflowError('invalid-sdp', `The SDP ${type} cannot be used: ${what}.`);
}
