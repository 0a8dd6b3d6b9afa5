import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RecordingFile, TranscriptSegment } from '../../../contract/index.ts';
import { Loaded, NothingHere } from '../parts/index.ts';
import { durationText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { allSegments } from './all-segments.ts';
import type { ShownRecording } from './find-recording.ts';
import { heardIn, placeIn, sayingAt } from './saying.ts';
import { transcriptsOf } from './transcripts-of.ts';

/** What is said in a recording: what is being said is marked, and a press goes to where it is said. */
export function Transcript(props: {
  recording: ShownRecording;
  file: RecordingFile | undefined;
  /** Where the player is. */
  seconds: number;
  onSeek: (seconds: number) => void;
}): VNode {
  const { recording, file, seconds, onSeek } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const transcripts = useLive(
    `transcripts ${recording.recordingId} ${recording.status}`,
    (api) => transcriptsOf(api, recording),
    { when: ({ type, sessionId }) => type.startsWith('transcription-') && sessionId === recording.sessionId },
  );
  return (
    <section class="transcript-panel" aria-label="Transcript">
      <Loaded live={transcripts}>
        {(found) => {
          const transcript = found.find(({ id }) => id === chosen) ?? found[0];
          return transcript === undefined ? (
            <NothingHere title="No transcript">
              Transcribe the session while it runs, or the recording when it has ended.
            </NothingHere>
          ) : (
            <>
              <header class="transcript-head">
                <h2>Transcript</h2>
                {found.length > 1 && (
                  <select
                    aria-label="Which transcript"
                    value={transcript.id}
                    onChange={({ currentTarget }) => setChosen(currentTarget.value)}
                  >
                    {found.map(({ id, type, engine }) => (
                      <option key={id} value={id}>
                        {`${type === 'post' ? 'Of the recording' : 'Of the session'} · ${engine}`}
                      </option>
                    ))}
                  </select>
                )}
              </header>
              <Said
                key={transcript.id}
                transcript={transcript}
                recording={recording}
                file={file}
                seconds={seconds}
                onSeek={onSeek}
              />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Said(props: {
  transcript: { id: string; type: 'realtime' | 'post'; segments: number };
  recording: ShownRecording;
  file: RecordingFile | undefined;
  seconds: number;
  onSeek: (seconds: number) => void;
}): VNode {
  const { transcript, recording, file, seconds, onSeek } = props;
  const loaded = useLive(`segments ${transcript.id} ${transcript.segments}`, (api) =>
    allSegments(api, transcript),
  );
  return (
    <Loaded live={loaded}>
      {(segments) => (
        <Sentences
          segments={segments}
          isOfRecording={transcript.type === 'post'}
          recording={recording}
          file={file}
          seconds={seconds}
          onSeek={onSeek}
        />
      )}
    </Loaded>
  );
}

function Sentences(props: {
  segments: readonly TranscriptSegment[];
  /** Not of the session, of which the recording holds a part. */
  isOfRecording: boolean;
  recording: ShownRecording;
  file: RecordingFile | undefined;
  seconds: number;
  onSeek: (seconds: number) => void;
}): VNode {
  const { segments, isOfRecording, recording, file, seconds, onSeek } = props;
  const heard = useMemo(
    () => (file === undefined || isOfRecording ? segments : heardIn(segments, recording, file)),
    [segments, isOfRecording, recording, file],
  );
  const saying = file === undefined ? new Set<string>() : sayingAt(heard, file.meta.startMs + seconds * 1000);
  const first = heard.find(({ segmentId }) => saying.has(segmentId))?.segmentId;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (first !== undefined) {
      list.current
        ?.querySelector(`[data-segment="${CSS.escape(first)}"]`)
        ?.scrollIntoView({ block: 'nearest' });
    }
  }, [first]);
  if (heard.length === 0) {
    return <NothingHere title="Nothing was said" />;
  }
  return (
    <ol ref={list} class="sentences">
      {heard.map((segment) => {
        const { segmentId, participantName, text, startMs } = segment;
        const isSaid = saying.has(segmentId);
        return (
          <li key={segmentId} data-segment={segmentId} aria-current={isSaid ? 'true' : undefined}>
            <button
              type="button"
              disabled={file === undefined}
              onClick={() => {
                if (file !== undefined) {
                  onSeek(placeIn(file, segment));
                }
              }}
            >
              <span class="sentence-head">
                <strong>{participantName}</strong>
                <time>{durationText(file === undefined ? startMs / 1000 : placeIn(file, segment))}</time>
              </span>
              <span class="sentence-text">{text}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
