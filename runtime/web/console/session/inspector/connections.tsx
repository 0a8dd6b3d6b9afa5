import type { VNode } from 'preact';
import type { SessionPicture } from '../../../../contract/index.ts';
import { ToneSign } from '../../parts/index.ts';
import { edgeText } from '../../texts/index.ts';

/** What a node takes and what it feeds, with figures, to be gone to. */
export function Connections(props: {
  picture: SessionPicture;
  nodeId: string;
  onSelect: (id: string) => void;
}): VNode {
  const { picture, nodeId, onSelect } = props;
  const nodes = new Map(picture.nodes.map((node) => [node.id, node]));
  const sides = [
    { name: 'Takes', edges: picture.edges.filter(({ to }) => to === nodeId), end: 'from' },
    { name: 'Feeds', edges: picture.edges.filter(({ from }) => from === nodeId), end: 'to' },
  ] as const;
  return (
    <>
      {sides
        .filter(({ edges }) => edges.length > 0)
        .map(({ name, edges, end }) => (
          <section key={name} aria-label={name}>
            <h3 class="inspector-subtitle">{name}</h3>
            <ul class="pick-list is-tight">
              {edges.map((edge) => {
                const node = nodes.get(edge[end]);
                const { flow, pace, trouble } = edgeText(edge);
                const figures = [flow, pace].filter((text) => text !== '').join(' · ');
                return node === undefined ? null : (
                  <li key={edge.id}>
                    <button type="button" onClick={() => onSelect(node.id)}>
                      <span class="pick-text">
                        <strong>{node.label}</strong>
                        <small class="figure">
                          {figures === '' ? node.detail : figures}
                          {trouble !== '' && <em class="is-trouble"> {trouble}</em>}
                        </small>
                      </span>
                      <ToneSign state={node.state} />
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
    </>
  );
}
