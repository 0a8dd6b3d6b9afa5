import type { VNode } from 'preact';
import { Chat, Hands, Polls, Questions, SectionTabs, type SectionTab } from '../../audience/index.ts';
import { useWatching } from '../watching-context.ts';

const tabs: readonly SectionTab[] = [
  { section: 'chat', label: 'Chat' },
  { section: 'polls', label: 'Polls' },
  { section: 'questions', label: 'Q&A' },
];
const hostTabs: readonly SectionTab[] = [...tabs, { section: 'hands', label: 'Hands' }];

export function Sections(): VNode {
  const { room, section } = useWatching();
  const chosen = section.value;
  return (
    <>
      <SectionTabs
        tabs={room?.isModerator === true ? hostTabs : tabs}
        chosen={chosen}
        onChoose={(next) => (section.value = next)}
      />
      <div class="section" role="tabpanel" id={`section-${chosen}`} aria-labelledby={`tab-${chosen}`}>
        {chosen === 'chat' && <Chat emptyText="Say hello to the others who watch." takesFocus={false} />}
        {chosen === 'polls' && <Polls />}
        {chosen === 'questions' && <Questions />}
        {chosen === 'hands' && <Hands />}
      </div>
    </>
  );
}
