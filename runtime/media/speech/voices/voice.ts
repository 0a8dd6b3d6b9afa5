import type { MediaInput } from '../../ffmpeg/index.ts';

/** Speech on its way: whoever reads the stream to its end, or destroys it, has nothing else to tidy up. */
export type SpokenStream = Extract<MediaInput, { kind: 'stream' }>;

/** Speaks text. */
export type Voice = {
  /** `engine` or `engine/voice`, as it was asked for. */
  readonly name: string;
  /**
   * Begins to speak. Resolves when the voice has taken the text; what fails afterwards is an error of the stream.
   *
   * @throws RoomflowError `voice-failed`
   */
  speak(text: string, signal: AbortSignal): Promise<SpokenStream>;
};
