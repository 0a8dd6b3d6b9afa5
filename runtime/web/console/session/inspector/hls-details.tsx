import type { VNode } from 'preact';
import type { HlsStream } from '../../../../contract/index.ts';
import { ownAddress } from '../../../shared/index.ts';
import { CopyButton, Facts, Lasting, Loaded } from '../../parts/index.ts';
import { useLive } from '../../use-live.ts';
import { HlsPlayer } from './hls-player.tsx';

/** An HLS stream: what viewers see, and where. */
export function HlsDetails({ hlsId, state }: { hlsId: string; state: string }): VNode {
  const path = `/v2/hls/${encodeURIComponent(hlsId)}`;
  const stream = useLive(`${path} ${state}`, (api) => api.get<HlsStream>(path), {
    when: ({ data }) => data['hlsId'] === hlsId,
  });
  return (
    <Loaded live={stream}>
      {({ playable, playbackHlsUrl, livestreamUrl, start, end, error, status }) => (
        <>
          {error !== null && (
            <p class="step-reason" data-state="failed">{`${error.message} (${error.code})`}</p>
          )}
          {playable ? (
            <HlsPlayer
              address={ownAddress(end === null ? livestreamUrl : playbackHlsUrl, location.href)}
              isLive={end === null}
            />
          ) : (
            <p class="quiet">Viewers can start in a moment.</p>
          )}
          <Facts
            facts={[
              ['Status', status],
              ['Lasts', <Lasting key="lasts" start={start} end={end} />],
              [
                'Playlist',
                <span key="playlist" class="with-copy">
                  <code>{playbackHlsUrl}</code>
                  <CopyButton text={playbackHlsUrl} label="Copy the playlist’s address" />
                </span>,
              ],
            ]}
          />
        </>
      )}
    </Loaded>
  );
}
