import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Mic, MicOff, Pin, UserX, Video, VideoOff } from 'lucide-preact';
import { InviteButton } from '../../audience/index.ts';
import { Avatar } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { EntryAnswer } from './entry-answer.tsx';
import { SidePanel } from './side-panel.tsx';
import type { Tile } from './tiles.ts';

export function PeoplePanel(): VNode {
  const meeting = useMeeting();
  const knocking = meeting.room?.entryRequests ?? [];
  const people = meeting.tiles.value.filter(({ watches }) => !watches);
  const watching = meeting.tiles.value.filter(({ watches }) => watches);
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
        {watching.length > 0 && (
          <section aria-labelledby="watching">
            <h3 id="watching">Watching ({watching.length})</h3>
            <ul class="people">
              {watching.map((person) => (
                <li key={person.participantId} class="person">
                  <Avatar participantId={person.participantId} name={person.name} />
                  <span class="person-name">{person.name}</span>
                  {meeting.room?.isModerator === true && (
                    <InviteButton participantId={person.participantId} name={person.name} />
                  )}
                </li>
              ))}
            </ul>
          </section>
        )}
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
        {meeting.room?.isModerator === true && <PinToggle person={person} />}
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
      {mayModerate && asksRemoval && <Removal person={person} onKeep={() => setAsksRemoval(false)} />}
    </li>
  );
}

/** Who is pinned comes first in the picture that is broadcast and recorded. */
function PinToggle({ person }: { person: Tile }): VNode {
  const { participation, room } = useMeeting();
  const pinnedIds = room?.audience.pinnedIds ?? [];
  const label = `${person.pinned ? 'Unpin' : 'Pin'} ${person.name}`;
  return (
    <button
      type="button"
      class={`icon-button${person.pinned ? ' is-on' : ''}`}
      aria-label={label}
      aria-pressed={person.pinned}
      title={`${label}: first in the broadcast picture`}
      onClick={() =>
        void participation.pin(
          person.pinned
            ? pinnedIds.filter((id) => id !== person.participantId)
            : [...pinnedIds, person.participantId],
        )
      }
    >
      <Pin size={18} aria-hidden="true" />
    </button>
  );
}

/** Asks again before somebody is taken out; where there is an audience, that is the milder choice. */
function Removal({ person, onKeep }: { person: Tile; onKeep: () => void }): VNode {
  const meeting = useMeeting();
  const audience = meeting.room?.audience;
  const hasAudience = audience !== undefined && (audience.hls !== null || audience.viewers > 0);
  return (
    <p class="person-removal" role="status">
      Take {person.name} out of the meeting?
      <span class="entry-answer">
        <button type="button" class="small-button" onClick={onKeep}>
          Keep
        </button>
        {hasAudience && (
          <button
            type="button"
            class="small-button"
            aria-label={`Send ${person.name} to the audience`}
            onClick={() => void meeting.participation.sendToAudience(person.participantId)}
          >
            To audience
          </button>
        )}
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
  );
}
