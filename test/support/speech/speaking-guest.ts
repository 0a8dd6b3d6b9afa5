import { publishAs, type MediaPublisher, type SignallingParticipant } from '../runtime/index.ts';
import { encodeSpeech, type Speech, type SpokenLine } from './spoken.ts';

/** A guest whose microphone says prepared lines, and knows when. */
export type SpeakingGuest = AsyncDisposable & {
  media: MediaPublisher;
  /** The lines as they sound on the session clock, by when they are sent. */
  linesOn(sessionStartMs: number): SpokenLine[];
  /** Resolves when so much of the speech has been sent, in milliseconds from its beginning. */
  reached(atMs: number): Promise<void>;
  /** Resolves when all has been said once, the silence behind it included. */
  said(): Promise<void>;
};

/** Begins to speak at once, as a participant that is in the room. */
export async function speakAs(participant: SignallingParticipant, speech: Speech): Promise<SpeakingGuest> {
  const clip = await encodeSpeech(speech);
  const media = await publishAs(participant, { clips: [clip] });
  const [track] = media.tracks;
  if (!track) {
    throw new Error('Nothing is published.');
  }
  const sent = async (frames: number): Promise<void> => {
    const left = Math.ceil(frames) - track.frames.length;
    if (left > 0) {
      await media.sentMore(left);
    }
  };
  return {
    media,
    linesOn(sessionStartMs) {
      const [first] = track.frames;
      if (!first) {
        throw new Error('Nothing has been sent yet.');
      }
      const offsetMs = first.atMs - sessionStartMs;
      return speech.lines.map((line) => ({
        ...line,
        startMs: line.startMs + offsetMs,
        endMs: line.endMs + offsetMs,
      }));
    },
    reached: (atMs) => sent(atMs / clip.frameMs),
    async said() {
      await sent(clip.frames.length);
      track.pause();
    },
    [Symbol.asyncDispose]: () => media.close(),
  };
}
