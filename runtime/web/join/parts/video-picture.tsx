import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Shows a track, once its first picture is there; sound never comes from here. */
export function VideoPicture({
  track,
  mirrored = false,
  whole = false,
}: {
  track: MediaStreamTrack | null;
  mirrored?: boolean;
  /** The whole picture with margins, instead of filling the frame. */
  whole?: boolean;
}): VNode {
  const video = useRef<HTMLVideoElement>(null);
  const [shown, setShown] = useState<MediaStreamTrack | null>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) {
      return;
    }
    element.srcObject = track === null ? null : new MediaStream([track]);
    return () => {
      element.srcObject = null;
      setShown(null);
    };
  }, [track]);
  return (
    <video
      ref={video}
      class={`picture${mirrored ? ' is-mirrored' : ''}${whole ? ' is-whole' : ''}`}
      data-showing={track !== null && shown === track}
      autoplay
      playsInline
      muted
      aria-hidden="true"
      tabIndex={-1}
      onLoadedData={() => setShown(track)}
      onPlaying={() => setShown(track)}
    />
  );
}
