export {
  createEventLog,
  type EventContent,
  type EventLog,
  type EventPage,
  type EventRetention,
  type EventSubscriber,
} from './log.ts';
export type { EventFilter } from './filter.ts';
export type { ResetReason } from './cursor.ts';
export { createWebhookDelivery, type WebhookDelivery } from './webhooks/index.ts';
