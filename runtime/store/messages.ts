import type { MessageView } from '../contract/index.ts';
import { fromJson, toJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';

/** A message with where it was said and for whom. */
export type StoredMessage = MessageView & {
  roomId: string;
  sessionId: string;
  /** Only for these participants; null is for all. */
  sendOnly: string[] | null;
  /** Kept for those who join later. */
  persist: boolean;
};

export type MessageFilter = {
  roomId?: string | undefined;
  sessionId?: string | undefined;
  topic?: string | undefined;
  persistedOnly?: boolean | undefined;
  /** The newest so many; 1000 when left out. */
  limit?: number | undefined;
};

export function insertMessage(store: Store, message: StoredMessage): void {
  const { messageId, payload, sendOnly, persist, ...rest } = message;
  store.run(
    store.db.insertInto('messages').values({
      ...rest,
      id: messageId,
      payload: toJson(payload),
      sendOnly: toNullableJson(sendOnly),
      persist: persist ? 1 : 0,
    }),
  );
}

/** The newest messages that match, oldest first. */
export function listMessages(store: Store, filter: MessageFilter): StoredMessage[] {
  const { roomId, sessionId, topic, persistedOnly = false, limit = 1000 } = filter;
  const rows = store.all(
    store.db
      .selectFrom('messages')
      .selectAll()
      .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
      .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
      .$if(topic !== undefined, (select) => select.where('topic', '=', topic ?? ''))
      .$if(persistedOnly, (select) => select.where('persist', '=', 1))
      .orderBy('sequence', 'desc')
      .limit(limit),
  );
  return rows.reverse().map(({ sequence: _sequence, id, payload, sendOnly, persist, ...rest }) => ({
    ...rest,
    messageId: id,
    payload: fromJson(payload),
    sendOnly: sendOnly === null ? null : fromJson<string[]>(sendOnly),
    persist: persist === 1,
  }));
}
