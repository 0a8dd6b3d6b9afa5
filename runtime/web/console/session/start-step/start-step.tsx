import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { X } from 'lucide-preact';
import type { PictureNode } from '../../../../contract/index.ts';
import { CallError } from '../../client/index.ts';
import { useConsole, useSignedIn } from '../../console-context.ts';
import { StepFields } from './step-fields.tsx';
import { emptyInput, stepChoices, stepRequestOf, type StepInput } from './step-forms.ts';

/** A dialog that starts a step by hand. */
export function StartStep(props: {
  roomId: string;
  people: readonly PictureNode[];
  /** Whom the step is about, when it was opened from somebody. */
  participantId: string | null;
  onClose: () => void;
}): VNode {
  const { roomId, participantId, onClose } = props;
  const people = props.people.filter(({ state }) => state !== 'left');
  const { api } = useSignedIn();
  const { toasts } = useConsole();
  const dialog = useRef<HTMLDialogElement>(null);
  const [input, setInput] = useState<StepInput>({
    ...emptyInput,
    choice: participantId === null ? 'record-room' : 'record-person',
    participantId: participantId ?? people[0]?.participantId ?? '',
  });
  const [isStarting, setStarting] = useState(false);
  const [problem, setProblem] = useState<CallError | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const start = async (): Promise<void> => {
    setStarting(true);
    setProblem(null);
    try {
      await api.post(`/v2/rooms/${encodeURIComponent(roomId)}/steps`, stepRequestOf(input));
      toasts.show('The step starts.');
      onClose();
    } catch (error) {
      setProblem(CallError.from(error));
      setStarting(false);
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="start-step-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isStarting) {
            void start();
          }
        }}
      >
        <header class="dialog-head">
          <h2 id="start-step-title">Start a step</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <X size={18} aria-hidden="true" />
          </button>
        </header>
        <fieldset class="choices">
          <legend class="visually-hidden">What to start</legend>
          {stepChoices.map(({ choice, label, about }) => (
            <label key={choice} class="choice">
              <input
                type="radio"
                name="step"
                checked={input.choice === choice}
                onChange={() => {
                  setInput({ ...input, choice });
                  setProblem(null);
                }}
              />
              <span>
                <strong>{label}</strong>
                <small>{about}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <StepFields input={input} people={people} onChange={(change) => setInput({ ...input, ...change })} />
        <div role="alert">
          {problem !== null && (
            <p class="step-reason" data-state="failed">
              {[problem.message, ...problem.details].join(' ')}
            </p>
          )}
        </div>
        <footer class="dialog-foot">
          <button type="button" class="small-button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="small-button is-strong" aria-disabled={isStarting}>
            {isStarting ? 'Starting…' : 'Start'}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
