import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Captions as CaptionsIcon, Check, Copy } from 'lucide-preact';
import { useCaptions } from './captions-context.ts';
import { timeText, transcriptText, turnsOf } from './transcript-text.ts';

/** Scrolled up further than this, a reader is reading and is not pulled down by what is said. */
const AT_END_PX = 120;
const COPIED_FOR_MS = 2_000;

/** What was said since this page joined. */
export function Transcript(): VNode {
  const { transcript, available } = useCaptions();
  const said = transcript.value;
  const list = useRef<HTMLOListElement>(null);
  const wasAtEnd = useRef(true);
  useEffect(() => {
    if (wasAtEnd.current) {
      list.current?.scrollTo({ top: list.current.scrollHeight });
    }
  }, [said]);
  return (
    <>
      <ol
        ref={list}
        class="messages transcript"
        aria-label="Transcript"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          wasAtEnd.current = scrollHeight - scrollTop - clientHeight < AT_END_PX;
        }}
      >
        {said.length === 0 && (
          <li class="no-messages">
            <div class="empty-section">
              <span class="empty-icon">
                <CaptionsIcon size={26} aria-hidden="true" />
              </span>
              <p class="empty-title">Nothing was said yet</p>
              <p class="quiet">
                {available.value
                  ? 'What is said from now on is written down here.'
                  : 'The host is not transcribing any more.'}
              </p>
            </div>
          </li>
        )}
        {turnsOf(said).map(({ id, name, timestamp, texts }) => (
          <li key={id} class="transcript-turn">
            <p class="message-head">
              <strong>{name}</strong>
              <time dateTime={new Date(timestamp).toISOString()}>{timeText(timestamp)}</time>
            </p>
            <p class="transcript-text">
              {texts.map(({ segmentId, text }) => (
                <span key={segmentId}>{`${text} `}</span>
              ))}
            </p>
          </li>
        ))}
      </ol>
      {said.length > 0 && <CopyButton text={() => transcriptText(said)} />}
    </>
  );
}

function CopyButton({ text }: { text: () => string }): VNode {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'refused'>('none');
  useEffect(() => {
    if (outcome === 'none') {
      return undefined;
    }
    const timer = setTimeout(() => setOutcome('none'), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setOutcome('copied');
    } catch {
      // Pages without https have no clipboard, and a person may have forbidden it; the text can still be marked.
      setOutcome('refused');
    }
  };
  return (
    <div class="transcript-foot">
      <button type="button" class="small-button transcript-copy" onClick={() => void copy()}>
        {outcome === 'copied' ? (
          <Check size={17} aria-hidden="true" />
        ) : (
          <Copy size={17} aria-hidden="true" />
        )}
        <span aria-live="polite">{copyTexts[outcome]}</span>
      </button>
    </div>
  );
}

const copyTexts = {
  none: 'Copy transcript',
  copied: 'Copied',
  refused: 'The browser does not allow it',
} as const;
