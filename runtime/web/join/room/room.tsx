import type { VNode } from 'preact';
import { useMeeting } from '../meeting-context.ts';
import { FloatingReactions, GiftMoments } from '../../audience/index.ts';
import { CaptionsView } from '../../captions/index.ts';
import { AudiencePanel } from './audience-panel.tsx';
import { Banners } from './banners.tsx';
import { ChatPanel } from './chat-panel.tsx';
import { Notices } from './notices.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { RoomHead } from './room-head.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { Sounds } from './sounds.tsx';
import { Stage } from './stage.tsx';
import { Toolbar } from './toolbar.tsx';
import { useCaptionsKey } from './use-captions-key.ts';

/** The meeting itself. */
export function Room(): VNode {
  const panel = useMeeting().panel.value;
  useCaptionsKey();
  return (
    <div class="room" data-panel={panel ?? 'none'}>
      <RoomHead />
      <main class="room-main" aria-label="Participants">
        <Banners />
        <Stage />
        <CaptionsView />
        <FloatingReactions />
        <GiftMoments />
      </main>
      {panel === 'chat' && <ChatPanel />}
      {panel === 'people' && <PeoplePanel />}
      {panel === 'audience' && <AudiencePanel />}
      {panel === 'settings' && <SettingsPanel />}
      <Toolbar />
      <Notices />
      <Sounds />
    </div>
  );
}
