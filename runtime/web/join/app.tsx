import type { VNode } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { MeetingPhase } from '../client/index.ts';
import { Ended } from './ended/ended.tsx';
import { MeetingContext } from './meeting-context.ts';
import type { Meeting } from './meeting.ts';
import { Prejoin } from './prejoin/prejoin.tsx';
import { Waiting } from './prejoin/waiting.tsx';
import { Room } from './room/room.tsx';

/** Chooses the page by the phase of the meeting, and shows the phase on the root element. */
export function App({ meeting, root }: { meeting: Meeting; root: HTMLElement }): VNode {
  const { phase, media, error } = meeting.snapshot.value;
  useLayoutEffect(() => {
    root.dataset['state'] = phase === 'idle' ? 'prejoin' : phase;
    root.dataset['media'] = media;
    if (error === null) {
      delete root.dataset['code'];
    } else {
      root.dataset['code'] = error.code;
    }
  }, [root, phase, media, error]);
  return <MeetingContext.Provider value={meeting}>{page(phase)}</MeetingContext.Provider>;
}

function page(phase: MeetingPhase): VNode {
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
