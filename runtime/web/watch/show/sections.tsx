import type { VNode } from 'preact';
import { Chat, Hands, Polls, Questions, SectionTabs, type SectionTab } from '../../audience/index.ts';
import { Transcript } from '../../captions/index.ts';
import { useWatching } from '../watching-context.ts';

const tabs: readonly SectionTab[] = [
  { section: 'chat', label: 'Chat' },
  { section: 'polls', label: 'Polls' },
  { section: 'questions', label: 'Q&A' },
];
const transcriptTab: SectionTab = { section: 'transcript', label: 'Transcript' };
const handsTab: SectionTab = { section: 'hands', label: 'Hands' };

export function Sections(): VNode {
  const { room, section, captions } = useWatching();
  const chosen = section.value;
  const isTranscribed = captions.available.value || captions.transcript.value.length > 0;
  return (
    <>
      <SectionTabs
        tabs={[
          ...tabs,
          ...(room?.isModerator === true ? [handsTab] : []),
          ...(isTranscribed || chosen === 'transcript' ? [transcriptTab] : []),
        ]}
        chosen={chosen}
        onChoose={(next) => (section.value = next)}
      />
      <div class="section" role="tabpanel" id={`section-${chosen}`} aria-labelledby={`tab-${chosen}`}>
        {chosen === 'chat' && <Chat emptyText="Say hello to the others who watch." takesFocus={false} />}
        {chosen === 'polls' && <Polls />}
        {chosen === 'questions' && <Questions />}
        {chosen === 'hands' && <Hands />}
        {chosen === 'transcript' && <Transcript />}
      </div>
    </>
  );
}
