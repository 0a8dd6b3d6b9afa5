import type { StepContext } from '../step.ts';
import { hearLevel, type Speaking } from './barge-in.ts';

/**
 * Calls `onSpeech` when somebody speaks who has a client of their own: those who speak by the runtime do not interrupt
 * each other. The function returned ends it.
 */
export function watchForSpeech(
  context: Pick<StepContext<unknown>, 'people' | 'onAudioLevel'>,
  onSpeech: (participantId: string) => void,
): () => void {
  const serverSide = new Set<string>();
  const speaking = new Map<string, Speaking>();
  const stopPeople = context.people({
    joined({ participantId, isServerSide }) {
      if (isServerSide) {
        serverSide.add(participantId);
      }
    },
    left(participantId) {
      serverSide.delete(participantId);
      speaking.delete(participantId);
    },
  });
  const stopLevels = context.onAudioLevel((participantId, level, atMs) => {
    if (serverSide.has(participantId)) {
      return;
    }
    const heard = hearLevel(speaking.get(participantId) ?? null, level, atMs);
    speaking.set(participantId, heard.speaking);
    if (heard.interrupts) {
      onSpeech(participantId);
    }
  });
  return () => {
    stopPeople();
    stopLevels();
  };
}
