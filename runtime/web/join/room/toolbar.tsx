import type { ComponentChildren, VNode } from 'preact';
import {
  Captions as CaptionsIcon,
  CaptionsOff,
  LogOut,
  MessageSquare,
  Presentation,
  ScreenShare,
  ScreenShareOff,
  Settings,
  Users,
} from 'lucide-preact';
import { useMeeting } from '../meeting-context.ts';
import type { Meeting, Panel } from '../meeting.ts';
import { DeviceToggle } from '../parts/device-toggle.tsx';

export function Toolbar(): VNode {
  const meeting = useMeeting();
  const unread = meeting.participation.unread.value.chat;
  const knocks = meeting.room?.entryRequests.length ?? 0;
  const people = meeting.tiles.value.filter(({ watches }) => !watches).length;
  return (
    <nav class="toolbar" aria-label="Meeting controls">
      <DeviceToggle device="microphone" />
      <DeviceToggle device="camera" />
      {meeting.media.screen.isSupported && <ScreenToggle />}
      {meeting.captions.available.value && <CaptionsToggle />}
      <span class="toolbar-divider" aria-hidden="true" />
      <PanelToggle panel="chat" label={unread > 0 ? `Chat, ${unread} unread` : 'Chat'} mark={unread}>
        <MessageSquare size={22} aria-hidden="true" />
      </PanelToggle>
      <PanelToggle
        panel="people"
        label={knocks > 0 ? `People, ${people} here, ${knocks} waiting` : `People, ${people} here`}
        mark={knocks}
      >
        <Users size={22} aria-hidden="true" />
      </PanelToggle>
      {hasAudience(meeting) && <AudienceToggle />}
      <PanelToggle panel="settings" label="Settings" mark={0}>
        <Settings size={22} aria-hidden="true" />
      </PanelToggle>
      <span class="toolbar-divider" aria-hidden="true" />
      <button type="button" class="leave-button" aria-label="Leave" onClick={() => void meeting.leave()}>
        <LogOut size={20} aria-hidden="true" />
        <span class="leave-text">Leave</span>
      </button>
    </nav>
  );
}

/** A host can always turn to the audience; the others once there is one. */
function hasAudience({ room }: Meeting): boolean {
  if (room === null) {
    return false;
  }
  const { viewers, polls, questions } = room.audience;
  return room.isModerator || viewers > 0 || polls.length > 0 || questions.length > 0;
}

function AudienceToggle(): VNode {
  const { hands, polls, questions } = useMeeting().participation.unread.value;
  const news = hands + polls + questions;
  return (
    <PanelToggle panel="audience" label={news > 0 ? `Audience, ${news} new` : 'Audience'} mark={news}>
      <Presentation size={22} aria-hidden="true" />
    </PanelToggle>
  );
}

function ScreenToggle(): VNode {
  const meeting = useMeeting();
  const sharing = meeting.media.screen.shared.value !== null;
  const label = sharing ? 'Stop sharing screen' : 'Share screen';
  return (
    <button
      type="button"
      class={`round-button${sharing ? ' is-open' : ''}`}
      aria-label={label}
      title={label}
      onClick={() => void meeting.toggleScreen()}
    >
      {sharing ? (
        <ScreenShareOff size={22} aria-hidden="true" />
      ) : (
        <ScreenShare size={22} aria-hidden="true" />
      )}
    </button>
  );
}

function CaptionsToggle(): VNode {
  const { captions } = useMeeting();
  const wanted = captions.wanted.value;
  const label = wanted ? 'Hide captions' : 'Show captions';
  return (
    <button
      type="button"
      class={`round-button${wanted ? ' is-open' : ''}`}
      aria-label={label}
      aria-keyshortcuts="C"
      title={`${label} (C)`}
      onClick={() => captions.toggle()}
    >
      {wanted ? <CaptionsIcon size={22} aria-hidden="true" /> : <CaptionsOff size={22} aria-hidden="true" />}
    </button>
  );
}

function PanelToggle(props: {
  panel: Panel;
  label: string;
  mark: number;
  children: ComponentChildren;
}): VNode {
  const meeting = useMeeting();
  const { panel, label, mark, children } = props;
  const open = meeting.panel.value === panel;
  return (
    <button
      type="button"
      class={`round-button${open ? ' is-open' : ''}`}
      aria-label={label}
      aria-expanded={open}
      title={label}
      data-opens={panel}
      onClick={() => meeting.togglePanel(panel)}
    >
      {children}
      {mark > 0 && (
        <span class="button-mark" aria-hidden="true">
          {mark > 9 ? '9+' : mark}
        </span>
      )}
    </button>
  );
}
