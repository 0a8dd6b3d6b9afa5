import { randomUUID } from 'node:crypto';
import { matchesEventType, type RoomflowEvent } from '../../contract/index.ts';
import {
  findHlsStream,
  findLivestream,
  findRecording,
  findRoom,
  findTranscription,
  insertDelivery,
  readMeta,
  writeMeta,
  type DeliveryKind,
  type Store,
} from '../../store/index.ts';
import { cursorText } from '../cursor.ts';
import type { EventLog } from '../log.ts';

const cursorKey = 'webhook-cursor';
const pauseAfterErrorMs = 5000;

/**
 * Turns events into deliveries. Its place in the log is written together with the deliveries, so that after a
 * crash each event has had its deliveries written exactly once.
 *
 * @param onDelivery called with the URL of each delivery written
 * @param onError the store failed (a full disk); the outbox starts again at the same event after a pause
 */
export function startOutbox(
  store: Store,
  events: EventLog,
  now: () => number,
  onDelivery: (url: string) => void,
  onError: (error: unknown) => void,
): { stop: () => void } {
  const write = (event: RoomflowEvent): void => {
    const targets = targetsOf(store, event);
    store.transact(() => {
      for (const { url, kind, recordingId } of targets) {
        insertDelivery(store, {
          id: randomUUID(),
          eventId: event.id,
          recordingId,
          roomId: event.roomId,
          url,
          kind,
          subject: event.type,
          body: JSON.stringify({ webhookType: event.type, data: event.data }),
          createdAtMs: now(),
        });
      }
      writeMeta(store, cursorKey, cursorText(event));
    });
    for (const { url } of targets) {
      onDelivery(url);
    }
  };

  let timer: NodeJS.Timeout | undefined;
  let subscription: { unsubscribe: () => void };
  const follow = (): void => {
    subscription = events.subscribe(
      { cursor: readMeta(store, cursorKey) ?? 'earliest' },
      {
        onEvent: (event) => {
          try {
            write(event);
          } catch (error) {
            // Going on would pass over this event for good.
            subscription.unsubscribe();
            timer = setTimeout(follow, pauseAfterErrorMs).unref();
            onError(error);
          }
        },
      },
    );
  };
  follow();
  return {
    stop: () => {
      clearTimeout(timer);
      subscription.unsubscribe();
    },
  };
}

type Target = { url: string; kind: DeliveryKind; recordingId: string | null };

function targetsOf(store: Store, event: RoomflowEvent): Target[] {
  const targets: Target[] = [];
  // What is told of a transcript is no delivery of the recording it is of.
  const recordingId =
    'recordingId' in event.data && !('transcriptionId' in event.data) ? event.data.recordingId : null;
  const webhook = findRoom(store, event.roomId)?.webhook ?? null;
  if (webhook !== null && matchesEventType(webhook.events ?? [], event.type)) {
    targets.push({ url: webhook.endPoint, kind: 'room', recordingId });
  }
  const webhookUrl = jobWebhookOf(store, event);
  // One URL for the room and the job hears each event once.
  if (webhookUrl !== null && targets.every(({ url }) => url !== webhookUrl)) {
    targets.push({ url: webhookUrl, kind: 'job', recordingId });
  }
  return targets;
}

/** The webhook given when the recording, transcription, livestream or HLS stream that an event is about was started. */
function jobWebhookOf(store: Store, { data }: RoomflowEvent): string | null {
  if ('transcriptionId' in data) {
    return findTranscription(store, data.transcriptionId)?.webhookUrl ?? null;
  }
  if ('recordingId' in data) {
    return findRecording(store, data.recordingId)?.webhookUrl ?? null;
  }
  if ('livestreamId' in data) {
    return findLivestream(store, data.livestreamId)?.webhookUrl ?? null;
  }
  if ('hlsId' in data) {
    return findHlsStream(store, data.hlsId)?.webhookUrl ?? null;
  }
  return null;
}
