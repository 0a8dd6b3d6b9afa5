import type { VNode } from 'preact';
import type { Livestream, LivestreamOutputView } from '../../../../contract/index.ts';
import { Facts, Lasting, Loaded, StateBadge } from '../../parts/index.ts';
import { bytesText } from '../../texts/index.ts';
import { useLive } from '../../use-live.ts';

const EVERY_MS = 2_000;

/** A livestream and how each of the servers that it goes to takes it. */
export function LivestreamDetails({ livestreamId }: { livestreamId: string }): VNode {
  const path = `/v2/livestreams/${encodeURIComponent(livestreamId)}`;
  const livestream = useLive(path, (api) => api.get<Livestream>(path), {
    when: ({ data }) => data['livestreamId'] === livestreamId,
    everyMs: EVERY_MS,
  });
  return (
    <Loaded live={livestream}>
      {({ outputs, start, end, error, status }) => (
        <>
          {error !== null && (
            <p class="step-reason" data-state="failed">{`${error.message} (${error.code})`}</p>
          )}
          <Facts
            facts={[
              ['Status', status],
              ['Lasts', <Lasting key="lasts" start={start} end={end} />],
            ]}
          />
          <h3 class="inspector-subtitle">Servers</h3>
          <ul class="outputs">
            {outputs.map((output) => (
              <li key={output.outputId}>
                <Output output={output} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}

function Output({ output }: { output: LivestreamOutputView }): VNode {
  const { url, state, bytesSent, framesDropped, retries, lastError } = output;
  return (
    <>
      <p class="output-head">
        <code>{url}</code>
        <StateBadge state={state} />
      </p>
      <Facts
        facts={[
          [
            'Sent',
            <span key="sent" class="figure">
              {bytesText(bytesSent)}
            </span>,
          ],
          [
            'Dropped',
            framesDropped === 0 ? '' : <span key="dropped" class="figure">{`${framesDropped} frames`}</span>,
          ],
          [
            'Retries',
            retries === 0 ? (
              ''
            ) : (
              <span key="retries" class="figure">
                {retries}
              </span>
            ),
          ],
          ['Last error', lastError],
        ]}
      />
    </>
  );
}
