import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Minus, Plus, X } from 'lucide-preact';
import { useParticipation } from '../participation-context.ts';
import { giftName, giftNames, type KnownGift } from './gift-catalogue.ts';
import { GiftPicture } from './gift-picture.tsx';

const MOST_AT_ONCE = 99;

/** Choose a gift, how many, for whom and with which words. */
export function GiftPicker({
  toId: suggestedId,
  onDone,
}: {
  toId: string | null;
  onDone: () => void;
}): VNode {
  const participation = useParticipation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [gift, setGift] = useState<KnownGift>('rose');
  const [count, setCount] = useState(1);
  const [toId, setToId] = useState(suggestedId ?? '');
  const [message, setMessage] = useState('');
  const [sending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const { room } = participation;
  const others = (room?.participants ?? []).filter(({ participantId }) => participantId !== room?.selfId);
  const send = async (): Promise<void> => {
    if (sending) {
      return;
    }
    setSending(true);
    const went = await participation.give({
      gift,
      count,
      ...(toId === '' ? {} : { toId }),
      ...(message.trim() === '' ? {} : { message: message.trim() }),
    });
    setSending(false);
    if (went) {
      onDone();
    }
  };
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="gift-title"
      onClose={onDone}
      onClick={({ target, currentTarget }) => {
        // Only the ground around the sheet is the dialog itself.
        if (target === currentTarget) {
          onDone();
        }
      }}
    >
      <form
        class="sheet-body"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <header class="sheet-head">
          <h2 id="gift-title">Send a gift</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onDone}>
            <X size={20} aria-hidden="true" />
          </button>
        </header>
        <fieldset class="gift-choices">
          <legend class="visually-hidden">Gift</legend>
          {giftNames.map((one) => (
            <label key={one.gift} class="gift-choice">
              <input
                type="radio"
                name="gift"
                value={one.gift}
                checked={gift === one.gift}
                onChange={() => setGift(one.gift)}
              />
              <GiftPicture gift={one.gift} size={44} />
              <span>{one.name}</span>
            </label>
          ))}
        </fieldset>
        <div class="gift-details">
          <label class="line-field">
            <span>For</span>
            <select value={toId} onChange={({ currentTarget }) => setToId(currentTarget.value)}>
              <option value="">The host</option>
              {others.map(({ participantId, name }) => (
                <option key={participantId} value={participantId}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <div class="stepper" role="group" aria-label="How many">
            <button
              type="button"
              class="icon-button"
              aria-label="One less"
              aria-disabled={count === 1}
              onClick={() => setCount(Math.max(1, count - 1))}
            >
              <Minus size={18} aria-hidden="true" />
            </button>
            <output aria-live="polite">{count}</output>
            <button
              type="button"
              class="icon-button"
              aria-label="One more"
              aria-disabled={count === MOST_AT_ONCE}
              onClick={() => setCount(Math.min(MOST_AT_ONCE, count + 1))}
            >
              <Plus size={18} aria-hidden="true" />
            </button>
          </div>
        </div>
        <label class="line-field">
          <span>A few words, if you like</span>
          <input
            type="text"
            value={message}
            maxLength={200}
            placeholder="Thank you for this!"
            onInput={({ currentTarget }) => setMessage(currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary-button" aria-disabled={sending}>
          {count === 1 ? `Send ${giftName(gift)}` : `Send ${count} × ${giftName(gift)}`}
        </button>
      </form>
    </dialog>
  );
}
