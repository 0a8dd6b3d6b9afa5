import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { VolumeX } from 'lucide-preact';
import { FloatingReactions, GiftMoments } from '../../audience/index.ts';
import { CaptionsView } from '../../captions/index.ts';
import { useWatching } from '../watching-context.ts';
import { Controls } from './controls.tsx';
import { PlayerCover } from './player-cover.tsx';
import { usePlayerKeys } from './use-player-keys.ts';

const CONTROLS_SHOWN_FOR_MS = 3_000;

/** The picture, what floats over it, and its controls. */
export function PlayerView(): VNode {
  const { player, scene } = useWatching();
  const frame = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [active, stir] = useActivity();
  useEffect(() => (video.current === null ? undefined : player.attach(video.current)), [player]);
  usePlayerKeys(frame);
  const state = player.state.value;
  const plays = scene.value === 'live' || scene.value === 'replay';
  return (
    <section
      ref={frame}
      class="player"
      aria-label="Broadcast"
      data-scene={scene.value}
      data-player={state}
      data-controls={active || state !== 'playing' ? 'shown' : 'hidden'}
      onPointerMove={stir}
      onPointerDown={stir}
      onFocusIn={stir}
    >
      <video
        ref={video}
        class="player-video"
        playsInline
        data-showing={plays}
        onClick={() => {
          if (matchMedia('(hover: hover)').matches && plays) {
            player.togglePlay();
          }
        }}
      />
      {plays && (state === 'loading' || state === 'stalled') && (
        <p class="player-busy" role="status">
          <span class="spinner" aria-hidden="true" />
          {state === 'loading' ? 'Opening the broadcast…' : 'Reconnecting…'}
        </p>
      )}
      <PlayerCover />
      {scene.value === 'live' && <CaptionsView />}
      <FloatingReactions />
      <GiftMoments />
      {plays && player.soundBlocked.value && (
        <button type="button" class="sound-button" onClick={() => player.turnOnSound()}>
          <VolumeX size={20} aria-hidden="true" />
          Tap for sound
        </button>
      )}
      {plays && <Controls frame={frame} video={video} />}
    </section>
  );
}

/** True for a while after each stir. */
function useActivity(): [boolean, () => void] {
  const [active, setActive] = useState(true);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stir = (): void => {
    setActive(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setActive(false), CONTROLS_SHOWN_FOR_MS);
  };
  useEffect(() => {
    stir();
    return () => clearTimeout(timer.current);
  }, []);
  return [active, stir];
}
