import { DatabaseSync } from 'node:sqlite';
import type { CommittedEvent, StoredDelivery } from './events.ts';

/**
 * What the log and the webhooks' outbox hold of a room, read where they lie: not even the runtime's own word is taken
 * for it.
 */
export function readEventStore(
  databaseFile: string,
  roomId: string,
): { committed: CommittedEvent[]; deliveries: StoredDelivery[] } {
  const database = new DatabaseSync(databaseFile, { readOnly: true });
  try {
    const committed = database
      .prepare('SELECT seq, id, type FROM events WHERE roomId = ? ORDER BY seq')
      .all(roomId)
      .map((row) => ({ seq: Number(row['seq']), id: String(row['id']), type: String(row['type']) }));
    const deliveries = database
      .prepare("SELECT eventId, url FROM webhook_deliveries WHERE roomId = ? AND kind = 'room'")
      .all(roomId)
      .map((row) => ({ eventId: String(row['eventId']), url: String(row['url']) }));
    return { committed, deliveries };
  } finally {
    database.close();
  }
}
