import type { Page, Session } from '../../../runtime/contract/index.ts';
import { callRuntime, type RuntimeContext } from '../transport';

/** Running sessions, newest first: of one room, or of all. */
export async function liveSessions(context: RuntimeContext, roomId?: string): Promise<Session[]> {
  const answer = await callRuntime<Page<Session>>(context, {
    path: '/v2/sessions',
    query: { status: 'ongoing', perPage: 50, ...(roomId === undefined ? {} : { roomId }) },
  });
  return answer.data;
}
