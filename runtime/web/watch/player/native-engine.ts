import type { EngineEvents, StreamEngine } from './engine.ts';

/** Safari's own target is not told; it keeps about this far from the edge with low latency. */
const TARGET_SECONDS = 2;

/** Plays with the browser's own HLS player. */
export function openNativeEngine(
  video: HTMLVideoElement,
  address: string,
  { onTrouble }: Pick<EngineEvents, 'onTrouble'>,
): StreamEngine {
  const failed = (): void =>
    onTrouble(video.error?.code === MediaError.MEDIA_ERR_DECODE ? 'media' : 'network');
  video.addEventListener('error', failed);
  video.src = address;
  return {
    latencySeconds() {
      const pictureMs = pictureTimeOf(video);
      return pictureMs === null ? null : (Date.now() - pictureMs) / 1000;
    },
    pictureTimeMs: () => pictureTimeOf(video),
    targetSeconds: () => TARGET_SECONDS,
    goLive() {
      const { seekable } = video;
      if (seekable.length > 0) {
        video.currentTime = seekable.end(seekable.length - 1);
      }
    },
    chooseLevel() {
      // The browser chooses by itself and offers no choice.
    },
    recoverMedia() {
      video.load();
    },
    close() {
      video.removeEventListener('error', failed);
      video.removeAttribute('src');
      video.load();
    },
  };
}

/** By the programme's date, which WebKit tells with `getStartDate` (HTML, "timeline offset"). */
function pictureTimeOf(video: HTMLVideoElement): number | null {
  const getStartDate: unknown = 'getStartDate' in video ? video.getStartDate : undefined;
  const start: unknown = typeof getStartDate === 'function' ? Reflect.apply(getStartDate, video, []) : null;
  if (!(start instanceof Date) || Number.isNaN(start.getTime())) {
    return null;
  }
  return start.getTime() + video.currentTime * 1000;
}
