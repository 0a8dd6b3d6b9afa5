import type { OutputProfile } from '../media/index.ts';

/** What is known of the lone participant's camera when it has to be decided whether its pictures go out as they are. */
export type CameraFacts = {
  /** Null while nothing is published. */
  codec: string | null;
  muted: boolean;
  /** Of the last key frame; null until there was one. */
  size: { width: number; height: number } | null;
  /** Since the last picture, or since one was asked for first. */
  silentMs: number;
  /** A shared screen takes the main place of a picture, so it has to be drawn. */
  screenShared: boolean;
};

/** Sinks and viewers need pictures that keep coming: a camera that is away for longer is stood in for. */
export const LONGEST_SILENCE_MS = 1000;
/** A camera has to have been fit for this long before it is taken as it is again, so that nothing flaps. */
export const FIT_FOR_MS = 2000;

/** True when the camera's pictures are what a compositor would have to make of them. Pure. */
export function isFitToPass(camera: CameraFacts, canvas: { width: number; height: number }): boolean {
  return (
    camera.codec === 'h264' &&
    !camera.muted &&
    !camera.screenShared &&
    camera.silentMs <= LONGEST_SILENCE_MS &&
    (camera.size === null || (camera.size.width === canvas.width && camera.size.height === canvas.height))
  );
}

/** True when an output can be given the camera's H.264 as it is. Pure. */
export function takesAsItIs({ video }: OutputProfile, canvas: { width: number; height: number }): boolean {
  return (
    video === null ||
    (video.codec === 'h264' && video.width === canvas.width && video.height === canvas.height)
  );
}
