import { once } from 'node:events';
import type { PictureEdge, PictureNode, SessionPicture } from '../../../runtime/contract/index.ts';
import { Observed } from './observed.ts';

/** The live picture of a session as somebody at the console sees it. */
export type PictureStream = AsyncDisposable & {
  /** Every picture so far, and when it came (milliseconds on the clock of `performance`). */
  pictures: readonly { picture: SessionPicture; atMs: number }[];
  /** The first picture that fits, from the `from`th on. */
  picture(fits: (picture: SessionPicture) => boolean, what: string, from?: number): Promise<SessionPicture>;
  /** Resolves with the close code when the runtime has closed it. */
  closed: Promise<number>;
};

/** @throws when the upgrade is refused */
export async function openPictureStream(
  url: string,
  authorization: string,
  sessionId: string,
): Promise<PictureStream> {
  const address = new URL(`/v2/sessions/${sessionId}/picture/live`, url);
  address.protocol = 'ws:';
  address.searchParams.set('token', authorization);
  const socket = new WebSocket(address);
  const observed = new Observed<{ picture: SessionPicture; atMs: number }>();
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    observed.add({ picture: JSON.parse(data) as SessionPicture, atMs: performance.now() });
  });
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => {
      resolve(code);
    });
  });
  await Promise.race([
    once(socket, 'open'),
    closed.then(() => {
      throw new Error('the picture socket was refused');
    }),
  ]);
  return {
    pictures: observed.all,
    async picture(fits, what, from = 0) {
      return (await observed.first(({ picture }) => fits(picture), what, { from })).picture;
    },
    closed,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await closed;
    },
  };
}

/** The node of that kind and label; throws where there is none. */
export function pictured(picture: SessionPicture, fits: (node: PictureNode) => boolean): PictureNode {
  const node = picture.nodes.find(fits);
  if (!node) {
    throw new Error(`no such node in ${JSON.stringify(picture.nodes)}`);
  }
  return node;
}

/** The edge between two nodes, or undefined. */
export const edgeBetween = (picture: SessionPicture, from: string, to: string): PictureEdge | undefined =>
  picture.edges.find((edge) => edge.from === from && edge.to === to);
