import type { VNode } from 'preact';
import { useState, type MutableRef } from 'preact/hooks';
import type { RecordingFile } from '../../../contract/index.ts';
import { ownAddress } from '../../shared/index.ts';

/** Plays a recorded file. Its address is the signed link, so no key is in it. */
export function FilePlayer(props: {
  file: RecordingFile;
  player?: MutableRef<HTMLMediaElement | null>;
  onTime?: (seconds: number) => void;
}): VNode {
  const { file, player, onTime } = props;
  const [cannotPlay, setCannotPlay] = useState(false);
  const address = ownAddress(file.fileUrl, location.href);
  const shared = {
    class: 'asset-player',
    src: address,
    controls: true,
    preload: 'metadata',
    ref: (element: HTMLMediaElement | null): void => {
      if (player !== undefined) {
        player.current = element;
      }
    },
    onError: () => setCannotPlay(true),
    onTimeUpdate: ({ currentTarget }: { currentTarget: HTMLMediaElement }) =>
      onTime?.(currentTarget.currentTime),
  } as const;
  return (
    <>
      {file.type === 'video' ? <video {...shared} playsInline /> : <audio {...shared} />}
      {cannotPlay && (
        <p class="quiet" role="status">
          This browser cannot play {file.meta.format}. Download the file to play it elsewhere.
        </p>
      )}
    </>
  );
}
