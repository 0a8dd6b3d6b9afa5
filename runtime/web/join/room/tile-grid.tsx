import type { VNode } from 'preact';
import { gridLayout } from './grid-layout.ts';
import { PersonTile } from './person-tile.tsx';
import type { Tile } from './tiles.ts';
import { useSize } from './use-size.ts';

const GAP = 10;

export function TileGrid({ tiles }: { tiles: readonly Tile[] }): VNode {
  const [element, { width, height }] = useSize<HTMLDivElement>();
  const layout = gridLayout(tiles.length, { width, height, gap: GAP });
  return (
    <div ref={element} class="tile-space" data-scrolls={layout.scrolls}>
      <div
        class="tile-grid"
        style={{
          gap: `${GAP}px`,
          // Flex, so that a last row that is not full stands in the middle.
          maxWidth: `${layout.columns * layout.tileWidth + (layout.columns - 1) * GAP + 1}px`,
          '--tile-width': `${layout.tileWidth}px`,
          '--tile-height': `${layout.tileHeight}px`,
        }}
      >
        {tiles.map((tile) => (
          <PersonTile key={tile.participantId} tile={tile} />
        ))}
      </div>
      {tiles.length === 1 && <p class="alone">Nobody else is here yet.</p>}
    </div>
  );
}
