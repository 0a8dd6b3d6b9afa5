/** A tag with its attributes, or a URI line. */
export type PlaylistLine = { tag: string; value: string; attributes: Map<string, string> } | { uri: string };

export type ParsedPart = { uri: string; durationSeconds: number; independent: boolean };
export type ParsedSegment = {
  sequence: number;
  discontinuitySequence: number;
  discontinuity: boolean;
  programDateTimeMs: number | null;
  mapUri: string | null;
  parts: ParsedPart[];
  /** Null for the segment that still grows. */
  uri: string | null;
  durationSeconds: number | null;
};

/** A media playlist as a player reads it. */
export type ParsedPlaylist = {
  lines: PlaylistLine[];
  version: number;
  targetDurationSeconds: number;
  partTargetSeconds: number | null;
  serverControl: Map<string, string> | null;
  mediaSequence: number;
  discontinuitySequence: number;
  type: string | null;
  skipped: number;
  segments: ParsedSegment[];
  hint: string | null;
  reports: Map<string, string>[];
  ended: boolean;
};

const ATTRIBUTE = /([A-Z0-9-]+)=("[^"]*"|[^,]*)/g;

export function parseLine(line: string): PlaylistLine | null {
  if (line.startsWith('#EXT')) {
    const [tag = '', ...rest] = line.slice(1).split(':');
    const value = rest.join(':');
    const attributes = new Map(
      [...value.matchAll(ATTRIBUTE)].map(([, name = '', text = '']) => [name, unquoted(text)]),
    );
    return { tag, value, attributes };
  }
  return line === '' || line.startsWith('#') ? null : { uri: line };
}

/** Reads a media playlist without judging it. */
export function parseMediaPlaylist(text: string): ParsedPlaylist {
  const lines = text.split('\n').flatMap((line) => parseLine(line) ?? []);
  const playlist: ParsedPlaylist = {
    lines,
    version: 1,
    targetDurationSeconds: Number.NaN,
    partTargetSeconds: null,
    serverControl: null,
    mediaSequence: 0,
    discontinuitySequence: 0,
    type: null,
    skipped: 0,
    segments: [],
    hint: null,
    reports: [],
    ended: false,
  };
  /** Tags come before the URI of their segment. */
  const begun: ParsedSegment[] = [];
  let mapUri: string | null = null;
  let sequence = 0;
  let discontinuities = 0;
  const segment = (): ParsedSegment => {
    const open = begun[0] ?? {
      sequence,
      discontinuitySequence: discontinuities,
      discontinuity: false,
      programDateTimeMs: null,
      mapUri,
      parts: [],
      uri: null,
      durationSeconds: null,
    };
    begun[0] = open;
    // A discontinuity and a new map may stand in either order.
    open.discontinuitySequence = discontinuities;
    open.mapUri = mapUri;
    return open;
  };
  for (const line of lines) {
    if ('uri' in line) {
      playlist.segments.push({ ...segment(), uri: line.uri });
      begun.length = 0;
      sequence += 1;
      continue;
    }
    const { tag, value, attributes } = line;
    switch (tag) {
      case 'EXT-X-VERSION':
        playlist.version = Number(value);
        break;
      case 'EXT-X-TARGETDURATION':
        playlist.targetDurationSeconds = Number(value);
        break;
      case 'EXT-X-PART-INF':
        playlist.partTargetSeconds = Number(attributes.get('PART-TARGET'));
        break;
      case 'EXT-X-SERVER-CONTROL':
        playlist.serverControl = attributes;
        break;
      case 'EXT-X-MEDIA-SEQUENCE':
        playlist.mediaSequence = sequence = Number(value);
        break;
      case 'EXT-X-DISCONTINUITY-SEQUENCE':
        playlist.discontinuitySequence = discontinuities = Number(value);
        break;
      case 'EXT-X-PLAYLIST-TYPE':
        playlist.type = value;
        break;
      case 'EXT-X-SKIP':
        playlist.skipped = Number(attributes.get('SKIPPED-SEGMENTS'));
        sequence += playlist.skipped;
        break;
      case 'EXT-X-DISCONTINUITY':
        discontinuities += 1;
        segment().discontinuity = true;
        break;
      case 'EXT-X-MAP':
        mapUri = attributes.get('URI') ?? null;
        break;
      case 'EXT-X-PROGRAM-DATE-TIME':
        segment().programDateTimeMs = Date.parse(value);
        break;
      case 'EXT-X-PART':
        segment().parts.push({
          uri: attributes.get('URI') ?? '',
          durationSeconds: Number(attributes.get('DURATION')),
          independent: attributes.get('INDEPENDENT') === 'YES',
        });
        break;
      case 'EXTINF':
        segment().durationSeconds = Number(value.split(',')[0]);
        break;
      case 'EXT-X-PRELOAD-HINT':
        playlist.hint = attributes.get('URI') ?? null;
        break;
      case 'EXT-X-RENDITION-REPORT':
        playlist.reports.push(attributes);
        break;
      case 'EXT-X-ENDLIST':
        playlist.ended = true;
        break;
      default:
    }
  }
  playlist.segments.push(...begun);
  return playlist;
}

const unquoted = (text: string): string => (text.startsWith('"') ? text.slice(1, -1) : text);
