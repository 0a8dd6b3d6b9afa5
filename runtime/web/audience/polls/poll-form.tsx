import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Plus, X } from 'lucide-preact';
import { useParticipation } from '../participation-context.ts';

const LEAST_OPTIONS = 2;
const MOST_OPTIONS = 12;
const durations = [
  { label: 'When I close it', seconds: null },
  { label: 'After 1 minute', seconds: 60 },
  { label: 'After 2 minutes', seconds: 120 },
  { label: 'After 5 minutes', seconds: 300 },
] as const;

/** A host writes a new poll. */
export function PollForm({ onDone }: { onDone: () => void }): VNode {
  const participation = useParticipation();
  const [question, setQuestion] = useState('');
  const [options, setOptions] = useState<readonly string[]>(['', '']);
  const [duration, setDuration] = useState(0);
  const [hideResults, setHideResults] = useState(false);
  const [sending, setSending] = useState(false);
  const filled = options.map((text) => text.trim()).filter((text) => text !== '');
  const ready = question.trim() !== '' && filled.length >= LEAST_OPTIONS && !sending;
  const open = async (): Promise<void> => {
    if (!ready) {
      return;
    }
    setSending(true);
    const seconds = durations[duration]?.seconds ?? null;
    const went = await participation.createPoll({
      question: question.trim(),
      options: filled,
      ...(seconds === null ? {} : { durationSeconds: seconds }),
      ...(hideResults ? { hideResults } : {}),
    });
    setSending(false);
    if (went) {
      onDone();
    }
  };
  return (
    <form
      class="card poll-form"
      aria-label="New poll"
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <label class="line-field">
        <span>Question</span>
        <input
          type="text"
          value={question}
          maxLength={500}
          placeholder="What would you like to know?"
          onInput={({ currentTarget }) => setQuestion(currentTarget.value)}
        />
      </label>
      {options.map((text, index) => (
        <div key={index} class="poll-form-option">
          <input
            type="text"
            value={text}
            maxLength={200}
            aria-label={`Option ${index + 1}`}
            placeholder={`Option ${index + 1}`}
            onInput={({ currentTarget }) => setOptions(options.with(index, currentTarget.value))}
          />
          {options.length > LEAST_OPTIONS && (
            <button
              type="button"
              class="icon-button"
              aria-label={`Take out option ${index + 1}`}
              onClick={() => setOptions(options.toSpliced(index, 1))}
            >
              <X size={16} aria-hidden="true" />
            </button>
          )}
        </div>
      ))}
      {options.length < MOST_OPTIONS && (
        <button type="button" class="add-button" onClick={() => setOptions([...options, ''])}>
          <Plus size={16} aria-hidden="true" /> Add an option
        </button>
      )}
      <label class="line-field">
        <span>Closes</span>
        <select value={duration} onChange={({ currentTarget }) => setDuration(Number(currentTarget.value))}>
          {durations.map(({ label }, index) => (
            <option key={label} value={index}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={hideResults}
          onChange={({ currentTarget }) => setHideResults(currentTarget.checked)}
        />
        <span>Hide the results until it closes</span>
      </label>
      <footer class="card-foot">
        <button type="button" class="small-button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="small-button is-strong" aria-disabled={!ready}>
          {sending ? 'Opening…' : 'Open poll'}
        </button>
      </footer>
    </form>
  );
}
