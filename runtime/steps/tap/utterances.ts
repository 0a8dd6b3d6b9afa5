import type { TapUtterances, TrackKind } from '../../contract/index.ts';
import { createListener } from '../../media/index.ts';
import type { StepContext } from '../step.ts';
import { tapKind } from './tapped-kind.ts';

/** What a step tells of an utterance that it has left as a WAV file. */
export type TapAudioUpdate = {
  kind: 'tap-audio';
  trackKind: TrackKind;
  path: string;
  bytes: number;
  startMs: number;
  endMs: number;
};

/** Leaves each utterance of the microphone as a file, and tells of it. Nothing is recognised. */
export function createUtteranceFiles(
  context: Pick<StepContext<unknown>, 'directory' | 'tap' | 'report'>,
  participantId: string,
  { minMs, maxMs }: TapUtterances,
): { close(): Promise<void> } {
  const listener = createListener({
    engine: null,
    language: null,
    utteranceDirectory: context.directory,
    ...(minMs === undefined ? {} : { minUtteranceMs: minMs }),
    ...(maxMs === undefined ? {} : { maxUtteranceMs: maxMs }),
    onEvent(event) {
      if (event.type === 'utterance') {
        const { path, bytes, startMs, endMs } = event;
        const update: TapAudioUpdate = { kind: 'tap-audio', trackKind: 'audio', path, bytes, startMs, endMs };
        context.report({ type: 'update', update });
      }
    },
    onRestart(reason) {
      context.report({ type: 'progress', progress: { listenerRestarted: reason } });
    },
    onFailure(error) {
      context.report({ type: 'failure', code: 'internal', message: error.message });
    },
  });
  const tap = tapKind(context, participantId, 'audio', {
    frame(frame) {
      listener.push(participantId, frame);
    },
    stopped() {
      listener.pause(participantId);
    },
  });
  return {
    close() {
      tap.close();
      return listener.close();
    },
  };
}
