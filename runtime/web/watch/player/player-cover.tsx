import type { ComponentChildren, VNode } from 'preact';
import { RotateCcw } from 'lucide-preact';
import { Streams } from '../entrance/streams.tsx';
import { useWatching } from '../watching-context.ts';

/** What stands in the picture's place while there is none. */
export function PlayerCover(): VNode | null {
  const watching = useWatching();
  const { player } = watching;
  switch (watching.scene.value) {
    case 'soon':
      return (
        <Cover title="The broadcast has not begun">
          It starts here by itself. Say hello in the chat meanwhile.
        </Cover>
      );
    case 'starting':
      return <Cover title="About to begin">The picture comes up in a moment.</Cover>;
    case 'over':
      return (
        <Cover title="Thank you for watching">
          {watching.replay.value === null
            ? 'The broadcast is over.'
            : 'The broadcast is over. Missed something?'}
          {watching.replay.value !== null && (
            <button type="button" class="primary-button has-icon" onClick={() => watching.playReplay()}>
              <RotateCcw size={20} aria-hidden="true" />
              Watch the replay
            </button>
          )}
        </Cover>
      );
    case 'live':
    case 'replay':
      return player.state.value === 'failed' ? (
        <Cover title={player.isSupported ? 'This cannot be played any more' : 'This browser cannot play it'}>
          {player.isSupported
            ? 'The recording did not load. Reload the page to try again.'
            : 'Please open the link in a current Chrome, Edge, Firefox or Safari.'}
        </Cover>
      ) : null;
  }
}

function Cover({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <div class="cover">
      <Streams />
      <div class="cover-words" role="status">
        <h2>{title}</h2>
        <div class="cover-text">{children}</div>
      </div>
    </div>
  );
}
