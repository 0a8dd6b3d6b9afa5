import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Check, ChevronUp } from 'lucide-preact';
import type { Question } from '../../../contract/index.ts';
import { Avatar } from '../../shared/index.ts';
import { useParticipation } from '../participation-context.ts';

export function QuestionCard({ question }: { question: Question }): VNode {
  const { room } = useParticipation();
  const own = question.participantId === room?.selfId;
  return (
    <article class="card question" data-question-id={question.questionId} data-status={question.status}>
      <Upvote question={question} own={own} />
      <div class="question-body">
        <p class="question-by">
          <Avatar participantId={question.participantId} name={question.participantName} />
          {own ? 'You' : question.participantName}
          {question.status === 'answered' && (
            <span class="question-state">
              <Check size={14} aria-hidden="true" /> Answered
            </span>
          )}
          {question.status === 'dismissed' && <span class="question-state is-quiet">Set aside</span>}
        </p>
        <p class="question-text">{question.text}</p>
        {question.answer !== null && <p class="question-answer">{question.answer}</p>}
        {room?.isModerator === true && question.status === 'open' && <HostAnswer question={question} />}
      </div>
    </article>
  );
}

function Upvote({ question, own }: { question: Question; own: boolean }): VNode {
  const participation = useParticipation();
  const voted = participation.room?.votes.questions.includes(question.questionId) === true;
  const may = question.status === 'open' && !own && !voted;
  const votes = question.upvotes === 1 ? '1 upvote' : `${question.upvotes} upvotes`;
  return (
    <button
      type="button"
      class="upvote"
      aria-pressed={voted}
      aria-disabled={!may}
      aria-label={may ? `Upvote, ${votes} so far` : `${votes}${voted ? ', one of them yours' : ''}`}
      onClick={() => {
        if (may) {
          void participation.upvote(question.questionId);
        }
      }}
    >
      <ChevronUp size={18} aria-hidden="true" />
      {question.upvotes}
    </button>
  );
}

function HostAnswer({ question: { questionId } }: { question: Question }): VNode {
  const participation = useParticipation();
  const [writing, setWriting] = useState(false);
  const [text, setText] = useState('');
  const send = async (): Promise<void> => {
    const answer = text.trim();
    if (answer !== '' && (await participation.answer({ questionId, answer, status: 'answered' }))) {
      setWriting(false);
    }
  };
  if (!writing) {
    return (
      <div class="question-actions">
        <button
          type="button"
          class="small-button is-strong"
          onClick={() => void participation.answer({ questionId, status: 'answered' })}
        >
          Answered live
        </button>
        <button type="button" class="small-button" onClick={() => setWriting(true)}>
          Write answer
        </button>
        <button
          type="button"
          class="small-button is-plain"
          onClick={() => void participation.answer({ questionId, status: 'dismissed' })}
        >
          Set aside
        </button>
      </div>
    );
  }
  return (
    <form
      class="answer-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        rows={2}
        value={text}
        maxLength={4000}
        aria-label="Answer"
        placeholder="Everybody can read the answer"
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <div class="question-actions">
        <button type="submit" class="small-button is-strong" aria-disabled={text.trim() === ''}>
          Send answer
        </button>
        <button type="button" class="small-button is-plain" onClick={() => setWriting(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
