import type { VNode } from 'preact';
import { ToastList } from '../../shared/index.ts';
import { PlayerView } from '../player/player-view.tsx';
import { Invitation } from '../stage/invitation.tsx';
import { useWatching } from '../watching-context.ts';
import { About } from './about.tsx';
import { Sections } from './sections.tsx';
import { ShowHead } from './show-head.tsx';

/** The broadcast and everything around it. */
export function Show(): VNode {
  const watching = useWatching();
  const { phase, room } = watching.snapshot.value;
  const invitation = room?.stageInvitation ?? null;
  return (
    <div class="show">
      <ShowHead />
      <main class="show-main">
        <PlayerView />
        <About />
      </main>
      <aside class="show-side" aria-label="Taking part">
        {phase === 'reconnecting' && (
          <p class="banner" role="status">
            <span class="spinner" aria-hidden="true" />
            Reconnecting to the chat…
          </p>
        )}
        <Sections />
      </aside>
      <div class="notices" role="status" aria-live="polite">
        <ToastList toasts={watching.toasts} />
      </div>
      {invitation !== null && <Invitation byName={invitation.byName} />}
    </div>
  );
}
