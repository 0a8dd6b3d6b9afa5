import type { VNode } from 'preact';
import { TriangleAlert } from 'lucide-preact';
import type { DeviceState } from '../devices/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { deviceText } from '../texts/index.ts';

/** Says what keeps a device from working and what to do; nothing when all is well. */
export function DeviceHelp(): VNode | null {
  const { media, snapshot } = useMeeting();
  const beforeJoining = snapshot.value.phase === 'idle';
  const microphone = problemOf(media.microphone.state.value);
  const camera = problemOf(media.camera.state.value);
  if (microphone === null && camera === null) {
    return null;
  }
  const both = microphone !== null && microphone === camera;
  const notes = both
    ? [bothText(microphone)]
    : [
        ...(microphone === null ? [] : [deviceText('microphone', microphone)]),
        ...(camera === null ? [] : [deviceText('camera', camera)]),
      ];
  const again = (): void => {
    if (both) {
      void media.turnOnBoth();
    } else {
      void (microphone === null ? media.turnOnCamera() : media.turnOnMicrophone());
    }
  };
  return (
    <div class="device-help" role="status">
      <TriangleAlert size={20} aria-hidden="true" />
      <div>
        {notes.map(({ title, advice }) => (
          <p key={title}>
            <strong>{title}.</strong> {advice}
          </p>
        ))}
        {beforeJoining && <p>You can also join without, to watch, listen and chat.</p>}
        <button type="button" class="text-button" onClick={again}>
          Try again
        </button>
      </div>
    </div>
  );
}

type Problem = Extract<DeviceState, { status: 'failed' }>['problem'];

const problemOf = (state: DeviceState): Problem | null => (state.status === 'failed' ? state.problem : null);

function bothText(problem: Problem): { title: string; advice: string } {
  const { advice } = deviceText('camera', problem);
  const titles: Record<Problem, string> = {
    denied: 'Camera and microphone are blocked',
    missing: 'No camera and no microphone found',
    'in-use': 'Camera and microphone are busy',
    insecure: 'Camera and microphone need a secure page',
    unknown: 'Camera and microphone did not start',
  };
  return {
    title: titles[problem],
    advice:
      problem === 'denied' ? advice.replace('the camera', 'both') : advice.replace('using it', 'using them'),
  };
}
