import type { VNode } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { Chat, useParticipation } from '../../audience/index.ts';
import { SidePanel } from './side-panel.tsx';

export function ChatPanel(): VNode {
  const participation = useParticipation();
  useLayoutEffect(() => {
    participation.show('chat');
    return () => participation.show(null);
  }, [participation]);
  return (
    <SidePanel panel="chat" title="Chat">
      <Chat emptyText="Everybody in the meeting can read what you write here." takesFocus />
    </SidePanel>
  );
}
