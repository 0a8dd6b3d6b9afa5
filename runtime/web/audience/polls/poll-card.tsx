import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Check } from 'lucide-preact';
import type { Poll } from '../../../contract/index.ts';
import { useParticipation } from '../participation-context.ts';
import { useNow } from '../use-now.ts';
import { pollView, type PollOptionView } from './poll-view.ts';

/** One poll: vote, see how it stands, and close it as a host. */
export function PollCard({ poll }: { poll: Poll }): VNode {
  const participation = useParticipation();
  const [sending, setSending] = useState<string | null>(null);
  const { room } = participation;
  const isModerator = room?.isModerator === true;
  const nowMs = useNow(poll.status === 'open' && poll.closesAt !== null);
  const view = pollView(poll, {
    ownOptionId: room?.votes.polls[poll.pollId] ?? null,
    isModerator,
    nowMs,
  });
  const vote = async (optionId: string): Promise<void> => {
    if (sending === null) {
      setSending(optionId);
      await participation.vote(poll.pollId, optionId);
      setSending(null);
    }
  };
  return (
    <article class="card poll" data-poll-id={poll.pollId} data-status={poll.status}>
      <p class="card-mark" data-live={poll.status === 'open'}>
        {poll.status === 'open' ? 'Live poll' : 'Poll'}
      </p>
      <h3 class="card-title" id={`poll-${poll.pollId}`}>
        {poll.question}
      </h3>
      <ul class="poll-options" aria-labelledby={`poll-${poll.pollId}`}>
        {view.options.map((option) => (
          <li key={option.optionId}>
            {view.mayVote ? (
              <button
                type="button"
                class="poll-option is-choice"
                aria-busy={sending === option.optionId}
                aria-label={view.showsResults ? `${option.text}, ${spoken(option)}` : option.text}
                onClick={() => void vote(option.optionId)}
              >
                <Option option={option} showsResults={view.showsResults} />
              </button>
            ) : (
              <div class="poll-option" data-own={option.own} data-leading={option.leading}>
                <Option option={option} showsResults={view.showsResults} />
                {option.own && <span class="visually-hidden">your vote</span>}
              </div>
            )}
          </li>
        ))}
      </ul>
      <footer class="card-foot">
        <p class="quiet" role="status">
          {view.note}
        </p>
        {isModerator && poll.status === 'open' && (
          <button
            type="button"
            class="small-button"
            onClick={() => void participation.closePoll(poll.pollId)}
          >
            Close poll
          </button>
        )}
      </footer>
    </article>
  );
}

function Option({ option, showsResults }: { option: PollOptionView; showsResults: boolean }): VNode {
  return (
    <>
      {showsResults && (
        <span class="poll-bar" style={{ '--share': option.percent / 100 }} aria-hidden="true" />
      )}
      <span class="poll-text">
        {option.text}
        {option.own && <Check size={16} aria-hidden="true" />}
      </span>
      {showsResults && (
        <span class="poll-percent" title={spoken(option)}>
          {option.percent} %
        </span>
      )}
    </>
  );
}

const spoken = ({ percent, votes }: PollOptionView): string =>
  `${percent} percent, ${votes === 1 ? '1 vote' : `${votes} votes`}`;
