import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMeeting } from '../meeting-context.ts';
import { Avatar } from '../parts/avatar.tsx';
import { DeviceChoices } from '../parts/device-choices.tsx';
import { DeviceHelp } from '../parts/device-help.tsx';
import { DeviceToggle } from '../parts/device-toggle.tsx';
import { VideoPicture } from '../parts/video-picture.tsx';
import { Wordmark } from '../parts/wordmark.tsx';

/** Before going in: see oneself, choose devices, give a name. */
export function Prejoin(): VNode {
  const meeting = useMeeting();
  const joining = meeting.snapshot.value.phase === 'joining';
  const [name, setName] = useState(meeting.name.value);
  useEffect(() => {
    void meeting.media.turnOnBoth();
  }, [meeting]);
  const trimmed = name.trim();
  return (
    <main class="prejoin">
      <header class="prejoin-head">
        <Wordmark />
      </header>
      <section class="prejoin-preview" aria-label="Your picture and devices">
        <Preview name={trimmed} />
        <DeviceHelp />
        <DeviceChoices />
      </section>
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
        <label class="field">
          <span>Your name</span>
          <input
            type="text"
            name="name"
            value={name}
            maxLength={100}
            required
            autocomplete="name"
            placeholder="How others will see you"
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
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

function Preview({ name }: { name: string }): VNode {
  const camera = useMeeting().media.camera.state.value;
  return (
    <div class="preview">
      <Avatar participantId={name} name={name} />
      <VideoPicture track={camera.status === 'on' ? camera.track : null} mirrored />
      {camera.status !== 'on' && (
        <p class="preview-note">{camera.status === 'starting' ? 'Camera is starting…' : 'Camera is off'}</p>
      )}
      <div class="preview-buttons">
        <DeviceToggle device="microphone" />
        <DeviceToggle device="camera" />
      </div>
    </div>
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
