import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { MessageSquare } from 'lucide-preact';
import type { Gift, MessageView } from '../../../contract/index.ts';
import { splitLinks } from '../../shared/index.ts';
import { EmptySection } from '../empty-section.tsx';
import { GiftPicture } from '../gifts/gift-picture.tsx';
import { giftSentence } from '../gifts/gift-text.ts';
import { CHAT_TOPIC } from '../participation.ts';
import { useParticipation } from '../participation-context.ts';
import { WritingForm } from '../writing-form.tsx';
import { chatLines } from './chat-line.ts';

const LONGEST_MESSAGE = 8_000;
/** Scrolled up further than this, a reader is reading and is not pulled down by what comes in. */
const AT_END_PX = 120;

/** The messages, and the line to write one. `emptyText` stands where there is none yet. */
export function Chat({ emptyText, takesFocus }: { emptyText: string; takesFocus: boolean }): VNode {
  const participation = useParticipation();
  const { room } = participation;
  const messages = (room?.messages ?? []).filter(({ topic }) => topic === CHAT_TOPIC);
  const lines = chatLines(messages, participation.gifts.value);
  const list = useRef<HTMLOListElement>(null);
  const last = lines.at(-1);
  const lastIsOwn = last?.kind === 'message' && last.message.senderId === room?.selfId;
  const wasAtEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element !== null && (wasAtEnd.current || lastIsOwn)) {
      element.scrollTo({ top: element.scrollHeight });
    }
  }, [last?.id, lastIsOwn]);
  return (
    <>
      <ol
        ref={list}
        class="messages"
        role="log"
        aria-label="Messages"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          wasAtEnd.current = scrollHeight - scrollTop - clientHeight < AT_END_PX;
        }}
      >
        {lines.length === 0 && (
          <li class="no-messages">
            <EmptySection icon={<MessageSquare size={26} aria-hidden="true" />} title="No messages yet">
              {emptyText}
            </EmptySection>
          </li>
        )}
        {lines.map((line) =>
          line.kind === 'gift' ? (
            <GiftLine key={line.id} gift={line.gift} selfId={room?.selfId ?? ''} />
          ) : (
            <Message
              key={line.id}
              message={line.message}
              own={line.message.senderId === room?.selfId}
              goesOn={line.goesOn}
            />
          ),
        )}
      </ol>
      <WritingForm
        label="Message"
        placeholder="Write a message"
        sendLabel="Send message"
        longest={LONGEST_MESSAGE}
        takesFocus={takesFocus}
        onSend={(message) => participation.sendChat(message)}
      />
    </>
  );
}

function Message({ message, own, goesOn }: { message: MessageView; own: boolean; goesOn: boolean }): VNode {
  return (
    <li class={`message${own ? ' is-own' : ''}`}>
      {!goesOn && (
        <p class="message-head">
          <strong>{own ? 'You' : message.senderName}</strong>
          <time dateTime={message.at}>
            {new Date(message.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
          </time>
        </p>
      )}
      <p class="message-text">
        {splitLinks(message.message).map(({ text, href }) =>
          href === null ? (
            text
          ) : (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow">
              {text}
            </a>
          ),
        )}
      </p>
    </li>
  );
}

function GiftLine({ gift, selfId }: { gift: Gift; selfId: string }): VNode {
  return (
    <li class="gift-line">
      <GiftPicture gift={gift.gift} size={30} />
      <p>
        {giftSentence(gift, selfId)}
        {gift.message !== '' && <q>{gift.message}</q>}
      </p>
    </li>
  );
}
