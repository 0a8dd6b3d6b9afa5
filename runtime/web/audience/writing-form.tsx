import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Send } from 'lucide-preact';

export type WritingFormProps = {
  label: string;
  placeholder: string;
  sendLabel: string;
  longest: number;
  takesFocus?: boolean;
  /** Resolves with whether it was sent; what was not sent stays in the field. */
  onSend: (text: string) => Promise<boolean>;
};

/** A line of text to send with Enter; Shift and Enter begins a new line. */
export function WritingForm(props: WritingFormProps): VNode {
  const { label, placeholder, sendLabel, longest, takesFocus = false, onSend } = props;
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (takesFocus) {
      input.current?.focus({ preventScroll: true });
    }
  }, [takesFocus]);
  const send = async (): Promise<void> => {
    const written = text.trim();
    if (written === '' || sending) {
      return;
    }
    setSending(true);
    if (await onSend(written)) {
      // What was typed meanwhile stays.
      setText((now) => (now === text ? '' : now));
    }
    setSending(false);
  };
  return (
    <form
      class="writing-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={input}
        rows={1}
        value={text}
        maxLength={longest}
        aria-label={label}
        placeholder={placeholder}
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
        aria-label={sendLabel}
        aria-disabled={text.trim() === '' || sending}
      >
        <Send size={18} aria-hidden="true" />
      </button>
    </form>
  );
}
