import type { VNode } from 'preact';
import { Facts, Loaded } from '../../parts/index.ts';
import { FilePlayer, findRecording } from '../../recordings/index.ts';
import { hashOf } from '../../route.ts';
import { bytesText, durationText, whenText } from '../../texts/index.ts';
import { useLive } from '../../use-live.ts';

/** A recording, with its file once it is there. `state` is what the picture shows: the answer is asked for anew with it. */
export function RecordingDetails({ recordingId, state }: { recordingId: string; state: string }): VNode {
  const recording = useLive(`recording ${recordingId} ${state}`, (api) => findRecording(api, recordingId), {
    when: ({ data }) => data['recordingId'] === recordingId,
  });
  return (
    <Loaded live={recording}>
      {({ files, start, end, error, mode, fileFormat, participantName }) => (
        <>
          {error !== null && (
            <p class="step-reason" data-state="failed">{`${error.message} (${error.code})`}</p>
          )}
          {files[0] !== undefined && <FilePlayer file={files[0]} />}
          <Facts
            facts={[
              ['Of', participantName ?? (mode === 'meeting' ? 'everybody' : mode)],
              ['Format', fileFormat],
              [
                'Began',
                <span key="b" class="figure">
                  {whenText(start)}
                </span>,
              ],
              [
                'Ended',
                end === null ? (
                  ''
                ) : (
                  <span key="e" class="figure">
                    {whenText(end)}
                  </span>
                ),
              ],
              [
                'Length',
                files.length === 0
                  ? ''
                  : durationText(files.reduce((sum, { meta }) => sum + meta.duration, 0)),
              ],
              ['Size', files.length === 0 ? '' : bytesText(files.reduce((sum, { size }) => sum + size, 0))],
            ]}
          />
          <a class="button-link" href={hashOf({ page: 'recording', recordingId })}>
            Open with its transcript
          </a>
        </>
      )}
    </Loaded>
  );
}
