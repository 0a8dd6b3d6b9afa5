import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { SessionParticipant } from '../../../runtime/contract/index.ts';
import { callRuntime, toNodeError } from '../transport';
import { chosenRoom } from './chosen-room';
import { liveSessions } from './live-sessions';
import { matchesFilter } from './matches-filter';

type ActiveParticipants = { data: { participants: SessionParticipant[] } };

/** Who is in the chosen room now, or in any room while none is chosen. Nobody: an empty list. */
export async function searchParticipants(
  this: ILoadOptionsFunctions,
  filter?: string,
): Promise<INodeListSearchResult> {
  const roomId = chosenRoom(this);
  try {
    const sessions = await liveSessions(this, roomId);
    const lists = await Promise.all(
      sessions.map(async (session) => {
        const answer = await callRuntime<ActiveParticipants>(this, {
          path: `/v2/sessions/${encodeURIComponent(session.sessionId)}/participants/active`,
          query: { perPage: 200 },
        });
        const place = roomId === undefined ? ` in ${session.customRoomId ?? session.roomId}` : '';
        return answer.data.participants
          .filter((participant) => matchesFilter(filter, participant.name, participant.participantId))
          .map((participant) => ({
            name: `${participant.name} (${participant.participantId})${place}`,
            value: participant.participantId,
          }));
      }),
    );
    return { results: lists.flat() };
  } catch (error) {
    throw toNodeError(this.getNode(), error);
  }
}
