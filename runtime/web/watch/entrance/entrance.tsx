import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Play } from 'lucide-preact';
import { NameField, Wordmark } from '../../shared/index.ts';
import { useWatching } from '../watching-context.ts';
import { Streams } from './streams.tsx';

/** Before going in: a name. The press that goes in is also what lets browsers turn the sound on. */
export function Entrance(): VNode {
  const watching = useWatching();
  const joining = watching.snapshot.value.phase === 'joining';
  const [name, setName] = useState(watching.name.value);
  const trimmed = name.trim();
  return (
    <main class="entrance">
      <div class="entrance-art" aria-hidden="true">
        <Streams />
      </div>
      <header class="entrance-head">
        <Wordmark />
      </header>
      <form
        class="entrance-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '' && !joining) {
            watching.join(trimmed);
          }
        }}
      >
        <p class="eyebrow">{watching.roomId}</p>
        <h1>Take your seat</h1>
        <p class="quiet">Watch live, and be part of it: chat, vote, ask and cheer.</p>
        <NameField name={name} onName={setName} />
        <button type="submit" class="primary-button has-icon" aria-disabled={joining}>
          <Play size={20} aria-hidden="true" />
          {joining ? 'Opening…' : 'Watch'}
        </button>
        <p class="quiet" role="status">
          {joining ? 'Connecting to the room…' : 'Nobody sees or hears you.'}
        </p>
      </form>
    </main>
  );
}
