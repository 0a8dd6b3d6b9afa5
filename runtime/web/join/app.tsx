import type { VNode } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { ParticipationContext } from '../audience/index.ts';
import { CaptionsContext } from '../captions/index.ts';
import { Ended } from './ended/ended.tsx';
import { MeetingContext } from './meeting-context.ts';
import type { Meeting } from './meeting.ts';
import { Moving } from './stage-door/moving.tsx';
import { StageDoor } from './stage-door/stage-door.tsx';
import { Prejoin } from './prejoin/prejoin.tsx';
import { Waiting } from './prejoin/waiting.tsx';
import { Room } from './room/room.tsx';

/** Chooses the page by the phase of the meeting, and shows the phase on the root element. */
export function App({ meeting, root }: { meeting: Meeting; root: HTMLElement }): VNode {
  const { phase, media, error } = meeting.snapshot.value;
  const entering = meeting.entering.value;
  useLayoutEffect(() => {
    const state = phase === 'idle' ? 'prejoin' : phase;
    root.dataset['state'] = entering && (phase === 'joining' || phase === 'joined') ? 'stage-door' : state;
    root.dataset['media'] = media;
    if (error === null) {
      delete root.dataset['code'];
    } else {
      root.dataset['code'] = error.code;
    }
  }, [root, phase, entering, media, error]);
  return (
    <MeetingContext.Provider value={meeting}>
      <ParticipationContext.Provider value={meeting.participation}>
        <CaptionsContext.Provider value={meeting.captions}>
          {meeting.moving.value ? <Moving /> : page(meeting)}
        </CaptionsContext.Provider>
      </ParticipationContext.Provider>
    </MeetingContext.Provider>
  );
}

function page(meeting: Meeting): VNode {
  const { phase } = meeting.snapshot.value;
  const isOver = phase === 'left' || phase === 'failed';
  if (meeting.entering.value && !isOver) {
    return <StageDoor />;
  }
  switch (phase) {
    case 'idle':
    case 'joining':
      return <Prejoin />;
    case 'waiting':
      return <Waiting />;
    case 'joined':
    case 'reconnecting':
      return <Room />;
    case 'left':
    case 'failed':
      return <Ended />;
  }
}
