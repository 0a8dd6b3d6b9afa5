import type { VNode } from 'preact';
import type { Transcription } from '../../../../contract/index.ts';
import { ownAddress } from '../../../shared/index.ts';
import { Facts, Lasting, Loaded } from '../../parts/index.ts';
import { allSegments } from '../../recordings/index.ts';
import { useLive } from '../../use-live.ts';

/** So many of the last are shown. */
const LATEST = 40;

/** A transcription: what was said last, and its files once it is complete. */
export function TranscriptionDetails({
  transcriptionId,
  state,
}: {
  transcriptionId: string;
  state: string;
}): VNode {
  const concerns = ({ data }: { data: Readonly<Record<string, unknown>> }): boolean =>
    data['transcriptionId'] === transcriptionId;
  const live = useLive(
    `transcription ${transcriptionId} ${state}`,
    async (api) => {
      const transcription = await api.get<Transcription>(
        `/v2/transcriptions/${encodeURIComponent(transcriptionId)}`,
      );
      return {
        transcription,
        files: Object.entries(transcription.transcriptionFilePaths),
        segments: await allSegments(api, transcription),
      };
    },
    { when: concerns },
  );
  return (
    <Loaded live={live}>
      {({ transcription, files, segments }) => (
        <>
          {transcription.error !== null && (
            <p class="step-reason" data-state="failed">
              {`${transcription.error.message} (${transcription.error.code})`}
            </p>
          )}
          <Facts
            facts={[
              ['Status', transcription.status],
              ['Engine', transcription.engine],
              ['Language', transcription.language],
              ['Lasts', <Lasting key="lasts" start={transcription.start} end={transcription.end} />],
              [
                'Files',
                files.length === 0
                  ? ''
                  : files.map(([format, address]) => (
                      <a key={format} class="file-link" href={ownAddress(address, location.href)} download>
                        {format}
                      </a>
                    )),
              ],
            ]}
          />
          {transcription.summary.text !== null && <p class="summary">{transcription.summary.text}</p>}
          <h3 class="inspector-subtitle">Said last</h3>
          {segments.length === 0 && <p class="quiet">Nothing was said yet.</p>}
          <ol class="said">
            {segments
              .slice(-LATEST)
              .toReversed()
              .map(({ segmentId, participantName, text }) => (
                <li key={segmentId}>
                  <strong>{participantName}</strong> {text}
                </li>
              ))}
          </ol>
        </>
      )}
    </Loaded>
  );
}
