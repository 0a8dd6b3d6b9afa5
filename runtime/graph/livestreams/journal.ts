import {
  RoomflowError,
  type BroadcastStatus,
  type Livestream,
  type LivestreamOutputView,
} from '../../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../../events/index.ts';
import { findLivestream, updateLivestream, type Store, type StoredLivestream } from '../../store/index.ts';

type LivestreamEvent =
  | 'livestream-starting'
  | 'livestream-started'
  | 'livestream-stopping'
  | 'livestream-stopped'
  | 'livestream-failed'
  | 'livestream-output-changed';

/** What is written of livestreams and told of them. */
export type LivestreamJournal = {
  /** @throws RoomflowError `livestream-not-found` */
  require(livestreamId: string): StoredLivestream;
  tell(livestreamId: string, type: LivestreamEvent, extra?: Record<string, unknown>): void;
  /** Writes the end once, tells it once, has the callback called once. */
  end(livestreamId: string, failure: { code: string; message: string } | null, at: string): void;
};

export function createLivestreamJournal(options: {
  store: Store;
  events: EventLog;
  webhooks: WebhookDelivery;
}): LivestreamJournal {
  const { store, events, webhooks } = options;

  const journal: LivestreamJournal = {
    require(livestreamId) {
      const livestream = findLivestream(store, livestreamId);
      if (!livestream) {
        throw new RoomflowError('livestream-not-found', `There is no livestream "${livestreamId}".`);
      }
      return livestream;
    },
    tell(livestreamId, type, extra = {}) {
      const { stepId, roomId, sessionId } = journal.require(livestreamId);
      events.append(type, {
        roomId,
        sessionId,
        data: { livestreamId, stepId, ...extra },
      });
    },
    end(livestreamId, failure, at) {
      const status: BroadcastStatus = failure ? 'failed' : 'stopped';
      store.transact(() => {
        updateLivestream(store, livestreamId, { status, end: at, error: failure });
        journal.tell(livestreamId, failure ? 'livestream-failed' : 'livestream-stopped', failure ?? {});
        const ended = journal.require(livestreamId);
        if (ended.callbackUrl !== null) {
          webhooks.enqueueCallback({
            recordingId: ended.id,
            roomId: ended.roomId,
            url: ended.callbackUrl,
            body: livestreamView(ended),
          });
        }
      });
    },
  };
  return journal;
}

/**
 * A livestream as it is shown.
 *
 * @param outputs as they are now, where it runs
 */
export function livestreamView(stored: StoredLivestream, outputs?: LivestreamOutputView[]): Livestream {
  const { webhookUrl: _webhookUrl, callbackUrl: _callbackUrl, ...livestream } = stored;
  return { ...livestream, meetingId: livestream.roomId, outputs: outputs ?? livestream.outputs };
}
