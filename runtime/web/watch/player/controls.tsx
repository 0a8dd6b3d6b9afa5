import type { RefObject, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  Captions as CaptionsIcon,
  CaptionsOff,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  Volume2,
  VolumeX,
} from 'lucide-preact';
import { clockText, latencyText } from '../texts/index.ts';
import { useWatching } from '../watching-context.ts';
import { canFillScreen, toggleFullScreen } from './full-screen.ts';
import { QualityMenu } from './quality-menu.tsx';

export type ControlsProps = { frame: RefObject<HTMLElement>; video: RefObject<HTMLVideoElement> };

export function Controls({ frame, video }: ControlsProps): VNode {
  const { player, scene, captions } = useWatching();
  const paused = player.state.value === 'paused' || player.state.value === 'finished';
  const filling = useFullScreen();
  return (
    <div class="controls">
      {scene.value === 'replay' && <Timeline />}
      <div class="controls-row">
        <ControlButton label={paused ? 'Play' : 'Pause'} keys="K" onClick={() => player.togglePlay()}>
          {paused ? <Play size={22} aria-hidden="true" /> : <Pause size={22} aria-hidden="true" />}
        </ControlButton>
        <Sound />
        {scene.value === 'live' ? <LiveMark /> : <Clock />}
        <span class="controls-space" />
        {captions.available.value && <CaptionsButton />}
        {player.qualities.value.length > 1 && <QualityMenu />}
        {document.pictureInPictureEnabled && (
          <ControlButton
            label="Picture in picture"
            className="is-roomy"
            onClick={() => void togglePictureInPicture(video.current)}
          >
            <PictureInPicture2 size={20} aria-hidden="true" />
          </ControlButton>
        )}
        {canFillScreen(video.current) && (
          <ControlButton
            label={filling ? 'Leave full screen' : 'Full screen'}
            keys="F"
            onClick={() => {
              if (frame.current !== null) {
                void toggleFullScreen(frame.current);
              }
            }}
          >
            {filling ? <Minimize size={20} aria-hidden="true" /> : <Maximize size={20} aria-hidden="true" />}
          </ControlButton>
        )}
      </div>
    </div>
  );
}

function ControlButton(props: {
  label: string;
  keys?: string;
  className?: string;
  onClick: () => void;
  children: VNode;
}): VNode {
  const { label, keys, className = '', onClick, children } = props;
  return (
    <button
      type="button"
      class={`control ${className}`}
      aria-label={label}
      aria-keyshortcuts={keys}
      title={keys === undefined ? label : `${label} (${keys})`}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function CaptionsButton(): VNode {
  const { captions } = useWatching();
  const label = captions.wanted.value ? 'Hide captions' : 'Show captions';
  return (
    <ControlButton label={label} keys="C" onClick={() => captions.toggle()}>
      {captions.wanted.value ? (
        <CaptionsIcon size={22} aria-hidden="true" />
      ) : (
        <CaptionsOff size={22} aria-hidden="true" />
      )}
    </ControlButton>
  );
}

function Sound(): VNode {
  const { player } = useWatching();
  const silent = player.muted.value || player.volume.value === 0;
  return (
    <div class="controls-sound">
      <ControlButton label={silent ? 'Unmute' : 'Mute'} keys="M" onClick={() => player.toggleMuted()}>
        {silent ? <VolumeX size={22} aria-hidden="true" /> : <Volume2 size={22} aria-hidden="true" />}
      </ControlButton>
      <input
        class="slider volume"
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={silent ? 0 : player.volume.value}
        aria-label="Volume"
        style={{ '--filled': silent ? 0 : player.volume.value }}
        onInput={({ currentTarget }) => player.setVolume(Number(currentTarget.value))}
      />
    </div>
  );
}

/** Live, and how far behind; a press goes back to it after a pause. */
function LiveMark(): VNode {
  const { player } = useWatching();
  const latency = player.latencySeconds.value;
  const away = player.behind.value || player.state.value === 'paused';
  return (
    <>
      {away ? (
        <button
          type="button"
          class="live-mark is-away"
          title="Go to live (L)"
          onClick={() => player.goLive()}
        >
          <span class="live-dot" aria-hidden="true" />
          Go live
        </button>
      ) : (
        <span class="live-mark">
          <span class="live-dot" aria-hidden="true" />
          Live
        </span>
      )}
      {latency !== null && player.state.value === 'playing' && (
        <span class="latency" title="How far this is behind the stage">
          {latencyText(latency)}
        </span>
      )}
    </>
  );
}

function Clock(): VNode {
  const { seconds, of } = useWatching().player.position.value;
  return (
    <span class="latency">
      {clockText(seconds)} / {clockText(of)}
    </span>
  );
}

function Timeline(): VNode {
  const { player } = useWatching();
  const { seconds, of } = player.position.value;
  return (
    <input
      class="slider timeline"
      type="range"
      min={0}
      max={Math.max(of, 0.1)}
      step={0.1}
      value={seconds}
      aria-label="Position"
      aria-valuetext={`${clockText(seconds)} of ${clockText(of)}`}
      style={{ '--filled': of === 0 ? 0 : seconds / of }}
      onInput={({ currentTarget }) => player.seek(Number(currentTarget.value))}
    />
  );
}

function useFullScreen(): boolean {
  const [filling, setFilling] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const changed = (): void => setFilling(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  return filling;
}

async function togglePictureInPicture(video: HTMLVideoElement | null): Promise<void> {
  try {
    await (document.pictureInPictureElement === null
      ? video?.requestPictureInPicture()
      : document.exitPictureInPicture());
  } catch {
    // Not before there is a picture, and not where the person's settings forbid it.
  }
}
