import type { INodePropertyOptions } from 'n8n-workflow';
import type { EventType } from '../../../runtime/contract/index.ts';

/** What each event means, for every event there is: a new one does not compile until it is named here. */
const descriptions: Record<EventType, string> = {
  'composite-recording-failed': 'A recording of chosen participants ended early',
  'composite-recording-started': 'A recording of chosen participants runs',
  'composite-recording-starting': 'A recording of chosen participants was asked for',
  'composite-recording-stopped': 'A recording of chosen participants is complete',
  'composite-recording-stopping': 'A recording of chosen participants is being finished',
  'composition-changed': 'The layout of a composed picture was changed',
  'entry-requested': 'A guest waits in the lobby',
  'entry-responded': 'A guest in the lobby was admitted or refused',
  'gift-sent': 'Somebody in the audience sent a gift',
  'hand-lowered': 'A raised hand was taken down',
  'hand-raised': 'Somebody in the audience raised a hand',
  'hls-failed': 'An HLS stream ended early',
  'hls-playable': 'Viewers can watch an HLS stream now',
  'hls-started': 'An HLS stream runs and will be playable in a moment',
  'hls-starting': 'An HLS stream was asked for',
  'hls-stopped': 'An HLS stream has ended',
  'hls-stopping': 'An HLS stream is being finished',
  'livestream-failed': 'A livestream ended early',
  'livestream-output-changed': 'A platform of a livestream went live, was lost or was given up',
  'livestream-started': 'A livestream runs',
  'livestream-starting': 'A livestream was asked for',
  'livestream-stopped': 'A livestream has ended',
  'livestream-stopping': 'A livestream is being finished',
  'merge-recording-completed': 'The merged sound of several recordings is ready',
  'merge-recording-failed': 'Recordings could not be merged',
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
  'pin-state-changed': 'Somebody else is pinned in the composed picture',
  'poll-closed': 'A poll was closed, with its result',
  'poll-created': 'A poll was opened',
  'poll-voted': 'Somebody voted in a poll',
  'question-answered': 'A question of the audience was answered or dismissed',
  'question-asked': 'Somebody in the audience asked a question',
  'question-upvoted': 'Somebody in the audience supported a question',
  'reaction-sent': 'Somebody sent a reaction',
  'recording-failed': 'A recording of the room ended early',
  'recording-paused': 'A recording leaves out what follows',
  'recording-resumed': 'A recording goes on',
  'recording-started': 'A recording of the room runs',
  'recording-starting': 'A recording of the room was asked for',
  'recording-stopped': 'A recording of the room is complete',
  'recording-stopping': 'A recording of the room is being finished',
  'room-closed': 'A room was closed',
  'room-created': 'A room was created',
  'session-ended': 'The last person left a room',
  'session-started': 'The first person came into a room',
  'speaker-changed': 'Somebody else speaks',
  'stage-invited': 'A viewer was invited on stage',
  'step-changed': 'A tap, recording, stream or broadcast changed its state',
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
