import type { VNode } from 'preact';
import type { PictureNode, SessionPicture } from '../../../../contract/index.ts';
import { CopyButton, Facts } from '../../parts/index.ts';
import { Connections } from './connections.tsx';

/** A track: whose it is and who takes it. */
export function TrackDetails(props: {
  picture: SessionPicture;
  node: PictureNode;
  onSelect: (id: string) => void;
}): VNode {
  const { picture, node, onSelect } = props;
  const { trackId } = node;
  return (
    <>
      <Facts
        facts={[
          [trackId === undefined ? 'Who' : 'Codec', node.detail],
          [
            'Track',
            trackId === undefined ? null : (
              <span class="with-copy">
                <code>{trackId}</code>
                <CopyButton text={trackId} label="Copy the track’s id" />
              </span>
            ),
          ],
        ]}
      />
      <Connections picture={picture} nodeId={node.id} onSelect={onSelect} />
    </>
  );
}
