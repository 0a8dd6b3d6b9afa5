import { Fragment, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { curveOf, textStyles, textWidth, type PlacedEdge } from '../../../diagram/index.ts';
import type { EdgeText } from '../texts/index.ts';

const LINE = 14;

/** The line of an edge; it moves while something flows. */
export function EdgeLine({
  edge,
  isFlowing,
  isNear,
}: {
  edge: PlacedEdge;
  isFlowing: boolean;
  isNear: boolean;
}): VNode {
  const { points, isEnd = false } = edge;
  return useMemo(
    () => (
      <path
        class="edge"
        data-end={isEnd || undefined}
        data-flowing={isFlowing || undefined}
        data-near={isNear || undefined}
        d={curveOf(points)}
        marker-end={isEnd ? 'url(#edge-end)' : 'url(#edge-arrow)'}
      />
    ),
    [points, isEnd, isFlowing, isNear],
  );
}

type EdgeFiguresProps = { edge: PlacedEdge } & Pick<EdgeText, 'flow' | 'pace' | 'trouble'>;

/** What flows, and below it what waits or was left out. */
export function EdgeFigures({ edge, flow, pace, trouble }: EdgeFiguresProps): VNode {
  const { labelAt } = edge;
  return useMemo(() => {
    const lines = [flow, pace, trouble].filter((line) => line.trim() !== '');
    if (labelAt === null || lines.length === 0) {
      return <Fragment />;
    }
    const width = Math.max(...lines.map((line) => textWidth(line, textStyles.edge))) + 10;
    const height = lines.length * LINE + 4;
    const top = labelAt.y - height / 2;
    return (
      <g class="edge-figures">
        <rect x={labelAt.x - width / 2} y={top} width={width} height={height} rx={8} />
        {lines.map((line, index) => (
          <text
            key={line}
            class={line === trouble ? 'is-trouble' : undefined}
            x={labelAt.x}
            y={top + 13 + index * LINE}
          >
            {line}
          </text>
        ))}
      </g>
    );
  }, [labelAt, flow, pace, trouble]);
}
