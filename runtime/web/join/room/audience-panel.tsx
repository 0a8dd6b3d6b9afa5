import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Eye } from 'lucide-preact';
import {
  Hands,
  Polls,
  Questions,
  SectionTabs,
  viewersText,
  type Section,
  type SectionTab,
} from '../../audience/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { SidePanel } from './side-panel.tsx';

const tabs: readonly SectionTab[] = [
  { section: 'polls', label: 'Polls' },
  { section: 'questions', label: 'Q&A' },
];
const hostTabs: readonly SectionTab[] = [{ section: 'hands', label: 'Hands' }, ...tabs];

/** The audience as those on stage have it before them: how many watch, who wants to speak, polls and questions. */
export function AudiencePanel(): VNode {
  const { room, participation } = useMeeting();
  const isHost = room?.isModerator === true;
  const [chosen, setChosen] = useState<Section>(() => firstSection(isHost, participation.unread.value));
  return (
    <SidePanel panel="audience" title="Audience">
      <p class="panel-line">
        <Eye size={17} aria-hidden="true" /> {viewersText(room?.audience.viewers ?? 0)}
      </p>
      <SectionTabs tabs={isHost ? hostTabs : tabs} chosen={chosen} onChoose={setChosen} />
      <div class="section" role="tabpanel" id={`section-${chosen}`} aria-labelledby={`tab-${chosen}`}>
        {chosen === 'hands' && <Hands />}
        {chosen === 'polls' && <Polls />}
        {chosen === 'questions' && <Questions />}
      </div>
    </SidePanel>
  );
}

/** Where something is new, or else where one begins. */
function firstSection(isHost: boolean, unread: Readonly<Record<Section, number>>): Section {
  const sections = (isHost ? hostTabs : tabs).map(({ section }) => section);
  return sections.find((section) => unread[section] > 0) ?? sections[0] ?? 'polls';
}
