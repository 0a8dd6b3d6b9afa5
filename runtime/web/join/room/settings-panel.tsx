import type { VNode } from 'preact';
import { useMeeting } from '../meeting-context.ts';
import { DeviceChoices } from '../parts/device-choices.tsx';
import { DeviceHelp } from '../parts/device-help.tsx';
import { SidePanel } from './side-panel.tsx';

export function SettingsPanel(): VNode {
  const { media } = useMeeting();
  return (
    <SidePanel panel="settings" title="Settings">
      <div class="panel-body">
        <section aria-labelledby="devices">
          <h3 id="devices">Devices</h3>
          <DeviceChoices />
          <DeviceHelp />
        </section>
        <section aria-labelledby="sound">
          <h3 id="sound">Sound</h3>
          <label class="check">
            <input
              type="checkbox"
              checked={media.originalSound.value}
              onChange={({ currentTarget }) => void media.setOriginalSound(currentTarget.checked)}
            />
            <span>
              Original sound
              <small>For music: no noise suppression and no echo cancelling. Use headphones.</small>
            </span>
          </label>
        </section>
      </div>
    </SidePanel>
  );
}
