import {
  RoomflowError,
  mediaKindOf,
  type TapStreamQuery,
  type TapStreamTrack,
  type TrackKind,
} from '../../contract/index.ts';

const DEFAULT_FPS = 1;

/**
 * What a stream with this query carries of the kinds that the tap holds; PCM when nothing is said.
 *
 * @throws RoomflowError `invalid-request` for settings of something that is not asked for; `track-not-found` when the
 * tap holds none of what is asked for.
 */
export function streamedTracks(query: TapStreamQuery, kinds: readonly TrackKind[]): TapStreamTrack[] {
  const audio = query.audio ?? (query.video === undefined ? 'pcm' : undefined);
  if (query.sampleRate !== undefined && audio !== 'pcm') {
    throw new RoomflowError('invalid-request', `sampleRate=${query.sampleRate} goes with audio=pcm only.`);
  }
  for (const name of ['fps', 'maxWidth'] as const) {
    if (query[name] !== undefined && query.video === undefined) {
      throw new RoomflowError('invalid-request', `${name}=${query[name]} goes with video=jpeg only.`);
    }
  }
  const tracks: TapStreamTrack[] = [];
  if (audio !== undefined) {
    for (const kind of require(kinds, 'audio')) {
      tracks.push(
        audio === 'pcm'
          ? { kind, type: 'pcm', sampleRate: query.sampleRate ?? 48_000 }
          : { kind, type: 'opus' },
      );
    }
  }
  if (query.video !== undefined) {
    for (const kind of require(kinds, 'video')) {
      const { fps = DEFAULT_FPS, maxWidth } = query;
      tracks.push({ kind, type: 'jpeg', fps, ...(maxWidth === undefined ? {} : { maxWidth }) });
    }
  }
  return tracks;
}

function require(kinds: readonly TrackKind[], media: 'audio' | 'video'): TrackKind[] {
  const found = kinds.filter((kind) => mediaKindOf(kind) === media);
  if (found.length === 0) {
    throw new RoomflowError(
      'track-not-found',
      `The tap holds ${kinds.join(', ')} and no ${media}; start one whose kinds have it.`,
    );
  }
  return found;
}
