import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useMeeting } from '../meeting-context.ts';
import { soundsOf } from './tiles.ts';

/** Everybody else's sound, apart from the tiles: it goes on while a tile is not on show. */
export function Sounds(): VNode {
  const meeting = useMeeting();
  const { room, tracks } = meeting.snapshot.value;
  const sounds = room === null ? [] : soundsOf(room, tracks);
  return (
    <div hidden>
      {sounds.map(({ trackId, track }) => (
        <Sound key={trackId} track={track} />
      ))}
    </div>
  );
}

function Sound({ track }: { track: MediaStreamTrack }): VNode {
  const meeting = useMeeting();
  const audio = useRef<HTMLAudioElement>(null);
  const speakerId = meeting.media.speakerId.value;
  const blocked = meeting.soundBlocked.value;
  useEffect(() => {
    if (audio.current !== null) {
      audio.current.srcObject = new MediaStream([track]);
    }
  }, [track]);
  useEffect(() => {
    if (blocked) {
      return;
    }
    // Runs again when the person has pressed "Turn on sound", which is the gesture browsers wait for.
    audio.current?.play().catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotAllowedError') {
        meeting.soundBlocked.value = true;
      }
    });
  }, [track, blocked, meeting]);
  useEffect(() => {
    const element = audio.current;
    if (element !== null && speakerId !== undefined && 'setSinkId' in element) {
      element.setSinkId(speakerId).catch(() => {
        // An unplugged speaker: the browser goes on with its default.
      });
    }
  }, [speakerId]);
  return <audio ref={audio} autoplay />;
}
