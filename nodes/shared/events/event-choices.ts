import type { INodePropertyOptions } from 'n8n-workflow';
import type { EventType } from '../../../runtime/contract/index.ts';

/** What each event means, for every event there is: a new one does not compile until it is named here. */
const descriptions: Record<EventType, string> = {
  'entry-requested': 'A guest waits in the lobby',
  'entry-responded': 'A guest in the lobby was admitted or refused',
  'message-sent': 'Somebody wrote into the chat',
  'participant-joined': 'Somebody came into a room',
  'participant-left': 'Somebody left a room',
  'participant-mode-changed': 'A participant turned from viewer to speaker or back',
  'participant-reconnected': 'A lost participant is back',
  'participant-reconnecting': 'The connection of a participant is lost for the moment',
  'participant-recording-failed': 'A recording of a participant ended early',
  'participant-recording-started': 'A recording of a participant runs',
  'participant-recording-starting': 'A recording of a participant was asked for',
  'participant-recording-stopped': 'A recording of a participant is complete',
  'participant-recording-stopping': 'A recording of a participant is being finished',
  'participant-track-recording-failed': 'A recording of a track ended early',
  'participant-track-recording-started': 'A recording of a track runs',
  'participant-track-recording-starting': 'A recording of a track was asked for',
  'participant-track-recording-stopped': 'A recording of a track is complete',
  'participant-track-recording-stopping': 'A recording of a track is being finished',
  'recording-paused': 'A recording leaves out what follows',
  'recording-resumed': 'A recording goes on',
  'room-closed': 'A room was closed',
  'room-created': 'A room was created',
  'session-ended': 'The last person left a room',
  'session-started': 'The first person came into a room',
  'speaker-changed': 'Somebody else speaks',
  'step-changed': 'A tap or recording changed its state',
  'test-event': 'Sent by hand, to try out a workflow',
  'track-muted': 'A participant turned a microphone, camera or screen off for a while',
  'track-published': 'A participant turned on a microphone, camera or screen',
  'track-unmuted': 'A participant turned a microphone, camera or screen on again',
  'track-unpublished': 'A participant took away a microphone, camera or screen',
};

function titleOf(type: string): string {
  return type
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

/** The events a trigger can wait for, all of them first. */
export const eventChoices: INodePropertyOptions[] = [
  { name: 'All Events', value: '*', description: 'Whatever happens, now and in later versions' },
  ...Object.entries(descriptions).map(([value, description]) => ({
    name: titleOf(value),
    value,
    description,
  })),
];
