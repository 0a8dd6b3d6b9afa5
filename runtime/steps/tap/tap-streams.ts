import type { TapStreamQuery, TapStreamTrack, TrackKind } from '../../contract/index.ts';
import { acceptWebSocket } from '../sockets/index.ts';
import type { HandedConnection, StepContext } from '../step.ts';
import { jpegFeed } from './picture-feed.ts';
import { SharedFeeds, type OpenFeed } from './shared-feeds.ts';
import { opusFeed, pcmFeed } from './sound-feeds.ts';
import { streamedTracks } from './streamed-tracks.ts';
import { MOST_CLIENT_MESSAGE_BYTES, TapClient } from './tap-client.ts';

type Context = Pick<StepContext<unknown>, 'stepId' | 'roomId' | 'sessionId' | 'nowMs' | 'tap'>;

/** The WebSocket clients of one tap. */
export type TapStreams = {
  /** @throws RoomflowError `invalid-request`, `track-not-found`; nothing is answered then */
  connect(connection: HandedConnection): void;
  readonly clients: number;
  /** Messages that clients were not sent because they did not read fast enough. */
  readonly dropped: number;
  /** Tells every client the reason and closes it. */
  end(reason: string): void;
};

export function createTapStreams(
  context: Context,
  participantId: string,
  kinds: readonly TrackKind[],
): TapStreams {
  const feeds = new SharedFeeds();
  const clients = new Set<TapClient>();
  let pastDropped = 0;

  function feedOf(track: TapStreamTrack): { key: string; open: OpenFeed } {
    const { kind, type } = track;
    if (type === 'opus') {
      return { key: `${kind}/opus`, open: opusFeed(context, participantId, kind) };
    }
    if (type === 'jpeg') {
      const { fps = 1, maxWidth = null } = track;
      return {
        key: `${kind}/jpeg/${fps}/${maxWidth ?? 'full'}`,
        open: jpegFeed(context, participantId, kind, { fps, maxWidth }),
      };
    }
    const sampleRate = track.sampleRate === 16_000 ? 16_000 : 48_000;
    return {
      key: `${kind}/pcm/${sampleRate}`,
      open: pcmFeed(context, participantId, kind, sampleRate),
    };
  }

  return {
    connect(connection) {
      // The route's schema has checked it.
      const query = connection.query as TapStreamQuery;
      const tracks = streamedTracks(query, kinds);
      acceptWebSocket(connection, MOST_CLIENT_MESSAGE_BYTES, (socket) => {
        const disposers: (() => void)[] = [];
        const { stepId, roomId, sessionId } = context;
        const started = { stepId, roomId, sessionId, participantId, timeMs: context.nowMs(), tracks };
        const client = new TapClient(socket, { type: 'started', ...started }, () => {
          clients.delete(client);
          pastDropped += client.dropped;
          for (const dispose of disposers) {
            dispose();
          }
        });
        clients.add(client);
        for (const track of tracks) {
          const { key, open } = feedOf(track);
          disposers.push(
            feeds.take(key, open, (message) => {
              client.send(message);
            }),
          );
        }
      });
    },
    get clients() {
      return clients.size;
    },
    get dropped() {
      return [...clients].reduce((sum, client) => sum + client.dropped, pastDropped);
    },
    end(reason) {
      for (const client of clients) {
        client.end(reason);
      }
    },
  };
}
