import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { Avatar } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { DeviceChoices } from '../parts/device-choices.tsx';
import { DeviceHelp } from '../parts/device-help.tsx';
import { DeviceToggle } from '../parts/device-toggle.tsx';
import { VideoPicture } from '../parts/video-picture.tsx';

/** Oneself as others will see one, with the devices to choose. */
export function Preview({ name }: { name: string }): VNode {
  const { media } = useMeeting();
  useEffect(() => {
    void media.turnOnBoth();
  }, [media]);
  const camera = media.camera.state.value;
  return (
    <section class="prejoin-preview" aria-label="Your picture and devices">
      <div class="preview">
        <Avatar participantId={name} name={name} />
        <VideoPicture track={camera.status === 'on' ? camera.track : null} mirrored />
        {camera.status !== 'on' && (
          <p class="preview-note">{camera.status === 'starting' ? 'Camera is starting…' : 'Camera is off'}</p>
        )}
        <div class="preview-buttons">
          <DeviceToggle device="microphone" />
          <DeviceToggle device="camera" />
        </div>
      </div>
      <DeviceHelp />
      <DeviceChoices />
    </section>
  );
}
