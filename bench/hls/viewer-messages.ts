/** What the process of simulated viewers is told. */
export type ViewerOrder =
  { type: 'watch'; playlistUrl: string; count: number } | { type: 'count' } | { type: 'stop' };

/** What the viewers have been answered so far. */
export type ViewerCount = {
  playlists: number;
  parts: number;
  bytes: number;
  /** Answers with another status than 200, by status. */
  refused: Record<string, number>;
  /** Longest time between two new parts at a viewer, in milliseconds. */
  longestGapMs: number;
};

/** What it tells. */
export type ViewerReport =
  { type: 'watching' } | ({ type: 'counted' } & ViewerCount) | { type: 'failed'; message: string };
