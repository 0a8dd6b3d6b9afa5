import type { VNode } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { Chat, SectionTabs, useParticipation, type Section, type SectionTab } from '../../audience/index.ts';
import { Transcript, useCaptions } from '../../captions/index.ts';
import { SidePanel } from './side-panel.tsx';

const tabs: readonly SectionTab[] = [
  { section: 'chat', label: 'Chat' },
  { section: 'transcript', label: 'Transcript' },
];

/** What is written, and beside it what is said once that is written down. */
export function ChatPanel(): VNode {
  const participation = useParticipation();
  const captions = useCaptions();
  const isTranscribed = captions.available.value || captions.transcript.value.length > 0;
  const [chosen, setChosen] = useState<Section>('chat');
  const shown = isTranscribed ? chosen : 'chat';
  useLayoutEffect(() => {
    participation.show(shown);
    return () => participation.show(null);
  }, [participation, shown, isTranscribed]);
  return (
    <SidePanel panel="chat" title="Chat">
      {isTranscribed && <SectionTabs tabs={tabs} chosen={shown} onChoose={setChosen} />}
      {/* One place with and without tabs, so that a message half written stays. */}
      <div
        class="section"
        {...(isTranscribed
          ? { role: 'tabpanel' as const, id: `section-${shown}`, 'aria-labelledby': `tab-${shown}` }
          : {})}
      >
        {shown === 'chat' ? (
          <Chat emptyText="Everybody in the meeting can read what you write here." takesFocus />
        ) : (
          <Transcript />
        )}
      </div>
    </SidePanel>
  );
}
