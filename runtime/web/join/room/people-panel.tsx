import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Mic, MicOff, UserX, Video, VideoOff } from 'lucide-preact';
import { useMeeting } from '../meeting-context.ts';
import { Avatar } from '../parts/avatar.tsx';
import { EntryAnswer } from './entry-answer.tsx';
import { SidePanel } from './side-panel.tsx';
import type { Tile } from './tiles.ts';

export function PeoplePanel(): VNode {
  const meeting = useMeeting();
  const knocking = meeting.room?.entryRequests ?? [];
  const people = meeting.tiles.value;
  return (
    <SidePanel panel="people" title="People">
      <div class="panel-body">
        {knocking.length > 0 && (
          <section aria-labelledby="knocking">
            <h3 id="knocking">Waiting to come in</h3>
            <ul class="people">
              {knocking.map((entry) => (
                <li key={entry.participantId} class="person is-knocking">
                  <Avatar participantId={entry.participantId} name={entry.name} />
                  <span class="person-name">{entry.name}</span>
                  <EntryAnswer entry={entry} />
                </li>
              ))}
            </ul>
          </section>
        )}
        <section aria-labelledby="present">
          <h3 id="present">In the meeting ({people.length})</h3>
          <ul class="people">
            {people.map((person) => (
              <Person key={person.participantId} person={person} />
            ))}
          </ul>
        </section>
      </div>
    </SidePanel>
  );
}

function Person({ person }: { person: Tile }): VNode {
  const meeting = useMeeting();
  const [asksRemoval, setAsksRemoval] = useState(false);
  const mayModerate = meeting.room?.isModerator === true && !person.isSelf;
  const note = [person.isSelf ? 'You' : null, person.isModerator ? 'Host' : null].filter(Boolean).join(' · ');
  return (
    <li class="person">
      <Avatar participantId={person.participantId} name={person.name} />
      <span class="person-name">
        {person.name}
        {note !== '' && <small>{note}</small>}
      </span>
      <span class="person-marks">
        {mayModerate && person.microphoneOn ? (
          <button
            type="button"
            class="icon-button"
            aria-label={`Mute ${person.name}`}
            title={`Mute ${person.name}`}
            onClick={() => void meeting.mute(person.participantId)}
          >
            <Mic size={18} aria-hidden="true" />
          </button>
        ) : (
          <span class="person-mark">
            {person.microphoneOn ? (
              <Mic size={18} aria-hidden="true" />
            ) : (
              <MicOff size={18} aria-hidden="true" />
            )}
            <span class="visually-hidden">{person.microphoneOn ? 'can be heard' : 'muted'}</span>
          </span>
        )}
        <span class="person-mark">
          {person.cameraOn ? (
            <Video size={18} aria-hidden="true" />
          ) : (
            <VideoOff size={18} aria-hidden="true" />
          )}
          <span class="visually-hidden">{person.cameraOn ? 'can be seen' : 'no picture'}</span>
        </span>
        {mayModerate && (
          <button
            type="button"
            class="icon-button is-danger"
            aria-label={`Remove ${person.name}`}
            title={`Remove ${person.name}`}
            aria-expanded={asksRemoval}
            onClick={() => setAsksRemoval(!asksRemoval)}
          >
            <UserX size={18} aria-hidden="true" />
          </button>
        )}
      </span>
      {mayModerate && asksRemoval && (
        <p class="person-removal" role="status">
          Take {person.name} out of the meeting?
          <span class="entry-answer">
            <button type="button" class="small-button" onClick={() => setAsksRemoval(false)}>
              Keep
            </button>
            <button
              type="button"
              class="small-button is-danger"
              aria-label={`Yes, take ${person.name} out`}
              onClick={() => void meeting.remove(person.participantId)}
            >
              Remove
            </button>
          </span>
        </p>
      )}
    </li>
  );
}
