import { useComputed } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Maximize, ZoomIn, ZoomOut } from 'lucide-preact';
import type { PlacedDiagram } from '../../../diagram/index.ts';
import type { EdgeText } from '../texts/index.ts';
import { EdgeFigures, EdgeLine } from './edge-line.tsx';
import { neighbourOf, type Direction } from './neighbour.ts';
import { NodeCard } from './node-card.tsx';
import { useViewport } from './use-viewport.ts';

export type PictureViewProps = {
  placed: PlacedDiagram;
  /** By edge; left out: the edges' own labels. */
  flows?: ReadonlyMap<string, EdgeText> | undefined;
  selected: string | null;
  /** null: nothing any more. */
  onSelect: (id: string | null) => void;
  label: string;
  /** Stands in the upper left corner. */
  children?: ComponentChildren;
};

const ZOOM = 1.3;
const PAN_PX = 80;
/** Smaller than this, figures and details cannot be read and only fill the picture. */
const FAR = 0.45;
/** Smaller than this nothing can be read: cards are dots in the colour of their state. */
const OVERVIEW = 0.18;

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/**
 * A picture to move about in: drag, wheel, pinch, or the keys + - 0. The tab key reaches one node, arrow keys go from
 * node to node, and Enter opens what is known of it.
 */
export function PictureView(props: PictureViewProps): VNode {
  const { placed, flows, selected, onSelect, label, children } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const { viewport, fit, zoom, pan, reveal } = useViewport(frame, placed);
  const transform = useComputed(() => {
    const { x, y, scale } = viewport.value;
    return `translate(${x} ${y}) scale(${scale})`;
  });
  const distance = useComputed(() => {
    const { scale } = viewport.value;
    if (scale < OVERVIEW) {
      return 'overview';
    }
    return scale < FAR ? 'far' : 'near';
  });
  const percent = useComputed(() => `${Math.round(viewport.value.scale * 100)} %`);
  const reachable = [focused, selected].find((id) => placed.nodes.some((node) => node.id === id));
  const entry = reachable ?? placed.nodes[0]?.id;

  const select = useCallback(
    (id: string): void => {
      setFocused(id);
      onSelect(id);
    },
    [onSelect],
  );
  const focusOn = (id: string): void => {
    setFocused(id);
    frame.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = directions[event.key];
    const current = (event.target as Element).closest('[data-node]')?.getAttribute('data-node');
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (direction !== undefined && current !== undefined && current !== null && !event.shiftKey) {
      const next = neighbourOf(placed.nodes, current, direction);
      if (next !== null) {
        focusOn(next.id);
      }
    } else if (direction !== undefined) {
      const [x, y] = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] }[direction];
      pan((x ?? 0) * PAN_PX, (y ?? 0) * PAN_PX);
    } else if ((event.key === 'Enter' || event.key === ' ') && current !== undefined && current !== null) {
      select(current);
    } else if (event.key === 'Escape') {
      onSelect(null);
    } else if (event.key === '+' || event.key === '=') {
      zoom(ZOOM);
    } else if (event.key === '-') {
      zoom(1 / ZOOM);
    } else if (event.key === '0') {
      fit();
    } else {
      return;
    }
    event.preventDefault();
  };

  const near = useMemo(
    () =>
      new Set(
        selected === null
          ? []
          : placed.edges.filter(({ from, to }) => from === selected || to === selected).map(({ id }) => id),
      ),
    [placed, selected],
  );
  useEffect(() => {
    const node = placed.nodes.find(({ id }) => id === focused);
    if (node !== undefined) {
      reveal(node);
    }
    // Only when another node has the focus: a picture that changes does not move by itself.
  }, [focused, reveal]);

  return (
    <div
      ref={frame}
      class="picture"
      role="group"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={({ target }) => {
        if (target instanceof Element && target.closest('[data-node], .picture-tools') === null) {
          onSelect(null);
        }
      }}
    >
      <svg class="picture-canvas" data-distance={distance}>
        <defs>
          <marker
            id="edge-arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path class="edge-head" d="M0 0.6L7.4 4L0 7.4z" />
          </marker>
          <marker
            id="edge-end"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path class="edge-stop" d="M6 0.5V7.5" />
          </marker>
        </defs>
        <g transform={transform}>
          {placed.edges.map((edge) => (
            <EdgeLine
              key={edge.id}
              edge={edge}
              isFlowing={flows?.get(edge.id)?.isFlowing === true}
              isNear={near.has(edge.id)}
            />
          ))}
          {placed.nodes.map((node) => (
            <NodeCard
              key={node.id}
              node={node}
              isSelected={node.id === selected}
              isReachable={node.id === entry}
              onSelect={select}
            />
          ))}
          {placed.edges.map((edge) => (
            <EdgeFigures
              key={edge.id}
              edge={edge}
              flow={flows?.get(edge.id)?.flow ?? edge.label}
              pace={flows?.get(edge.id)?.pace ?? ''}
              trouble={flows?.get(edge.id)?.trouble ?? ''}
            />
          ))}
        </g>
      </svg>
      {children !== undefined && <div class="picture-tools is-left">{children}</div>}
      <div class="picture-tools is-right">
        <button type="button" class="icon-button" aria-label="Zoom out" onClick={() => zoom(1 / ZOOM)}>
          <ZoomOut size={17} aria-hidden="true" />
        </button>
        <span class="figure picture-percent">{percent}</span>
        <button type="button" class="icon-button" aria-label="Zoom in" onClick={() => zoom(ZOOM)}>
          <ZoomIn size={17} aria-hidden="true" />
        </button>
        <button type="button" class="icon-button" aria-label="Show all" onClick={fit}>
          <Maximize size={17} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
}
