import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Page, Room, Session } from '../../../contract/index.ts';
import { Lasting, Loaded, NothingHere, PageHead, Pages, StateBadge } from '../parts/index.ts';
import { hashOf } from '../route.ts';
import { countText, whenText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';

const PER_PAGE = 50;

/** One room: its sessions, the live one first. */
export function RoomPage({ roomId }: { roomId: string }): VNode {
  const [page, setPage] = useState(1);
  const about = ({ roomId: of, type }: { roomId: string; type: string }): boolean =>
    of === roomId && /^(session-|participant-(joined|left)|room-)/.test(type);
  const room = useLive(`room ${roomId}`, (api) => api.get<Room>(`/v2/rooms/${encodeURIComponent(roomId)}`), {
    when: about,
  });
  const sessions = useLive(
    `sessions ${roomId} ${page}`,
    (api) => api.get<Page<Session>>('/v2/sessions', { roomId, page, perPage: PER_PAGE }),
    { when: about },
  );
  return (
    <div class="page">
      <PageHead
        title={room.value?.customRoomId ?? roomId}
        up={{ href: hashOf({ page: 'rooms' }), label: 'Rooms' }}
        mark={room.value !== null && <RoomMark room={room.value} />}
      />
      <h2 class="section-title">Sessions</h2>
      <Loaded live={sessions}>
        {({ data, pageInfo }) =>
          data.length === 0 ? (
            <NothingHere title="No session yet">A session begins when the first person joins.</NothingHere>
          ) : (
            <>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">Began</th>
                    <th scope="col">State</th>
                    <th scope="col">Lasted</th>
                    <th scope="col">People</th>
                    <th scope="col">Session</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map(({ sessionId, start, end, status, participants }) => (
                    <tr key={sessionId}>
                      <td>
                        <a class="row-link figure" href={hashOf({ page: 'session', sessionId })}>
                          {whenText(start)}
                        </a>
                      </td>
                      <td>
                        <StateBadge state={status === 'ongoing' ? 'live' : 'ended'} />
                      </td>
                      <td>
                        <Lasting start={start} end={end} />
                      </td>
                      <td>{countText(participants.length, 'person', 'people')}</td>
                      <td class="fine-print">{sessionId}</td>
                    </tr>
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

function RoomMark({ room }: { room: Room }): VNode | null {
  if (room.disabled) {
    return <span class="quiet">disabled</span>;
  }
  return room.activeSessionId === null ? null : <StateBadge state="live" />;
}
