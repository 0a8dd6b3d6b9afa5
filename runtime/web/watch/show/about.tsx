import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Eye, Gift, Hand } from 'lucide-preact';
import { GiftPicker, ReactionBar, viewersText } from '../../audience/index.ts';
import { Avatar } from '../../shared/index.ts';
import { useWatching } from '../watching-context.ts';

/** Below the picture: what this is, who is on stage, and the quick ways to take part. */
export function About(): VNode {
  const watching = useWatching();
  const [giftFor, setGiftFor] = useState<{ toId: string | null } | null>(null);
  const { room, scene } = watching;
  const onStage = (room?.participants ?? []).filter(({ mode }) => mode === 'SEND_AND_RECV');
  return (
    <section class="about" aria-label="About the broadcast">
      <div class="about-line">
        <h1>{watching.roomId}</h1>
        <p class="about-state">
          {scene.value === 'live' && (
            <span class="live-badge">
              <span class="live-dot" aria-hidden="true" />
              Live
            </span>
          )}
          <span class="viewers">
            <Eye size={17} aria-hidden="true" />
            {viewersText(room?.audience.viewers ?? 0)}
          </span>
        </p>
      </div>
      <div class="about-actions">
        <ReactionBar />
        <HandButton />
        <button
          type="button"
          class="action-button"
          aria-haspopup="dialog"
          aria-label="Send a gift"
          title="Send a gift"
          onClick={() => setGiftFor({ toId: null })}
        >
          <Gift size={20} aria-hidden="true" />
          <span class="action-text">Send a gift</span>
        </button>
      </div>
      {onStage.length > 0 && (
        <div class="on-stage">
          <h2 id="on-stage">On stage</h2>
          <ul aria-labelledby="on-stage">
            {onStage.map(({ participantId, name, isModerator }) => (
              <li key={participantId}>
                <button
                  type="button"
                  class="stage-person"
                  aria-label={`${name}${isModerator ? ', host' : ''}: send a gift`}
                  title={`Send ${name} a gift`}
                  onClick={() => setGiftFor({ toId: participantId })}
                >
                  <Avatar participantId={participantId} name={name} />
                  <span class="stage-name">
                    {name}
                    {isModerator && <small>Host</small>}
                  </span>
                  <Gift size={17} aria-hidden="true" />
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {giftFor !== null && <GiftPicker toId={giftFor.toId} onDone={() => setGiftFor(null)} />}
    </section>
  );
}

function HandButton(): VNode {
  const { participation, room } = useWatching();
  const raised = room?.audience.hands.some(({ participantId }) => participantId === room.selfId) === true;
  return (
    <button
      type="button"
      class="action-button"
      aria-pressed={raised}
      aria-label={raised ? 'Lower hand' : 'Raise hand'}
      title={raised ? 'Lower hand' : 'Raise hand to speak'}
      onClick={() => void participation.raiseHand(!raised)}
    >
      <Hand size={20} aria-hidden="true" />
      <span class="action-text">{raised ? 'Hand is up' : 'Raise hand'}</span>
    </button>
  );
}
