export { createWebhookDelivery, type WebhookDelivery } from './delivery.ts';
export { webhookSigner, type WebhookSigner } from './signature.ts';
