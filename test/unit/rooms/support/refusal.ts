import { RoomflowError } from '../../../../runtime/contract/index.ts';

/** Why a call is refused. @throws when it is not */
export function refusal(call: () => unknown): RoomflowError {
  try {
    call();
  } catch (error) {
    if (error instanceof RoomflowError) {
      return error;
    }
    throw error;
  }
  throw new Error('the call was not refused');
}
