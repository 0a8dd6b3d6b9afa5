import type { GraphInstance, GraphInstanceNode, RoomflowEvent } from './contract/index.ts';
import { withinLine } from './terminal-text.ts';

/** `10:00:00 …`: when, and what. Guests choose their names, so nothing in it can end the line. Pure. */
export const lineAt = (at: string, text: string): string => `${at.slice(11, 19)} ${withinLine(text)}`;

/** For whom an instance runs, in a word. Pure. */
export function nameOf({ nodeId, scope, scopeId, roomId, event }: GraphInstance): string {
  const { participantName } = event.data;
  const who = typeof participantName === 'string' && scope !== 'session' ? ` ${participantName}` : '';
  const whom = scope === 'room' ? '' : ` (${scope} ${scopeId})`;
  return `${roomId} ${nodeId}${who}${whom}`;
}

/** How an instance has changed. Pure. */
export function instanceLine(
  instance: GraphInstance,
  { at, data: { to, reason } }: RoomflowEvent<'graph-instance-changed'>,
): string {
  return lineAt(at, `${nameOf(instance)}: ${to} (${reason})`);
}

/** How a step of an instance has changed. Pure. */
export function stepLine(
  instance: GraphInstance,
  { nodeId, step, attempts }: GraphInstanceNode,
  { at, data: { to, reason } }: RoomflowEvent<'step-changed'>,
): string {
  const attempt = attempts > 1 ? `, attempt ${attempts}` : '';
  return lineAt(at, `${nameOf(instance)}: ${nodeId} (${step}${attempt}) ${to} (${reason})`);
}

/** Where what a step leaves behind is: paths, and addresses to watch it at. None for an event that tells of none. Pure. */
export function assetsOf({ type, data }: RoomflowEvent): string[] {
  const told = data as Record<string, unknown>;
  switch (type) {
    case 'transcription-completed':
      return Object.values(data.transcriptionFilePaths);
    case 'hls-playable':
      return [data.playbackHlsUrl];
    case 'tap-audio':
    case 'tap-frame':
      return [data.filePath];
    default:
      return Array.isArray(told['fileDetails'])
        ? told['fileDetails'].map(({ filePath }: { filePath: string }) => filePath)
        : [];
  }
}

/** An asset, and the step that has left it. Pure. */
export const assetLine = (
  instance: GraphInstance,
  { nodeId }: GraphInstanceNode,
  { at }: RoomflowEvent,
  asset: string,
): string => lineAt(at, `${nameOf(instance)}: ${nodeId} → ${asset}`);
