/** Whether anything here can fill the screen. iPhones let a video only. */
export function canFillScreen(video: HTMLVideoElement | null): boolean {
  return document.fullscreenEnabled || webkitEntry(video) !== null;
}

/** Fills the screen with `frame`, or ends that. @returns false when the browser would not */
export async function toggleFullScreen(frame: HTMLElement): Promise<boolean> {
  try {
    if (document.fullscreenElement !== null) {
      await document.exitFullscreen();
    } else if (document.fullscreenEnabled) {
      await frame.requestFullscreen();
    } else {
      webkitEntry(frame.querySelector('video'))?.();
    }
    return true;
  } catch {
    // Only a press of the person may do it, and some frames may not at all.
    return false;
  }
}

function webkitEntry(video: HTMLVideoElement | null): (() => void) | null {
  if (video === null || !('webkitEnterFullscreen' in video)) {
    return null;
  }
  const enter: unknown = video.webkitEnterFullscreen;
  return typeof enter === 'function' ? () => void Reflect.apply(enter, video, []) : null;
}
