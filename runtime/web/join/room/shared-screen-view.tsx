import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { MonitorUp } from 'lucide-preact';
import { useMeeting } from '../meeting-context.ts';
import { VideoPicture } from '../parts/video-picture.tsx';
import type { Tile } from './tiles.ts';
import { useLayerPreference } from './use-layer-preference.ts';

/** A shared screen in the main place. One's own is not shown, as it would show itself without end. */
export function SharedScreenView({ presenter }: { presenter: Tile }): VNode {
  const meeting = useMeeting();
  const element = useRef<HTMLElement>(null);
  useLayerPreference(element, presenter.screen?.trackId ?? null);
  if (presenter.isSelf) {
    return (
      <section class="shared-screen is-own" data-screen-of={presenter.participantId} aria-label="Your screen">
        <MonitorUp size={40} aria-hidden="true" />
        <p>Everybody sees your screen.</p>
        <button type="button" class="plain-button" onClick={() => meeting.media.screen.stop()}>
          Stop sharing
        </button>
      </section>
    );
  }
  return (
    <section
      ref={element}
      class="shared-screen"
      data-screen-of={presenter.participantId}
      aria-label={`Screen of ${presenter.name}`}
    >
      <VideoPicture track={presenter.screen?.track ?? null} whole />
      <p class="tile-label" aria-hidden="true">
        <MonitorUp size={15} />
        <span class="tile-name">{presenter.name}</span>
      </p>
    </section>
  );
}
