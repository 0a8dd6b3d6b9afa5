import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Download } from 'lucide-preact';
import type { RecordingFile } from '../../../contract/index.ts';
import { ownAddress } from '../../shared/index.ts';
import { Facts, Loaded, NothingHere, PageHead, StateBadge } from '../parts/index.ts';
import { hashOf } from '../route.ts';
import { bytesText, durationText, whenText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { FilePlayer } from './file-player.tsx';
import { findRecording, type ShownRecording } from './find-recording.ts';
import { Transcript } from './transcript.tsx';

/** One recording: its player, and beside it what is said. */
export function RecordingPage({ recordingId }: { recordingId: string }): VNode {
  const recording = useLive(`recording ${recordingId}`, (api) => findRecording(api, recordingId), {
    when: ({ data }) => data['recordingId'] === recordingId,
  });
  const { value } = recording;
  return (
    <div class="page is-full">
      <PageHead
        title={value === null ? 'Recording' : `${whoseText(value)}, ${whenText(value.start)}`}
        up={{ href: hashOf({ page: 'recordings' }), label: 'Recordings' }}
        mark={value !== null && <StateBadge state={value.status} />}
      />
      <Loaded live={recording}>{(loaded) => <RecordingView recording={loaded} />}</Loaded>
    </div>
  );
}

function whoseText({ mode, participantName }: ShownRecording): string {
  return mode === 'merge' ? 'Merged' : (participantName ?? 'Everybody');
}

function RecordingView({ recording }: { recording: ShownRecording }): VNode {
  const { files, error, start, roomId, sessionId, fileFormat } = recording;
  const [chosen, setChosen] = useState(0);
  const [seconds, setSeconds] = useState(0);
  const player = useRef<HTMLMediaElement | null>(null);
  const file = files[chosen] ?? files[0];
  const seek = (to: number): void => {
    if (player.current !== null) {
      player.current.currentTime = to;
      void player.current.play();
    }
  };
  return (
    <div class="recording">
      <div class="recording-main">
        {error !== null && (
          <p class="step-reason" data-state="failed">{`${error.message} (${error.code})`}</p>
        )}
        {file === undefined ? (
          <NothingHere title="No file yet">
            {error === null ? 'The file is there once the recording has ended.' : undefined}
          </NothingHere>
        ) : (
          <FilePlayer key={file.id} file={file} player={player} onTime={setSeconds} />
        )}
        {files.length > 1 && (
          <div class="segments" role="radiogroup" aria-label="File">
            {files.map((each, index) => (
              <label key={each.id}>
                <input
                  type="radio"
                  name="file"
                  class="visually-hidden"
                  checked={index === chosen}
                  onChange={() => setChosen(index)}
                />
                Part {index + 1}
              </label>
            ))}
          </div>
        )}
        <Facts
          facts={[
            [
              'Room',
              <a key="room" href={hashOf({ page: 'session', sessionId })}>
                {roomId}
              </a>,
            ],
            [
              'Began',
              <span key="began" class="figure">
                {whenText(start)}
              </span>,
            ],
            ['Format', fileFormat],
            ...(file === undefined ? [] : fileFacts(file)),
          ]}
        />
        {file !== undefined && (
          <a class="button-link" href={ownAddress(file.fileUrl, location.href)} download>
            <Download size={16} aria-hidden="true" />
            Download
          </a>
        )}
      </div>
      <Transcript recording={recording} file={file} seconds={seconds} onSeek={seek} />
    </div>
  );
}

function fileFacts({ size, meta }: RecordingFile): (readonly [string, string])[] {
  const { resolution, duration, videoCodec, audioCodec } = meta;
  return [
    ['Length', durationText(duration)],
    ['Size', bytesText(size)],
    ['Picture', resolution === null ? '' : `${resolution.width} × ${resolution.height}`],
    ['Codecs', [videoCodec, audioCodec].filter((codec) => codec !== null).join(', ')],
  ];
}
