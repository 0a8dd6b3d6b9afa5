import type { VNode } from 'preact';
import { Circle, MicOff, UserMinus } from 'lucide-preact';
import type { PictureNode, SessionPicture } from '../../../../contract/index.ts';
import { useConsole } from '../../console-context.ts';
import { CopyButton, Facts } from '../../parts/index.ts';
import { Connections } from './connections.tsx';

/** A person: who it is, what they send, and what a host can do. */
export function PersonDetails(props: {
  picture: SessionPicture;
  node: PictureNode;
  onSelect: (id: string) => void;
  onStart: (participantId: string | null) => void;
}): VNode {
  const { picture, node, onSelect, onStart } = props;
  const console = useConsole();
  const { roomId, sessionId } = picture;
  const participantId = node.participantId ?? '';
  const speaks = picture.nodes.some(
    (each) =>
      each.kind === 'track' &&
      each.participantId === participantId &&
      each.type === 'audio' &&
      each.state === 'live',
  );
  const isHere = picture.isLive && node.state !== 'left';
  return (
    <>
      {isHere && (
        <div class="inspector-actions">
          <button type="button" class="small-button has-icon" onClick={() => onStart(participantId)}>
            <Circle size={15} aria-hidden="true" />
            Record
          </button>
          {speaks && node.isServerSide !== true && (
            <button
              type="button"
              class="small-button has-icon"
              onClick={() =>
                void console.attempt((api) =>
                  api.post('/v2/sessions/participants/mute', {
                    roomId,
                    sessionId,
                    participantId,
                    kind: 'audio',
                  }),
                )
              }
            >
              <MicOff size={15} aria-hidden="true" />
              Mute
            </button>
          )}
          <button
            type="button"
            class="small-button has-icon"
            onClick={() => {
              if (confirm(`Put ${node.label} out of the room?`)) {
                void console.attempt((api) =>
                  api.post('/v2/sessions/participants/remove', { roomId, sessionId, participantId }),
                );
              }
            }}
          >
            <UserMinus size={15} aria-hidden="true" />
            Remove
          </button>
        </div>
      )}
      <Facts
        facts={[
          [
            'Participant',
            <span key="id" class="with-copy">
              <code>{participantId}</code>
              <CopyButton text={participantId} label="Copy the participant’s id" />
            </span>,
          ],
          ['Kind', node.isServerSide === true ? 'Speaks by steps of the runtime' : ''],
        ]}
      />
      <Connections picture={picture} nodeId={node.id} onSelect={onSelect} />
    </>
  );
}
