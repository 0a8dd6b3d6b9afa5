import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Send } from 'lucide-preact';
import type { MessageView } from '../../../contract/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { CHAT_TOPIC } from '../meeting.ts';
import { splitLinks } from '../texts/index.ts';
import { SidePanel } from './side-panel.tsx';

const LONGEST_MESSAGE = 8_000;

export function ChatPanel(): VNode {
  const meeting = useMeeting();
  const messages = (meeting.room?.messages ?? []).filter(({ topic }) => topic === CHAT_TOPIC);
  const list = useRef<HTMLOListElement>(null);
  const lastId = messages.at(-1)?.messageId;
  useEffect(() => list.current?.scrollTo({ top: list.current.scrollHeight }), [lastId]);
  return (
    <SidePanel panel="chat" title="Chat">
      <ol ref={list} class="messages" role="log" aria-label="Messages" tabIndex={0}>
        {messages.length === 0 && (
          <li class="quiet no-messages">
            No messages yet. Everybody in the meeting can read what you write here.
          </li>
        )}
        {messages.map((message, index) => (
          <Message
            key={message.messageId}
            message={message}
            own={message.senderId === meeting.room?.selfId}
            goesOn={messages[index - 1]?.senderId === message.senderId}
          />
        ))}
      </ol>
      <MessageForm />
    </SidePanel>
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

function MessageForm(): VNode {
  const meeting = useMeeting();
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  const send = async (): Promise<void> => {
    const message = text.trim();
    if (message === '' || sending) {
      return;
    }
    setSending(true);
    if (await meeting.sendChat(message)) {
      // What was typed meanwhile stays.
      setText((now) => (now === text ? '' : now));
    }
    setSending(false);
  };
  return (
    <form
      class="message-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="visually-hidden" for="message">
        Message
      </label>
      <textarea
        ref={input}
        id="message"
        rows={1}
        value={text}
        maxLength={LONGEST_MESSAGE}
        placeholder="Write a message"
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            void send();
          }
        }}
      />
      <button
        type="submit"
        class="icon-button is-strong"
        aria-label="Send message"
        aria-disabled={text.trim() === '' || sending}
      >
        <Send size={18} aria-hidden="true" />
      </button>
    </form>
  );
}
