import { OpusDecoder } from 'opus-decoder';
import { RTCPeerConnection, useOPUS } from 'werift';
import type { RuntimeUnderTest } from './start-runtime.ts';

/** Somebody outside a browser who listens to a participant, through the room. */
export type Hearing = AsyncDisposable & {
  /** Milliseconds of the tone that have been heard so far, in stretches of 20 ms. */
  heardMs(toneHz: number): number;
  packets(): number;
};

const RATE = 48_000;
const QUIETEST_AMPLITUDE = 0.05;

/** Listens with WHEP. Sound is decoded packet by packet, as it comes. */
export async function hearWithWhep(
  runtime: RuntimeUnderTest,
  roomId: string,
  publisherId: string,
): Promise<Hearing> {
  const decoder = new OpusDecoder({ channels: 1 });
  await decoder.ready;
  const connection = new RTCPeerConnection({
    codecs: { audio: [useOPUS()] },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  const blocks: Float32Array[] = [];
  connection.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe(({ payload }) => {
      const [samples] = decoder.decodeFrame(payload).channelData;
      if (samples) {
        blocks.push(samples);
      }
    });
  });
  connection.addTransceiver('audio', { direction: 'recvonly' });
  await connection.setLocalDescription(await connection.createOffer());
  const answer = await runtime.api.send(
    'POST',
    `/v2/whep?roomId=${roomId}&publisherId=${publisherId}&participantId=ear-of-${publisherId}`,
    connection.localDescription?.sdp,
    { 'content-type': 'application/sdp' },
  );
  if (answer.status !== 201 || typeof answer.body !== 'string') {
    throw new Error(`WHEP answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  await connection.setRemoteDescription({ type: 'answer', sdp: answer.body });
  await connection.connectionStateChange.watch((state) => state === 'connected', 10_000);
  return {
    heardMs: (toneHz) =>
      blocks
        .filter((samples) => amplitudeOf(samples, toneHz) > QUIETEST_AMPLITUDE)
        .reduce((sum, { length }) => sum + (length * 1000) / RATE, 0),
    packets: () => blocks.length,
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      decoder.free();
    },
  };
}

function amplitudeOf(samples: Float32Array, toneHz: number): number {
  let [inPhase, quadrature] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    const angle = (2 * Math.PI * toneHz * index) / RATE;
    inPhase += sample * Math.cos(angle);
    quadrature += sample * Math.sin(angle);
  }
  return (2 * Math.hypot(inPhase, quadrature)) / samples.length;
}
