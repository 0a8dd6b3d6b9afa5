import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Page, Recording } from '../../../contract/index.ts';
import { Loaded, NothingHere, PageHead, Pages, StateBadge } from '../parts/index.ts';
import { hashOf } from '../route.ts';
import { bytesText, durationText, whenText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { recordingKinds } from './find-recording.ts';

const PER_PAGE = 50;

/** All recordings of a kind, newest first. */
export function Recordings(): VNode {
  const [kind, setKind] = useState(0);
  const [page, setPage] = useState(1);
  const { path = '/v2/recordings', label = '' } = recordingKinds[kind] ?? {};
  const recordings = useLive(
    `${path} ${page}`,
    (api) => api.get<Page<Recording>>(path, { page, perPage: PER_PAGE }),
    { when: ({ type }) => type.includes('recording') },
  );
  return (
    <div class="page">
      <PageHead title="Recordings">
        <div class="segments" role="radiogroup" aria-label="Recordings of">
          {recordingKinds.map((each, index) => (
            <label key={each.mode}>
              <input
                type="radio"
                name="kind"
                class="visually-hidden"
                checked={index === kind}
                onChange={() => {
                  setKind(index);
                  setPage(1);
                }}
              />
              {each.label}
            </label>
          ))}
        </div>
      </PageHead>
      <Loaded live={recordings}>
        {({ data, pageInfo }) =>
          data.length === 0 ? (
            <NothingHere title={`No recording (${label.toLowerCase()})`}>
              Recordings that workflows, graphs or calls start show here, also while they run.
            </NothingHere>
          ) : (
            <>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">Began</th>
                    <th scope="col">Of</th>
                    <th scope="col">Room</th>
                    <th scope="col">State</th>
                    <th scope="col">Length</th>
                    <th scope="col">Size</th>
                    <th scope="col">Format</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((recording) => (
                    <Row key={recording.recordingId} recording={recording} />
                  ))}
                </tbody>
              </table>
              <Pages info={pageInfo} onChoose={setPage} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}

function Row({ recording }: { recording: Recording }): VNode {
  const { recordingId, roomId, sessionId, start, status, files, fileFormat, participantName, kind } =
    recording;
  const seconds = files.reduce((sum, { meta }) => sum + meta.duration, 0);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return (
    <tr>
      <td>
        <a class="row-link figure" href={hashOf({ page: 'recording', recordingId })}>
          {whenText(start)}
        </a>
      </td>
      <td>
        {participantName ?? 'Everybody'}
        {recording.mode === 'track' && <span class="fine-print"> {kind}</span>}
      </td>
      <td>
        <a href={hashOf({ page: 'session', sessionId })}>{roomId}</a>
      </td>
      <td>
        <StateBadge state={status} />
      </td>
      <td class="figure">{files.length === 0 ? '–' : durationText(seconds)}</td>
      <td class="figure">{files.length === 0 ? '–' : bytesText(bytes)}</td>
      <td>{fileFormat}</td>
    </tr>
  );
}
