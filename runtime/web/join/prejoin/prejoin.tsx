import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { NameField, Wordmark } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { Preview } from './preview.tsx';

/** Before going in: see oneself, choose devices, give a name. */
export function Prejoin(): VNode {
  const meeting = useMeeting();
  const joining = meeting.snapshot.value.phase === 'joining';
  const [name, setName] = useState(meeting.name.value);
  const trimmed = name.trim();
  return (
    <main class="prejoin">
      <header class="prejoin-head">
        <Wordmark />
      </header>
      <Preview name={trimmed} />
      <form
        class="prejoin-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '' && !joining) {
            meeting.join(trimmed);
          }
        }}
      >
        <p class="eyebrow">{meeting.roomId}</p>
        <h1>Ready to join?</h1>
        <NameField name={name} onName={setName} />
        <button type="submit" class="primary-button" aria-disabled={joining}>
          {joining ? 'Joining…' : 'Join meeting'}
        </button>
        <p class="quiet" role="status">
          {joining
            ? 'Connecting to the room…'
            : summary(meeting.media.microphone.isOn, meeting.media.camera.isOn)}
        </p>
      </form>
    </main>
  );
}

function summary(microphoneOn: boolean, cameraOn: boolean): string {
  if (microphoneOn && cameraOn) {
    return 'Others will see and hear you.';
  }
  if (microphoneOn) {
    return 'Others will hear you, and not see you.';
  }
  return cameraOn ? 'Others will see you, and not hear you.' : 'Others will neither see nor hear you.';
}
