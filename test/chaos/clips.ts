import {
  encodeAudioClip,
  encodeSpokenClip,
  encodeVideoClip,
  type EncodedClip,
} from '../support/runtime/index.ts';

/** What a guest sends. */
export type GuestClips = { audio: EncodedClip; video: EncodedClip };

/** Far above what a voice has: it can be told in the mix of both guests. */
export const steadyToneHz = 3000;

/** Longer than a run takes, so that no picture is sent twice in it. */
const STEADY_SECONDS = 90;

/** A guest whose every picture can be told from every other, and whose tone never pauses: a clock of what is recorded. */
export async function steadyGuest(): Promise<GuestClips> {
  return {
    audio: await encodeAudioClip(5, steadyToneHz),
    video: await encodeVideoClip('vp8', { size: '320x180', seconds: STEADY_SECONDS, kbps: 250 }),
  };
}

/** A guest who says a sentence again and again. */
export async function talkingGuest(): Promise<GuestClips> {
  return {
    audio: await encodeSpokenClip('the meeting will start at nine', { silenceSeconds: 0.5 }),
    video: await encodeVideoClip('vp8', { size: '160x90', seconds: 5, kbps: 100 }),
  };
}

/** The same clip from another of its frames on, for a sender that begins anew. */
export function continuedAt(clip: EncodedClip, frame: number): EncodedClip {
  const first = frame % clip.frames.length;
  // Whoever receives it anew can show nothing before a key frame.
  const later = clip.frames.findIndex(({ isKey }, index) => isKey && index >= first);
  const start = Math.max(0, later);
  return { ...clip, frames: [...clip.frames.slice(start), ...clip.frames.slice(0, start)] };
}
