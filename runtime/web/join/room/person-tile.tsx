import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { MicOff, WifiOff } from 'lucide-preact';
import { Avatar } from '../../shared/index.ts';
import { VideoPicture } from '../parts/video-picture.tsx';
import type { Tile } from './tiles.ts';
import { useLayerPreference } from './use-layer-preference.ts';

export function PersonTile({ tile }: { tile: Tile }): VNode {
  const element = useRef<HTMLElement>(null);
  useLayerPreference(element, tile.camera?.trackId ?? null);
  return (
    <article
      ref={element}
      class="tile"
      data-participant-id={tile.participantId}
      data-speaking={tile.speaking}
      data-muted={!tile.microphoneOn}
      data-self={tile.isSelf}
      data-connected={tile.connected}
      aria-label={describe(tile)}
    >
      <Avatar participantId={tile.participantId} name={tile.name} />
      <VideoPicture track={tile.camera?.track ?? null} mirrored={tile.isSelf} />
      <p class="tile-label" aria-hidden="true">
        {!tile.microphoneOn && <MicOff size={15} class="muted-mark" />}
        <span class="tile-name">{tile.isSelf ? `${tile.name} (you)` : tile.name}</span>
        {tile.recorded && <span class="recording-dot" />}
      </p>
      {!tile.connected && (
        <p class="tile-lost">
          <WifiOff size={18} aria-hidden="true" /> Reconnecting…
        </p>
      )}
    </article>
  );
}

/** What a screen reader says of a person. */
function describe(tile: Tile): string {
  return [
    tile.isSelf ? `${tile.name}, you` : tile.name,
    tile.microphoneOn ? null : 'muted',
    tile.cameraOn ? null : 'no picture',
    tile.speaking ? 'speaking' : null,
    tile.recorded ? 'being recorded' : null,
    tile.connected ? null : 'reconnecting',
  ]
    .filter((part) => part !== null)
    .join(', ');
}
