import type { VNode } from 'preact';
import { Mic, MicOff, Video, VideoOff } from 'lucide-preact';
import { useMeeting } from '../meeting-context.ts';

const icons = { microphone: { on: Mic, off: MicOff }, camera: { on: Video, off: VideoOff } } as const;

/** Turns one's own microphone or camera on and off. */
export function DeviceToggle({ device }: { device: 'microphone' | 'camera' }): VNode {
  const meeting = useMeeting();
  const { status } = meeting.media[device].state.value;
  const on = status === 'on';
  const Icon = icons[device][on ? 'on' : 'off'];
  const label = `Turn ${on ? 'off' : 'on'} ${device}`;
  return (
    <button
      type="button"
      class={`round-button${on ? '' : ' is-off'}`}
      aria-label={label}
      title={label}
      aria-busy={status === 'starting'}
      data-status={status}
      onClick={() => void (device === 'microphone' ? meeting.toggleMicrophone() : meeting.toggleCamera())}
    >
      <Icon size={22} aria-hidden="true" />
      {status === 'failed' && <span class="button-problem" aria-hidden="true" />}
    </button>
  );
}
