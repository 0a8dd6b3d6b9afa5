import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { PageHeading, ToastList, Wordmark } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';
import { Preview } from '../prejoin/preview.tsx';

/** Invited from the audience: see oneself and choose devices, then go on stage, or back. */
export function StageDoor(): VNode {
  const meeting = useMeeting();
  const [going, setGoing] = useState(false);
  const { phase, room } = meeting.snapshot.value;
  const ready = phase === 'joined' && !going;
  const byName = room?.stageInvitation?.byName ?? 'A host';
  const go = async (): Promise<void> => {
    if (ready) {
      setGoing(true);
      await meeting.goOnStage();
      setGoing(false);
    }
  };
  return (
    <main class="prejoin">
      <header class="prejoin-head">
        <Wordmark />
      </header>
      <Preview name={meeting.name.value} />
      <div class="prejoin-form">
        <p class="eyebrow">{meeting.roomId}</p>
        <PageHeading>Ready for the stage?</PageHeading>
        <p>
          {byName} has invited you. Everybody in the room and everybody who watches will see and hear you as
          soon as you go on.
        </p>
        <button type="button" class="primary-button" aria-disabled={!ready} onClick={() => void go()}>
          {going ? 'Going on stage…' : 'Go on stage'}
        </button>
        <button type="button" class="plain-button" onClick={() => void meeting.declineStage()}>
          Back to the audience
        </button>
      </div>
      <div class="notices" role="status" aria-live="polite">
        <ToastList toasts={meeting.toasts} />
      </div>
    </main>
  );
}
