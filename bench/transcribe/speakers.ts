import { startMediaPublisher, type MediaPublisher } from '../../test/support/runtime/index.ts';
import {
  encodeSpeech,
  sentences,
  speak,
  type Speech,
  type SpokenLine,
  type Voice,
} from '../../test/support/speech/index.ts';
import type { BenchRuntime } from '../runtime-process.ts';

/** Voices that the built-in engine understands. */
const voices: readonly Voice[] = ['awb', 'rms', 'slt'];

/** Somebody who speaks, and what. */
export type Speaker = { participantId: string; speech: Speech };

/** Speakers, each with so many lines, who begin one after the other. */
export async function prepareSpeakers(count: number, lines: number): Promise<Speaker[]> {
  const speakers: Speaker[] = [];
  for (let index = 0; index < count; index++) {
    const voice = voices[index % voices.length] ?? 'awb';
    const said = Array.from({ length: lines }, (_, line) => ({
      text: sentences[(index * 3 + line) % sentences.length] ?? '',
      voice,
    }));
    const speech = await speak(said, { leadMs: 2000 + index * 370, pauseMs: 1200, tailMs: 3000 });
    speakers.push({ participantId: `speaker-${index + 1}`, speech });
  }
  return speakers;
}

/** A speaker whose microphone is on. */
export type Speaking = AsyncDisposable & {
  participantId: string;
  /** Resolves when all is said. */
  said: Promise<void>;
  /** Lines at the times at which they were sent, in milliseconds since 1970. */
  lines(): SpokenLine[];
};

/** Publishes over WHIP and begins to speak. */
export async function startSpeaking(
  { url, serverKey }: BenchRuntime,
  roomId: string,
  { participantId, speech }: Speaker,
): Promise<Speaking> {
  const clip = await encodeSpeech(speech);
  const media: MediaPublisher = await startMediaPublisher({
    clips: [clip],
    exchange: async (offer) => {
      const answer = await fetch(new URL(`/v2/whip?roomId=${roomId}&participantId=${participantId}`, url), {
        method: 'POST',
        headers: { authorization: serverKey, 'content-type': 'application/sdp' },
        body: offer,
      });
      if (answer.status !== 201) {
        throw new Error(`WHIP answered ${answer.status}: ${await answer.text()}`);
      }
      return answer.text();
    },
  });
  const [track] = media.tracks;
  return {
    participantId,
    said: media.sentMore(clip.frames.length - (track?.frames.length ?? 0)).then(() => track?.pause()),
    lines() {
      const beganAtMs = track?.frames[0]?.atMs ?? Number.NaN;
      return speech.lines.map((line) => ({
        ...line,
        startMs: beganAtMs + line.startMs,
        endMs: beganAtMs + line.endMs,
      }));
    },
    [Symbol.asyncDispose]: () => media.close(),
  };
}
