import { WebSocket } from 'ws';
import type { RoomflowEvent } from '../../runtime/contract/index.ts';

/** A final of the transcript, and when its bytes reached this process, in milliseconds since 1970. */
export type Final = RoomflowEvent<'transcription-text'>['data'] & { arrivedAtMs: number };

type ServerMessage = { type: 'event'; event: RoomflowEvent } | { type: 'ready' | 'reset' };

/** A client of `GET /v2/events` that hears what is said, from now on. */
export type Finals = Disposable & { readonly heard: readonly Final[]; ended(): Promise<void> };

/** Resolves once events are live. */
export async function hearFinals(runtimeUrl: string, serverKey: string, roomId: string): Promise<Finals> {
  const url = new URL('/v2/events', runtimeUrl.replace(/^http/, 'ws'));
  url.searchParams.set('types', 'transcription-text,transcription-stopped');
  url.searchParams.set('roomId', roomId);
  const socket = new WebSocket(url, { headers: { authorization: serverKey }, perMessageDeflate: false });
  const heard: Final[] = [];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data: Buffer) => {
      const arrivedAtMs = performance.timeOrigin + performance.now();
      const message = JSON.parse(data.toString('utf8')) as ServerMessage;
      if (message.type !== 'event') {
        resolve();
      } else if (message.event.type === 'transcription-text' && message.event.data.isFinal) {
        heard.push({ ...message.event.data, arrivedAtMs });
      } else if (message.event.type === 'transcription-stopped') {
        end();
      }
    });
  });
  return {
    heard,
    ended: () => ended,
    [Symbol.dispose]() {
      socket.terminate();
    },
  };
}
