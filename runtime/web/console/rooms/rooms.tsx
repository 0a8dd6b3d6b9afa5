import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Users } from 'lucide-preact';
import type { Page, Room } from '../../../contract/index.ts';
import { Loaded, NothingHere, PageHead, Pages, StateBadge } from '../parts/index.ts';
import { hashOf } from '../route.ts';
import { countText, whenText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { liveFirst } from './room-order.ts';

const PER_PAGE = 100;
const changes = /^(session-|participant-(joined|left)|room-)/;

/** All rooms: those in which people are first. */
export function Rooms(): VNode {
  const [page, setPage] = useState(1);
  const rooms = useLive(
    `rooms ${page}`,
    (api) => api.get<Page<Room>>('/v2/rooms', { page, perPage: PER_PAGE }),
    { when: ({ type }) => changes.test(type) },
  );
  return (
    <div class="page">
      <PageHead title="Rooms" />
      <Loaded live={rooms}>
        {({ data, pageInfo }) => {
          const { live, others } = liveFirst(data);
          return (
            <>
              <section aria-label="Live now">
                <h2 class="section-title">
                  Live now <span class="count">{live.length}</span>
                </h2>
                {live.length === 0 ? (
                  <NothingHere title="Nobody is in a room">
                    A room shows here as soon as somebody joins it.
                  </NothingHere>
                ) : (
                  <ul class="room-cards">
                    {live.map((room) => (
                      <li key={room.roomId}>
                        <LiveRoom room={room} />
                      </li>
                    ))}
                  </ul>
                )}
              </section>
              {others.length > 0 && (
                <section aria-label="Other rooms">
                  <h2 class="section-title">
                    Other rooms <span class="count">{others.length}</span>
                  </h2>
                  <table class="table">
                    <thead>
                      <tr>
                        <th scope="col">Room</th>
                        <th scope="col">Status</th>
                        <th scope="col">Last changed</th>
                      </tr>
                    </thead>
                    <tbody>
                      {others.map((room) => (
                        <tr key={room.roomId}>
                          <td>
                            <a class="row-link" href={hashOf({ page: 'room', roomId: room.roomId })}>
                              {room.customRoomId ?? room.roomId}
                            </a>
                            {room.customRoomId !== null && <span class="fine-print"> {room.roomId}</span>}
                          </td>
                          <td>{room.status}</td>
                          <td class="figure">{whenText(room.updatedAt)}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </section>
              )}
              <Pages info={pageInfo} onChoose={setPage} />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function LiveRoom({ room }: { room: Room }): VNode {
  const { roomId, customRoomId, activeSessionId, activeParticipants } = room;
  const href =
    activeSessionId === null
      ? hashOf({ page: 'room', roomId })
      : hashOf({ page: 'session', sessionId: activeSessionId });
  return (
    <div class="room-card">
      <a class="room-card-main" href={href}>
        <strong>{customRoomId ?? roomId}</strong>
        <span class="room-card-people">
          <Users size={16} aria-hidden="true" />
          {countText(activeParticipants, 'person', 'people')}
        </span>
        <StateBadge state="live" />
      </a>
      <a class="room-card-more" href={hashOf({ page: 'room', roomId })}>
        All sessions
      </a>
    </div>
  );
}
