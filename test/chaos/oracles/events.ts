import type { RoomflowEvent } from '../../../runtime/contract/index.ts';

/** A row of the log, as it lies in the store. */
export type CommittedEvent = { seq: number; id: string; type: string };
/** A webhook that the store says has to be posted. */
export type StoredDelivery = { eventId: string; url: string };

export type EventRecords = {
  committed: readonly CommittedEvent[];
  /** By a subscriber that comes back with its cursor, in order of arrival. */
  received: readonly RoomflowEvent[];
  deliveries: readonly StoredDelivery[];
  /** The `webhook-id` of every request that came, which is the event's id, in whatever order and however often. */
  postedIds: readonly string[];
};

/** Compares what the log holds with what a subscriber and a webhook were told of it. */
export function judgeEvents(records: EventRecords): { lost: string[]; doubled: string[] } {
  const lost = [...lostToSubscriber(records), ...lostToWebhook(records)];
  const doubled = [...repeated(records.received.map(nameOf)).map((name) => `${name} came twice`)];
  for (const name of repeated(records.deliveries.map(({ eventId, url }) => `${eventId} for ${url}`))) {
    doubled.push(`two webhooks of event ${name}`);
  }
  for (const key of repeated(records.received.flatMap((event) => onceKeyOf(event) ?? []))) {
    doubled.push(`${key} told twice`);
  }
  return { lost, doubled };
}

function lostToSubscriber({ committed, received }: EventRecords): string[] {
  const lost: string[] = [];
  const known = new Set(received.map(({ id }) => id));
  const stored = new Set(committed.map(({ id }) => id));
  for (const event of committed) {
    if (!known.has(event.id)) {
      lost.push(`${nameOf(event)} is in the log and never came`);
    }
  }
  for (const event of received) {
    if (!stored.has(event.id)) {
      lost.push(`${nameOf(event)} came and is not in the log`);
    }
  }
  // Whoever keeps the cursor of an event that came too early passes over those before it.
  received.forEach((event, index) => {
    const before = received[index - 1];
    if (before !== undefined && event.seq < before.seq) {
      lost.push(`${nameOf(event)} came after ${nameOf(before)}`);
    }
  });
  return lost;
}

function lostToWebhook({ committed, deliveries, postedIds }: EventRecords): string[] {
  const written = new Set(deliveries.map(({ eventId }) => eventId));
  const posted = new Set(postedIds);
  return [
    ...committed
      .filter(({ id }) => !written.has(id))
      .map((event) => `no webhook was written for ${nameOf(event)}`),
    ...deliveries
      .filter(({ eventId }) => !posted.has(eventId))
      .map(({ eventId }) => `the webhook of event ${eventId} never came`),
  ];
}

const nameOf = ({ seq, type, id }: CommittedEvent): string => `${type} (${seq}, ${id})`;

/** The things that appear more than once, each named once. */
function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const name of names) {
    (seen.has(name) ? again : seen).add(name);
  }
  return [...again];
}

/** Events that happen to their object once in its life, and the key of `data` that names the object. */
const onceOf: Readonly<Record<string, string>> = {
  'session-started': 'sessionId',
  'session-ended': 'sessionId',
  'participant-recording-starting': 'recordingId',
  'participant-recording-started': 'recordingId',
  'participant-recording-stopping': 'recordingId',
  'participant-recording-stopped': 'recordingId',
  'recording-starting': 'recordingId',
  'recording-started': 'recordingId',
  'recording-stopping': 'recordingId',
  'recording-stopped': 'recordingId',
  'livestream-starting': 'livestreamId',
  'livestream-started': 'livestreamId',
  'livestream-stopping': 'livestreamId',
  'livestream-stopped': 'livestreamId',
  'hls-starting': 'hlsId',
  'hls-started': 'hlsId',
  'hls-playable': 'hlsId',
  'hls-stopping': 'hlsId',
  'hls-stopped': 'hlsId',
  'transcription-starting': 'transcriptionId',
  'transcription-started': 'transcriptionId',
  'transcription-stopping': 'transcriptionId',
  'transcription-stopped': 'transcriptionId',
  'transcription-completed': 'transcriptionId',
  'participant-joined': 'participantId',
  'participant-left': 'participantId',
  'track-published': 'trackId',
  'track-unpublished': 'trackId',
};

/** Names what may be told once only; null for what may happen again. Guests of a run join once and leave once. */
function onceKeyOf({ type, data }: RoomflowEvent): string | null {
  const values: Readonly<Record<string, unknown>> = data;
  if (type === 'transcription-text') {
    return values['isFinal'] === true ? `${type} of ${String(values['segmentId'])}` : null;
  }
  const key = onceOf[type];
  return key === undefined ? null : `${type} of ${String(values[key])}`;
}
