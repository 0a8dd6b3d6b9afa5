import type { VNode } from 'preact';
import { X } from 'lucide-preact';
import type { PictureNode, SessionPicture } from '../../../../contract/index.ts';
import { iconOf } from '../../../../diagram/index.ts';
import { StateBadge } from '../../parts/index.ts';
import type { Fold } from '../../picture/index.ts';
import { stepTypeText, trackKindText } from '../../texts/index.ts';
import { AssetDetails } from './asset-details.tsx';
import { FoldDetails } from './fold-details.tsx';
import { Overview } from './overview.tsx';
import { PersonDetails } from './person-details.tsx';
import { StepDetails } from './step-details.tsx';
import { TrackDetails } from './track-details.tsx';

export type InspectorProps = {
  picture: SessionPicture;
  node: PictureNode | null;
  fold: Fold | null;
  onSelect: (id: string | null) => void;
  onUnfold: (id: string) => void;
  /** Starts a step, of this person where there is one. */
  onStart: (participantId: string | null) => void;
};

/** What is known of the chosen thing; of the whole session while nothing is chosen. */
export function Inspector(props: InspectorProps): VNode {
  const { picture, node, fold, onSelect, onUnfold, onStart } = props;
  if (fold !== null) {
    return (
      <>
        <Head title={`${fold.members.length} alike`} onClose={() => onSelect(null)} />
        <FoldDetails fold={fold} onUnfold={onUnfold} />
      </>
    );
  }
  if (node === null) {
    return <Overview picture={picture} onSelect={onSelect} />;
  }
  return (
    <>
      <Head title={titleOf(node)} node={node} onClose={() => onSelect(null)} />
      <Details key={node.id} picture={picture} node={node} onSelect={onSelect} onStart={onStart} />
    </>
  );
}

function Details(
  props: { node: PictureNode } & Pick<InspectorProps, 'picture' | 'onSelect' | 'onStart'>,
): VNode | null {
  const { picture, node, onSelect, onStart } = props;
  switch (node.kind) {
    case 'person':
      return <PersonDetails picture={picture} node={node} onSelect={onSelect} onStart={onStart} />;
    case 'track':
      return <TrackDetails picture={picture} node={node} onSelect={onSelect} />;
    case 'step':
      return <StepDetails picture={picture} node={node} onSelect={onSelect} />;
    case 'asset':
      return <AssetDetails node={node} />;
    case 'event':
      return null;
  }
}

function Head(props: { title: string; node?: PictureNode; onClose: () => void }): VNode {
  const { title, node, onClose } = props;
  return (
    <header class="inspector-head">
      {node !== undefined && (
        <svg class="inspector-icon" data-kind={node.kind} viewBox="0 0 24 24" aria-hidden="true">
          <path d={iconOf({ kind: node.kind, type: node.type })} />
        </svg>
      )}
      <h2>{title}</h2>
      {node !== undefined && node.state !== '' && <StateBadge state={node.state} />}
      <button type="button" class="icon-button" aria-label="Close details" onClick={onClose}>
        <X size={17} aria-hidden="true" />
      </button>
    </header>
  );
}

function titleOf({ kind, type = '', label }: PictureNode): string {
  if (kind === 'step') {
    return stepTypeText(type);
  }
  return kind === 'track' && type !== 'room' ? trackKindText(type) : label;
}
