/** What a composing process is to do. */
export type CompositionRun = {
  engine: 'node-av' | 'ffmpeg';
  clipFile: string;
  guests: number;
  /** Outputs of one profile. */
  outputs: number;
  /** The pictures go out as they came; only the sound is mixed and encoded. */
  passthrough: boolean;
};
