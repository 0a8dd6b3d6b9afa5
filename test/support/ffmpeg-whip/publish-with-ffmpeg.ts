import { setTimeout as delay } from 'node:timers/promises';
import { Demuxer, Muxer } from 'node-av/api';
import type { RuntimeUnderTest } from '../runtime/index.ts';

/** A file on its way into a room. Leaving its scope ends the sending. */
export type FfmpegPublication = AsyncDisposable & {
  /** Resolves when the file is sent or the sending was ended. @throws what FFmpeg failed with */
  sent: Promise<void>;
};

/**
 * Sends a file of H.264 and Opus in real time with FFmpeg's own WHIP, which has an ICE and a DTLS of its own.
 * Resolves when FFmpeg has connected.
 */
export async function publishWithFfmpeg(
  runtime: RuntimeUnderTest,
  roomId: string,
  { path, participantId }: { path: string; participantId: string },
): Promise<FfmpegPublication> {
  const url = new URL(`/v2/whip?roomId=${roomId}&participantId=${participantId}`, runtime.url);
  const input = await Demuxer.open(path);
  const output = await Muxer.open(url.href, {
    format: 'whip',
    options: { authorization: await runtime.token() },
  });
  const streams = input.streams.map((stream) => output.addStream(stream));
  let ended = false;
  const first = Promise.withResolvers<undefined>();
  const send = async (): Promise<void> => {
    const startMs = performance.now();
    for await (const packet of input.packets()) {
      if (packet === null || ended) {
        break;
      }
      const { num, den } = packet.timeBase;
      await delay((Number(packet.dts) * 1000 * num) / den - (performance.now() - startMs));
      await output.writePacket(packet, streams[packet.streamIndex] ?? 0);
      first.resolve(undefined);
    }
    await output.close();
    await input.close();
  };
  const sent = send();
  await Promise.race([first.promise, sent]);
  return {
    sent,
    [Symbol.asyncDispose]: async () => {
      ended = true;
      await sent;
    },
  };
}
