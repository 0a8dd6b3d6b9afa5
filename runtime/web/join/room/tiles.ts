import type { ParticipantView, TrackKind, TrackView } from '../../../contract/index.ts';
import type { RoomState } from '../../client/index.ts';

/** A received or own picture. `trackId` is null for one's own, which nobody needs to be asked for. */
export type Picture = { track: MediaStreamTrack; trackId: string | null };

/** One person as the grid and the list show them. */
export type Tile = {
  participantId: string;
  name: string;
  isSelf: boolean;
  isModerator: boolean;
  connected: boolean;
  /** Takes part with sound and picture; others only look on and get no tile. */
  isOnStage: boolean;
  /** In the audience: sees the broadcast, not the meeting. */
  watches: boolean;
  /** Comes first in the composed picture. */
  pinned: boolean;
  microphoneOn: boolean;
  cameraOn: boolean;
  speaking: boolean;
  recorded: boolean;
  camera: Picture | null;
  screen: Picture | null;
};

export type OwnTracks = {
  name: string;
  microphone: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
};

/** Everybody in the room, oneself first, the others in order of joining. */
export function tilesOf(
  room: RoomState,
  received: ReadonlyMap<string, MediaStreamTrack>,
  own: OwnTracks,
): Tile[] {
  const others = room.participants
    .filter(({ participantId }) => participantId !== room.selfId)
    .map((participant) => otherTile(participant, room, received));
  return [ownTile(room, own), ...others];
}

function ownTile(room: RoomState, own: OwnTracks): Tile {
  const picture = (track: MediaStreamTrack | null): Picture | null =>
    track ? { track, trackId: null } : null;
  return {
    participantId: room.selfId,
    name: own.name,
    isSelf: true,
    isModerator: room.isModerator,
    connected: true,
    isOnStage: true,
    watches: false,
    pinned: room.audience.pinnedIds.includes(room.selfId),
    microphoneOn: own.microphone !== null,
    cameraOn: own.camera !== null,
    speaking: room.activeSpeakerId === room.selfId && own.microphone !== null,
    recorded: room.recordedIds.includes(room.selfId),
    camera: picture(own.camera),
    screen: picture(own.screen),
  };
}

function otherTile(
  participant: ParticipantView,
  room: RoomState,
  received: ReadonlyMap<string, MediaStreamTrack>,
): Tile {
  const live = (kind: TrackKind): TrackView | undefined =>
    participant.tracks.find((track) => track.kind === kind && !track.muted);
  const picture = (kind: TrackKind): Picture | null => {
    const trackId = live(kind)?.trackId;
    const track = trackId === undefined ? undefined : received.get(trackId);
    return trackId === undefined || track === undefined ? null : { track, trackId };
  };
  const microphoneOn = live('audio') !== undefined;
  return {
    participantId: participant.participantId,
    name: participant.name,
    isSelf: false,
    isModerator: participant.isModerator,
    connected: participant.connected,
    isOnStage: participant.mode === 'SEND_AND_RECV',
    watches: participant.mode === 'SIGNALLING_ONLY',
    pinned: room.audience.pinnedIds.includes(participant.participantId),
    microphoneOn,
    cameraOn: live('video') !== undefined,
    speaking: room.activeSpeakerId === participant.participantId && microphoneOn,
    recorded: room.recordedIds.includes(participant.participantId),
    camera: picture('video'),
    screen: picture('screen_video'),
  };
}

/** Tracks that are to be heard: microphones and shared sound of everybody else. */
export function soundsOf(
  room: RoomState,
  received: ReadonlyMap<string, MediaStreamTrack>,
): { trackId: string; track: MediaStreamTrack }[] {
  return room.participants
    .filter(({ participantId }) => participantId !== room.selfId)
    .flatMap(({ tracks }) => tracks)
    .flatMap(({ trackId, kind }) => {
      const track = received.get(trackId);
      return track !== undefined && (kind === 'audio' || kind === 'screen_audio') ? [{ trackId, track }] : [];
    });
}
