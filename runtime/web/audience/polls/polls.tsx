import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { BarChart3, Plus } from 'lucide-preact';
import { EmptySection } from '../empty-section.tsx';
import { useParticipation } from '../participation-context.ts';
import { PollCard } from './poll-card.tsx';
import { PollForm } from './poll-form.tsx';
import { inOrder } from './poll-view.ts';

export function Polls(): VNode {
  const { room } = useParticipation();
  const [writing, setWriting] = useState(false);
  const polls = inOrder(room?.audience.polls ?? []);
  const isModerator = room?.isModerator === true;
  return (
    <div class="section-body">
      {isModerator &&
        (writing ? (
          <PollForm onDone={() => setWriting(false)} />
        ) : (
          <button type="button" class="wide-button" onClick={() => setWriting(true)}>
            <Plus size={18} aria-hidden="true" /> New poll
          </button>
        ))}
      {polls.length === 0 && !writing && (
        <EmptySection icon={<BarChart3 size={26} aria-hidden="true" />} title="No polls yet">
          {isModerator
            ? 'Ask the audience something. Everybody has one vote and sees the bars grow.'
            : 'When the host asks something, you vote here.'}
        </EmptySection>
      )}
      {polls.map((poll) => (
        <PollCard key={poll.pollId} poll={poll} />
      ))}
    </div>
  );
}
