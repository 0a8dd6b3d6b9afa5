import type { RoomflowEvent } from '../../../runtime/contract/index.ts';

/** What the runtime sends over the event socket. */
export type EventMessage =
  | { type: 'event'; event: RoomflowEvent }
  | { type: 'ready'; cursor: string }
  | { type: 'reset'; reason: string; cursor: string };

function isMessage(value: unknown): value is EventMessage {
  if (typeof value !== 'object' || value === null || !('type' in value)) {
    return false;
  }
  if (value.type === 'event') {
    return 'event' in value && typeof value.event === 'object' && value.event !== null && 'id' in value.event;
  }
  const positioned = value.type === 'ready' || value.type === 'reset';
  return positioned && 'cursor' in value && typeof value.cursor === 'string';
}

/** The message, or undefined for one this version does not know: a newer runtime may say more. */
export function parseMessage(data: unknown): EventMessage | undefined {
  if (typeof data !== 'string') {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(data);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
