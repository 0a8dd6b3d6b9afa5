import { serverSenderId } from '../../contract/index.ts';
import type { Participant } from '../participant.ts';

/** Who asks or gives: a participant, or a workflow over the API. */
export type Person = { participantId: string; participantName: string };

export const personOf = ({ participantId, name }: Participant): Person => ({
  participantId,
  participantName: name,
});

/** Whoever calls the API in nobody's name. */
export const workflow: Person = { participantId: serverSenderId, participantName: 'Workflow' };
