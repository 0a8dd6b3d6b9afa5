import { shownSegments, type Transcript } from './transcript.ts';

/**
 * Tab-separated values with a head line; times in milliseconds. Needs no escapes: tabs and line breaks within a value
 * have become spaces.
 */
export function toTsv({ segments }: Transcript): string {
  const rows = shownSegments(segments).map(({ startMs, endMs, speaker, text }) =>
    [startMs, endMs, speaker, text].join('\t'),
  );
  return [['start', 'end', 'speaker', 'text'].join('\t'), ...rows, ''].join('\n');
}
