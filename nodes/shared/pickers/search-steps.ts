import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { Page, Session, Step, StepType } from '../../../runtime/contract/index.ts';
import { callRuntime, toNodeError } from '../transport';
import { chosenRoom } from './chosen-room';
import { liveSessions } from './live-sessions';
import { matchesFilter } from './matches-filter';

const runningStates: readonly string[] = [
  'pending',
  'starting',
  'running',
  'retrying',
] satisfies Step['state'][];

function nameOf(step: Step, session: Session): string {
  const participant = session.participants.find((each) => each.participantId === step.participantId);
  const who = participant?.name ?? step.participantId ?? 'Room';
  return `${who} in ${session.customRoomId ?? session.roomId}${step.paused ? ' (paused)' : ''}`;
}

async function searchSteps(
  context: ILoadOptionsFunctions,
  type: StepType,
  filter: string | undefined,
): Promise<INodeListSearchResult> {
  try {
    const sessions = await liveSessions(context, chosenRoom(context));
    const lists = await Promise.all(
      sessions.map(async (session) => {
        const answer = await callRuntime<Pick<Page<Step>, 'data'>>(context, {
          path: `/v2/rooms/${encodeURIComponent(session.roomId)}/steps`,
          query: { step: type },
        });
        return answer.data
          .filter((step) => runningStates.includes(step.state))
          .map((step) => ({ name: nameOf(step, session), value: step.stepId }))
          .filter(({ name, value }) => matchesFilter(filter, name, value));
      }),
    );
    return { results: lists.flat() };
  } catch (error) {
    throw toNodeError(context.getNode(), error);
  }
}

/** Running taps of the chosen room, or of every live room. None: an empty list. */
export async function searchTaps(
  this: ILoadOptionsFunctions,
  filter?: string,
): Promise<INodeListSearchResult> {
  return await searchSteps(this, 'tap', filter);
}

/** Running recordings of the chosen room, or of every live room. None: an empty list. */
export async function searchRecordSteps(
  this: ILoadOptionsFunctions,
  filter?: string,
): Promise<INodeListSearchResult> {
  return await searchSteps(this, 'record', filter);
}
