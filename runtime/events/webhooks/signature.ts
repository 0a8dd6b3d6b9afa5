import { createPrivateKey, sign as signWithCallback, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';

const sign = promisify<string, Buffer, KeyObject, Buffer>(signWithCallback);

/** Makes the headers by which a receiver knows that a body is ours and was not changed. */
export type WebhookSigner = (
  messageId: string,
  body: string,
  atMs: number,
) => Promise<Record<string, string>>;

/**
 * VideoSDK's header (`videosdk-signature`: base64 of RSA-SHA256 over the raw body) and those of Standard
 * Webhooks (https://www.standardwebhooks.com), whose timestamp lets a receiver refuse a replay.
 */
export function webhookSigner(keys: { webhookPrivateKey: string; webhookSecret: string }): WebhookSigner {
  const privateKey = createPrivateKey(keys.webhookPrivateKey);
  const standard = new Webhook(keys.webhookSecret);
  return async (messageId, body, atMs) => ({
    // On the thread pool: an RSA signature takes about a millisecond.
    'videosdk-signature': (await sign('sha256', Buffer.from(body), privateKey)).toString('base64'),
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(atMs / 1000)),
    'webhook-signature': standard.sign(messageId, new Date(atMs), body),
  });
}
