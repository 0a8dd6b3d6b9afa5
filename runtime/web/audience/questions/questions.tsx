import type { VNode } from 'preact';
import { MessageCircleQuestion } from 'lucide-preact';
import { EmptySection } from '../empty-section.tsx';
import { useParticipation } from '../participation-context.ts';
import { WritingForm } from '../writing-form.tsx';
import { QuestionCard } from './question-card.tsx';
import { inOrder } from './question-order.ts';

export function Questions(): VNode {
  const participation = useParticipation();
  const { room } = participation;
  const isModerator = room?.isModerator === true;
  const questions = inOrder(room?.audience.questions ?? [], { selfId: room?.selfId ?? '', isModerator });
  return (
    <>
      <div class="section-body is-filling">
        {questions.length === 0 && (
          <EmptySection
            icon={<MessageCircleQuestion size={26} aria-hidden="true" />}
            title="No questions yet"
          >
            {isModerator
              ? 'What the audience asks stands here, the most wanted first.'
              : 'Ask the hosts something. Others can upvote it, and the most wanted stand on top.'}
          </EmptySection>
        )}
        {questions.map((question) => (
          <QuestionCard key={question.questionId} question={question} />
        ))}
      </div>
      {!isModerator && (
        <WritingForm
          label="Question"
          placeholder="Ask a question"
          sendLabel="Send question"
          longest={1_000}
          onSend={(text) => participation.ask(text)}
        />
      )}
    </>
  );
}
