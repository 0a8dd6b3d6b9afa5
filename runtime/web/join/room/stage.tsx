import type { VNode } from 'preact';
import { useMeeting } from '../meeting-context.ts';
import { PersonTile } from './person-tile.tsx';
import { SharedScreenView } from './shared-screen-view.tsx';
import { TileGrid } from './tile-grid.tsx';

/** The people in a grid; when a screen is shared it takes the main place and the people stand beside it. */
export function Stage(): VNode {
  const { tiles } = useMeeting();
  const people = tiles.value.filter((tile) => tile.isOnStage);
  // Somebody else's screen is what one came to see, and the latest share is the one talked about.
  const presenter =
    tiles.value.findLast((tile) => tile.screen !== null && !tile.isSelf) ??
    tiles.value.find((tile) => tile.screen !== null);
  if (presenter === undefined) {
    return <TileGrid tiles={people} />;
  }
  return (
    <div class="presentation">
      <SharedScreenView presenter={presenter} />
      <div class="filmstrip">
        {people.map((tile) => (
          <PersonTile key={tile.participantId} tile={tile} />
        ))}
      </div>
    </div>
  );
}
