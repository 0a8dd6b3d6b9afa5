import type { VNode } from 'preact';
import { Knocking } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';

/** Knocked, and nobody has answered yet. */
export function Waiting(): VNode {
  const meeting = useMeeting();
  return (
    <Knocking onLeave={() => void meeting.leave()}>
      A host has been told that {meeting.name.value} is here. You will join as soon as they let you in.
    </Knocking>
  );
}
