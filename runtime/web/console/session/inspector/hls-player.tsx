import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Plays what viewers see, without sound until it is asked for. The player is loaded only here: it is half of the page. */
export function HlsPlayer({ address, isLive }: { address: string; isLive: boolean }): VNode {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) {
      return undefined;
    }
    let isClosed = false;
    let close = (): void => undefined;
    void import('../../../watch/player/hls-engine.ts').then(({ openHlsEngine }) => {
      if (!isClosed) {
        const engine = openHlsEngine(element, address, isLive ? 'live' : 'replay', {
          onQualities: () => undefined,
          onTrouble: (trouble) => setProblem(`The stream cannot be played (${trouble}).`),
        });
        close = () => engine.close();
      }
    });
    return () => {
      isClosed = true;
      close();
    };
  }, [address, isLive]);
  return (
    <>
      <video ref={video} class="asset-player" controls muted autoplay={isLive} playsInline />
      {problem !== null && (
        <p class="quiet" role="status">
          {problem}
        </p>
      )}
    </>
  );
}
