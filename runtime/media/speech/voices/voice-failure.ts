import { RoomflowError } from '../../../contract/index.ts';

/** An error of a voice. The message must not hold what `fetch` says by itself: it may quote the key. */
export const voiceFailure = (message: string, mayPass = true): RoomflowError =>
  new RoomflowError('voice-failed', message, { cause: { mayPass } });

/** Whether the same request may succeed a moment later. */
export const mayPass = ({ cause }: RoomflowError): boolean =>
  typeof cause !== 'object' || cause === null || !('mayPass' in cause) || cause.mayPass === true;
