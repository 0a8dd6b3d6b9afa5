import type { VNode } from 'preact';
import { useCallback, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { SessionPicture } from '../../../contract/index.ts';
import { NothingHere } from '../parts/index.ts';
import {
  diagramOf,
  foldAlike,
  LivingLayout,
  PictureView,
  withoutEnded,
  type Fold,
} from '../picture/index.ts';
import { countText } from '../texts/index.ts';
import { Inspector } from './inspector/inspector.tsx';
import { pictureMeasure } from './picture-feed.ts';

/** The picture, and beside it what is chosen in it. */
export function SessionView(props: {
  picture: SessionPicture;
  onStart: (participantId: string | null) => void;
}): VNode {
  const { picture, onStart } = props;
  const [selected, setSelected] = useState<string | null>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [folds, setFolds] = useState(true);
  const [showsEnded, setShowsEnded] = useState(true);
  const layout = useMemo(() => new LivingLayout(), []);
  const shown = useMemo(() => {
    const visible = showsEnded ? picture : withoutEnded(picture);
    return folds
      ? foldAlike(visible, unfolded)
      : { nodes: visible.nodes, edges: visible.edges, folds: new Map<string, Fold>() };
  }, [picture, showsEnded, folds, unfolded]);
  const { placed, flows } = useMemo(() => {
    const { diagram, flows: figures } = diagramOf(shown);
    return { placed: layout.place(diagram), flows: figures };
  }, [shown, layout]);
  useLayoutEffect(() => {
    if (performance.getEntriesByName(pictureMeasure, 'mark').length > 0) {
      performance.measure(pictureMeasure, pictureMeasure);
      performance.clearMarks(pictureMeasure);
    }
  }, [picture]);

  const select = useCallback((id: string | null): void => setSelected(id), []);
  const fold = selected === null ? undefined : shown.folds.get(selected);
  const node = selected === null ? undefined : picture.nodes.find(({ id }) => id === selected);
  return (
    <div class="session">
      {picture.nodes.length === 0 ? (
        <NothingHere title="Nobody and nothing is here">
          People, their tracks and the steps that run on them show here as they come.
        </NothingHere>
      ) : (
        <PictureView
          placed={placed}
          flows={flows}
          selected={selected}
          onSelect={select}
          label={`Picture of the session: ${countText(picture.nodes.length, 'thing')}. Arrow keys lead from one to the next.`}
        >
          <label class="chip">
            <input
              type="checkbox"
              checked={showsEnded}
              onChange={({ currentTarget }) => setShowsEnded(currentTarget.checked)}
            />
            Ended steps
          </label>
          <label class="chip">
            <input
              type="checkbox"
              checked={folds}
              onChange={({ currentTarget }) => {
                setFolds(currentTarget.checked);
                setUnfolded(new Set());
              }}
            />
            Fold what is alike
          </label>
        </PictureView>
      )}
      <aside class="inspector" aria-label="Details">
        <Inspector
          picture={picture}
          node={node ?? null}
          fold={fold ?? null}
          onSelect={select}
          onUnfold={(id) => {
            setUnfolded(new Set([...unfolded, id]));
            setSelected(null);
          }}
          onStart={onStart}
        />
      </aside>
    </div>
  );
}
