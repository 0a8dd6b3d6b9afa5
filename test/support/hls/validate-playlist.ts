import { parseMediaPlaylist, type ParsedPlaylist, type ParsedSegment } from './media-playlist.ts';

/** Tags that a media playlist may hold (RFC 8216bis §4.4.1 to 4.4.5). */
const KNOWN_TAGS = new Set([
  ...['EXTM3U', 'EXT-X-VERSION', 'EXT-X-INDEPENDENT-SEGMENTS', 'EXT-X-START', 'EXT-X-DEFINE'],
  ...['EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE', 'EXT-X-ENDLIST'],
  ...['EXT-X-PLAYLIST-TYPE', 'EXT-X-PART-INF', 'EXT-X-SERVER-CONTROL', 'EXTINF', 'EXT-X-DISCONTINUITY'],
  ...['EXT-X-MAP', 'EXT-X-PROGRAM-DATE-TIME', 'EXT-X-GAP', 'EXT-X-PART', 'EXT-X-SKIP'],
  ...['EXT-X-PRELOAD-HINT', 'EXT-X-RENDITION-REPORT'],
]);
const ONCE = [
  ...['EXT-X-VERSION', 'EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE'],
  ...['EXT-X-PLAYLIST-TYPE', 'EXT-X-PART-INF', 'EXT-X-SERVER-CONTROL', 'EXT-X-SKIP', 'EXT-X-ENDLIST'],
];
/** Decimals in a playlist are rounded. */
const ROUNDING_SECONDS = 0.001;

/** What is wrong with one media playlist by RFC 8216bis; each complaint names its section. */
export function validateMediaPlaylist(text: string): string[] {
  const complaints: string[] = [];
  const demand = (holds: boolean, complaint: string): void => {
    if (!holds) {
      complaints.push(complaint);
    }
  };
  const playlist = parseMediaPlaylist(text);
  const tags = playlist.lines.flatMap((line) => ('tag' in line ? [line.tag] : []));
  const { targetDurationSeconds: target, partTargetSeconds: partTarget, segments } = playlist;
  const whole = segments.filter(({ uri }) => uri !== null);

  demand(text.startsWith('#EXTM3U\n'), '§4.4.1.1: the first line is to be #EXTM3U');
  demand(text.endsWith('\n') && !text.includes('\r'), '§4.1: lines end with a line feed');
  for (const tag of tags) {
    demand(KNOWN_TAGS.has(tag), `§4.1: unknown tag ${tag}`);
  }
  for (const tag of ONCE) {
    demand(tags.filter((other) => other === tag).length <= 1, `§4.4: more than one ${tag}`);
  }
  demand(Number.isInteger(target) && target > 0, '§4.4.3.1: EXT-X-TARGETDURATION is missing');
  const needed = playlist.skipped > 0 ? 9 : tags.includes('EXT-X-MAP') ? 6 : 3;
  demand(playlist.version >= needed, `§8: version ${playlist.version} is below ${needed}`);
  demand(
    tags.indexOf('EXT-X-MEDIA-SEQUENCE') < firstSegmentTag(tags),
    '§4.4.3.2: EXT-X-MEDIA-SEQUENCE after a segment',
  );

  for (const segment of whole) {
    const where = `segment ${segment.sequence}`;
    const duration = segment.durationSeconds;
    demand(duration !== null && duration > 0, `§4.4.4.1: ${where} has no EXTINF`);
    demand(Math.round(duration ?? 0) <= target, `§6.2.1: ${where} lasts ${duration} s, more than ${target}`);
    // §3.1.4: a WebVTT segment has no initialization section of its own.
    const needsMap = segment.uri !== null && !/\.vtt(\?|$)/.test(segment.uri);
    demand(
      segment.mapUri !== null || playlist.skipped > 0 || !needsMap,
      `§4.4.4.5: ${where} has no EXT-X-MAP`,
    );
  }
  demand(
    playlist.type === null || playlist.mediaSequence === 0,
    '§6.2.2: a playlist type, and segments removed',
  );
  if (!playlist.ended && playlist.skipped === 0 && playlist.mediaSequence > 0) {
    demand(
      sumOf(whole) >= 3 * target - ROUNDING_SECONDS,
      `§6.2.2: ${sumOf(whole)} s are less than three targets`,
    );
  }
  demand(
    segments.every(({ programDateTimeMs }) => programDateTimeMs !== null) ||
      segments.every(({ programDateTimeMs }) => programDateTimeMs === null),
    '§6.2.1: some segments have a date and others not',
  );
  if (partTarget !== null) {
    complaints.push(...complaintsOfParts(playlist, partTarget));
  } else {
    demand(!tags.includes('EXT-X-PART'), '§4.4.3.7: parts without EXT-X-PART-INF');
  }
  if (playlist.ended) {
    demand(playlist.hint === null, '§4.4.5.3: a hint at something that will not come');
    demand(whole.length === segments.length, '§6.2.1: an unfinished segment in a finished playlist');
  }
  return complaints;
}

function complaintsOfParts(playlist: ParsedPlaylist, partTarget: number): string[] {
  const complaints: string[] = [];
  const demand = (holds: boolean, complaint: string): void => {
    if (!holds) {
      complaints.push(complaint);
    }
  };
  const { serverControl: control, targetDurationSeconds: target, segments } = playlist;
  const decimal = (name: string): number => Number(control?.get(name) ?? Number.NaN);
  demand(control !== null, '§4.4.3.8: parts without EXT-X-SERVER-CONTROL');
  demand(decimal('PART-HOLD-BACK') >= 2 * partTarget, '§4.4.3.8: PART-HOLD-BACK below two part targets');
  demand(
    decimal('PART-HOLD-BACK') >= 3 * partTarget - ROUNDING_SECONDS,
    '§4.4.3.8: better three part targets',
  );
  if (control?.has('CAN-SKIP-UNTIL') === true) {
    demand(decimal('CAN-SKIP-UNTIL') >= 6 * target, '§4.4.3.8: CAN-SKIP-UNTIL below six targets');
  }
  if (control?.has('HOLD-BACK') === true) {
    demand(decimal('HOLD-BACK') >= 3 * target, '§4.4.3.8: HOLD-BACK below three targets');
  }
  const endSeconds = sumOfAll(segments);
  let beforeSeconds = 0;
  for (const segment of segments) {
    const where = `segment ${segment.sequence}`;
    segment.parts.forEach(({ durationSeconds }, index) => {
      demand(
        durationSeconds > 0 && durationSeconds <= partTarget + ROUNDING_SECONDS,
        `§4.4.4.9: part ${index} of ${where} lasts ${durationSeconds} s`,
      );
      const isLast = index === segment.parts.length - 1;
      demand(
        isLast || durationSeconds >= 0.85 * partTarget,
        `§4.4.4.9: part ${index} of ${where} is below 85 %: ${durationSeconds} s`,
      );
    });
    if (segment.uri !== null && segment.parts.length > 0) {
      const parts = segment.parts.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
      demand(
        Math.abs(parts - (segment.durationSeconds ?? 0)) < 0.005,
        `§4.4.4.9: parts of ${where} last ${parts} s, it ${segment.durationSeconds}`,
      );
    }
    if (segment.parts.length > 0) {
      demand(
        endSeconds - beforeSeconds <= 3 * target + partTarget,
        `§6.2.2: parts of ${where}, more than three targets from the end`,
      );
    }
    beforeSeconds += lengthOf(segment);
  }
  if (!playlist.ended) {
    const { hint } = playlist;
    demand(
      hint === null || segments.every(({ parts }) => parts.every(({ uri }) => uri !== hint)),
      '§4.4.5.3: the hint is there already',
    );
  }
  return complaints;
}

/** What is wrong with a playlist as the next version of another (RFC 8216bis §6.2.1, 6.2.2). Full playlists only. */
export function validateUpdate(previousText: string, nextText: string): string[] {
  const complaints: string[] = [];
  const demand = (holds: boolean, complaint: string): void => {
    if (!holds) {
      complaints.push(complaint);
    }
  };
  const previous = parseMediaPlaylist(previousText);
  const next = parseMediaPlaylist(nextText);
  demand(
    next.targetDurationSeconds === previous.targetDurationSeconds,
    '§6.2.1: EXT-X-TARGETDURATION changed',
  );
  demand(next.mediaSequence >= previous.mediaSequence, '§6.2.2: EXT-X-MEDIA-SEQUENCE went back');
  demand(
    next.discontinuitySequence >= previous.discontinuitySequence,
    '§6.2.2: EXT-X-DISCONTINUITY-SEQUENCE went back',
  );
  demand(
    previous.type !== 'EVENT' || next.mediaSequence === previous.mediaSequence,
    '§6.2.1: EVENT lost a segment',
  );
  const known = new Map(next.segments.map((segment) => [segment.sequence, segment]));
  for (const old of previous.segments) {
    const now = known.get(old.sequence);
    if (!now) {
      demand(old.sequence < next.mediaSequence, `§6.2.1: segment ${old.sequence} is gone from the middle`);
      continue;
    }
    const where = `segment ${old.sequence}`;
    demand(
      now.discontinuitySequence === old.discontinuitySequence,
      `§6.2.2: ${where} has another discontinuity number`,
    );
    demand(
      old.uri === null || (now.uri === old.uri && now.durationSeconds === old.durationSeconds),
      `§6.2.1: ${where} is another`,
    );
    demand(now.mapUri === old.mapUri, `§6.2.1: ${where} has another EXT-X-MAP`);
    demand(now.programDateTimeMs === old.programDateTimeMs, `§6.2.1: ${where} has another date`);
    if (now.parts.length > 0) {
      demand(
        old.parts.every(
          ({ uri, durationSeconds }, index) =>
            now.parts[index]?.uri === uri && now.parts[index].durationSeconds === durationSeconds,
        ),
        `§6.2.1: parts of ${where} are others`,
      );
    }
  }
  const hinted = previous.hint;
  const newest = previous.segments.at(-1)?.sequence ?? -1;
  // What was hinted at may be given up when the media breaks off (§6.2.6).
  const brokeOff = next.segments.some(({ sequence, discontinuity }) => discontinuity && sequence > newest);
  if (hinted !== null && newestPart(next) !== newestPart(previous) && !brokeOff && !next.ended) {
    const all = next.segments.flatMap(({ parts }) => parts.map(({ uri }) => uri));
    demand(all.includes(hinted), `§6.2.6: hinted ${hinted} did not come`);
  }
  return complaints;
}

/** What is wrong with a delta update of a playlist (RFC 8216bis §6.2.5.1): both are of the same moment. */
export function validateDelta(fullText: string, deltaText: string): string[] {
  const full = parseMediaPlaylist(fullText);
  const delta = parseMediaPlaylist(deltaText);
  const complaints = validateMediaPlaylist(deltaText);
  if (delta.mediaSequence !== full.mediaSequence) {
    complaints.push('§4.4.5.2: a delta update keeps EXT-X-MEDIA-SEQUENCE');
  }
  const kept = full.segments.slice(delta.skipped);
  if (JSON.stringify(kept.map(essence)) !== JSON.stringify(delta.segments.map(essence))) {
    complaints.push('§6.2.5.1: what was not skipped is not all there');
  }
  const boundary = Number(full.serverControl?.get('CAN-SKIP-UNTIL'));
  if (sumOfAll(kept) < boundary - ROUNDING_SECONDS && delta.skipped > 0) {
    complaints.push(`§6.2.5.1: only ${sumOfAll(kept)} s are left of ${boundary} s`);
  }
  return complaints;
}

const essence = ({ sequence, uri, durationSeconds, parts, programDateTimeMs }: ParsedSegment): unknown => ({
  sequence,
  uri,
  durationSeconds,
  parts,
  programDateTimeMs,
});

const newestPart = (playlist: ParsedPlaylist): string | undefined =>
  playlist.segments.at(-1)?.parts.at(-1)?.uri;

const lengthOf = ({ durationSeconds, parts }: ParsedSegment): number =>
  durationSeconds ?? parts.reduce((sum, part) => sum + part.durationSeconds, 0);

const sumOf = (segments: readonly ParsedSegment[]): number =>
  segments.reduce((sum, { durationSeconds }) => sum + (durationSeconds ?? 0), 0);

const sumOfAll = (segments: readonly ParsedSegment[]): number =>
  segments.reduce((sum, segment) => sum + lengthOf(segment), 0);

function firstSegmentTag(tags: readonly string[]): number {
  const first = tags.findIndex((tag) =>
    ['EXTINF', 'EXT-X-PART', 'EXT-X-DISCONTINUITY', 'EXT-X-MAP'].includes(tag),
  );
  return first === -1 ? tags.length : first;
}
