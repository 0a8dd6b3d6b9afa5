import { firstOfLast, type PlaylistSegment, type PlaylistState } from './playlist.ts';

/** How a rendition's other renditions stand (RFC 8216bis §4.4.5.4), so that a player can switch without asking. */
export type RenditionReport = { uri: string; lastSequence: number; lastPart: number };

export type PlaylistView = {
  /** The newest so many milliseconds; null for all there is. */
  windowMs: number | null;
  /** With parts, hints and server control: for those who speak to our server. Else plain, as for a file. */
  lowLatency: boolean;
  /** Leave out what a player knows already (a delta update). */
  skip?: boolean;
  /** Nothing is ever taken out: EVENT. */
  event?: boolean;
  reports?: readonly RenditionReport[];
  /** Appended to every URI, with its question mark. */
  query?: string;
};

/** Multiples of the target duration (§4.4.3.8: at least six; §6.2.2: parts within three of the end). */
const SKIP_BOUNDARY_TARGETS = 6;
const PARTS_TARGETS = 3;
/** Of the part target (§4.4.3.8: at least two, better three). */
const PART_HOLD_BACK_PARTS = 3;

/** Distance from the end beyond which a delta update leaves segments out, in milliseconds. */
const skipBoundaryMs = (state: PlaylistState): number =>
  SKIP_BOUNDARY_TARGETS * 1000 * state.targetDurationSeconds;

/** Distance from the end within which parts are listed, in milliseconds. */
export const listedPartsMs = (state: PlaylistState): number =>
  PARTS_TARGETS * 1000 * state.targetDurationSeconds;

/** The text of a media playlist (RFC 8216bis §4). Pure. */
export function renderMediaPlaylist(state: PlaylistState, view: PlaylistView): string {
  const { query = '', event = false, reports = [] } = view;
  // Nothing grows any more: what is left is a plain playlist with an end.
  const lowLatency = view.lowLatency && !state.ended;
  const segments =
    view.windowMs === null
      ? state.segments
      : state.segments.slice(firstOfLast(state.segments, view.windowMs));
  const open = lowLatency ? state.open : null;
  const skipped = lowLatency && view.skip === true ? countSkipped(state, segments, open) : 0;
  const first = segments[0] ?? open;
  const lines = [
    '#EXTM3U',
    // §8: EXT-X-SKIP needs 9, EXT-X-MAP 6.
    `#EXT-X-VERSION:${skipped > 0 ? 9 : 6}`,
    `#EXT-X-TARGETDURATION:${state.targetDurationSeconds}`,
  ];
  if (lowLatency) {
    const partTarget = state.partTargetMs / 1000;
    lines.push(
      `#EXT-X-PART-INF:PART-TARGET=${seconds(state.partTargetMs)}`,
      `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${(partTarget * PART_HOLD_BACK_PARTS).toFixed(3)},CAN-SKIP-UNTIL=${(skipBoundaryMs(state) / 1000).toFixed(1)}`,
    );
  }
  pushSequences(lines, first ?? undefined, event);
  if (skipped > 0) {
    lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  }
  const partsFromMs = lowLatency ? endOf(state) - listedPartsMs(state) : Number.POSITIVE_INFINITY;
  // Tags of a skipped segment still hold for those after it (§6.2.5.1).
  let mapUri = skipped > 0 ? segments[skipped - 1]?.mapUri : undefined;
  for (let index = skipped; index < segments.length; index += 1) {
    const segment = segments[index];
    if (segment) {
      pushSegment(lines, segment, mapUri, segment.startMs >= partsFromMs, query);
      mapUri = segment.mapUri;
    }
  }
  if (open) {
    pushSegment(lines, open, mapUri, true, query);
  }
  if (lowLatency && state.hint !== null) {
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${state.hint}${query}"`);
  }
  if (lowLatency) {
    for (const { uri, lastSequence, lastPart } of reports) {
      lines.push(
        `#EXT-X-RENDITION-REPORT:URI="${uri}${query}",LAST-MSN=${lastSequence},LAST-PART=${lastPart}`,
      );
    }
  }
  if (state.ended) {
    lines.push('#EXT-X-ENDLIST');
  }
  return `${lines.join('\n')}\n`;
}

/** Milliseconds since 1970 at which the listed media ends. */
const endOf = (state: PlaylistState): number => {
  const last = state.open ?? state.segments.at(-1);
  return last ? last.startMs + last.durationMs : 0;
};

/** How many of the oldest segments lie wholly beyond the skip boundary. */
function countSkipped(
  state: PlaylistState,
  segments: readonly PlaylistSegment[],
  open: PlaylistSegment | null,
): number {
  return firstOfLast(segments, skipBoundaryMs(state) - (open?.durationMs ?? 0));
}

function pushSegment(
  lines: string[],
  segment: PlaylistSegment,
  mapUri: string | undefined,
  withParts: boolean,
  query: string,
): void {
  if (segment.discontinuity) {
    lines.push('#EXT-X-DISCONTINUITY');
  }
  if (segment.mapUri !== mapUri) {
    lines.push(`#EXT-X-MAP:URI="${segment.mapUri}${query}"`);
  }
  lines.push(dateOf(segment));
  if (withParts) {
    for (const { uri, durationMs, independent } of segment.parts) {
      lines.push(
        `#EXT-X-PART:DURATION=${seconds(durationMs)},URI="${uri}${query}"${independent ? ',INDEPENDENT=YES' : ''}`,
      );
    }
  }
  if (segment.uri !== null) {
    lines.push(`#EXTINF:${seconds(segment.durationMs)},`, `${segment.uri}${query}`);
  }
}

/** The name of a segment of subtitles. */
export const subtitleSegment = (sequence: number): string => `segment-${sequence}.vtt`;

/**
 * The text of the media playlist of subtitles: whole segments of the picture's own numbers, lengths and dates. Pure.
 * There are no parts: a text is known after it was said, so a smaller piece would not come sooner.
 */
export function renderSubtitlesPlaylist(
  state: PlaylistState,
  { windowMs, lowLatency, event = false, query = '' }: PlaylistView,
): string {
  const segments =
    windowMs === null ? state.segments : state.segments.slice(firstOfLast(state.segments, windowMs));
  const [first] = segments;
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', `#EXT-X-TARGETDURATION:${state.targetDurationSeconds}`];
  if (lowLatency && !state.ended) {
    lines.push('#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES');
  }
  pushSequences(lines, first, event);
  for (const segment of segments) {
    if (segment.discontinuity) {
      lines.push('#EXT-X-DISCONTINUITY');
    }
    lines.push(
      dateOf(segment),
      `#EXTINF:${seconds(segment.durationMs)},`,
      `${subtitleSegment(segment.sequence)}${query}`,
    );
  }
  if (state.ended) {
    lines.push('#EXT-X-ENDLIST');
  }
  return `${lines.join('\n')}\n`;
}

/** Where the list begins in the stream as a whole. */
function pushSequences(lines: string[], first: PlaylistSegment | undefined, event: boolean): void {
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${first?.sequence ?? 0}`);
  if (event) {
    lines.push('#EXT-X-PLAYLIST-TYPE:EVENT');
  } else if (first) {
    lines.push(
      `#EXT-X-DISCONTINUITY-SEQUENCE:${first.discontinuitySequence - (first.discontinuity ? 1 : 0)}`,
    );
  }
}

const dateOf = ({ startMs }: PlaylistSegment): string =>
  `#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(startMs)).toISOString()}`;

const seconds = (ms: number): string => (ms / 1000).toFixed(5);

/** A rung of the ladder, as a player chooses among them. */
export type VariantStream = {
  uri: string;
  /** Most and mean bits per second, sound and packaging included. */
  bandwidthBps: number;
  averageBandwidthBps: number;
  codecs: string;
  width: number | null;
  height: number | null;
};

/** The rendition of what is said, for all rungs. */
export type SubtitlesRendition = { uri: string; language: string | null };

/** The text of a multivariant playlist (RFC 8216bis §4.4.6), the best rung first. Pure. */
export function renderMultivariantPlaylist(
  variants: readonly VariantStream[],
  subtitles: SubtitlesRendition,
  query = '',
): string {
  const { uri, language } = subtitles;
  const rendition = [
    'TYPE=SUBTITLES',
    'GROUP-ID="captions"',
    'NAME="Captions"',
    ...(language === null ? [] : [`LANGUAGE="${language}"`]),
    'DEFAULT=NO,AUTOSELECT=YES,FORCED=NO',
    // §4.4.6.1: not a translation, but what is heard.
    'CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog"',
    `URI="${uri}${query}"`,
  ];
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MEDIA:${rendition.join(',')}`,
  ];
  for (const variant of variants) {
    const { width, height } = variant;
    const attributes = [
      `BANDWIDTH=${variant.bandwidthBps}`,
      `AVERAGE-BANDWIDTH=${variant.averageBandwidthBps}`,
      `CODECS="${variant.codecs}"`,
      ...(width === null || height === null ? [] : [`RESOLUTION=${width}x${height}`, 'FRAME-RATE=30.000']),
      'SUBTITLES="captions"',
    ];
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, `${variant.uri}${query}`);
  }
  return `${lines.join('\n')}\n`;
}
