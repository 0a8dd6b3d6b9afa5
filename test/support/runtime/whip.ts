import type { RuntimeUnderTest } from './start-runtime.ts';
import { startMediaPublisher, type MediaPublisher, type MediaPublisherOptions } from './media-publisher.ts';

export type WhipPublisher = MediaPublisher & {
  participantId: string;
  /** Where the session ends with DELETE. */
  resourceUrl: string;
};

/** Publishes into a room over WHIP (RFC 9725). */
export async function publishWithWhip(
  runtime: RuntimeUnderTest,
  roomId: string,
  options: Omit<MediaPublisherOptions, 'exchange'> & { participantId?: string },
): Promise<WhipPublisher> {
  const participantId = options.participantId ?? 'whip';
  let resourceUrl = '';
  const publisher = await startMediaPublisher({
    ...options,
    exchange: async (offer) => {
      const path = `/v2/whip?roomId=${roomId}&participantId=${participantId}`;
      const answer = await runtime.api.send('POST', path, offer, { 'content-type': 'application/sdp' });
      if (answer.status !== 201 || typeof answer.body !== 'string') {
        throw new Error(`WHIP answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      resourceUrl = answer.headers.get('location') ?? '';
      return answer.body;
    },
  });
  return { ...publisher, participantId, resourceUrl };
}
