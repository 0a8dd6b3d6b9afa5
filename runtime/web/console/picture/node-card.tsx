import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import {
  iconOf,
  nodePadding,
  shortenText,
  signOf,
  textStyles,
  toneOf,
  type PlacedNode,
} from '../../../diagram/index.ts';

const ICON = { tile: 28, left: 9, scale: 0.72 } as const;
const CORNER = 12;

export type NodeCardProps = {
  node: PlacedNode;
  isSelected: boolean;
  /** The one node that the tab key reaches; arrow keys go on from there. */
  isReachable: boolean;
  onSelect: (id: string) => void;
};

const kindNames = {
  event: 'Event',
  person: 'Person',
  track: 'Track',
  step: 'Step',
  asset: 'Asset',
} as const satisfies Record<PlacedNode['kind'], string>;

/**
 * A node as a card that can be pressed. What is drawn is made anew only when something of it has changed: a picture of
 * 200 steps has 1,000 of them and of edges, of which a few change.
 */
export function NodeCard({ node, isSelected, isReachable, onSelect }: NodeCardProps): VNode {
  const { id, kind, type, label, detail, state, x, y, width, height } = node;
  return useMemo(() => {
    const tone = toneOf(state);
    const room = width - nodePadding.leftPx - nodePadding.rightPx;
    const middle = height / 2;
    const said = [...new Set([label, detail, state])].filter((text) => text !== '').join(', ');
    const inset = ICON.tile / 2 - 12 * ICON.scale;
    return (
      <g
        class="node"
        role="button"
        data-node={id}
        data-kind={kind}
        data-tone={tone}
        data-state={state}
        tabindex={isReachable ? 0 : -1}
        aria-label={`${kindNames[kind]}: ${said}`}
        aria-pressed={isSelected}
        transform={`translate(${x} ${y})`}
        onClick={() => onSelect(id)}
      >
        <title>{said}</title>
        <rect class="node-card" width={width} height={height} rx={CORNER} />
        <g transform={`translate(${ICON.left} ${middle - ICON.tile / 2})`}>
          <rect class="node-tile" width={ICON.tile} height={ICON.tile} rx={8} />
          <path
            class="node-icon"
            transform={`translate(${inset} ${inset}) scale(${ICON.scale})`}
            d={iconOf({ kind, type })}
          />
        </g>
        <text class="node-label" x={nodePadding.leftPx} y={detail === '' ? middle + 4.5 : middle - 3.5}>
          {shortenText(label, textStyles.label, room)}
        </text>
        {detail !== '' && (
          <text class="node-detail" x={nodePadding.leftPx} y={middle + 13}>
            {shortenText(detail, textStyles.detail, room)}
          </text>
        )}
        {tone !== 'none' && (
          <g class="node-sign" data-tone={tone} transform={`translate(${width - 4} 4)`}>
            <circle r={8} />
            <path d={signOf[tone]} />
          </g>
        )}
      </g>
    );
  }, [id, kind, type, label, detail, state, x, y, width, height, isSelected, isReachable, onSelect]);
}
