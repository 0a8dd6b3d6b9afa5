import type { VNode } from 'preact';
import { Mic, Video, Volume2 } from 'lucide-preact';
import type { DeviceChoice } from '../devices/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { SoundMeter } from './sound-meter.tsx';

/** Which microphone, camera and speaker to use. */
export function DeviceChoices(): VNode {
  const { media } = useMeeting();
  const { audioinput, videoinput, audiooutput } = media.list.choices.value;
  const microphone = media.microphone.state.value;
  const microphoneTrack = microphone.status === 'on' ? microphone.track : null;
  const camera = media.camera.state.value;
  return (
    <div class="device-choices">
      <div>
        <Choice
          icon={<Mic size={18} aria-hidden="true" />}
          label="Microphone"
          choices={audioinput}
          chosen={microphoneTrack?.getSettings().deviceId ?? media.microphoneId.value}
          onChoose={(id) => void media.chooseMicrophone(id)}
        />
        <SoundMeter track={microphoneTrack} />
      </div>
      <Choice
        icon={<Video size={18} aria-hidden="true" />}
        label="Camera"
        choices={videoinput}
        chosen={camera.status === 'on' ? camera.track.getSettings().deviceId : media.cameraId.value}
        onChoose={(id) => void media.chooseCamera(id)}
      />
      {'setSinkId' in HTMLMediaElement.prototype && (
        <Choice
          icon={<Volume2 size={18} aria-hidden="true" />}
          label="Speaker"
          choices={audiooutput}
          chosen={media.speakerId.value}
          onChoose={(id) => media.chooseSpeaker(id)}
        />
      )}
    </div>
  );
}

function Choice(props: {
  icon: VNode;
  label: string;
  choices: readonly DeviceChoice[];
  chosen: string | undefined;
  onChoose: (deviceId: string) => void;
}): VNode {
  const { icon, label, choices, chosen, onChoose } = props;
  return (
    <label class="device-choice">
      {icon}
      <span class="visually-hidden">{label}</span>
      <select
        disabled={choices.length === 0}
        value={chosen ?? choices[0]?.deviceId}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {choices.length === 0 && <option>{label}: system default</option>}
        {choices.map(({ deviceId, label: text }) => (
          <option key={deviceId} value={deviceId}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
