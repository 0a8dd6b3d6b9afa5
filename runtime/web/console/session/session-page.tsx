import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Plus } from 'lucide-preact';
import type { Session } from '../../../contract/index.ts';
import { useSignedIn } from '../console-context.ts';
import { Lasting, NothingHere, PageHead, StateBadge } from '../parts/index.ts';
import { hashOf } from '../route.ts';
import { countText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { PictureFeed } from './picture-feed.ts';
import { SessionView } from './session-view.tsx';
import { StartStep } from './start-step/start-step.tsx';

/** One session: its live picture, what is known of each thing in it, and what can be done. */
export function SessionPage({ sessionId }: { sessionId: string }): VNode {
  const { api, feed: events } = useSignedIn();
  const feed = useMemo(() => new PictureFeed(api, sessionId), [api, sessionId]);
  useEffect(() => {
    void feed.open();
    // Between a runtime that goes and the next one the session may have ended, or begun to be live again.
    const endComebacks = events.onComeback(() => void feed.open());
    return () => {
      endComebacks();
      feed.close();
    };
  }, [feed, events]);
  const session = useLive(
    `session ${sessionId}`,
    (current) => current.get<Session>(`/v2/sessions/${encodeURIComponent(sessionId)}`),
    { when: (event) => event.sessionId === sessionId && /^(session-|participant-)/.test(event.type) },
  );
  const [isStarting, setStarting] = useState<{ participantId: string | null } | null>(null);
  const picture = feed.picture.value;
  const roomId = session.value?.roomId ?? picture?.roomId ?? '';
  const isLive = session.value?.status === 'ongoing';
  const people = picture?.nodes.filter(({ kind, state }) => kind === 'person' && state !== 'left').length;
  return (
    <div class="page is-full">
      <PageHead
        title={session.value?.customRoomId ?? roomId}
        up={{
          href: roomId === '' ? hashOf({ page: 'rooms' }) : hashOf({ page: 'room', roomId }),
          label: 'Room',
        }}
        mark={
          session.value !== null && (
            <span class="page-head-marks">
              <StateBadge state={isLive ? 'live' : 'ended'} />
              {people !== undefined && isLive && (
                <span class="quiet">{countText(people, 'person', 'people')}</span>
              )}
              <span class="quiet">
                <Lasting start={session.value.start} end={session.value.end} />
              </span>
            </span>
          )
        }
      >
        {isLive && (
          <button
            type="button"
            class="small-button is-strong has-icon"
            onClick={() => setStarting({ participantId: null })}
          >
            <Plus size={16} aria-hidden="true" />
            Start a step
          </button>
        )}
      </PageHead>
      {picture !== null && (
        <SessionView picture={picture} onStart={(participantId) => setStarting({ participantId })} />
      )}
      {picture === null && feed.error.value !== null && (
        <NothingHere title={feed.error.value.message}>{feed.error.value.code}</NothingHere>
      )}
      {picture === null && feed.error.value === null && (
        <p class="loading" role="status">
          <span class="spinner" aria-hidden="true" />
          Loading…
        </p>
      )}
      {isStarting !== null && (
        <StartStep
          roomId={roomId}
          people={picture?.nodes.filter(({ kind }) => kind === 'person') ?? []}
          participantId={isStarting.participantId}
          onClose={() => setStarting(null)}
        />
      )}
    </div>
  );
}
